"""Functions of the notebook: plain, changed since, enclosed, decorated, made by a call."""

from __future__ import annotations

from tests.bundle.kinds.case import refused, same

COUNTED = "n = 0\ndef count():\n    global n\n    n += 1\n    return n\n"
NL = "\n"
_CACHED = "@functools.lru_cache(maxsize=N)\ndef f(x, y=0): return x"

CASES = [
    same("a helper of an earlier cell", "def h(x): return x + 1", task="h(1)"),
    same("a helper of a later cell", "def f(): return g()", "def g(): return 2", task="f()"),
    same("defined twice", "def h(): return 1", "def h(): return 2", task="h()"),
    same("run again", "def h(): return 1", "def h(): return 2", "def h(): return 1", task="h()"),
    same(
        "called top",
        "def top(rows, n=2):\n    kept = rows[:n]\n    return kept",
        task="top([1, 2, 3])",
    ),
    same(
        "a method called top",
        "class Found(dict):\n    def top(self): return max(self)",
        task="Found(a=1, b=2).top()",
    ),
    same(
        "a global under the name of a class",
        "_A__limit = 5\nclass A:\n    def f(self): return __limit",
        task="A().f()",
    ),
    same(
        "a library that may be missing",
        "try:\n    import torch_xq\n    HAS = True\nexcept ImportError:\n    HAS = False\n"
        "def device(): return 'cuda' if HAS and torch_xq.cuda.is_available() else 'cpu'",
        task="device()",
    ),
    refused(
        "a library that was forgotten",
        "def device(): return 'cuda' if torch_xq.cuda.is_available() else 'cpu'",
        task="device()",
        says="uses 'torch_xq', which the notebook does not define",
    ),
    same("recursive", "def fact(n): return 1 if n < 2 else n * fact(n - 1)", task="fact(5)"),
    same(
        "mutually recursive",
        "def odd(n): return n != 0 and even(n - 1)",
        "def even(n): return n == 0 or odd(n - 1)",
        task="even(10), odd(7)",
    ),
    same("a lambda", "sq = lambda x: x * x", task="sq(3)"),
    same(
        "an annotated lambda",
        "from typing import Callable\nsq: Callable = lambda x: x * x",
        task="sq(3)",
    ),
    same("two names of a lambda", "a = b = lambda x: x + 1", task="a(1), b(2), a is b"),
    same("two lambdas on a line", "a, b = (lambda x: x + 1), (lambda x: x * 2)", task="a(5), b(5)"),
    same("a lambda over lines", "f = (lambda x:\n    x\n    + 1)", task="f(1)"),
    same("a dict of lambdas", "P = {'a': lambda x: x + 1, 'b': lambda x: -x}", task="P['b'](2)"),
    same(
        "a list of functions",
        "def f1(x): return x + 1\ndef f2(x): return x * 2\nPIPE = [f1, f2]",
        task="[f(5) for f in PIPE]",
    ),
    same(
        "a list of functions that use the list",
        "def f1(x): return len(PIPE) + x\nPIPE = [f1]",
        task="PIPE[0](5)",
    ),
    same(
        "another name", "def half(x): return x / 2\nhalved = half", task="halved(3), half is halved"
    ),
    same(
        "another name alone", "def half(x): return x / 2\nhalved = half\ndel half", task="halved(3)"
    ),
    same(
        "a name that changed hands",
        "def h(x): return x + 1\nold = h",
        "def h(x): return old(x) * 10",
        task="h(1), old(1)",
    ),
    same(
        "a partial of the same name",
        "from functools import partial\ndef rnd(x, n=0): return round(x, n)",
        "rnd = partial(rnd, n=2)",
        task="rnd(1.2345)",
    ),
    same(
        "a partial in the same cell",
        "from functools import partial\ndef sc(x, k=1): return x * k\nsc = partial(sc, k=10)",
        task="sc(2)",
    ),
    same(
        "a partial of an installed function",
        "import functools\nbase2 = functools.partial(int, base=2)",
        task="base2('101')",
    ),
    same(
        "wrapped by hand, with wraps",
        "import functools\ndef deco(f):\n    @functools.wraps(f)\n    def w(*a): return f(*a) * 2\n"
        "    return w\ndef h(x): return x + 1\nh = deco(h)",
        task="h(1), h.__name__",
    ),
    same(
        "a decorator with wraps",
        "import functools\ndef deco(f):\n    @functools.wraps(f)\n    def w(*a): return f(*a) * 2\n"
        "    return w\n@deco\ndef h(x):\n    '''says'''\n    return x + 1",
        task="h(1), h.__name__, h.__doc__",
    ),
    same(
        "a decorator without wraps",
        "def deco(f):\n    def w(x): return f(x) * 2\n    return w",
        "def h(x): return 7",
        "@deco\ndef h(x): return x + 1",
        task="h(1)",
    ),
    same(
        "a decorator with arguments",
        "import functools\ndef times(n):\n    def deco(f):\n        @functools.wraps(f)\n"
        "        def w(*a): return f(*a) * n\n        return w\n    return deco\n"
        "@times(3)\ndef h(x): return x + 1",
        task="h(1)",
    ),
    same(
        "a decorator that was defined again",
        "def deco(f):\n    def w(x): return f(x) * 10\n    return w\n@deco\ndef h(x): return x",
        "def deco(f):\n    def w(x): return f(x) * 5\n    return w",
        task="h(1)",
    ),
    same(
        "two decorators",
        "def a(f): return lambda x: f(x) + 1\ndef b(f): return lambda x: f(x) * 10\n"
        "@a\n@b\ndef h(x): return x",
        task="h(2)",
    ),
    same(
        "lru_cache", "import functools\n@functools.lru_cache\ndef s(x): return x + 1", task="s(1)"
    ),
    same(
        "lru_cache by hand",
        "import functools\ndef s(x): return x + 1\nfast = functools.lru_cache(maxsize=5)(s)",
        task="fast(1), s(2), fast.cache_parameters()",
    ),
    *(
        refused(
            f"a decorator of others that was given another, {what}",
            "import datetime, functools",
            *cells,
            task="f(1)",
            says=r"its (f|C) \(Cell .\d., line \d+\) runs @functools.lru_cache.* given another 'N'",
        )
        for what, cells in (
            ("in its cell", (f"N = 2\n{_CACHED}", "N = 3")),
            ("in another cell", ("N = 2", _CACHED, "N = 3")),
            ("by a loop", ("N = 2", _CACHED, "for N in range(4): pass")),
            (
                "on a method",
                ("N = 2", f"class C:\n    {_CACHED.replace(NL, f'{NL}    ')}\nf = C().f", "N = 3"),
            ),
        )
    ),
    *(
        same(
            f"a decorator of others that was given the same, {what}",
            "import datetime, functools",
            *cells,
            task="f(1), f.cache_info().maxsize",
        )
        for what, cells in (
            ("once", ("N = 2", _CACHED)),
            ("run again", ("N = 2", _CACHED, "N = 2")),
            ("computed again", ("N = 1 + 1", _CACHED, "N = 2")),
            (
                "imported again",
                ("from math import e as N\nN = int(N)", _CACHED, "from math import e"),
            ),
        )
    ),
    same(
        "a notebook decorator around lru_cache",
        "import functools\ndef deco(f):\n    @functools.wraps(f)\n    def w(x): return f(x) * 2\n"
        "    return w\n@deco\n@functools.lru_cache\ndef h(x): return x + 1",
        task="h(3)",
    ),
    same(
        "lru_cache around a notebook decorator",
        "import functools\ndef deco(f):\n    @functools.wraps(f)\n    def w(x): return f(x) * 2\n"
        "    return w\n@functools.lru_cache(maxsize=None)\n@deco\ndef h(x): return x + 1",
        task="h(3)",
    ),
    same(
        "contextmanager",
        "import contextlib\n@contextlib.contextmanager\ndef cm():\n    yield 5",
        task="[v for v in [1]] and cm().__enter__()",
    ),
    same(
        "vectorize",
        "import numpy as np\n@np.vectorize\ndef d(a): return a + 1",
        task="d([1, 2]).tolist()",
    ),
    same(
        "a default that was changed",
        "LR = 0.1\ndef hd(x, lr=LR): return x * lr",
        "LR = 0.5",
        task="hd(10), LR",
    ),
    same(
        "a default that was filled",
        "def acc(x, got=[]):\n    got.append(x); return got\nacc(1)",
        task="acc(2)",
    ),
    same("a keyword default", "K = 2\ndef f(*, k=K): return k", "K = 3", task="f()"),
    same("an attribute of a function", "def fa(x): return fa.k * x\nfa.k = 3", task="fa(2)"),
    same(
        "a factory's closure",
        "def make(n):\n    def inner(x): return x + n\n    return inner\nadd3 = make(3)",
        task="add3(1)",
    ),
    same(
        "two closures of a factory",
        "def make(n):\n    def inner(x): return x + n\n    return inner\na, b = make(1), make(2)",
        task="a(1), b(1)",
    ),
    same(
        "a closure that calls itself",
        "def make(k):\n    def down(n): return k if n == 0 else down(n - 1)\n    return down\nd = make(4)",
        task="d(3)",
    ),
    same(
        "a closure that calls itself in a generator and has its name",
        "def make():\n    def walk(t): return 1 + sum(walk(c) for c in t)\n    return walk\nwalk = make()",
        task="walk([[], [[]]])",
    ),
    same(
        "a function that is chosen by an abstract class",
        "from functools import singledispatch\nfrom collections.abc import Mapping, Sequence\n"
        "@singledispatch\ndef kind(x): return 'other'\n@kind.register\n"
        "def _(x: Mapping): return 'mapping'\n@kind.register(Sequence)\n"
        "def _(x): return 'row ' + kind(x[0])\nclass Own(list): pass\nSequence.register(Own)\nkind({})",
        task="kind([{}]), kind(3), kind(Own([1]))",
    ),
    same(
        "a closure of a closure",
        "def mk(a):\n    def m2(b):\n        def f(x): return a, b, x\n        return f\n    return m2\nf = mk(1)(2)",
        task="f(3)",
    ),
    same("a lambda of a factory", "def mk(n): return lambda x: x * n\nt = mk(3)", task="t(2)"),
    same(
        "under if",
        "if True:\n    def clip(x): return min(x, 1)\nelse:\n    def clip(x): return 0",
        task="clip(3)",
    ),
    same(
        "under try",
        "try:\n    from nowhere_xq import clip\nexcept ImportError:\n    def clip(x):\n        return min(x, 1)",
        task="clip(3)",
    ),
    same(
        "under with",
        "import contextlib\nwith contextlib.nullcontext():\n    def w(x): return x",
        task="w(3)",
    ),
    same("in a loop", "for i in range(3):\n    def li(x, i=i): return x + i", task="li(1)"),
    same(
        "in a timed cell",
        "get_ipython().run_cell_magic('time', '', 'def h(x):\\n    return x + 5\\n')",
        task="h(1)",
    ),
    same("of exec'd text is refused or alike", "def g():\n\treturn 'tab'", task="g()"),
    same("generator", "def gen(n):\n    yield from range(n)", task="list(gen(3))"),
    same("positional only", "def po(a, /, b=2, *, c): return a, b, c", task="po(1, c=3)"),
    same(
        "singledispatch",
        "from functools import singledispatch\n@singledispatch\ndef area(x): return 'default'\n@area.register\ndef area_int(x: int): return 'int'",
        task="area(1), area('x')",
    ),
    same(
        "a registry",
        "STEPS = []\ndef step(f):\n    STEPS.append(f.__name__); return f\n@step\ndef s1(): return 1\n@step\ndef s2(): return 2",
        task="STEPS, s1()",
    ),
    same(
        "a registry of functions",
        "REG = {}\ndef reg(name):\n    def deco(f):\n        REG[name] = f; return f\n    return deco\n@reg('a')\ndef fa(x): return x + 1\n@reg('b')\ndef fb(x): return x + 2",
        task="REG['b'](1), sorted(REG)",
    ),
    same(
        "a bound method",
        "class C:\n    def __init__(self): self.k = 3\n    def m(self, x): return x * self.k\nmul = C().m",
        task="mul(2)",
    ),
    same("a method of a string", "up = 'abc'.upper", task="up()"),
    same("random of random", "from random import random", task="0 <= random() < 1"),
    same("rand of numpy", "from numpy.random import rand", task="rand(2).shape"),
    same("open", task="open.__name__"),
    same("print of one's own", "def print(x): return 'mine'", task="print(1)"),
    same(
        "a global that is counted",
        "count = 0\ndef inc():\n    global count\n    count += 1\n    return count",
        task="inc(), inc()",
    ),
    same(
        "a default whose name is deleted",
        'def a(x): return x + 1\ndef b(x, f=a, *, g=a):\n    return f(x), g(x), f is g, """two\nlines"""',
        "b(1)",
        "del a",
        task="b(1)",
    ),
    same(
        "a global that helpers share",
        "def load():\n    global mdl_xq\n    mdl_xq = 5\ndef use(): return mdl_xq + 1",
        task="(load(), use())[1]",
    ),
    refused(
        "a name that was deleted",
        "def h(): return 1",
        "del h",
        task="h()",
        says="uses 'h', which the notebook does not define",
    ),
    same(
        "a helper whose own helper changed",
        "def b(): return 1\ndef a(): return b()",
        "def b(): return 2",
        task="a()",
    ),
    same(
        "U+2028 in a text",
        "def d():\n    '''pasted\u2028text'''\n    x = 3\n    return str(x)",
        task="d()",
    ),
    same("form feed between lines", "def d():\n    x = 1\n\f\n    return x", task="d()"),
    same("vertical tab in a text", "V = 'a\\x0bb'\ndef d(): return 'a\x0bb' == V", task="d()"),
    same("U+0085 above a helper", "N = 'a\x85b'\ndef d(): return N", task="d()"),
    same("CRLF", "def d():\r\n    x = '''a\r\nb'''\r\n    return x", task="d()"),
    same(
        "a prompt with hashes",
        'def prompt(x):\n    return f"""\n# Role\nYou are {x}.\n"""',
        task="prompt('me')",
    ),
    same(
        "lambdas of a comprehension",
        "fs = [lambda x, i=i: x * i for i in range(3)]",
        task="[f(5) for f in fs]",
    ),
    same(
        "a factory's default",
        "def mk(n):\n    def f(x, n=n): return x * n\n    return f\ntwice = mk(2)",
        task="twice(4)",
    ),
    same(
        "a list that two closures share",
        "def mk():\n    got = []\n    def add(x): got.append(x); return got\n"
        "    def said(): return got\n    return add, said\nadd, said = mk(); add(1)",
        task="add(2), said()",
    ),
    same("a text set later", "def h(): 'a'", "h.__doc__ = 'b'", task="h.__doc__"),
    same("a default that is a global", "def f(x=[]): return x\nL = f()", task="f() is L"),
    same("a default that calls a function", COUNTED + "def f(x=count()): return x", task="f(), n"),
    same(
        "an attribute of a partial",
        "from functools import partial\ng = partial(max, 1)\ng.tag = 'x'",
        task="g.tag",
    ),
    same(
        "what a function says of itself, set since",
        "def h(x: int) -> int: return x",
        "h.__qualname__, h.__module__ = 'Q.h', 'modx'\nh.__annotations__['x'] = str",
        task="h.__qualname__, h.__module__, h.__annotations__, h.__name__",
    ),
    same(
        "hints that a decorator took over",
        "def deco(f):\n    def w(*a: int, **k) -> str: return f(*a)\n"
        "    w.__annotations__ = f.__annotations__\n    w.__name__ = f.__name__\n    return w",
        "@deco\ndef h(x: float): return x",
        task="h(1), h.__qualname__, h.__annotations__, h.__name__",
    ),
    same(
        "hints that are not evaluated",
        "from __future__ import annotations\ndef h(x: int | None = None) -> list[ 'a' ]: return x",
        task="h.__annotations__",
    ),
    same(
        "a hint whose class was made again since",
        "class Row: pass\ndef h(x: Row): return 1",
        "class Row: pass",
        task="h(1)",
    ),
    same(
        "the full names of functions that functions made",
        "def maker(k):\n    def h(x): return x + k\n    return h\n"
        "def other():\n    return lambda x: x\nf, g = maker(2), other()",
        task="f(1), f.__qualname__, g.__qualname__",
    ),
    same(
        "a form feed before a definition, which is no indentation",
        "K = 2\n\x0cdef h(x): return x * K\n\x0cclass C:\n    \x0c\n    up = 3",
        task="h(4), C.up",
    ),
    same(
        "a backslash behind the last line of a definition",
        "def h(x):\n    return '\u00e4' * x \\\n\nclass C:\n    up = 3;\\\n\nlast = 1  # not \\",
        task="h(2), C.up, last",
    ),
    *(
        same(f"functions of a call that know each other: {what}", cell, task=task)
        for what, cell, task in (
            (
                "two",
                "def make(k):\n    def even(n): return k if n == 0 else odd(n - 1)\n"
                "    def odd(n): return -k if n == 0 else even(n - 1)\n    return even, odd\n"
                "even, odd = make(3)",
                "even(4), even(3), odd(3)",
            ),
            (
                "lambdas",
                "def make():\n    even = lambda n: n == 0 or odd(n - 1)\n"
                "    odd = lambda n: n != 0 and even(n - 1)\n    return odd\nodd = make()",
                "odd(4), odd(5)",
            ),
            (
                "one by a default",
                "def make():\n    def a(n): return b() if n else 1\n"
                "    def b(f=a): return f(0)\n    return a, b\na, b = make()",
                "a(1), b(), b.__defaults__[0] is a",
            ),
            (
                "a class and its base",
                "def make():\n    class Node:\n        def leaf(self): return Leaf()\n"
                "    class Leaf(Node):\n        def up(self): return Node()\n    return Node, Leaf\n"
                "Node, Leaf = make()",
                "type(Node().leaf()) is Leaf, type(Leaf().up()) is Node, issubclass(Leaf, Node)",
            ),
            (
                "one with a cache",
                "import functools\ndef make():\n    @functools.lru_cache(None)\n"
                "    def even(n, k=1): return n == 0 or odd(n - k)\n"
                "    def odd(n): return n != 0 and even(n - 1)\n    return even\neven = make()",
                "even(4), even(5)",
            ),
            (
                "by a dict",
                "def make():\n    table = {}\n"
                "    def a(n): return ['a'] + (table['b'](n - 1) if n else [])\n"
                "    def b(n): return ['b'] + (table['a'](n - 1) if n else [])\n"
                "    table.update(a=a, b=b)\n    return a\na = make()",
                "a(3)",
            ),
            (
                "a class and a function",
                "def make(start):\n    class P:\n        def go(self, k): return run(k) + [start]\n"
                "        def other(self): return start\n"
                "    def run(k): return P().go(k - 1) if k else []\n    return P, run\n"
                "P, run = make(3)",
                "P().go(2), run(1), P().other()",
            ),
        )
    ),
]
