"""What a class or decorator was given as its cell ran, and what is another thing by now."""

from __future__ import annotations

from tests.bundle.kinds.case import refused, same

_ENUM = "from enum import Enum, Flag, IntEnum, auto\ndef h(): return 1"
_FIELDS = "from dataclasses import dataclass, field, fields\ndef mk(): return 1\nK = {'u': 1}"
_MODELS = (
    "from typing import Annotated, Optional\nfrom pydantic import BaseModel, Field\nK, N = 1, int"
)
_CACHED = "from functools import cached_property, lru_cache, singledispatch\nK = 1"

_MADE = (
    "from collections import namedtuple\nfrom dataclasses import make_dataclass\n"
    "from typing import NamedTuple\n"
)
_SHOWN = "Row._fields, Row.n(0)"
_ENUMS = (
    "from datetime import date, datetime, timedelta\nfrom decimal import Decimal\nfrom enum import *\n"
    "from dataclasses import dataclass\n"
)
#: `(what, how it is written below a date, a dict and a text, what is asked)`; then these are gone.
_FAILING = (
    ("defaults", "def f(x=DAY.isoformat(), *, y=C['a'], z=int(T)): return x, y, z", "f()"),
    ("defaults of a name that is gone", "def f(x=str(GONE) + 'a'): return x", "f()"),
    ("hints", "def f(x: C['t'] = 1) -> T.__class__: return x", "f(), f.__annotations__['x']"),
    (
        "attributes",
        "class A:\n    own = {'k': DAY.year}\n    day = DAY.date()\n    k = own['k']",
        "A.day, A.own, A.k",
    ),
    (
        "defaults of methods",
        "class A:\n    def f(self, x=C['a']): return x\n    @staticmethod\n"
        "    def g(x=T.upper()): return x",
        "A().f(), A.g()",
    ),
    (
        "fields",
        "from dataclasses import dataclass\n@dataclass\nclass A:\n    t: str = T.upper()",
        "A(), A.t",
    ),
    (
        "attributes and a base, by a function",
        "def mk(x): return x * 2\nclass A(C['t']):\n    v = mk(4)\n    w = [mk(i) for i in range(2)]\n"
        "    big = mk(3) > 4 or T\n    x = mk('q')",
        "A.v, A.w, A.big, A.x, A('3') + 1",
    ),
    (
        "members and fields in slots",
        "from dataclasses import dataclass\nfrom enum import Enum\nimport attrs\n"
        "class E(Enum):\n    A = C['a']\n    B = len(C) + 5\n"
        "@dataclass(slots=True)\nclass D: a: int = C['a']\n@attrs.define\nclass F: a: int = C['a']",
        "[each.value for each in E], D(), F()",
    ),
    ("what is not computed", "def f(x=C and C['a'], y=[k for k in C]): return x, y", "f()"),
    ("defaults of a lambda", "f = lambda x=C['a'], *, é='ü', y=[T,\n  DAY.year]: (x, é, y)", "f()"),
    ("a comprehension's lambdas", "f = [lambda x, j=i + 1: x + j for i in range(3)]", "f[1](0)"),
)

