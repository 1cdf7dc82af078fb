"""Values that running something made, against their text: set, changed or computed anew since.

A table of values by the places that hold them, and what stands beside it.
"""

from __future__ import annotations

from tests.bundle.kinds.case import Case, noted, same

#: `(what, its imports, as it is written, as it is set since, what changes it in place)`.
_VALUES = (
    ("path", "from pathlib import Path", "Path('data')", "Path('/mnt')", ""),
    ("date", "import datetime", "datetime.date(YEAR, 1, 1)", "datetime.date(1999, 1, 1)", ""),
    ("moment", "import pandas as pd", "pd.Timestamp(YEAR, 1, 1)", "pd.Timestamp('1999')", ""),
    ("span", "import datetime", "datetime.timedelta(YEAR)", "datetime.timedelta(2)", ""),
    ("decimal", "from decimal import Decimal", "Decimal(YEAR)", "Decimal('1.19')", ""),
    ("scalar", "import numpy as np", "np.float32(YEAR)", "np.float32(2)", ""),
    ("slice", "", "slice(YEAR)", "slice(2)", ""),
    ("pattern", "import re", "re.compile(str(YEAR))", "re.compile('b')", ""),
    ("uuid", "import uuid", "uuid.uuid4()", "uuid.UUID(int=5)", ""),
    ("now", "import datetime", "datetime.datetime.now()", "datetime.datetime(1999, 1, 1)", ""),
    ("array", "import numpy as np", "np.array([YEAR, 1])", "np.ones(2)", "{}[1] = 7"),
    ("random", "import numpy as np", "np.random.rand(2)", "np.ones(2)", "{}[1] = 7"),
    (
        "Counter",
        "from collections import Counter",
        "Counter(a=YEAR)",
        "Counter(b=1)",
        "{}['c'] += 1",
    ),
    (
        "defaultdict",
        "from collections import defaultdict",
        "defaultdict(list)",
        "defaultdict(int)",
        "{}['a'].append(1)",
    ),
    ("deque", "from collections import deque", "deque([YEAR])", "deque([1])", "{}.append(2)"),
    ("list", "import datetime", "[datetime.date(YEAR, 1, 1)]", "[None]", "{}.append(2)"),
    (
        "estimator",
        "from sklearn.linear_model import Ridge",
        "Ridge(alpha=YEAR)",
        "Ridge(alpha=3)",
        "{}.set_params(alpha=9)",
    ),
    (
        "instance",
        "class Opt:\n    def __init__(self, lr): self.lr = lr\n"
        "    def __repr__(self): return f'Opt({self.lr})'",
        "Opt(YEAR)",
        "Opt(7)",
        "{}.lr = 8",
    ),
    (
        "partial",
        "import functools\ndef times(a, b): return a * b",
        "functools.partial(times, YEAR)",
        "functools.partial(times, 3)",
        "",
    ),
)
#: `{place: (what defines it, what holds the value, an expression of the task)}`.
_PLACES = {
    "class": ("class C:\n    v = {}", "C.v", "C.v"),
    "inner class": ("class Hold:\n    class C:\n        v = {}", "Hold.C.v", "Hold.C.v"),
    "default": ("def f(v={}): return v", "f.__defaults__[0]", "f()"),
    "default by name": ("def f(*, v={}): return v", "f.__kwdefaults__['v']", "f()"),
    "default of a method": (
        "class C:\n    def f(self, v={}): return v",
        "C.f.__defaults__[0]",
        "C().f()",
    ),
    "default of a lambda": ("f = lambda v={}: v", "f.__defaults__[0]", "f()"),
}
#: How a value is shown whose type says nothing of what it holds.
_SHOWN = {"partial": "{}.args", "estimator": "{}.get_params()"}


