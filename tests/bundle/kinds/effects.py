"""What definitions run as they are made: registries that they fill, things that they count."""

from __future__ import annotations

from tests.bundle.kinds.case import refused, same

_REG = (
    "class Reg:\n    def __init__(self): self.items = []; self.n = 0\n"
    "    def add(self, f):\n        self.n += 1; self.items.append(f); return f\n"
    "    def __call__(self, name): return self.add\n"
    "    def run(self): return [f() for f in self.items]\n"
)
_COUNTS = (
    "class Counts:\n    def __init__(self): self.n = 0\n"
    "    def tick(self): self.n += 1; return self.n\nc = Counts()\n"
    "def nxt():\n    nxt.n += 1\n    return nxt.n\nnxt.n = 0\n"
)
_LESS = "__lt__(self, other): return self.x <"

CASES = [
    *(
        same(
            f"functions below a method of an object: {decorator}",
            f"{_REG}import functools, types\nreg = Reg()\nregs = [Reg(), Reg()]\nby = {{'a': Reg()}}\n"
            "ns = types.SimpleNamespace(reg=Reg())\nadd = Reg().add\n"
            "def keep(r, f): r.append(f); return f\nkept = functools.partial(keep, [])",
            f"@{decorator}\ndef one(): return 1\n@{decorator}\ndef two(): return 2",
            task=f"{seen}, one(), two()",
        )
        for decorator, seen in [
            ("reg.add", "reg.run(), reg.n, reg.items[0] is one"),
            ("reg('x')", "reg.run(), reg.n, reg.items[0] is one"),
            ("regs[1].add", "[len(each.items) for each in regs], regs[1].run()"),
            ("by['a'].add", "by['a'].run(), by['a'].n"),
            ("ns.reg.add", "ns.reg.run(), ns.reg.n"),
            ("add", "add.__self__.run(), add.__self__.n"),
            ("kept", "[f() for f in kept.args[0]]"),
        ]
    ),
    same(
        "classes below a method of an object in a dict",
        f"{_REG}by = {{'a': Reg()}}\n@by['a'].add\nclass A: v = 1\n@by['a'].add\nclass B(A): v = 2",
        task="[k.v for k in by['a'].items], by['a'].items[1] is B, by['a'].n",
    ),
    same(
        "methods below a method of an object",
        f"{_REG}reg = Reg()\nclass A:\n    @reg.add\n    def f(self): return 1\n"
        "    @reg('x')\n    def g(self): return 2",
        task="[f(None) for f in reg.items], reg.items[0] is A.f, reg.n, A().g()",
    ),
    same(
        "methods that a decorator counts and wraps",
        f"{_COUNTS}def wrap(f):\n    c.n += 1; nxt.n += 1\n    def inner(*a): return f(*a), c.n\n"
        "    return inner\nclass A:\n    @wrap\n    def f(self): return 1",
        task="A().f(), c.n, nxt.n",
    ),
    same(
        "methods that a decorator counts in a variable of its own",
        "def make():\n    n, seen = 0, []\n    def add(f=None):\n        nonlocal n\n"
        "        if f is None: return n, seen\n        n += 1; seen.append(n); return f\n"
        "    return add\nadd = make()\nclass A:\n    @add\n    def f(self): return 1",
        task="A().f(), add()",
    ),
    same(
        "properties that a method of an object makes",
        f"{_REG}class Props(Reg):\n    def prop(self, f): self.add(f.__name__); return property(f)\n"
        "reg = Props()\nclass A:\n    @reg.prop\n    def p(self): return 3",
        task="A().p, reg.items, reg.n",
    ),
    same(
        "functions of a class in a list",
        "class A:\n    def f(self): return 1\n    @property\n    def p(self): return 2\n"
        "L = [A.f, A.__dict__['p'].fget]",
        task="L[0] is A.f, L[1](None)",
    ),
    *(
        same(
            f"a class that calls what counts: {text}",
            f"{_COUNTS}class A: x = {text}\nclass B: x = {text}",
            task="A.x, B.x, c.n, nxt.n",
        )
        for text in ("c.tick()", "nxt()", "[nxt(), c.tick()]")
    ),
    same(
        "a default that calls what counts",
        f"{_COUNTS}L = [1, 2, 3]\ndef f(x=c.tick(), y=L.pop(), *, z=nxt()): return x, y, z",
        task="f(), c.n, L, nxt.n",
    ),
    same(
        "caches below decorators that were given what counts",
        f"{_COUNTS}import functools\n@functools.lru_cache(nxt())\ndef f(x): return x\n"
        "@functools.lru_cache(maxsize=c.tick(), typed=True)\ndef g(x): return x",
        task="f.cache_parameters(), g.cache_parameters(), c.n, nxt.n",
    ),
    same(
        "what a decorator of a library was given, which counts",
        f"{_COUNTS}import numpy as np\n@np.vectorize(otypes=[float] * nxt())\ndef f(x): return x\n"
        "@np.vectorize(otypes=[float] * c.tick())\ndef g(x): return x",
        task="f(1), f.otypes, g.otypes, nxt.n, c.n",
    ),
    same(
        "what a decorator of a library was given, which does not count",
        "import numpy as np\ndef types():\n    found = {}\n    found['a'] = float\n"
        "    return list(found.values())\n@np.vectorize(otypes=types())\ndef f(x): return x",
        task="f(1)",
    ),
    same(
        "a class that takes of a queue",
        "import queue\nq = queue.Queue()\nq.put(1); q.put(2)\nclass A: x = q.get()",
        task="A.x, q.qsize()",
    ),
    *(
        same(
            f"a class body that does more: {body}",
            f"import types\nLOG = []\nD = {{}}\nS = types.SimpleNamespace(n=0)\nn = 0\nclass A:\n    {body}\n    x = 1",
            task="A.x, LOG, D, S.n, n",
        )
        for body in (
            "LOG.append('in')",
            "for i in range(3): LOG.append(i)",
            "D['a'] = D.get('a', 0) + 1",
            "S.n += 1",
            "global n; n += 1",
        )
    ),
    same(
        "a base that a call made",
        "n = [0]\ndef base():\n    n[0] += 1\n    class X: v = n[0]\n    return X\nclass A(base()): pass",
        task="A.v, n",
    ),
    *(
        same(
            f"subclasses that their base puts into {what}",
            f"{_REG}{made}\nclass Base:\n    def __init_subclass__(cls): {put}\n"
            "class A(Base): v = 1\nclass B(Base): v = 2",
            task=task,
        )
        for what, made, put, task in [
            ("a dict", "R = {}", "R[cls.__name__] = cls", "sorted(R), R['A'] is A, len(R)"),
            ("a list", "R = []", "R.append(cls)", "[k.v for k in R]"),
            ("an object", "reg = Reg()", "reg.add(cls)", "[k.v for k in reg.items], reg.n"),
            (
                "a dict with a factory",
                "import collections\ndef fresh(): return {'n': 0}\n"
                "R = collections.defaultdict(list); D = collections.defaultdict(fresh)",
                "R[cls.__name__[0]].append(cls); D['z']['n'] += 1; D['z']['last'] = cls",
                "{k: len(v) for k, v in R.items()}, R['A'][0] is A, D['z']['n'], D['z']['last'] is B,"
                " D['new']",
            ),
            (
                "a deque and a dict in order",
                "import collections\nQ = collections.deque(maxlen=1)\nO = collections.OrderedDict()",
                "Q.append(cls); O[cls.__name__] = cls",
                "Q[0] is B, Q.maxlen, list(O)",
            ),
            (
                "containers in a dict",
                "R = {'by': {}, 'all': [], 'n': 0, 'may': ['A', 'B']}",
                "assert cls.__name__ in R['may']; R['by'][cls.__name__] = cls; R['all'].append(cls); "
                "R['n'] += 1",
                "sorted(R['by']), R['all'][1] is B, R['n'], R['may']",
            ),
            (
                "a dict with what the base calls in it",
                "import pandas as pd\ndef mk(): return 4\n"
                "R = {'mk': mk, 'f': pd.DataFrame({'a': [1]}), 'by': [{'c': {}}, {'c': {}}]}",
                "R['by'][0]['c'][cls.__name__] = cls, R['mk'](), len(R['f'])",
                "sorted(R['by'][0]['c']), R['by'][0]['c']['A'][0] is A, R['by'][1], R['mk'] is mk",
            ),
            (
                "an object with slots",
                "class S:\n    __slots__ = ('d', 'n')\n    def __init__(self): self.d = {}; self.n = 0\n"
                "s = S()",
                "s.d[cls.__name__] = cls; s.n += 1",
                "sorted(s.d), s.n, s.d['A'] is A",
            ),
            (
                "an object in an object",
                "class In:\n    def __init__(self): self.d = {}; self.most = 3\n"
                "class Out:\n    def __init__(self): self.inner = In(); self.log = []\nout = Out()",
                "assert len(out.log) < out.inner.most; out.inner.d[cls.__name__] = cls; "
                "out.log.append(cls.__name__)",
                "sorted(out.inner.d), out.log, out.inner.d['A'] is A",
            ),
            (
                "names that may come once",
                "N, S = [], set()\n"
                + _REG.replace("self.n = 0", "self.seen = set(); self.n = 0")
                + "reg = Reg()",
                "assert cls.__name__ not in (*N, *S, *reg.seen); N.append(cls.__name__); "
                "S.add(cls.__name__); reg.seen.add(cls.__name__)",
                "N, S, reg.seen, A.v",
            ),
        ]
    ),
    same(
        "subclasses that a dict of one's own had, and has no more",
        "class R(dict):\n    def add(self, k): self[k.__name__] = k\nr = R()\nclass Base:\n"
        "    def __init_subclass__(cls): r.add(cls)\nclass A(Base): pass\nclass B(Base): pass",
        "del r['A']",
        task="list(r), r['B'] is B, A.__name__",
    ),
    same(
        "arrays and bytes that a decorator counts in",
        "import numpy as np\nW = np.zeros((2, 2)); V = W[1]; X = bytearray()\n"
        "def count(f): W[0, 0] += 1; V[0] += 2; X.append(7); return f\n"
        "class A:\n    @count\n    def f(self): return 1",
        task="W.tolist(), V.tolist(), X, A().f()",
    ),
    same(
        "names that a decorator binds",
        "import datetime\nclass C:\n    def __init__(self, n): self.n = n\nlast, day, f = C(0), None, None\n"
        "def mark(g):\n    global last, day, f\n    last = C(last.n + 1); f = g\n"
        "    day = datetime.date(2020, 1, last.n)\n    return g\n"
        "class A:\n    @mark\n    def one(self): return 1\n    @mark\n    def two(self): return 2",
        task="last.n, day, f is A.two",
    ),
    same(
        "names that a base bound, and that a cell has bound anew",
        "L = [1]\nheld = {'l': L}\ndef plain(): return 1\nhook = plain\nclass C: n = 0\nc = C()\n"
        "class Base:\n    def __init_subclass__(cls):\n        global L, hook, c\n"
        "        L, hook, c = [cls.__name__], lambda: 2, None\nclass A(Base): pass",
        "L, hook, c = held['l'], plain, C(); c.n = 5",
        task="L is held['l'], L, hook(), c.n, A.__name__",
    ),
    *(
        same(
            f"what is called by way of another: {text}",
            f"{_COUNTS}import heapq, bisect, functools\nby = {{'n': nxt}}; cs = [c]; H = [5, 9]\n"
            f"def key(x): c.tick(); return -x\nclass A: x = {text}",
            task="A.x, c.n, nxt.n, H",
        )
        for text in (
            "by['n']()",
            "by.get('n')()",
            "cs[0].tick()",
            "list(map(key, [1, 2]))",
            "sorted([1, 2], key=key)",
            "functools.reduce(lambda x, y: x + y, map(key, [1, 2]))",
            "heapq.heappush(H, 3)",
            "bisect.insort(H, 7)",
            "list.append(H, 8)",
        )
    ),
    same(
        "methods of one name, which a decorator keeps",
        f"{_REG}reg = Reg()\nclass A:\n    @reg.add\n    def run(self): return 1\n"
        "class B:\n    @reg.add\n    def run(self): return 2",
        task="reg.items[0] is A.run, reg.items[1] is B.run, reg.n",
    ),
    same(
        "classes that their metaclass puts into an object",
        "import types\nS = types.SimpleNamespace(items=[], n=0)\nR = {}\nclass Meta(type):\n"
        "    def __init__(k, name, bases, ns): S.items.append(name); S.n += 1; R[name] = k\n"
        "class Base(metaclass=Meta): pass\nclass A(Base): pass",
        task="S.items, S.n, sorted(R), R['A'] is A",
    ),
    same(
        "members that an enum keeps a list of",
        "import enum\nseen = []\nclass E(enum.Enum):\n    A = 1\n    B = 2\n"
        "    def __init__(self, v): seen.append(v)",
        task="seen, E.B.value",
    ),
    same(
        "commands of a group of click",
        "import click\n@click.group()\ndef top(): pass\ncli = top\nother = click.Group('x')",
        "@cli.command('h')\ndef hello(): return 5\n@other.command()\ndef bye(): return 6",
        task="sorted(cli.commands), sorted(top.commands), cli is top, "
        "other.commands['bye'].callback()",
    ),
    same(
        "routes of aiohttp",
        "from aiohttp import web\nroutes = web.RouteTableDef()",
        "@routes.get('/x')\ndef hello(r): return 5",
        task="len(routes), hello(1)",
    ),
    same(
        "a command of click with options",
        "import click\n@click.command()\n@click.option('--n', default=3)\ndef cmd(n): return n",
        task="cmd.params[0].default, cmd.callback(4)",
    ),
    *(
        same(
            f"a class that ran twice below {what}",
            base,
            "class Naive(Model): v = 1",
            "class Naive(Model): v = 2",
            task=f"[k.v for k in {seen}], Naive.v",
        )
        for what, base, seen in [
            (
                "a base that lists its subclasses",
                "class Model:\n    listed = []\n"
                "    def __init_subclass__(cls, **kw): Model.listed.append(cls)",
                "Model.listed",
            ),
            (
                "a base that lists its subclasses outside",
                "LISTED = []\nclass Model:\n"
                "    def __init_subclass__(cls, **kw): LISTED.append(cls)",
                "LISTED",
            ),
            (
                "a metaclass that lists its classes",
                "class Meta(type):\n    listed = []\n    def __init__(cls, *given):\n"
                "        super().__init__(*given); Meta.listed.append(cls)\n"
                "class Model(metaclass=Meta): v = 0",
                "Meta.listed",
            ),
        ]
    ),
    *(
        same(
            f"a dataclass that a decorator of the notebook makes: {below}",
            "import dataclasses as dc\nR = {}\ndef plain(c):\n    c = dc.dataclass(c)\n"
            "    R[c.__name__] = c\n    return c\ndef rec(**k):\n    def wrap(c):\n"
            "        c = dc.dataclass(**k)(c)\n        R[c.__name__] = c\n        return c\n"
            "    return wrap\ndef again(c):\n    c.tag = 1\n    return c\n"
            "import functools\nfixed = functools.partial(dc.dataclass, frozen=True)",
            f"{below}\nclass P:\n    x: int\n    y: list = dc.field(default_factory=list)\n"
            f"    def n(self): return self.x + len(self.y)\n{below}\nclass Q(P): z: int = 3\np = P(x=1)",
            task="p, P(x=2).n(), Q(x=1, z=2), R.get('P', P) is P, R.get('P', P)(x=5), p == P(x=1), P.__hash__ is None, "
            "[f.kw_only for f in dc.fields(Q)], hasattr(p, '__dict__'), P.__match_args__",
        )
        for below in [
            *("@plain", "@rec()", "@rec(frozen=True, order=True)", "@rec(kw_only=True)"),
            *("@rec(slots=True)", "@rec(eq=False)", "@again\n@plain"),
            *("@again\n@dc.dataclass", "@plain\n@again", "@fixed", "@again\n@fixed"),
        ]
    ),
    *(
        same(
            f"what a class body changes by a name of its own: {body}",
            "import numpy as np\nN, A = ['a'], np.zeros(2)\nclass V:\n    l = ['a']\n"
            "    def __init__(self, x): self.x = x\n"
            "    def __iadd__(self, other):\n        self.x += other\n        return self\nv = V(1)",
            f"class K:\n    {body}\nN.append('z'); A[0] = 5",
            task=f"{seen}, N, A, v.x, V.l",
        )
        for body, seen in [
            ("N += ['b']", "K.N, K.N is N"),
            ("N = N; N += ['b']", "K.N, K.N is N"),
            ("M = N; M += ['b']", "K.M, K.M is N"),
            ("M = N; M.append('b')", "K.M, K.M is N"),
            ("M = N; M[0] = 'b'", "K.M, K.M is N"),
            ("M = L = N; L += M", "K.M, K.L is N"),
            ("M = A; M += 1", "K.M, K.M is A"),
            ("v += 1", "K.v is v"),
            ("l = V.l; l += ['b']", "K.l, K.l is V.l"),
            ("class I: N += ['b']", "K.I.N, K.I.N is N"),
            ("M = N\n    for i in range(2): M += [i]", "K.M, K.M is N"),
        ]
    ),
    *(
        same(
            f"what a class body adds to what is {then} by now: {body}",
            "n, t = 1, ('a',)",
            f"class K:\n    {body}\nn, t = {then}",
            task="K.n, K.t, n, t",
        )
        for body in ("n += 2; t += ('b',)", "n = n; t = t; n += 2; t += ('b',)")
        for then in ("n, t", "7, ()")
    ),
    *(
        same(
            f"a class that {what} gave attributes, one of which is deleted by {deleted}",
            f"{above}\n{made}",
            deleted,
            task="sorted(each for each in vars(K) if each[0] != '_')",
        )
        for what, above, made in [
            (
                "a base",
                "class Base:\n    def __init_subclass__(c): c.tag = c.n = 1",
                "class K(Base): x = 1",
            ),
            (
                "a helper of a base",
                "def mark(c):\n    for n in ('tag', 'n'): setattr(c, n, 1)\n"
                "class Base:\n    def __init_subclass__(c): mark(c)",
                "class K(Base): x = 1",
            ),
            (
                "a base of a call",
                "class Base:\n    def __init_subclass__(c): c.tag = c.n = 1",
                "K = type('K', (Base,), {'x': 1})",
            ),
            (
                "a metaclass",
                "class M(type):\n    def __init__(c, n, b, d): c.tag = c.n = 1",
                "class K(metaclass=M): x = 1",
            ),
            (
                "what it holds",
                "class D:\n    def __set_name__(s, o, n): o.tag = o.n = 1",
                "class K: x = D()",
            ),
            (
                "a decorator",
                "def deco(c):\n    c.tag = c.n = 1\n    return c",
                "@deco\nclass K: x = 1",
            ),
        ]
        for deleted in ("del K.tag", "for each in ['tag', 'n']: delattr(K, each)")
    ),
    *(
        same(
            f"what its text gave a class with {what} is deleted",
            f"{above}\nclass K({base}):\n    x = y = 1\n    def f(self): pass\n    def g(self): pass",
            "del K.x, K.f",
            task="sorted(each for each in vars(K) if each[0] != '_')",
        )
        for what, above, base in [
            ("a metaclass", "class M(type): pass", "metaclass=M"),
            ("an abstract base", "import abc", "abc.ABC"),
        ]
    ),
    *(
        same(
            f"a class in a class that a base gave attributes: {deleted}",
            "class Base:\n    def __init_subclass__(c): c.tag = c.n = 1\n"
            "class O:\n    class K(Base): x = 1",
            deleted,
            task="sorted(each for each in vars(O.K) if each[0] != '_')",
        )
        for deleted in ("del O.K.tag", "delattr(O.K, 'n')")
    ),
    *(
        same(
            f"what a decorator of a method gave it: {deleted}",
            "def deco(f):\n    f.tag = f.n = 1\n    return f\nclass K:\n"
            "    @deco\n    def f(): return 1\n    @deco\n    def g(): return 2",
            deleted,
            task="hasattr(K, 'f'), vars(K.g)",
        )
        for deleted in ("del K.g.tag", "del K.f", "K.g.__dict__.pop('n')", "del vars(K.g)['n']")
    ),
    *(
        same(
            f"what functools.total_ordering gives a class {how}",
            f"import functools\n{above}",
            f"{made}\n    def __init__(self, x): self.x = x\n"
            "    def __eq__(self, other): return self.x == other.x\n"
            f"    def {said} other.x\n{below}",
            task="K(1) >= K(0), K(1) > K(2), K(1) <= K(1), K(1) < K(2)",
        )
        for how, above, made, said, below in [
            (
                "by a decorator of the notebook",
                "def deco(c): return functools.total_ordering(c)",
                "@deco\nclass K:",
                _LESS,
                "",
            ),
            (
                "of another one",
                "def deco(c):\n    c.tag = 1\n    return functools.total_ordering(c)",
                "@deco\nclass K:",
                "__ge__(self, other): return self.x >=",
                "",
            ),
            ("by a call", "", "class K:", _LESS, "functools.total_ordering(K)"),
            (
                "by its base",
                "class B:\n    def __init_subclass__(c): functools.total_ordering(c)",
                "class K(B):",
                _LESS,
                "",
            ),
        ]
    ),
    same(
        "functions of libraries that a cell set on a class",
        "import operator, os.path, textwrap\nclass K: x = 1",
        "K.join = os.path.join; K.norm = staticmethod(os.path.normpath)\n"
        "K.add = operator.add; K.dedent = staticmethod(textwrap.dedent)",
        task="K.join('a', 'b'), K.norm('a/../b'), K.add(1, 2), K.dedent(' a')",
    ),
    same(
        "functions of libraries that a decorator of the notebook set on a class",
        "import os.path\ndef deco(c):\n    c.join, c.norm = os.path.join, staticmethod(os.path.normpath)\n"
        "    return c",
        "@deco\nclass K: x = 1",
        task="K.join('a', 'b'), K.norm('a/../b')",
    ),
    same(
        "a dataclass that a base makes, below a decorator of the notebook",
        "import dataclasses as dc\nclass Base:\n    def __init_subclass__(cls): dc.dataclass(cls)\n"
        "def again(c):\n    c.tag = 1\n    return c",
        "@again\nclass P(Base):\n    x: int\n    y: list = dc.field(default_factory=list)",
        task="P(1), P.tag",
    ),
    same(
        "a model that a decorator of the notebook lists",
        "from pydantic import BaseModel\nR = {}\ndef keep(c):\n    R[c.__name__] = c\n    return c",
        "@keep\nclass M(BaseModel): x: int",
        task="R['M'](x='3'), M(x=1)",
    ),
    *(
        refused(
            f"a class that a decorator of the notebook makes one of {maker}",
            f"{imported}\ndef made(c): return {call}(c)",
            "@made\nclass P:\n    x: int",
            task="P(3).x",
            says=f"takes 'P'.*a decorator of the notebook made one of {maker}",
        )
        for maker, imported, call in [
            ("attrs", "import attrs", "attrs.define"),
            ("pydantic", "import pydantic.dataclasses as pd", "pd.dataclass"),
        ]
    ),
]