CASES = [
    *(
        same(
            f"{what}, computed of what would fail by now",
            "import datetime\nDAY, C, T = datetime.datetime(2026, 1, 2), {'a': 1, 't': int}, '7'\n"
            f"GONE = 4\n{text}",
            "DAY = T = mk = None\nC = {}\ndel GONE",
            task=task,
        )
        for what, text, task in _FAILING
    ),
    same(
        "a class whose decorators are gone",
        "from dataclasses import dataclass, field\ndef tag(n):\n    def mark(c):\n        c.tag = n\n"
        "        c.more = lambda self: n * 2\n        return c\n    return mark\n"
        "@tag(3)\nclass A: v = 1\n@dataclass(order=True)\nclass D:\n    x: int\n"
        "    y: list = field(default_factory=list)",
        "del tag, dataclass",
        task="A.tag, A().more(), A.v, D(1) < D(2), D(4, [1])",
    ),
    same(
        "what was computed of a frame that is too large to travel",
        "import pandas as pd\nimport numpy as np\ndf = pd.DataFrame({'a': np.arange(200_000.)})\n"
        "class S:\n    mean = float(df.a.mean())\n    cols = list(df.columns)\n"
        "    def f(self, n=len(df)): return n\ndef g(m=df.a.max(), *, n=df.shape[0]): return m, n\n"
        "h = lambda n=len(df) // 2: n",
        task="S.mean, S.cols, S().f(), g(), h()",
    ),
    same(
        "members of an enum that a function gave",
        _ENUM,
        "class Given(Enum):\n    A = h()\n    B = (h(),\n         [h()])\n"
        "    def f(self): return self.value",
        "def h(): return 2",
        task="Given.A.f(), Given.B.f(), Given(1).name",
    ),
    same(
        "members of an enum inside of something",
        _ENUM,
        "class Outer:\n    class Inner(Enum): A = h(); B = [h()]\n"
        "if True:\n    class Below(Enum): A = h()",
        "def h(): return 2",
        task="Outer.Inner.A.value, Outer.Inner.B.value, Below.A.value",
    ),
    same(
        "members of an enum that are drawn",
        "import random, time, uuid\nfrom enum import Enum",
        "class Drawn(str, Enum):\n    A = str(uuid.uuid4()); B = 'é' + str(time.time_ns())\n"
        "class Numbers(Enum):\n    A = random.random()",
        task="[each.value for each in (*Drawn, *Numbers)]",
    ),
    same(
        "members of an enum that count themselves",
        _ENUM,
        "class Auto(Flag):\n    A = auto()\n    B = auto()\n    AB = A | B\n"
        "class Words(Enum):\n    def _generate_next_value_(name, *rest): return name * 2\n"
        "    A = auto()\nclass More(IntEnum):\n    A = 3\n    B = A + 1",
        task="Auto.AB.value, Auto(3).name, Words.A.value, More.B + 1",
    ),
    same(
        "defaults of properties and caches of a class",
        _CACHED,
        "class Held:\n    @property\n    def a(self, k=K): return k\n    @a.setter\n"
        "    def a(self, v, k=K): self.v = k\n    @cached_property\n    def b(self, k=K): return k\n"
        "    @lru_cache\n    def c(self, k=K, *, z=[K]): return k, z\n"
        "    d = property(lambda self, k=K: k, lambda self, v, k=K: setattr(self, 'v', k))\n"
        "    e = lambda self, k=K: k",
        "K = 5",
        task="[(o.a, o.b, o.c(), o.d, o.e(), setattr(o, 'a', 0), o.v, setattr(o, 'd', 0), o.v)"
        " for o in [Held()]]",
    ),
    same(
        "defaults of functions below decorators of others",
        _CACHED,
        "@lru_cache\ndef f(x=K, *, y=K): return x, y\n@singledispatch\ndef g(x, y=K): return y",
        "K = 5",
        task="f(), g(1)",
    ),
    same(
        "a factory and the notes of a field",
        _FIELDS,
        "@dataclass\nclass Fielded:\n    x: int = field(default_factory=mk)\n"
        "    y: int = field(default=1, metadata=K)\n"
        "    z: list = field(default_factory=lambda k=K: [k])",
        "def mk(): return 2\nK = {'u': 5}",
        task="Fielded().x, Fielded().z, dict(fields(Fielded)[1].metadata)",
    ),
    same(
        "factories of fields that are as they were",
        _FIELDS,
        "class Part: v = 3\n@dataclass\nclass Fields:\n    def own(): return 4\n"
        "    x: list = field(default_factory=list)\n    y: Part = field(default_factory=Part)\n"
        "    z: int = field(default_factory=own, repr=False, metadata={'a': [1]})",
        task="Fields().x, Fields().y.v, Fields().z, repr(Fields([]))[:20]",
    ),
    same(
        "limits and types of a model",
        _MODELS,
        "class Model(BaseModel):\n    a: int = Field(3, ge=K)\n    b: N = 0\n"
        "    c: Optional[N] = Field(None, description='K')\n"
        "    d: list[int] = Field(default_factory=list, max_length=K)\n    e: 'int' = 1\n"
        "    f: Annotated[int, Field(ge=K)]",
        "K, N = 5, str",
        task="Model(a=2, b='3', c='4', d=[1], f=2).model_dump(), Model.model_fields['c'].description",
    ),
    same(
        "private attributes and positional limits of a model",
        "from typing import Annotated\nfrom annotated_types import Ge\n"
        "from pydantic import BaseModel, PrivateAttr\nK = 1\ndef mk(): return 1",
        "class Private(BaseModel):\n    a: Annotated[int, Ge(K)] = 3\n    _b: int = PrivateAttr(K)\n"
        "    _c: int = PrivateAttr(default=K)\n    _d: int = PrivateAttr(default_factory=mk)\n"
        "    _e: int = K",
        "K = 5\ndef mk(): return 2",
        task="[(o.a, o._b, o._c, o._d, o._e) for o in [Private(a=2)]]",
    ),
    same(
        "slots and keywords of a class",
        "from typing import TypedDict\nK, T = ('a',), False",
        "class Slotted: __slots__ = K\nclass Partly(TypedDict, total=T): a: int",
        "K, T = ('b',), True",
        task="[(setattr(o, 'a', 1), o.a) for o in [Slotted()]], Partly.__total__",
    ),
    same(
        "the class that a model takes, defined again",
        "from pydantic import BaseModel\nfrom enum import Enum",
        "class Shade(Enum): A = 'a'\nclass Painted(BaseModel):\n    c: Shade\nold = Shade.A",
        "class Shade(Enum): A = 'b'",
        task="Painted(c='a').c.value, Painted(c=old).c is old, Shade.A.value",
    ),
    same(
        "hints of fields that are other types",
        "from typing import NamedTuple, TypedDict\nN = int",
        "class Typed(TypedDict):\n    a: N\n    b: list[N]\nclass Tupled(NamedTuple):\n    a: N = 1\n"
        "class Hinted:\n    a: N | None = None",
        "N = str",
        task="[each.__annotations__ for each in (Typed, Tupled, Hinted)]",
    ),
    same(
        "defaults of attrs that are drawn or given",
        "import attrs, random\ndef mk(): return 1\nK = 1",
        "@attrs.define\nclass Drawing:\n    x: float = random.random()\n"
        "    y: int = attrs.field(factory=mk)\n    z: int = attrs.field(default=K)\n"
        "    m: int = attrs.Factory(mk)",
        "def mk(): return 2\nK = 5",
        task="[(o.x, o.y, o.z, o.m) for o in [Drawing()]]",
    ),
    same(
        "members of an enum that are objects",
        "from dataclasses import dataclass\nfrom enum import Enum\nfrom functools import partial\n"
        "@dataclass(frozen=True)\nclass Planet: mass: int\ndef f(x): return x\nK = 1",
        "class Planets(Enum):\n    A = Planet(K)\n    B = Planet(2)\n    C = partial(f, K)\n"
        "    D = [Planet(3)]",
        "K = 5",
        task="Planets.A.value.mass, Planets(Planet(2)).name, Planets.C.value(), Planets.D.value",
    ),
    same(
        "members of an enum of dates, and of one's own data",
        "from dataclasses import dataclass\nfrom datetime import date\nfrom enum import Enum\n"
        "@dataclass(frozen=True)\nclass Planet: mass: int",
        "class Days(date, Enum): A = 2020, 1, 1\nclass Planets(Planet, Enum): A = 3",
        task="Days.A.year, Planets.A.mass",
    ),
    same(
        "what attrs makes of validators and converters",
        "import attrs\ndef conv(x): return int(x)\nclass Part: pass",
        "@attrs.define\nclass Validated:\n"
        "    x: int = attrs.field(default=1, converter=conv, repr=False)\n"
        "    y: int = attrs.field(default=3, validator=[attrs.validators.ge(0)])\n"
        "    z: list = attrs.Factory(lambda self: [self.x], takes_self=True)\n    p: Part = None\n"
        "    @y.validator\n    def check(self, attribute, value): pass",
        task="Validated('2').z, repr(Validated(3))",
    ),
    refused(
        "a metaclass that was defined again",
        "class Making(type): z = 1",
        "class Made(metaclass=Making): pass",
        "class Making(type): z = 2",
        task="Made.z",
        says="'Made'.*its metaclass 'Making' was defined again after it.*run the cell of Made again",
    ),
    same(
        "a metaclass of a base, and one below it",
        "import abc\nclass Meta(abc.ABCMeta): z = 1\nclass Top(metaclass=abc.ABCMeta): pass\n"
        "class Low(Top, metaclass=Meta): pass\nclass Last(Low, metaclass=abc.ABCMeta): pass",
        task="Last.z, type(Top).__name__",
    ),
    *(
        same(
            f"an enum of what is another by now: {base}",
            f"{_ENUMS}K = {was}\n{text}\nK = {now}",
            task=task,
        )
        for base, was, text, now, task in [
            (
                "plain",
                "1",
                "class E(Enum):\n    A = K\n    B = K + 1\n    @classmethod\n    def f(cls): return cls.A",
                "5",
                "E.f().value, E(2).name",
            ),
            (
                "flags",
                "1",
                "class E(IntFlag):\n    A = K\n    B = K * 2",
                "8",
                "E.A | E.B, E.A.value",
            ),
            ("texts", "'a'", "class E(StrEnum):\n    A = K", "'b'", "E.A == 'a'"),
            (
                "texts by a mixin",
                "'a'",
                "class E(str, Enum):\n    A = K + '1'\n    def up(self): return self.upper()",
                "'b'",
                "E.A.up()",
            ),
            ("tuples", "1", "class E(tuple, Enum):\n    A = (K, 2)", "5", "E.A.value, E.A[0]"),
            ("bytes", "b'a'", "class E(bytes, Enum):\n    A = K", "b'b'", "E.A.value"),
            (
                "dates",
                "2026",
                "class E(date, Enum):\n    A = (K, 1, 2)\n    B = K, 2, 1",
                "2030",
                "E.A.value, E.B.year",
            ),
            ("moments", "2026", "class E(datetime, Enum):\n    A = (K, 1, 2, 3)", "5", "E.A.value"),
            ("spans", "3", "class E(timedelta, Enum):\n    A = K", "4", "E.A.days"),
            ("decimals", "'1.5'", "class E(Decimal, Enum):\n    A = K", "'2'", "E.A + 1"),
            (
                "records",
                "1",
                "@dataclass(frozen=True)\nclass P:\n    m: float\n    r: float = 2\nclass E(P, Enum):\n    A = (K,)\n    B = K, 3",
                "5",
                "E.A.m, E.B.r, E.A.value.r",
            ),
        ]
    ),
    *(
        same(f"an enum that a call made: {made}", f"{_ENUMS}E = {made}", task=task)
        for made, task in [
            ("Enum('E', {'A': 'x'}, type=str)", "E.A == 'x'"),
            ("Enum('E', {'A': None, 'B': 2})", "E.A.value, E(2).name"),
            ("Enum('E', {'A': (2026, 1, 2)}, type=date)", "E.A.value, E.A.year"),
        ]
    ),
    *(
        same(
            f"a base of its class's own name from {what}, given another by now",
            f"{_MADE}A = {was}",
            f"class Row({base}):\n    def n(self): return 2",
            f"A = {now}",
            task=task,
        )
        for what, base, was, now, task in [
            ("namedtuple", "namedtuple('Row', A)", "['a', 'b']", "['b', 'a', 'c']", _SHOWN),
            ("NamedTuple", "NamedTuple('Row', A)", "[('a', int)]", "[('b', int)]", _SHOWN),
            ("make_dataclass", "make_dataclass('Row', A)", "['a']", "['b']", "Row(a=1).a"),
            ("type", "type('Row', (), A)", "{'x': 1}", "{'x': 2}", "Row.x, Row().n()"),
            ("a choice", "namedtuple('Row', 'a') if A else tuple", "1", "0", _SHOWN),
        ]
    ),
    same(
        "a base of its class's own name inside of another class",
        f"{_MADE}A = ['a']\nclass Out:\n    class Row(namedtuple('Row', A)): pass",
        "A = ['b']",
        task="Out.Row(1).a",
    ),
    *(
        same(
            f"a class whose {what} is another by now",
            f"{_MADE}from typing import Generic, TypeVar\nfrom pydantic import BaseModel\n"
            "class M1(type): tag = 1\nclass M2(type): tag = 2\nT = TypeVar('T')\n"
            "def mk(n): return type('M', (type,), {'tag': n})\n"
            "class Box(BaseModel, Generic[T]):\n    x: T\n"
            "class Stands:\n    def __mro_entries__(self, bases): return (K,)\np = Stands()",
            f"{was}\n{text}",
            now,
            task=task,
        )
        for what, was, text, now, task in [
            ("metaclass of a call", "K = 1", "class C(metaclass=mk(K)): pass", "K = 2", "C.tag"),
            (
                "metaclass of a table",
                "K = {'a': M1}",
                "class C(metaclass=K['a']): pass",
                "K['a'] = M2",
                "C.tag",
            ),
            (
                "metaclass of another class",
                "class K: M = M1",
                "class C(metaclass=K.M): pass",
                "K.M = M2",
                "C.tag",
            ),
            (
                "base of a class's table",
                "class K: B = {'a': mk(1)}",
                "class C(K.B['a']): pass",
                "K.B['a'] = int",
                "C.tag",
            ),
            ("generic model", "K = int", "class C(Box[K]): pass", "K = str", "C(x='1').x"),
            (
                "generic base",
                "K = int",
                "class C(list[K]): pass",
                "K = str",
                "C.__orig_bases__ == (list[int],)",
            ),
            (
                "base that stands for another",
                "class K: v = 1",
                "class C(p): pass",
                "class K: v = 2",
                "C.v",
            ),
        ]
    ),
]