def _cases(value: tuple[str, ...], place: str) -> list[Case]:
    what, imports, written, later, in_place = value
    definition, holder, task = _PLACES[place]
    made = f"{imports}\nYEAR = 2024\n{definition.format(written)}"
    shown = _SHOWN.get(what, "{}").format(task)
    cases = [same(f"a {what} by a name, {place}", made, "YEAR = 2025", task=shown)]
    if place.endswith("class"):
        cases.append(same(f"a {what} set since, {place}", made, f"{holder} = {later}", task=shown))
    if in_place:
        changed = in_place.format(holder)
        cases.append(same(f"a {what} changed in place, {place}", made, changed, task=shown))
    return cases


#: Each value in a class and in a default, and each place with a date, a list and an instance.
_EVERYWHERE = ("list", "instance", "date")
_TABLE = [
    case
    for value in _VALUES
    for place in _PLACES
    if place in ("class", "default") or value[0] in _EVERYWHERE
    for case in _cases(value, place)
]

_YEAR = "import datetime\nYEAR = 2024\n"
CASES = [
    *_TABLE,
    same(
        "defaults of dataclasses by a name",
        f"{_YEAR}from dataclasses import dataclass, field\n@dataclass\nclass D:\n"
        "    d: datetime.date = datetime.date(YEAR, 1, 1)\n    more: list = field(default_factory=list)\n"
        "    e: datetime.date = field(default=datetime.date(YEAR, 2, 1))\n"
        "@dataclass(kw_only=True, slots=True)\nclass K:\n"
        "    d: datetime.date = datetime.date(YEAR, 1, 1)\n    n: int = YEAR * 2",
        "YEAR = 2025",
        task="D().d, D().e, D().more, D.d, K().d, K().n",
    ),
    same(
        "a default of a dataclass's field, set",
        "import dataclasses\n@dataclasses.dataclass\nclass D:\n    lr: float = 0.1",
        "D.__dataclass_fields__['lr'].default = 7",
        task="D().lr, [each.default for each in dataclasses.fields(D)]",
    ),
    same(
        "a default of a NamedTuple by a name",
        f"{_YEAR}from typing import NamedTuple\nclass N(NamedTuple):\n    a: int = 1\n"
        "    d: datetime.date = datetime.date(YEAR, 1, 1)",
        "YEAR = 2025",
        task="tuple(N())",
    ),
    same(
        "defaults of a pydantic model by a name",
        f"{_YEAR}import uuid\nfrom pydantic import BaseModel, Field\nclass P(BaseModel):\n"
        "    d: datetime.date = datetime.date(YEAR, 1, 1)\n    n: int = YEAR * 2\n"
        "    e: datetime.date = Field(default=datetime.date(YEAR, 2, 1), description='x')\n"
        "    f: int = Field(3, gt=1)\n    r: uuid.UUID = uuid.uuid4()\n"
        "    more: list = Field(default_factory=list)",
        "YEAR = 2025",
        task="P()",
    ),
    same(
        "members of an enum that are made",
        f"{_YEAR}import enum, pathlib\nclass Ev(enum.Enum):\n    N = 2\n"
        "    A = datetime.date(2020, N, 1)\n    B = pathlib.Path('x')",
        "N = 5",
        task="[each.value for each in Ev]",
    ),
    same(
        "members of an enum by a name",
        f"{_YEAR}import enum\nclass Ew(enum.Enum):\n    A = datetime.date(YEAR, 1, 1)",
        "YEAR = 2025",
        task="Ew.A.value",
    ),
    same(
        "members of an enum with methods by a name",
        f"{_YEAR}import enum\nclass Em(enum.Enum):\n    A = datetime.date(YEAR, 1, 1)\n"
        "    def f(self): return self.value",
        "YEAR = 2025",
        task="Em.A.f()",
    ),
    same(
        "a default made by a helper defined again",
        "from decimal import Decimal\ndef w(): return Decimal('1')\ndef f(v=w()): return v\n"
        "class C:\n    v = w()",
        "def w(): return Decimal('2')",
        task="f(), C.v",
    ),
    same(
        "a default that is a function which a helper made",
        "def w():\n    return lambda: 1\ndef f(v=w()): return v()",
        "def w():\n    return lambda: 2",
        task="f()",
    ),
    same(
        "a Counter of a default that was filled",
        "from collections import Counter\ndef f(x, seen=Counter()):\n    seen[x] += 1\n"
        "    return dict(seen)",
        "f('a'); f('b')",
        task="f('c') if 'c' not in f.__defaults__[0] else {'a': 1, 'b': 1, 'c': 1}",
    ),
    same(
        "an attribute by a name that is another by now",
        "from pathlib import Path\nROOT = Path('a')\nclass C: root = ROOT",
        "ROOT = Path('b')",
        task="C.root, ROOT",
    ),
    same(
        "a member of an enum as default whose class ran again",
        "from enum import Enum\nclass Color(Enum):\n    RED = 1\ndef f(c=Color.RED): return c",
        "class Color(Enum):\n    RED = 2",
        task="f().value",
    ),
    same(
        "a member of an enum as default",
        "from enum import Enum\nclass Color(Enum):\n    RED = 1\ndef f(c=Color.RED, *, k=[Color.RED]): return c, k\n"
        "class C: c = Color.RED",
        task="f()[0] is Color.RED, f()[1][0] is Color.RED, C.c is Color.RED",
    ),
    same(
        "attributes that are shared",
        "from collections import Counter\nC = Counter(a=1)\nclass X: c = C; d = Counter(C)\n"
        "def f(c=C): return c",
        task="f() is X.c, X.c is C, X.d",
    ),
    same(
        "classes and instances that hold each other",
        "class A:\n    other = None\nclass B:\n    a = A()",
        "A.other = B.a",
        task="A.other is B.a",
    ),
    same(
        "an instance that its class holds",
        "class A: pass\none = A(); A.only = one",
        task="A.only is one, type(one) is A",
    ),
    same(
        "descriptors of the notebook",
        "class Typed:\n    def __init__(self, k): self.k = k\n"
        "    def __set_name__(self, o, n): self.n = '_' + n\n"
        "    def __get__(self, i, o): return self if i is None else getattr(i, self.n)\n"
        "    def __set__(self, i, v): setattr(i, self.n, self.k(v))\n"
        "class A:\n    x = Typed(int)\n    def __init__(self, x): self.x = x",
        task="A('3').x",
    ),
    same(
        "what only its text makes",
        "import concurrent.futures, functools, itertools, logging, threading, typing\nclass C:\n"
        "    lock = threading.Lock(); ids = itertools.count(); log = logging.getLogger('x')\n"
        "    pool = concurrent.futures.ThreadPoolExecutor(1); T = typing.TypeVar('T')\n"
        "    L = list[int]; ev = threading.Event(); n = object(); sem = threading.Semaphore(2)\n"
        "    f = staticmethod(len); g = property(lambda self: 1)\n"
        "    h = functools.cached_property(lambda self: 2)",
        task="C().g, C().h, C.f('ab'), next(itertools.count())",
    ),
    same(
        "what stands for nothing given",
        "import inspect\nimport pandas as pd\nfrom pandas.api.extensions import no_default\n"
        "def f(a=inspect.Parameter.empty, b=no_default, c=[pd.NA], d=object()): return a, b, c",
        task="f()[0] is inspect.Parameter.empty, f()[1] is no_default, f()[2][0] is pd.NA",
    ),
    noted(
        "an array too large to travel",
        "import numpy as np\nclass C: w = np.arange(3_000_000)",
        task="C.w.sum()",
        notes=r"C\.w is made anew where the task runs, by np\.arange\(3000000\)",
    ),
    noted(
        "a default too large to travel",
        "import numpy as np\ndef f(x=np.arange(3_000_000), n=np.int8(1)): return x.sum()",
        task="f()",
        notes=r"f\.__defaults__\[0\] is made anew where the task runs",
    ),
    same(
        "an attribute that a decorator of the notebook gave",
        "import numpy as np, types\ndef tag(v):\n    def deco(c):\n        c.v = v\n"
        "        c.meta = types.SimpleNamespace(a=1)\n        return c\n    return deco\n"
        "@tag(np.float64(2))\nclass T: pass",
        "T.meta.a = 4",
        task="T.v, T.meta.a",
    ),
    same(
        "an attribute set on a dataclass since",
        "import datetime\nfrom dataclasses import dataclass\n@dataclass\nclass P:\n    x: int = 1",
        "P.when = datetime.date(2024, 1, 1)",
        task="P.when, P().x",
    ),
    same(
        "attributes of members of an enum",
        "from enum import Enum\nclass Ex(Enum):\n    A = 1\n    B = 2\n"
        "class Fx(Enum):\n    A = (1, 'x')\n    def __init__(self, n, t): self.n = n; self.t = t\n"
        "G = Enum('G', 'A B')",
        "Ex.A.label = 'first'; Fx.A.t = 'y'; G.B.label = 'b'",
        task="Ex.A.label, hasattr(Ex.B, 'label'), Fx.A.n, Fx.A.t, G.B.label",
    ),
    same(
        "what a tuple with names says of itself",
        "from collections import namedtuple\nfrom typing import NamedTuple\n"
        "Pt = namedtuple('Pt', 'x y')\nclass Qt(NamedTuple):\n    x: int",
        "Pt.__doc__ = 'a point'; Pt.x.__doc__ = 'the x'; Qt.__doc__ = 'mine'\n"
        "Pt.area = lambda self: self.x * self.y",
        task="Pt.__doc__, Pt.x.__doc__, Pt.y.__doc__, Qt.__doc__, Pt(2, 3).area()",
    ),
    same(
        "attributes of an array's subclass",
        "import numpy as np\nclass A(np.ndarray): pass\na = np.zeros(2).view(A); a.info = 'hi'",
        task="a.info, type(a).__name__, a.tolist()",
    ),
    *(
        same(
            f"a variable around a method that a decorator made: {what}",
            f"import functools\nK = 1\nSEEN = []\ndef deco(k):\n    def d(f):\n        {own}\n"
            f"        @functools.wraps(f)\n        def w(*a):\n            {does}\n"
            "        return w\n    return d\nclass A:\n    @deco(K)\n    def m(self): return 1\n"
            "    @staticmethod\n    @deco(K + 5)\n    def s(): return 2\n"
            "    @property\n    @deco([K])\n    def p(self): return 3\n"
            f"A().m(), A().p; {since}",
            task="A().m(), A.s(), A().p, SEEN",
        )
        for what, own, does, since in [
            ("an argument", "pass", "return k, f(*a)", "K = 2"),
            ("of a global", "x = K", "return x, k, f(*a)", "K = 2"),
            ("a counter", "n = 0", "nonlocal n; n += 1; return n", "pass"),
            ("a cache", "c = {}", "c.setdefault(len(c), k); return c", "pass"),
            ("a registry", "SEEN.append(f.__name__)", "return len(SEEN)", "pass"),
            ("a registry, filled since", "SEEN.append(f.__name__)", "return 1", "SEEN.append('x')"),
            (
                "a lock and a logger",
                "import threading as t; l = t.Lock()",
                "return l.locked()",
                "pass",
            ),
        ]
    ),
    *(
        same(
            f"an object that a decorator gave a method: {what}",
            f"import functools\nclass Q:\n    def __init__(self, v): self.v = v\n{deco}\n"
            f"class A:\n    @deco\n    def m(self): return 1\n{since}",
            task=task,
        )
        for what, deco, since, task in [
            ("changed", "def deco(f):\n    f.q = Q(3)\n    return f", "A.m.q.v = 9", "A.m.q.v"),
            ("as it was", "def deco(f):\n    f.q = Q(3)\n    return f", "", "A.m.q.v"),
            (
                "shared",
                "R = Q(1)\ndef deco(f):\n    f.q = R\n    return f",
                "R.v = 5",
                "A.m.q is R, A.m.q.v",
            ),
            (
                "of a wrapper",
                "def deco(f):\n    @functools.wraps(f)\n    def w(*a): return f(*a)\n    w.q = {'n': Q(0)}\n    return w",
                "A.m.q['n'].v = 7",
                "A.m.q['n'].v, A().m()",
            ),
            (
                "that has the method",
                "def deco(f):\n    f.q = Q(f)\n    return f",
                "",
                "A.m.q.v is A.m",
            ),
        ]
    ),
    *(
        same(
            f"what an object around a method keeps: {what}",
            "class Counted:\n    def __init__(self, fn): self.fn = fn; self.n = 0; self.seen = {}\n"
            "    def __call__(self, *a):\n        self.n += 1; self.seen[a[-1]] = self.n\n"
            "        return self.fn(*a)\n"
            "    def __get__(self, o, t=None):\n"
            "        return self if o is None else lambda *a: self(o, *a)\n"
            "def below(fn):\n    kept = Counted(fn)\n    def call(*a): return kept(*a), kept.n\n"
            "    return call\n"
            f"class K:\n{method}",
            "K().g(1); K().g(2)",
            task=f"K().g(2), {seen}",
        )
        for what, method, seen in [
            ("plain", "    @Counted\n    def g(self, x): return x", "K.g.n, K.g.seen"),
            (
                "two",
                "    @Counted\n    @Counted\n    def g(self, x): return x",
                "K.g.n, K.g.fn.n, K.g.fn.seen",
            ),
            (
                "static",
                "    @staticmethod\n    @Counted\n    def g(x): return x",
                "K.g.n, K.g.seen",
            ),
            ("in a function", "    @below\n    def g(self, x): return x", "K.g(K(), 3)"),
            (
                "a function that was set",
                "    @Counted\n    def g(self, x): return x\nK.g.hook = len",
                "K.g.hook([1])",
            ),
            (
                "in slots",
                "    class S:\n        __slots__ = ('fn', 'n', 'seen')\n"
                "        __init__, __call__ = Counted.__init__, Counted.__call__\n"
                "        __get__ = Counted.__get__\n"
                "    @S\n    def g(self, x): return x",
                "K.g.n, K.g.seen",
            ),
        ]
    ),
    same(
        "a function that was set on a decorated method",
        "def deco(f):\n    def w(*a): return f(*a)\n    return w\ndef h(x): return x + 1\n"
        "class K:\n    @deco\n    def m(self): return 1\nK.m.hook, K.m.of = h, int",
        task="K().m(), K.m.hook(1), K.m.of('2')",
    ),
    *(
        same(
            f"bases of a class that were set since: {what}",
            "class A:\n    x = 1\nclass B:\n    x = 2\nclass C(A): pass\nclass D(A, B): pass\n"
            "class O:\n    class C(A): pass",
            f"{cell}",
            task=task,
        )
        for what, cell, task in [
            ("another one", "C.__bases__ = (B,)", "C.x, C.__bases__ == (B,)"),
            ("one more", "C.__bases__ += (B,)\nc = C()", "type(c).__bases__ == (A, B)"),
            ("one less", "D.__bases__ = (B,)", "D.x, D.__bases__ == (B,)"),
            ("in another order", "D.__bases__ = (B, A)", "D.x, D.__bases__ == (B, A)"),
            ("of a class inside", "O.C.__bases__ = (B,)", "O.C.x, C.x"),
            (
                "by a class of Python",
                "import json\nC.__bases__ = (json.JSONEncoder,)",
                "C().encode(1)",
            ),
        ]
    ),
]
