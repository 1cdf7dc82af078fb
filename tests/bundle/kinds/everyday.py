"""Cells as people write them, of all kinds: what the notebook has, the task has."""

from __future__ import annotations

from tests.bundle.kinds.case import same

CASES = [
    same(
        "a dataclass in a dataclass, changed",
        "from dataclasses import dataclass, field\n@dataclass\nclass Opt:\n    lr: float = .1\n@dataclass\nclass Cfg:\n    opt: Opt = field(default_factory=Opt)\n    tags: list = field(default_factory=list)\ncfg = Cfg(); cfg.opt.lr = 7; cfg.tags.append('x')",
        task="cfg, Cfg().tags",
    ),
    same(
        "a property over an attribute that changed",
        "class CFG:\n    debug = True\n    @property\n    def n(self): return 1 if self.debug else 10\nCFG.debug = False",
        task="CFG().n",
    ),
    same(
        "attributes set in a loop",
        "class CFG: pass\nfor k, v in {'lr': 1, 'wd': 2}.items(): setattr(CFG, k, v)",
        task="CFG.lr + CFG.wd",
    ),
    same(
        "globals set in a loop",
        "for n in ('p', 'q'): globals()[f'val_{n}'] = n * 2",
        task="val_p + val_q",
    ),
    same(
        "a function made of another's code",
        "import types\ndef a(x): return x\nb = types.FunctionType(a.__code__, globals(), 'b')",
        task="b(3), b.__name__",
    ),
    same(
        "names of an unpacking",
        "a, *b, c = range(6)\n(x, y), z = (1, 2), 3",
        task="a, b, c, x, y, z",
    ),
    same("a list that was bound anew", "L = [1]\nM = L\nL = L + [2]", task="M, L"),
    same(
        "a combinator",
        "Y = lambda f: (lambda x: x(x))(lambda x: f(lambda *a: x(x)(*a)))\nfac = Y(lambda s: lambda n: 1 if n < 2 else n * s(n - 1))",
        task="fac(5)",
    ),
    same(
        "a function of a function of a function",
        "def add(a):\n    def b(b):\n        def c(c): return a + b + c\n        return c\n    return b\nadd5 = add(2)(3)",
        task="add5(4)",
    ),
    same(
        "composed lambdas",
        "from functools import reduce\ndef compose(*fs): return reduce(lambda f, g: lambda x: g(f(x)), fs)\npipe = compose(lambda x: x + 1, lambda x: x * 2)",
        task="pipe(3)",
    ),
    same(
        "a class as a decorator, which counts",
        "class Count:\n    def __init__(self, f): self.f = f; self.n = 0\n    def __call__(self, *a): self.n += 1; return self.f(*a), self.n\n@Count\ndef sq(x): return x * x\nsq(2)",
        task="sq(3)",
    ),
    same(
        "a class as a decorator with arguments",
        "class Mul:\n    def __init__(self, k): self.k = k\n    def __call__(self, f): return lambda x: f(x) * self.k\n@Mul(3)\ndef g(x): return x + 1",
        task="g(1)",
    ),
    same(
        "a decorator's own cache",
        "def memo(f):\n    cache = {}\n    def w(x):\n        if x not in cache: cache[x] = f(x)\n        return cache[x]\n    w.cache = cache\n    return w\n@memo\ndef slow(x): return x + BASE\nBASE = 1\nslow(1)\nBASE = 100",
        task="slow(1), slow(2)",
    ),
    same(
        "a descriptor as a decorator",
        "class lazy:\n    def __init__(s, f): s.f = f; s.name = f.__name__\n    def __get__(s, o, t):\n        if o is None: return s\n        v = o.__dict__[s.name] = s.f(o); return v\nclass A:\n    @lazy\n    def x(self): return 42",
        task="A().x",
    ),
    same(
        "a context manager that logs",
        "from contextlib import contextmanager\nlog = []\n@contextmanager\ndef step(n):\n    log.append(n)\n    yield n\n    log.append(-n)\nwith step(1): pass",
        "def run():\n    with step(2) as v: pass\n    return log",
        task="run()",
    ),
    same(
        "a generator over a global set",
        "seen = set()\ndef uniq(xs):\n    for x in xs:\n        if x not in seen:\n            seen.add(x); yield x\nlist(uniq([1, 2]))",
        task="list(uniq([2, 3]))",
    ),
    same(
        "a default of a default",
        "from collections import defaultdict\nd = defaultdict(lambda: defaultdict(int)); d['a']['b'] += 2",
        task="d['a']['b'], d['x']['y']",
    ),
    same(
        "a lambda as a default",
        "from collections import defaultdict\nd = defaultdict(lambda: 5, a=1)",
        task="d['zz'], d['a']",
    ),
    same(
        "a class over a namedtuple",
        "from collections import namedtuple\nclass P(namedtuple('P', 'x y')):\n    def n(self): return self.x + self.y\np = P(1, 2)",
        task="p.n()",
    ),
    same(
        "an enum with methods",
        "from enum import Enum\nclass Color(Enum):\n    RED = '#f00'\n    BLUE = '#00f'\n    @property\n    def hex(self): return self.value[1:]\n    @classmethod\n    def default(cls): return cls.BLUE",
        task="Color.default().hex, Color('#f00').name",
    ),
    same(
        "members of an enum as keys",
        "from enum import IntEnum\nclass L(IntEnum):\n    LOW = 1\n    HIGH = 5\nlimits = {L.LOW: 'l', L.HIGH: 'h'}",
        task="limits[1], limits[L.HIGH], L.HIGH > 3",
    ),
    same(
        "values that an enum makes",
        "from enum import Enum, auto\nclass E(Enum):\n    def _generate_next_value_(name, *a): return name.lower()\n    ONE = auto()\n    TWO = auto()",
        task="E.TWO.value",
    ),
    same(
        "two names of a member",
        "from enum import Enum\nclass E(Enum):\n    A = 1\n    B = 1",
        task="E.B.name, list(E.__members__)",
    ),
    same(
        "initializers up a chain",
        "class A:\n    def __init__(self, **k): self.k = k\nclass B(A):\n    def __init__(self, b, **k): super().__init__(**k); self.b = b\nclass Cc(B):\n    def __init__(self, **k): super().__init__(b=2, **k)\nobj = Cc(z=1)",
        task="obj.b, obj.k",
    ),
    same(
        "a diamond of classes",
        "class A:\n    def f(self): return ['A']\nclass B(A):\n    def f(self): return ['B'] + super().f()\nclass Cd(A):\n    def f(self): return ['C'] + super().f()\nclass D(B, Cd): pass",
        task="D().f()",
    ),
    same(
        "a class of one instance",
        "class S:\n    _i = None\n    def __new__(cls):\n        if cls._i is None: cls._i = super().__new__(cls); cls._i.n = 0\n        return cls._i\ns = S(); s.n = 5",
        task="S().n, S() is s",
    ),
    same(
        "instances of one dictionary",
        "class B:\n    _st = {}\n    def __init__(self): self.__dict__ = self._st\nb = B(); b.x = 3",
        task="B().x",
    ),
    same(
        "instances as keys",
        "class V:\n    def __init__(s, x): s.x = x\n    def __add__(s, o): return V(s.x + o.x)\n    def __eq__(s, o): return s.x == o.x\n    def __hash__(s): return hash(s.x)\nzero = V(0)\nd = {V(1): 'one'}",
        task="(V(1) + zero).x, d[V(1)]",
    ),
    same(
        "a fitted object",
        "class Norm:\n    def fit(s, x): s.m = sum(x) / len(x); return s\n    def __call__(s, x): return x - s.m\nnorm = Norm().fit([1, 3])",
        task="norm(5)",
    ),
    same("exceptions as keys", "MAP = {ValueError: 'v', KeyError: 'k'}", task="MAP[KeyError]"),
    same(
        "an instance as an attribute of a class",
        "class L:\n    def __init__(s, p): s.p = p\n    def say(s, x): return s.p + x\nclass A:\n    log = L('>')",
        task="A.log.say('a')",
    ),
    same(
        "a protocol that is checked",
        "from typing import Protocol, runtime_checkable\n@runtime_checkable\nclass HasArea(Protocol):\n    def area(self): ...\nclass Q:\n    def area(self): return 1",
        task="isinstance(Q(), HasArea)",
    ),
    same(
        "a model of pydantic, changed",
        "from pydantic import BaseModel\nclass A(BaseModel):\n    x: int = 1\na = A(); a.x = 5",
        task="a.x, a.model_dump()",
    ),
    same(
        "a private attribute of pydantic",
        "from pydantic import BaseModel, PrivateAttr\nclass A(BaseModel):\n    x: int = 1\n    _p: int = PrivateAttr(default=3)\na = A(); a._p = 8",
        task="a._p",
    ),
    same(
        "an extra field of pydantic",
        "from pydantic import BaseModel, ConfigDict\nclass A(BaseModel):\n    model_config = ConfigDict(extra='allow')\na = A(q=4)",
        task="a.q",
    ),
    same(
        "a method bound to one instance",
        "import types\nclass A:\n    k = 2\na = A()\ndef m(self, x): return x * self.k\na.m = types.MethodType(m, a)",
        task="a.m(4)",
    ),
    same(
        "a function of one instance", "class A: pass\na = A()\na.f = lambda x: x + 1", task="a.f(1)"
    ),
    same(
        "another method of str as an attribute",
        "class A:\n    act = str.upper\n    def go(self, x): return type(self).act(x)\nA.act = str.lower",
        task="A().go('aB')",
    ),
    same(
        "an older function in a class",
        "def conv(x): return x\nclass A:\n    c = staticmethod(conv)\ndef conv(x): return x * 10",
        task="A.c(2), conv(2)",
    ),
    same(
        "an older function as a default",
        "def conv(x): return x\ndef f(x, c=conv): return c(x)\ndef conv(x): return x * 10",
        task="f(2)",
    ),
    same(
        "an older function in a dict",
        "def s1(x): return x + 1\nSTEPS = {'s': s1}\ndef s1(x): return x + 100",
        task="STEPS['s'](1), s1(1)",
    ),
    same(
        "an older function in a partial",
        "from functools import partial\ndef g(x, k): return x * k\nh = partial(g, k=2)\ndef g(x, k): return 0",
        task="h(4), g(1, 1)",
    ),
    same(
        "an instance of an older class",
        "class M:\n    def p(self): return 'old'\nm = M()",
        "class M:\n    def p(self): return 'new'",
        task="m.p(), M().p()",
    ),
    same(
        "an older class in a class",
        "class K: v = 1\nclass A: k = K\nclass K: v = 2",
        task="A.k.v, K.v",
    ),
    same(
        "a table of made functions",
        "OPS = {n: (lambda k: lambda x: x + k)(n) for n in range(3)}",
        task="OPS[2](10)",
    ),
    same(
        "lambdas of a loop, bound late",
        "OPS = {}\nfor n in range(3): OPS[n] = lambda x: x + n",
        task="OPS[0](10)",
    ),
    same(
        "what a property kept",
        "class A:\n    @property\n    def x(self):\n        if not hasattr(self, '_x'): self._x = [1]\n        return self._x\na = A(); a.x.append(2)",
        task="a.x",
    ),
    same(
        "what a cached property kept",
        "import functools\nclass A:\n    @functools.cached_property\n    def x(self): return [1]\na = A(); a.x.append(5)",
        task="a.x, A().x",
    ),
    same(
        "handlers in an object",
        "class Ev:\n    def __init__(s): s.hs = []\n    def on(s, f): s.hs.append(f); return f\n    def fire(s): return [h() for h in s.hs]\nev = Ev()\n@ev.on\ndef a(): return 1\n@ev.on\ndef b(): return 2",
        task="ev.fire()",
    ),
    same(
        "classes in a registry",
        "PL = {}\ndef plug(n):\n    def d(c): PL[n] = c; return c\n    return d\n@plug('a')\nclass A:\n    def go(self): return 'A'\n@plug('b')\nclass B(A): pass",
        task="PL['b']().go(), sorted(PL)",
    ),
    same(
        "objects that know their parents",
        "class N:\n    def __init__(s, v): s.v = v; s.ch = []; s.p = None\n    def add(s, c): c.p = s; s.ch.append(c); return c\nroot = N(1); k = root.add(N(2)); k.add(N(3))",
        task="root.ch[0].ch[0].p.v, k.p is root",
    ),
    same(
        "a linked list",
        "class Nd:\n    def __init__(s, v, n=None): s.v, s.n = v, n\nhead = None\nfor i in range(5): head = Nd(i, head)",
        "def run():\n    out, x = [], head\n    while x: out.append(x.v); x = x.n\n    return out",
        task="run()",
    ),
    same(
        "a dict in two dicts and a list",
        "base = {'lr': 1}\nE1 = {'cfg': base}\nE2 = {'cfg': base, 'x': [base]}",
        "def run():\n    E1['cfg']['lr'] = 9\n    return E2['x'][0]['lr'], base['lr']",
        task="run()",
    ),
    same(
        "a deep and a shallow copy",
        "import copy\nbase = {'l': [1]}\nc = copy.deepcopy(base)\ns = copy.copy(base)",
        "def run():\n    base['l'].append(2)\n    return c['l'], s['l']",
        task="run()",
    ),
    same(
        "one row twice",
        "M = [[0] * 2] * 2\nN = [[0] * 2 for _ in range(2)]",
        "def run():\n    M[0][0] = 1; N[0][0] = 1\n    return M, N",
        task="run()",
    ),
    same(
        "one list under two keys",
        "D = dict.fromkeys('ab', [])",
        "def run():\n    D['a'].append(1)\n    return D",
        task="run()",
    ),
    same("a list in a tuple", "T = ([1], 2)\nL = T[0]", task="(L.append(5), T)[1]"),
    same(
        "an attribute that a subclass shares",
        "class A:\n    cache = {}\nclass B(A): pass\nB.cache['x'] = 1",
        task="A.cache, B.cache is A.cache",
    ),
    same(
        "an attribute of an instance over its class's",
        "class A: v = 1\na = A(); a.v = 5\nb = A()\nA.v = 3",
        task="a.v, b.v, A().v",
    ),
    same(
        "methods of str in a list", "F = [str.upper, str.strip, len]", task="[f(' a ') for f in F]"
    ),
    same("a bound append", "L = [3, 1]\npush = L.append", task="(push(9), L)[1]"),
]
