"""Classes of the notebook, their members and instances: as written, and as they are by now."""

from __future__ import annotations

from tests.bundle.kinds.case import refused, same

CASES = [
    same("a config class", "class CFG: lr = 1", task="CFG.lr"),
    same(
        "run again after another",
        "class CFG: lr = 1",
        "class CFG: lr = 2",
        "class CFG: lr = 1",
        task="CFG.lr",
    ),
    same("a class under if", "class CFG: lr = 1", "if True:\n    class CFG: lr = 2", task="CFG.lr"),
    same(
        "changed after", "class CFG:\n    lr = 0.1\n    n = 3", "CFG.lr = 0.5", task="CFG.lr, CFG.n"
    ),
    same("an attribute more", "class CFG: lr = 1", "CFG.more = [1, 2]", task="CFG.more"),
    same(
        "an attribute less",
        "class CFG:\n    lr = 1\n    n = 2",
        "del CFG.n",
        task="hasattr(CFG, 'n')",
    ),
    same("an attribute by a name", "L = 3\nclass CFG: lr = L", "L = 4", task="CFG.lr, L"),
    same("an attribute of the same name", "seed = 7\nclass CFG: seed = seed", task="CFG.seed"),
    same("an attribute that was computed", "import time\nclass CFG: t = time.time()", task="CFG.t"),
    same("a method", "class M:\n    def fit(self, x): return x + 1", task="M().fit(1)"),
    same(
        "a method put in later",
        "class M: pass\ndef fit(self, x): return x * 3\nM.fit = fit",
        task="M().fit(2)",
    ),
    same(
        "a method replaced",
        "class M:\n    def f(self): return 1",
        "M.f = lambda self: 2",
        task="M().f()",
    ),
    same(
        "a property",
        "class M:\n    x = 2\n    @property\n    def p(self): return self.x",
        task="M().p",
    ),
    same(
        "class and static methods",
        "class M:\n    n = 4\n    @classmethod\n    def c(cls): return cls.n\n    @staticmethod\n    def s(x): return x",
        task="M.c(), M.s(2)",
    ),
    same(
        "inheritance",
        "class A:\n    def f(self): return 1",
        "class B(A):\n    def f(self): return super().f() + 1",
        task="B().f()",
    ),
    refused(
        "a base defined again",
        "class Bs:\n    v = 1\nclass Ch(Bs): pass",
        "class Bs:\n    v = 2",
        task="Ch.v",
        says="'Ch'.*base 'Bs' was defined again",
    ),
    same(
        "subclasses",
        "class Plug: pass",
        "class PlugA(Plug): pass",
        task="[c.__name__ for c in Plug.__subclasses__()]",
    ),
    same(
        "dataclass",
        "from dataclasses import dataclass\n@dataclass\nclass P:\n    x: int = 1\n    y: list = None",
        task="P(2).x, P().x",
    ),
    same(
        "dataclass redefined and back",
        "from dataclasses import dataclass\n@dataclass\nclass P:\n    x: int = 1",
        "from dataclasses import dataclass\n@dataclass\nclass P:\n    x: int = 2",
        "from dataclasses import dataclass\n@dataclass\nclass P:\n    x: int = 1",
        task="P().x",
    ),
    same(
        "an instance of a dataclass",
        "from dataclasses import dataclass\n@dataclass\nclass P:\n    x: int = 1\np = P(5)",
        task="p.x, p == P(5)",
    ),
    same(
        "a frozen dataclass",
        "from dataclasses import dataclass\n@dataclass(frozen=True)\nclass P:\n    x: int\np = P(5)",
        task="p.x",
    ),
    same(
        "a slotted dataclass",
        "from dataclasses import dataclass\n@dataclass(slots=True)\nclass P:\n    x: int = 3\np = P(5)",
        task="p.x, P().x",
    ),
    same(
        "an instance",
        "class Scaler:\n    def __init__(self, f): self.f = f\n    def __call__(self, x): return x * self.f\nsc = Scaler(2)",
        task="sc(3)",
    ),
    same(
        "an instance in an instance",
        "class A:\n    pass\na = A(); a.b = A(); a.b.v = 3",
        task="a.b.v",
    ),
    same(
        "an instance that knows itself",
        "class A: pass\na = A(); a.me = a; a.v = 2",
        task="a.me.me.v",
    ),
    same(
        "a class that knows an instance",
        "class A: pass\nA.default = A(); A.default.v = 2",
        task="A.default.v",
    ),
    same(
        "an instance shared by two names", "class A: pass\na = A(); a.v = 1\nb = a", task="a is b"
    ),
    same(
        "namedtuple",
        "from collections import namedtuple\nP = namedtuple('P', 'x y')\np = P(1, 2)",
        task="p.x + P(3, 4).y",
    ),
    same(
        "namedtuple with defaults",
        "from collections import namedtuple\nP = namedtuple('P', 'x y', defaults=[9])",
        task="P(1).y",
    ),
    same(
        "NamedTuple",
        "from typing import NamedTuple\nclass P(NamedTuple):\n    x: int\n    y: int = 4\np = P(1)",
        task="p.y, P(2).x",
    ),
    same(
        "Enum",
        "from enum import Enum\nclass Mode(Enum):\n    FAST = 1\n    SLOW = 2",
        task="Mode.FAST.value",
    ),
    same(
        "Enum and back",
        "from enum import Enum\nclass M(Enum): A = 1",
        "from enum import Enum\nclass M(Enum): A = 2",
        "from enum import Enum\nclass M(Enum): A = 1",
        task="M.A.value",
    ),
    same(
        "a member of an Enum",
        "from enum import Enum\nclass Mode(Enum):\n    FAST = 1\nMODE = Mode.FAST",
        task="MODE is Mode.FAST",
    ),
    same(
        "Enum by a call",
        "from enum import Enum\nC = Enum('C', 'A B')\nc = C.B",
        task="c.value, C.A.name",
    ),
    same(
        "Flag",
        "from enum import Flag, auto\nclass F(Flag):\n    A = auto()\n    B = auto()\nboth = F.A | F.B",
        task="both.value",
    ),
    same(
        "TypedDict", "from typing import TypedDict\nclass T(TypedDict):\n    a: int", task="T(a=1)"
    ),
    same(
        "ABC",
        "from abc import ABC, abstractmethod\nclass A(ABC):\n    @abstractmethod\n    def f(self): ...\nclass B(A):\n    def f(self): return 2",
        task="B().f()",
    ),
    same("exception", "class Bad(ValueError): code = 4", task="Bad('x').code, Bad('x').args"),
    same(
        "a metaclass",
        "class Meta(type):\n    def __len__(cls): return 3\nclass A(metaclass=Meta): pass",
        task="len(A)",
    ),
    same(
        "slots",
        "class S:\n    __slots__ = ('a',)\n    def __init__(self): self.a = 5\ns = S()",
        task="s.a",
    ),
    same(
        "generic",
        "from typing import Generic, TypeVar\nT = TypeVar('T')\nclass Box(Generic[T]):\n    v = 1\nb = Box()",
        task="b.v, Box[int]().v",
    ),
    same(
        "cached_property",
        "import functools\nclass C:\n    @functools.cached_property\n    def p(self): return 5",
        task="C().p",
    ),
    same(
        "a TypedDict of another",
        "from typing import TypedDict\nclass A(TypedDict):\n    x: int\n"
        "class B(A, total=False):\n    y: str",
        task="sorted(B.__annotations__), B(x=1)",
    ),
    refused(
        "a TypedDict whose base was defined again",
        "from typing import TypedDict\nclass A(TypedDict):\n    x: int\nclass B(A):\n    y: str",
        "class A(TypedDict):\n    z: int",
        task="B.__annotations__",
        says="'B'.*base 'A' was defined again",
    ),
    same("nested class", "class O:\n    class I:\n        v = 3", task="O.I.v"),
    same(
        "an attribute less of a nested class",
        "class O:\n    class I:\n        v = 3\n        w = 4",
        "del O.I.w",
        task="hasattr(O.I, 'w'), O.I.v",
    ),
    same(
        "attributes of a class two classes deep",
        "class O:\n    class I:\n        class J:\n            v = 3",
        "O.I.J.v = 5\nO.I.J.more = [1]",
        task="O.I.J.v, O.I.J.more",
    ),
    same(
        "a method of a nested class put in later",
        "class O:\n    class I:\n        v = 3\n        def f(self): return self.v",
        "def g(self): return self.v * 2\nO.I.f = g",
        task="O.I().f()",
    ),
    refused(
        "a base of a nested class defined again",
        "class Base: v = 1\nclass O:\n    class I(Base): pass",
        "class Base: v = 2",
        task="O.I.v",
        says="'O'.*of its class 'I': its base 'Base' was defined again",
    ),
    same(
        "Protocol",
        "from typing import Protocol\nclass P(Protocol):\n    def f(self) -> int: ...\nclass A:\n    def f(self) -> int: return 1\ndef use(p: P): return p.f()",
        task="use(A())",
    ),
    same(
        "a list's subclass that the task makes",
        "class L(list):\n    def s(self): return sum(self)",
        task="L([1, 2]).s()",
    ),
    refused(
        "an instance that holds a lock that is held",
        "import threading\nclass C: pass\nc = C(); c.lock = threading.Lock(); c.lock.acquire()",
        task="c",
        says="'c'.*lock.*held",
    ),
    same(
        "match on classes",
        "from dataclasses import dataclass\n@dataclass\nclass P:\n    x: int",
        task="[1 for p in [P(1)] if isinstance(p, P)]",
    ),
    same(
        "an object whose attributes answer anything",
        "class Odd:\n    def __getattr__(self, name): raise RuntimeError(name)\n    def __call__(self): return 3\no = Odd()",
        task="o()",
    ),
    same(
        "an object that is itself whatever is asked",
        "class Me:\n    def __getattr__(self, name): return self\n    def __call__(self): return 4\nm = Me()",
        task="m()",
    ),
    same(
        "a class of object, by its name",
        "class Net(object):\n    k = 1\n    def f(self): return self.k",
        task="Net().f(), Net.__bases__ == (object,)",
    ),
    same(
        "a second name of a method",
        "class V:\n    def __add__(self, o): return 1\n    __radd__ = __add__",
        "V.__add__ = lambda self, o: 2",
        task="V() + 1, 1 + V()",
    ),
    same(
        "attributes of an unpacking and of a loop, set since",
        "class V:\n    a, b = 1, 2\n    for c in 'xy': pass",
        "V.a = 5; V.c = 6",
        task="V.a, V.b, V.c",
    ),
    same(
        "a metaclass that lies",
        "class Liar(type):\n    def __getattribute__(cls, name):\n        if name == '__name__': return 'other'\n"
        "        return type.__getattribute__(cls, name)\nclass Honest(metaclass=Liar):\n    v = 3",
        task="Honest.v",
    ),
    same(
        "a method's default that changed",
        "SEED = 42\nclass Trainer:\n    def __init__(self, seed=SEED): self.seed = seed",
        "SEED = 7",
        task="Trainer().seed, SEED",
    ),
    same(
        "a static method's default that changed",
        "K = 1\nclass M:\n    @staticmethod\n    def f(x=K): return x",
        "K = 2",
        task="M.f(), M().f()",
    ),
    same(
        "a field's default that changed",
        "from dataclasses import dataclass\nEPOCHS = 10\n@dataclass\nclass Args:\n    epochs: int = EPOCHS",
        "EPOCHS = 1",
        task="Args().epochs, Args.epochs",
    ),
    same(
        "a class in a class that changed",
        "class CFG:\n    class model:\n        lr = 0.1\n        def f(self): return 1",
        "CFG.model.lr = 0.9\nCFG.model.more = 3",
        task="CFG.model.lr, CFG.model.more, CFG.model().f()",
    ),
    same(
        "an attribute of a method",
        "class A:\n    def m(self, a=[]):\n        a.append(1); return len(a)",
        "A.m.tag = 'x'\nA().m()",
        task="A.m.tag, A().m()",
    ),
    refused(
        "a method's decorator that was defined again",
        "def log(f):\n    def w(*a): return ('log', f(*a))\n    return w",
        "class Cm:\n    @log\n    def m(self): return 1",
        "def log(f): return f",
        task="Cm().m()",
        says="'Cm'.*its decorator 'log' was defined again",
    ),
    same(
        "a method with a decorator",
        "def log(f):\n    def w(*a): return ('log', f(*a))\n    return w",
        "class Cm:\n    @log\n    def m(self): return 1",
        task="Cm().m()",
    ),
    same(
        "private members",
        "class Aq:\n    __p = 3\n    def __helper(self): return self.__p\n    def get(self): return self.__helper()",
        task="Aq().get()",
    ),
    same(
        "a private member that changed",
        "class Aq:\n    __p = 3\n    def get(self): return self.__p",
        "Aq._Aq__p = 4",
        task="Aq().get()",
    ),
    same(
        "special methods of a dataclass",
        "from dataclasses import dataclass\n@dataclass\nclass P:\n    x: int = 1",
        "def shown(self): return 'P!'\nP.__repr__ = shown\nP.__eq__ = lambda s, o: True",
        task="repr(P(1)), P(1) == P(2)",
    ),
    same(
        "the initializer of a dataclass",
        "from dataclasses import dataclass\n@dataclass\nclass P:\n    x: int = 1",
        "def begin(self, x=5): self.x = x * 2\nP.__init__ = begin",
        task="P().x",
    ),
    same(
        "special methods that were added",
        "class P: pass",
        "P.__len__ = lambda s: 4\nP.__class_getitem__ = classmethod(lambda c, k: k)",
        task="len(P()), P['a']",
    ),
    same("a class without hash", "class P: pass", "P.__hash__ = None", task="P.__hash__"),
    same("the text of a class", "class P:\n    'a'", "P.__doc__ = 'b'", task="P.__doc__"),
    same(
        "a property replaced",
        "class A:\n    @property\n    def p(self): return 1",
        "A.p = property(lambda s: 2)",
        task="A().p",
    ),
    same(
        "a setter that was added",
        "class A:\n    v = 0\n    @property\n    def p(self): return self.v",
        "A.p = A.p.setter(lambda s, v: setattr(s, 'v', v * 2))",
        task="[setattr(a, 'p', 3) or a.p for a in [A()]]",
    ),
    same(
        "a method made static",
        "class A:\n    def m(x=1): return 'm'\n    def n(x): return x.__name__",
        "A.m = staticmethod(A.m)\nA.n = classmethod(A.n)",
        task="A().m(), A().n()",
    ),
    same(
        "a method cached by hand",
        "import functools\nclass A:\n    def m(self): return 1",
        "A.m = functools.lru_cache(A.m)",
        task="A().m(), hasattr(A.m, 'cache_info')",
    ),
    same(
        "methods swapped",
        "class A:\n    def m(self): return 1\n    def k(self): return 2",
        "A.m, A.k = A.k, A.m",
        task="A().m(), A().k()",
    ),
    same(
        "a method of the branch that ran",
        "F = True\nclass A:\n    if F:\n        def m(self): return 1\n    else:\n"
        "        def m(self): return 2\nF = False",
        task="A().m()",
    ),
    same(
        "singledispatchmethod",
        "from functools import singledispatchmethod\nclass F:\n    @singledispatchmethod\n"
        "    def f(self, x): return 'any'\n    @f.register\n    def _(self, x: str): return 'text'",
        "@F.f.register\ndef _(self, x: int): return 'int'",
        task="F().f(1), F().f('a'), F().f(None)",
    ),
    same(
        "registered with an abstract class",
        "from abc import ABC\nclass A(ABC): pass\n@A.register\nclass B: pass\nA.register(int)",
        task="isinstance(B(), A), isinstance(1, A), isinstance('', A)",
    ),
    same(
        "registered with Python's abstract classes",
        "import numbers\nfrom collections.abc import Sequence\nclass B: pass\n"
        "Sequence.register(B)\nnumbers.Number.register(B)",
        task="isinstance(B(), Sequence), isinstance(B(), numbers.Number)",
    ),
    same(
        "how it is copied",
        "import copy, copyreg\nclass P:\n    def __init__(s, a=1): s.a = a\n"
        "copyreg.pickle(P, lambda p: (P, (p.a * 10,)))",
        task="copy.copy(P(2)).a",
    ),
    same(
        "a transformer of sklearn",
        "from sklearn.base import BaseEstimator, TransformerMixin\n"
        "class T(TransformerMixin, BaseEstimator):\n    def fit(self, X, y=None): return self\n"
        "    def transform(self, X): return [x * 2 for x in X]",
        task="T().fit([1]).transform([1, 2])",
    ),
    same(
        "a base that lists its subclasses",
        "REG = []\nclass Base:\n    def __init_subclass__(cls, **k): REG.append(cls.__name__)\n"
        "class A(Base): pass\nclass B(Base): pass",
        task="A.__name__, REG",
    ),
    same(
        "a base that keeps its subclasses",
        "class Base:\n    reg = {}\n    def __init_subclass__(cls, key=None):\n"
        "        Base.reg[key] = cls\nclass A(Base, key='a'): v = 1",
        "Base.reg.pop('a'); Base.reg['b'] = A",
        task="[(key, kind.v) for key, kind in Base.reg.items()]",
    ),
    same(
        "a metaclass that counts",
        "class Meta(type):\n    n = 0\n    def __init__(c, *a): Meta.n += 1\n"
        "class A(metaclass=Meta): pass\nclass B(metaclass=Meta): pass",
        task="A.__name__, Meta.n",
    ),
    same(
        "a descriptor that lists its names",
        "class D:\n    seen = []\n    def __set_name__(self, o, n): D.seen.append(n)\n"
        "    def __get__(self, i, o): return 5\nclass A:\n    x = D()",
        task="A.x, D.seen",
    ),
    same(
        "a class body that counts",
        "n = 0\ndef count():\n    global n\n    n += 1\n    return n\n"
        "class A: id = count()\nclass B: id = count()",
        task="A.id, B.id, n, count()",
    ),
    same("two attributes that are one list", "class K:\n    a = [1]\n    b = a", task="K.a is K.b"),
    same("an attribute that is a global", "class K: a = []\nL = K.a", task="L is K.a"),
    same(
        "the full name of a class, set since",
        "class C:\n    x: int = 1\nC.__qualname__ = 'Other.C'",
        task="C.__qualname__, repr(type(C()).__qualname__)",
    ),
    same(
        "the name and hints of a method, set since",
        "class C:\n    def m(self, a: int): return a",
        "C.m.__qualname__, C.m.__name__ = 'Z.m', 'zz'\nC.m.__annotations__['a'] = str",
        task="C.m.__qualname__, C.m.__annotations__, C.m.__name__",
    ),
    same(
        "a dataclass that a function made, as it is shown",
        "import dataclasses\ndef maker(k):\n    @dataclasses.dataclass\n    class P:\n"
        "        x: int = 1\n        def f(self): return k\n    return P",
        "P = maker(2)",
        "def other():\n    @dataclasses.dataclass\n    class Q:\n        x: int = 1\n    return Q",
        "Q = other()",
        task="repr(P(3)), P(1).f(), repr(Q(3))",
    ),
    refused(
        "hints of a class, set since",
        "class C:\n    x: int = 1",
        "C.__annotations__['y'] = str",
        task="C.__annotations__",
        says="'C'.*its fields are other ones there",
    ),
    same(
        "an enum whose methods were replaced or deleted",
        "import enum\nclass E(enum.Enum):\n    A = 1\n    def f(self): return 1\n"
        "    @property\n    def p(self): return 2\n    def g(self): return 3",
        "E.f = lambda self: 'f'\nE.p = property(lambda self: 'p')\ndel E.g",
        task="E.A.f(), E.A.p, hasattr(E.A, 'g')",
    ),
    same(
        "a method that was deleted from an abstract class",
        "import abc\nclass A(abc.ABC):\n    def f(self): return 1",
        "del A.f",
        task="hasattr(A, 'f')",
    ),
]
