"""Callables, and what wraps them, against the text of their place: set since, or as written."""

from __future__ import annotations

from tests.bundle.kinds.case import Case, same

_NAMES = (
    "import functools, operator, re\nfrom functools import cached_property, partial, partialmethod\n"
    "def one(x): return 'one', x\ndef two(x): return 'two', x\nFAST = True"
)

#: `(what, as it is written in the class, as it is set since, what the task asks)`.
_SET_SINCE = (
    ("a static method of a built-in", "key = staticmethod(len)", "staticmethod(hash)", "C.key(5)"),
    ("one of a lambda", "key = staticmethod(len)", "staticmethod(lambda x: -x)", "C.key(5)"),
    ("one of a function", "key = staticmethod(one)", "staticmethod(two)", "C.key(5)"),
    ("a plain built-in", "key = staticmethod(hash)", "abs", "C().key(-5)"),
    ("a property of a lambda", "key = property(lambda s: 1)", "property(lambda s: 2)", "C().key"),
    (
        "a property of a getter",
        "x, y = 5, 6\n    key = property(operator.attrgetter('x'))",
        "property(operator.attrgetter('y'))",
        "C().key",
    ),
    (
        "a setter",
        "key = property(lambda s: s.k, lambda s, v: s.__dict__.update(k=v))",
        "property(C.key.fget, lambda s, v: s.__dict__.update(k=v * 2))",
        "(c := C(), setattr(c, 'key', 4), c.key)[2]",
    ),
    ("a lambda", "key = lambda s: 1", "lambda s: 2", "C().key()"),
    ("a class method", "key = classmethod(one)", "classmethod(two)", "C.key()[0]"),
    ("a partial method", "key = partialmethod(max, 1)", "partialmethod(min, 1)", "C"),
    ("a getter", "key = operator.itemgetter(0)", "operator.itemgetter(1)", "C.key('ab')"),
    ("a method of a text", "key = 'a'.join", "'b'.join", "C.key('xy')"),
    (
        "a method of a pattern",
        "key = re.compile('a').findall",
        "re.compile('b').findall",
        "C.key('abb')",
    ),
    ("a method of a built-in class", "key = str.upper", "str.lower", "C.key('aB')"),
    (
        "a static method by def",
        "@staticmethod\n    def key(x): return 1",
        "staticmethod(abs)",
        "C.key(-5)",
    ),
    (
        "a property by def",
        "x = 3\n    @property\n    def key(self): return 1",
        "property(operator.attrgetter('x'))",
        "C().key",
    ),
    ("a method by def, a built-in since", "def key(x): return 1", "abs", "C.key(-5)"),
    (
        "a method by def, a partial since",
        "def key(self): return 1",
        "partial(max, 1, 5)",
        "C().key()",
    ),
    (
        "a method by def, a getter since",
        "def key(x): return 1",
        "operator.itemgetter(1)",
        "C.key('ab')",
    ),
)

