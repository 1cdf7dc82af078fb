"""Classes and functions that a call made, and names that come from elsewhere than a cell's def."""

from __future__ import annotations

from tests.bundle.kinds.case import refused, same

_TYPING = "import typing\nfrom typing import *\n"
CASES = [
    same(
        "a class made by type",
        "def say(self): return self.v\nK = type('K', (), {'v': 3, 'say': say})\nk = K(); k.v = 4",
        task="K.v, k.say(), K.__name__",
    ),
    same(
        "a class made by type on a base",
        "class B:\n    def f(self): return self.v\nK = type('K', (B,), {'v': 3})",
        task="K().f(), issubclass(K, B)",
    ),
    same(
        "a class that a function made",
        "def mk():\n    class K: v = 1\n    return K\nK = mk()",
        task="K.v",
    ),
    same(
        "a class that a function made of its argument",
        "def mk(n):\n    class K:\n        base = n\n        def f(self, x): return x * n\n    return K\nK3 = mk(3)\nk = K3()",
        task="K3().f(2), K3.base, k.f(1)",
    ),
    same(
        "two classes of a function",
        "def mk(n):\n    class K:\n        def f(self): return n\n    return K\nA, B = mk(1), mk(2)",
        task="A().f(), B().f()",
    ),
    same(
        "a class of a function that asks super",
        "class Base:\n    def __init__(self): self.v = 2\ndef mk(n):\n    class K(Base):\n        def __init__(self):\n            super().__init__()\n            self.v += n\n    return K\nK = mk(4)",
        task="K().v",
    ),
    same(
        "a dataclass of a function",
        "import dataclasses\ndef mk():\n    @dataclasses.dataclass\n    class P:\n        x: int = 3\n    return P\nP = mk()\np = P(5)",
        task="p.x, P().x",
    ),
    same(
        "make_dataclass",
        "import dataclasses\nP = dataclasses.make_dataclass('P', ['x', ('y', int, 4), ('z', list, dataclasses.field(default_factory=list))], frozen=True)\np = P(1)",
        task="p, P(2, 3).y, p == P(1)",
    ),
    same(
        "a class by a decorator of the notebook",
        "REG = {}\ndef register(k):\n    REG[k.__name__] = k; return k\n@register\nclass A:\n    v = 1",
        task="REG['A'] is A, A().v",
    ),
    same(
        "NewType",
        "from typing import NewType\nUid = NewType('Uid', int)\nu = Uid(4)",
        task="u, Uid(2)",
    ),
    same(
        "a Protocol that is checked",
        _TYPING
        + "@runtime_checkable\nclass P(Protocol):\n    def f(self): ...\nclass A:\n    def f(self): return 1",
        task="isinstance(A(), P), isinstance(1, P)",
    ),
    same(
        "TypedDict by a call",
        _TYPING + "T = TypedDict('T', {'a': int}, total=False)\nt = T(a=1)",
        task="t, T(a=2)",
    ),
    same(
        "NamedTuple by a call",
        _TYPING + "P = NamedTuple('P', [('x', int), ('y', str)])\np = P(1, 'a')",
        task="p, P(2, 'b').y",
    ),
    same(
        "a generic class of two",
        _TYPING
        + "K = TypeVar('K'); V = TypeVar('V')\nclass Pair(Generic[K, V]):\n    def __init__(self, k: K, v: V): self.k, self.v = k, v\np = Pair(1, 'a')\nIntPair = Pair[int, int]",
        task="p.k, IntPair(1, 2).v",
    ),
    same(
        "a NamedTuple's default by a name that changed",
        _TYPING + "D = 4\nclass P(NamedTuple):\n    x: int = D",
        "D = 9",
        task="P().x, D",
    ),
    same(
        "a NamedTuple with methods",
        _TYPING
        + "class P(NamedTuple):\n    x: int\n    def twice(self): return self.x * 2\np = P(4)",
        task="p.twice()",
    ),
    same(
        "two functions that changed names",
        "def a(): return 'a'\ndef b(): return 'b'",
        "a, b = b, a",
        task="a(), b()",
    ),
    same("two constants that changed names", "a, b = 1, [2]", "a, b = b, a", task="a, b"),
    same("a function by exec", "exec('def f(x):\\n    return x + 1\\n')", task="f(1)"),
    same("a constant by exec", "exec('RATE = 0.5')", task="RATE"),
    refused(
        "a lambda by eval",
        "sq = eval('lambda x: x * x')",
        task="sq(3)",
        says="uses 'sq' .Cell .1., line 1., whose source is not known",
    ),
    same(
        "a partialmethod",
        "import functools\nclass C:\n    def scale(self, x, by): return x * by\n    twice = functools.partialmethod(scale, by=2)\nc = C()",
        task="c.twice(4)",
    ),
    same(
        "a cached property that was read",
        "import functools\nclass C:\n    @functools.cached_property\n    def p(self): return 5\nc = C(); c.p",
        task="c.p, vars(c)",
    ),
    same(
        "an lru_cache on a method",
        "import functools\nclass C:\n    @functools.lru_cache(maxsize=3)\n    def m(self, x): return x * 2\nc = C()",
        task="c.m(2)",
    ),
    same(
        "singledispatchmethod of an instance",
        "import functools\nclass C:\n    @functools.singledispatchmethod\n    def f(self, x): return 'any'\n    @f.register\n    def _(self, x: int): return 'int'\nc = C()",
        task="c.f(1), c.f('x')",
    ),
    same(
        "singledispatch with a class of the notebook",
        "import functools\nclass A: pass\n@functools.singledispatch\ndef f(x): return 'any'\n@f.register(A)\ndef _(x): return 'A'",
        task="f(A()), f(1)",
    ),
    same(
        "a vectorized function by hand",
        "import numpy as np\ndef dist(a): return a + 1\ndist = np.vectorize(dist)",
        task="dist([1]).tolist()",
    ),
    same(
        "a vectorized function under another name",
        "import numpy as np\ndef dist(a, k=2): return a + k\nvd = np.vectorize(dist, otypes=[float])",
        task="vd([1]).tolist(), dist(1)",
    ),
    same("a ufunc", "import numpy as np\nU = np.add", task="U.reduce([1, 2, 3])"),
    same("a method of a ufunc", "import numpy as np\nS = np.add.reduce", task="S([1, 2, 3])"),
    same(
        "ufuncs of functions of the notebook",
        "import numpy as np\ndef f(a, b): return a + b\nuf = np.frompyfunc(f, 2, 1, identity=0)\n"
        "one = np.frompyfunc(lambda x: x * 2, 1, 1)\no = np.frompyfunc(oct, 1, 1)",
        task="uf([1], 2).tolist(), uf.reduce([1, 2]), uf.identity, one([3]).tolist(), o([8])[0]",
    ),
    same("a polynomial", "import numpy as np\np = np.poly1d([1, 2, 3])", task="p(2)"),
    same("a method of str", "up = str.upper", task="up('a')"),
    same("a method of dict", "get = dict.get", task="get({'a': 1}, 'a')"),
    same("a method of a dict", "D = {'a': 1}\nget = D.get", task="get('a'), get('b', 2)"),
    same("an operator of a number", "add = (5).__add__", task="add(2)"),
    same("a slot of a class", "L = list.__len__", task="L([1, 2])"),
    same("a classmethod of dict", "fk = dict.fromkeys", task="fk('ab', 1)"),
    same(
        "methods in a dict",
        "M = {'u': str.upper, 'l': str.lower, 's': ' '.join}",
        task="M['u']('a'), M['s'](['a', 'b'])",
    ),
    same(
        "a method caller",
        "import operator\nup = operator.methodcaller('replace', 'a', new='b') if False else operator.methodcaller('replace', 'a', 'b')",
        task="up('aa')",
    ),
    same(
        "an attribute getter",
        "import operator\ng = operator.attrgetter('real', 'imag')",
        task="g(3)",
    ),
    same(
        "a function of operator",
        "import operator\nOPS = {'+': operator.add, '<': operator.lt}",
        task="OPS['+'](1, 2), OPS['<'](1, 2)",
    ),
    same(
        "a partial of a lambda",
        "import functools\nf = functools.partial(lambda x, y: (x, y), 1)",
        task="f(2)",
    ),
    same(
        "a partial with a list",
        "import functools\nL = [1]\nf = functools.partial(max, L)",
        task="f([0])",
    ),
    *(
        same(f"a counter of itertools {what}", f"import itertools\n{made}", task=task)
        for what, made, task in (
            ("that was read", "c = itertools.count(5)\nnext(c)", "next(c)"),
            ("with a step", "c = itertools.count(.5, .25)\nnext(c)", "next(c), next(c)"),
            (
                "in two places",
                "c = itertools.count()\nd = {'c': c}\nnext(c)",
                "next(c), next(d['c']), next(c)",
            ),
            (
                "that numbers objects",
                "class Item:\n    ids = itertools.count()\n"
                "    def __init__(self): self.id = next(Item.ids)\na, b = Item(), Item()",
                "a.id, b.id, Item().id",
            ),
            (
                "that numbers words",
                "from collections import defaultdict\n"
                "words = defaultdict(itertools.count().__next__)\nwords['a'], words['b']",
                "words['c'], words['a']",
            ),
            (
                "in a default and in a closure",
                "def f(c=itertools.count()): return next(c)\n"
                "def mk(c): return lambda: next(c)\ng = mk(itertools.count(7))\nf(), g()",
                "f(), g()",
            ),
        )
    ),
    refused(
        "a counter of a class's numbers",
        "import itertools\nfrom fractions import Fraction\nc = itertools.count(Fraction(1, 3))",
        task="next(c)",
        says="'c'.*itertools.count, which cannot be shipped",
    ),
    refused(
        "a cycle",
        "import itertools\nc = itertools.cycle('ab')",
        task="next(c)",
        says="'c'.*iterator",
    ),
    refused("a map", "m = map(str, [1])", task="list(m)", says="'m'.*iterator"),
    refused("a zip", "z = zip([1], [2])", task="list(z)", says="'z'.*iterator"),
    refused("an iterator of a list", "i = iter([1])", task="list(i)", says="'i'.*iterator"),
    refused(
        "an open file",
        "import os\nwith open(os.devnull) as f: pass",
        task="f.read()",
        says="'f'.*TextIOWrapper",
    ),
    refused(
        "a view of a dict", "D = {'a': 1}\nk = D.keys()", task="list(k)", says="'k'.*dict_keys"
    ),
    same(
        "a closure with a counter",
        "def mk():\n    n = 0\n    def tick():\n        nonlocal n\n        n += 1\n        return n\n    return tick\ntick = mk(); tick()",
        task="tick(), tick()",
    ),
    same(
        "two closures that share a cell",
        "def mk():\n    n = [0]\n    def inc(): n[0] += 1\n    def get(): return n[0]\n    return inc, get\ninc, get = mk(); inc()",
        task="inc(), get()",
    ),
    same(
        "an async function",
        "import asyncio\nasync def f(x): return x + 1",
        task="asyncio.run(f(2))",
    ),
    same(
        "an async generator",
        "import asyncio\nasync def g():\n    yield 1\n    yield 2\nasync def f(): return [x async for x in g()]",
        task="asyncio.run(f())",
    ),
    same(
        "a generator that is sent to",
        "def g():\n    x = yield 1\n    yield x\ndef f():\n    i = g(); next(i); return i.send(5)",
        task="f()",
    ),
    same(
        "an overloaded function",
        _TYPING
        + "@overload\ndef f(x: int) -> int: ...\n@overload\ndef f(x: str) -> str: ...\ndef f(x): return x",
        task="f(1)",
    ),
    same(
        "a function with a cache of its own",
        "def fib(n, seen={0: 0, 1: 1}):\n    if n not in seen: seen[n] = fib(n - 1) + fib(n - 2)\n    return seen[n]\nfib(5)",
        task="fib(10)",
    ),
    same(
        "generic models of pydantic",
        "import pydantic\nfrom typing import Generic, TypeVar\nT = TypeVar('T')\n"
        "class P(pydantic.BaseModel):\n    a: int = pydantic.Field(validation_alias='A')\n"
        "class Page(pydantic.BaseModel, Generic[T]):\n    items: list[T] = []\n"
        "class IntPage(Page[int]):\n    n: int = 0\n"
        "p = Page[P](items=[{'A': 1}]); Texts = Page[str]; q = IntPage(items=['1'], n=2)",
        task="p.items[0].a, type(p).__name__, Page[P] is type(p), Texts(items=['x']).items, q.items",
    ),
    same(
        "models that create_model made",
        "import pydantic\nclass B(pydantic.BaseModel):\n    b: int = 1\n"
        "    def twice(self): return self.b * 2\n"
        "M = pydantic.create_model('M', x=(int, 3), y=(str, pydantic.Field(alias='Y', max_length=3)))\n"
        "m = M(x=4, Y='abc')\nN = pydantic.create_model('N', __base__=B, x=(int, ...))",
        task="m.x, m.y, M(Y='a').x, M.__name__, N(x=4).twice(), N(x=5, b=2).model_dump()",
    ),
]
