"""What was set since in functions that are inside of something, and in what makers gave a class."""

from __future__ import annotations

from tests.bundle.kinds.case import same

_DATACLASS = "from dataclasses import dataclass, field\n@dataclass\nclass P:\n    x: int = 0"
_TUPLE = "from typing import NamedTuple\nclass Node(NamedTuple):\n    a: int\n    b: int = 3"

#: `(what, its cell, what is set since, what the task returns)`.
_SET_SINCE = (
    (
        "defaults of a namedtuple",
        "from collections import namedtuple\nNode = namedtuple('Node', 'val left right')",
        "Node.__new__.__defaults__ = (None,) * len(Node._fields)",
        "Node(1)",
    ),
    (
        "defaults of a NamedTuple",
        _TUPLE,
        "Node.__new__.__defaults__ = (4, 5)",
        "Node(), Node._field_defaults",
    ),
    ("defaults of a dataclass", _DATACLASS, "P.__init__.__defaults__ = (5,)", "P()"),
    (
        "defaults of a dataclass beside a factory",
        f"{_DATACLASS}\n    y: list = field(default_factory=list)",
        "P.__init__.__defaults__ = (5, *P.__init__.__defaults__[1:])",
        "P()",
    ),
    (
        "defaults by name of a dataclass",
        _DATACLASS.replace("@dataclass", "@dataclass(kw_only=True)"),
        "P.__init__.__kwdefaults__ = {'x': 4}",
        "P()",
    ),
    ("an attribute of a dataclass's method", _DATACLASS, "P.__init__.n = 3", "P.__init__.n"),
    (
        "defaults of what make_dataclass made",
        "import dataclasses\nMade = dataclasses.make_dataclass('Made', [('x', int, 1)])",
        "Made.__init__.__defaults__ = (5,)",
        "Made().x",
    ),
    (
        "metadata of a dataclass's field",
        _DATACLASS,
        "P.__dataclass_fields__['x'].metadata = {'u': 1}",
        "P.__dataclass_fields__['x'].metadata",
    ),
    (
        "defaults of an attrs class",
        "import attr\n@attr.s\nclass P:\n    x = attr.ib(default=1)\n"
        "    _y = attr.ib(factory=list)",
        "P.__init__.__defaults__ = (5, *P.__init__.__defaults__[1:])",
        "P()",
    ),
    (
        "defaults of a property",
        "class K:\n    @property\n    def p(self, k=1): return k\n"
        "    @p.setter\n    def p(self, v, k=2): self.q = (v, k)",
        "K.p.fget.__defaults__ = (5,)\nK.p.fset.__defaults__ = (6,)\nk = K()",
        "k.p, setattr(k, 'p', 3), k.q",
    ),
    (
        "defaults of a property's lambda",
        "class K:\n    p = property(lambda self, k=1: k)",
        "K.p.fget.__defaults__ = (5,)",
        "K().p",
    ),
    (
        "an attribute of a property's function",
        "class K:\n    @property\n    def p(self): return K.p.fget.note",
        "K.p.fget.note = 'n'",
        "K().p",
    ),
    (
        "defaults of a cached_property",
        "import functools\nclass K:\n    @functools.cached_property\n    def p(self, k=1): return k",
        "K.p.func.__defaults__ = (5,)",
        "K().p",
    ),
    (
        "defaults of a cached method",
        "import functools\nclass K:\n    @functools.lru_cache\n    def f(self, k=1): return k",
        "K.f.__wrapped__.__defaults__ = (5,)",
        "K().f()",
    ),
    (
        "what is inside of a decorated method",
        "import functools\ndef deco(f):\n    @functools.wraps(f)\n    def w(*a): return f(*a)\n"
        "    return w\nclass K:\n    @deco\n    def f(self, k=1): return k",
        "K.f.__wrapped__.__defaults__ = (5,)\nK.f.note = 4",
        "K().f(), K.f.note",
    ),
    (
        "an attribute of an enum",
        "from enum import Enum\nclass T(Enum):\n    A = 1\n    def up(self): return self.value + 1",
        "T.extra = 5",
        "T.extra, T.A.value, T.A.up(), list(T)",
    ),
    (
        "another value of an enum's member",
        "from enum import Enum\nclass T(Enum):\n    A = 1",
        "T._value2member_map_[9] = T.A",
        "T(9), T(1)",
    ),
    (
        "the abstract methods of a class",
        "import abc\nclass T(abc.ABC):\n    @abc.abstractmethod\n    def f(self): return 1",
        "T.__abstractmethods__ = frozenset()",
        "T().f()",
    ),
)

CASES = [
    *(same(f"{what}, set since", cell, since, task=task) for what, cell, since, task in _SET_SINCE),
    *(
        same(f"{what}, as they are", cell, task=task)
        for what, cell, task in (
            (
                "fields of attr.s",
                "import attr\n@attr.s\nclass M:\n    x = attr.ib(default=1)",
                "M()",
            ),
            (
                "abstract methods of a class and its base",
                "import abc\nclass T(abc.ABC):\n    @property\n    @abc.abstractmethod\n"
                "    def f(self): ...\nclass U(T):\n    @abc.abstractmethod\n    def g(self): ...",
                "U.__abstractmethods__",
            ),
        )
    ),
    same(
        "defaults below a decorator of others, set since",
        "import functools\n@functools.lru_cache\ndef cached(k=1): return k",
        "cached.__wrapped__.__defaults__ = (5,)\ncached.__wrapped__.note = 2",
        task="cached(), cached.__wrapped__.note",
    ),
    same(
        "a dataclass's own __init__, kept and replaced",
        f"{_DATACLASS}",
        "_old = P.__init__\ndef anew(self, x=9): _old(self, x + 1)\nP.__init__ = anew",
        task="P(), _old(P(), 1)",
    ),
    same(
        "a class inside of a class, under a name of its own",
        "class O:\n    class I:\n        v = 1\n        def f(self): return O.I\n"
        "    d = {1: I}\n    x = I()\n    def g(self, k=I): return k\nI = O.I\nI.v = 3\ni = I()",
        task="isinstance(i, O.I), O.d[1] is I, O().g() is I, i.f() is I, isinstance(O.x, I), O.x.v",
    ),
    *(
        same(
            f"the subclasses of a class that is {what}",
            "class T: n = 'T'\nclass T3(T): n = 'T3'\n"
            "def below(b): return [c.n for c in b.__subclasses__()]",
            cell,
            task=task,
        )
        for what, cell, task in (
            ("an attribute", "class H: t = T", "[c.n for c in H.t.__subclasses__()]"),
            ("an argument", "", "below(T)"),
            ("in a dictionary", "D = {'t': T}", "[c.n for c in D['t'].__subclasses__()]"),
            ("enclosed", "def mk(b): return lambda: below(b)\ng = mk(T)", "g()"),
            ("bound", "import functools\np = functools.partial(below, T)", "p()"),
        )
    ),
    same(
        "defaults of attrs classes by a name that is another by now",
        "import attr, attrs\nRATE = 1\n@attrs.define\nclass M:\n    x: int = RATE\n"
        "    y: list = attrs.field(factory=list)\n"
        "@attr.s\nclass N:\n    x = attr.ib(default=RATE)",
        "RATE = 5",
        task="M(), N()",
    ),
    same(
        "a class of attr.s that lost an attribute",
        "import attr\n@attr.s\nclass M:\n    x = attr.ib(default=1)\n    z = 3",
        "del M.z",
        task="M(), hasattr(M, 'z'), hasattr(M, 'x')",
    ),
]