_AS_WRITTEN: tuple[Case, ...] = (
    same(
        "lambdas and properties of names inside of a class only",
        "class C:\n    __k = 3\n    f = lambda self: self.__k\n    g = property(lambda self: self.__k)",
        task="C().f(), C().g",
    ),
    same(
        "callables in a class of a call",
        "def mk(k):\n    class C:\n        f = lambda self: k\n        g = property(lambda self: k + 1)\n"
        "        h = staticmethod(lambda: k + 2)\n    return C\nC = mk(4)",
        task="C().f(), C().g, C.h()",
    ),
    same(
        "methods of another class under names of one's own",
        "class A:\n    def run(self): return 1\n    @staticmethod\n    def st(x): return x\n"
        "class B:\n    go = A.run\n    st = staticmethod(A.st)\n    nm = A.__name__",
        task="B().go(), B.st(4), B.nm",
    ),
    same(
        "properties that a function makes",
        "def typed(name, t):\n    def get(self): return t(self.__dict__[name])\n"
        "    def put(self, v): self.__dict__[name] = v\n    return property(get, put)\n"
        "class P:\n    a = typed('a', int)\n    b = typed('b', str)\np = P(); p.a = '5'; p.b = 6",
        task="p.a, p.b",
    ),
    same(
        "functions of libraries as attributes",
        "import numpy as np, math, pandas as pd, functools, operator\n"
        "class A:\n    f = np.mean\n    g = math.sqrt\n    h = pd.Series.sum\n    i = staticmethod(np.sum)\n"
        "    j = functools.partial(max, 3)\n    k = operator.itemgetter(1)\n"
        "    n = classmethod(lambda c: c.__name__)",
        task="A.g(4), A.i([1]), A.j(1), A().k([1, 2]), A.n(), A.f([1, 2])",
    ),
    same(
        "methods below decorators of Python, and abstract ones",
        "import abc, functools\nclass A(abc.ABC):\n    @property\n    @abc.abstractmethod\n"
        "    def x(self): ...\n    @x.setter\n    def x(self, v): ...\n    @classmethod\n"
        "    @abc.abstractmethod\n    def m(cls): ...\nclass B(A):\n    n = 0\n    @property\n"
        "    def x(self): return self.n\n    @x.setter\n    def x(self, v): self.n = v\n"
        "    @classmethod\n    def m(cls): return cls.__name__\n    @staticmethod\n"
        "    @functools.lru_cache\n    def q(x): return x\n    @functools.cached_property\n"
        "    def p(self): return 3\nb = B(); b.x = 4",
        task="b.x, B.m(), B.q(1), B().p",
    ),
    same(
        "lambdas where annotations are texts",
        "from __future__ import annotations\nclass A:\n    f = lambda self, x=1: x\n"
        "    g = property(lambda self: 4)",
        task="A().f(), A().g",
    ),
    same(
        "fields and members that are callables",
        "import dataclasses, enum\nfrom functools import partial\nfrom typing import Callable\n"
        "@dataclasses.dataclass\nclass D:\n    f: Callable = lambda x: x + 1\n"
        "    g: Callable = dataclasses.field(default=len)\n"
        "class Op(enum.Enum):\n    ADD = partial(lambda a, b: a + b)\n    NEG = (lambda a: -a,)",
        task="D.f(1), D().g('ab'), Op.ADD.value(1, 2), Op.NEG.value[0](3)",
    ),
)

CASES = [
    *(
        same(
            f"{what}, set since",
            f"{_NAMES}\nclass C:\n    {written}",
            f"C.key = {since}",
            task=task if task != "C" else "C.__dict__['key'].func(3, 1)",
        )
        for what, written, since, task in _SET_SINCE
    ),
    same(
        "callables that are set again as they are written",
        f"{_NAMES}\nclass C:\n    key = staticmethod(len)\n    f = lambda self: 1",
        "C.key = staticmethod(len)",
        task="C.key('ab'), C().f()",
    ),
    same(
        "a callable chosen by a flag that is another one by now",
        f"{_NAMES}\nclass C:\n    key = staticmethod(one if FAST else two)\n    raw = one if FAST else two",
        "FAST = False",
        task="C.key(1), C().raw()[0]",
    ),
    same(
        "a cached property, set since",
        f"{_NAMES}\nclass C:\n    v = cached_property(lambda self: 1)",
        "C.v = cached_property(lambda self: 2); C.v.__set_name__(C, 'v')",
        task="C().v",
    ),
    *(
        same(
            f"a default that is {what}, set since",
            f"def f(x, k={written}): return k(x)",
            f"f.__defaults__ = ({since},)",
            task="f('ab')",
        )
        for what, written, since in (
            ("a lambda", "lambda v: v", "lambda v: v * 2"),
            ("a method of a text", "','.join", "';'.join"),
            ("a built-in", "len", "str.upper"),
        )
    ),
    *_AS_WRITTEN,
]
