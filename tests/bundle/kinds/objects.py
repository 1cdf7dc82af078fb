"""Objects of classes that are no plain data: subclasses of built-in ones, of others, sentinels."""

from __future__ import annotations

from tests.bundle.kinds.case import noted, refused, same

_HAT = "import dataclasses, enum, functools, typing\n"
CASES = [
    same(
        "a dict's subclass",
        "class Config(dict):\n    def __getattr__(self, name): return self[name]\nc = Config(lr=1, b=[2])",
        task="c.lr, c.b, type(c).__name__, c == {'lr': 1, 'b': [2]}",
    ),
    same(
        "a time zone of one's own",
        "import datetime as dt\nclass Zone(dt.tzinfo):\n    def __init__(self, h): self.h = h\n"
        "    def utcoffset(self, _): return dt.timedelta(hours=self.h)\n"
        "    def dst(self, _): return dt.timedelta(0)\nt = dt.datetime(2026, 1, 1, tzinfo=Zone(3))",
        task="t.isoformat()",
    ),
    same(
        "a time of day in a time zone of one's own",
        "import datetime as dt\nclass Zone(dt.tzinfo):\n"
        "    def utcoffset(self, _): return dt.timedelta(hours=3)\n"
        "t = dt.time(1, 2, tzinfo=Zone())",
        task="t.isoformat()",
    ),
    *(
        same(
            f"attributes of an object of a subclass: {base}",
            f"import datetime as dt, decimal, ipaddress\nimport numpy as np\nclass D({base}):\n"
            f"    x = 0\nd = D({made})\nd.x = 3; d.y = [1]",
            task="d.x, d.y, str(d), type(d).__name__",
        )
        for base, made in [
            ("dt.date", "2026, 1, 2"),
            ("dt.datetime", "2026, 1, 2, fold=1"),
            ("dt.timedelta", "3"),
            ("dt.time", "3"),
            ("decimal.Decimal", "'1.50'"),
            ("decimal.Context", "prec=3"),
            ("ipaddress.IPv4Address", "'1.2.3.4'"),
            ("KeyError", "'a'"),
            ("complex", "1"),
            ("np.float64", "1.5"),
            ("np.str_", "'a'"),
        ]
    ),
    same(
        "a stream of one's own",
        "import io\nclass Raw(io.RawIOBase):\n    def __init__(self, d): self.d = d\n"
        "    def readable(self): return True\nraw = Raw(b'abc')",
        task="raw.d, raw.readable()",
    ),
    same(
        "a dict's subclass with attributes",
        "class D(dict):\n    def __init__(self, **kw):\n        super().__init__(**kw); self.__dict__ = self\nd = D(a=1)",
        task="d.a, d['a'], d.__dict__ is d",
    ),
    same(
        "a dict's subclass that refuses to be filled",
        "class Frozen(dict):\n    def __setitem__(self, k, v): raise TypeError(k)\nf = Frozen(a=1)",
        task="dict(f), type(f).__name__",
    ),
    same(
        "a list's subclass",
        "class L(list):\n    def total(self): return sum(self)\nl = L([1, 2]); l.unit = 'kg'",
        task="l.total(), l.unit, type(l).__name__",
    ),
    same(
        "a list's subclass that counts its appends",
        "class L(list):\n    n = 0\n    def append(self, x): L.n += 1; super().append(x)\nl = L(); l.append(4)",
        task="list(l), L.n",
    ),
    same(
        "a text's subclass",
        "class Name(str):\n    def greet(self): return 'hi ' + self\nn = Name('bo')",
        task="n.greet(), n == 'bo', type(n).__name__",
    ),
    same("an int's subclass", "class Age(int): pass\na = Age(3); a.of = 'bo'", task="a + 1, a.of"),
    same("a float's subclass", "class M(float): pass\nm = M(0.5)", task="m + 1, type(m).__name__"),
    same(
        "a tuple's subclass",
        "class P(tuple):\n    @property\n    def x(self): return self[0]\np = P((1, [2]))",
        task="p.x, p[1], type(p).__name__",
    ),
    same(
        "a set's subclass", "class S(set): pass\ns = S({1, 2})", task="sorted(s), type(s).__name__"
    ),
    same("a frozen set's subclass", "class S(frozenset): pass\ns = S({1})", task="1 in s, len(s)"),
    same("bytes' subclass", "class B(bytes): pass\nb = B(b'ab')", task="b[0], type(b).__name__"),
    same(
        "a list of themselves",
        "class Node(list): pass\nn = Node(); n.append(n); n.append(1)",
        task="n[0] is n, n[1]",
    ),
    same(
        "a defaultdict's subclass",
        "import collections\nclass D(collections.defaultdict): pass\nd = D(list, a=[1])",
        task="d['b'], d['a'], type(d).__name__",
    ),
    same(
        "an ordered dict's subclass",
        "import collections\nclass D(collections.OrderedDict): pass\nd = D(b=1, a=2)",
        task="list(d), type(d).__name__",
    ),
    same(
        "a counter's subclass",
        "import collections\nclass C(collections.Counter): pass\nc = C('aab')",
        task="c['a'], c['z'], type(c).__name__",
    ),
    same(
        "a deque's subclass",
        "import collections\nclass Q(collections.deque): pass\nq = Q([1, 2, 3], maxlen=2)",
        task="list(q), q.maxlen",
    ),
    same(
        "a UserDict's subclass",
        "import collections\nclass U(collections.UserDict): pass\nu = U(a=1)",
        task="u['a'], type(u).__name__",
    ),
    same(
        "an exception that was made", "class Bad(ValueError): pass\nE = Bad('x', 2)", task="E.args"
    ),
    same(
        "a function in a defaultdict",
        "import collections\ndef zero(): return [0]\nd = collections.defaultdict(zero)",
        task="d['a']",
    ),
    same("a sentinel", "X = object()", task="X is X, X is not object()"),
    same(
        "a sentinel as a default",
        "MISSING = object()\ndef get(d, k, default=MISSING):\n    if default is MISSING: return 'none'\n    return default",
        "ALIAS = MISSING",
        task="get({}, 'a'), get({}, 'a', 1), ALIAS is MISSING, get({}, 'a', ALIAS)",
    ),
    same(
        "a namespace of arguments",
        "import argparse\nargs = argparse.Namespace(lr=0.1, layers=[1, 2])",
        task="args.lr, args.layers, repr(args)",
    ),
    same(
        "arguments that a parser read",
        "import argparse\np = argparse.ArgumentParser()\np.add_argument('--lr', type=float, default=0.1)\nargs = p.parse_args([])",
        task="args.lr",
    ),
    same(
        "a namespace that holds itself",
        "import types\nn = types.SimpleNamespace(a=1); n.me = n",
        task="n.me.a",
    ),
    same(
        "a chain of dicts",
        "import collections\nA = {'a': 1}\nc = collections.ChainMap({'b': 2}, A)",
        task="c['a'], c['b'], c.maps[1] is A",
    ),
    same("a template", "import string\nt = string.Template('hi $who')", task="t.substitute(who=1)"),
    same(
        "an HTML parser of the notebook",
        "import html.parser\nclass P(html.parser.HTMLParser): pass\np = P()",
        task="p.convert_charrefs",
    ),
    same(
        "a thread's lock",
        "import threading\nlock = threading.Lock()\ndef f():\n    with lock: return lock.locked()",
        task="f(), lock.locked()",
    ),
    same(
        "a lock that may be taken again",
        "import threading\nL = threading.RLock()",
        task="L.acquire()",
    ),
    refused(
        "a lock that is held",
        "import threading\nlock = threading.Lock(); lock.acquire()",
        task="lock",
        says="'lock'.*held",
    ),
    same("an event", "import threading\ne = threading.Event(); e.set()", task="e.is_set()"),
    same("a queue", "import queue\nq = queue.Queue(); q.put(3)", task="q.get(), q.empty()"),
    same(
        "an object with a lock",
        "import threading\nclass C:\n    def __init__(self): self.lock = threading.Lock(); self.n = 1\nc = C()",
        task="c.n, c.lock.locked()",
    ),
    same(
        "a flag of several",
        _HAT + "class F(enum.Flag):\n    A = 1\n    B = 2\nf = F.A | F.B",
        task="f, F.A in f",
    ),
    same(
        "an IntFlag",
        _HAT + "class F(enum.IntFlag):\n    A = 1\n    B = 2\nf = F.A | F.B",
        task="f | 4, int(f)",
    ),
    same(
        "a member of an installed enum", "import http\ns = http.HTTPStatus.OK", task="s, s.phrase"
    ),
    same("flags of re", "import re\nFL = re.I | re.M", task="re.findall('^a', 'A\\na', FL)"),
    same(
        "a StrEnum's member in a dict",
        _HAT + "class S(enum.StrEnum):\n    A = 'a'\nD = {S.A: 1}",
        task="D['a'], list(D)[0] is S.A",
    ),
    same(
        "kw_only and slots",
        _HAT
        + "@dataclasses.dataclass(slots=True, kw_only=True)\nclass C:\n    a: int\n    b: list = dataclasses.field(default_factory=list)\nc = C(a=1)",
        task="c, C(a=2).b",
    ),
    same(
        "InitVar and __post_init__",
        _HAT
        + "@dataclasses.dataclass\nclass C:\n    a: int\n    k: dataclasses.InitVar[int] = 2\n    def __post_init__(self, k): self.b = self.a * k\nc = C(3, 5)",
        task="c.b, C(1).b",
    ),
    same(
        "frozen, ordered and hashed",
        _HAT
        + "@dataclasses.dataclass(frozen=True, order=True)\nclass C:\n    a: int\ncs = {C(1): 'x'}\nbig = max(C(1), C(4))",
        task="cs[C(1)], big.a",
    ),
    same(
        "a descriptor",
        "class Twice:\n    def __set_name__(self, owner, name): self.n = '_' + name\n    def __get__(self, o, t=None): return getattr(o, self.n) * 2\n    def __set__(self, o, v): setattr(o, self.n, v)\nclass C:\n    x = Twice()\nc = C(); c.x = 4",
        task="c.x",
    ),
    same(
        "a context manager's class",
        "class T:\n    def __enter__(self): return 5\n    def __exit__(self, *a): return True\nt = T()\ndef f():\n    with t as v: return v",
        task="f()",
    ),
    same(
        "a context manager by a function",
        "import contextlib\n@contextlib.contextmanager\ndef cm(x):\n    yield x + 1\ndef f():\n    with cm(2) as v: return v",
        task="f()",
    ),
    same(
        "an abstract property",
        "import abc\nclass A(abc.ABC):\n    @property\n    @abc.abstractmethod\n    def p(self): ...\nclass B(A):\n    @property\n    def p(self): return 3\nb = B()",
        task="b.p",
    ),
    same(
        "an iterator class",
        "class Count:\n    def __init__(self): self.n = 0\n    def __iter__(self): return self\n    def __next__(self):\n        self.n += 1\n        if self.n > 3: raise StopIteration\n        return self.n\nc = Count(); next(c)",
        task="list(c)",
    ),
    same(
        "classes that know each other",
        "class A:\n    def b(self): return B()\nclass B:\n    def a(self): return A()\n    v = 2",
        task="A().b().v, type(B().a()).__name__",
    ),
    same(
        "objects that know each other",
        "class N:\n    def __init__(self, v): self.v = v; self.next = None\na, b = N(1), N(2); a.next, b.next = b, a",
        task="a.next.v, a.next.next is a",
    ),
    same(
        "a pydantic model",
        "import pydantic\nclass C(pydantic.BaseModel):\n    lr: float = 0.1\n    tags: list[str] = []\nc = C(lr=2, tags=['a'])",
        task="c.lr, c.tags, c == C(lr=2, tags=['a']), C().lr",
    ),
    same(
        "a pydantic model with validators and parts",
        "import pydantic\nclass Leaf(pydantic.BaseModel):\n    v: int\n    @pydantic.field_validator('v')\n    @classmethod\n    def twice(cls, v): return v * 2\nclass Tree(pydantic.BaseModel):\n    leaf: Leaf\n    _n: int = pydantic.PrivateAttr(3)\nt = Tree(leaf=Leaf(v=2)); t._n = 5",
        task="t.leaf.v, t._n, Leaf(v=4).v",
    ),
    same(
        "a pydantic model with extras",
        "import pydantic\nclass C(pydantic.BaseModel):\n    model_config = pydantic.ConfigDict(extra='allow')\n    a: int = 1\nc = C(b=2)",
        task="c.b, c.model_extra, c.model_dump()",
    ),
    same(
        "a pydantic dataclass",
        "from pydantic.dataclasses import dataclass\n@dataclass\nclass C:\n    a: int = 1\nc = C(a='4')",
        task="c.a",
    ),
    same(
        "attrs",
        "import attr\n@attr.s(auto_attribs=True)\nclass C:\n    a: int\n    b: list = attr.Factory(list)\nc = C(1)",
        task="c.a, c.b, C(2) == C(2), repr(c)",
    ),
    same(
        "attrs with slots",
        "from attrs import define, frozen\n@define\nclass C:\n    a: int = 3\nc = C(4)\n@frozen\nclass D:\n    a: int = 3\nd = D(5)",
        task="c.a, d.a, C().a, D(7), D()",
    ),
    same(
        "an estimator of the notebook",
        "from sklearn.base import BaseEstimator, TransformerMixin\nclass Log(BaseEstimator, TransformerMixin):\n    def __init__(self, by=2): self.by = by\n    def fit(self, X, y=None): return self\n    def transform(self, X): return [x * self.by for x in X]\nt = Log(by=3)",
        task="t.transform([1]), t.get_params(), Log().by",
    ),
    same(
        "a logger's handler of the notebook",
        "import logging\nclass H(logging.Handler):\n    def emit(self, record): pass\nh = H()",
        task="h.level",
    ),
    same("a formatter", "import logging\nf = logging.Formatter('%(message)s')", task="f._fmt"),
    same(
        "a bound method of an instance",
        "class C:\n    k = 2\n    def m(self, x): return x * self.k\nc = C(); c.k = 5\nm = c.m",
        task="m(2)",
    ),
    same(
        "a classmethod of a class",
        "class C:\n    k = 2\n    @classmethod\n    def m(cls, x): return x * cls.k\nm = C.m",
        task="m(2)",
    ),
    same(
        "an instance with a function",
        "class C: pass\ndef f(x): return x + 1\nc = C(); c.f = f",
        task="c.f(1)",
    ),
    *(
        same(f"an exception: {made}", f"E = {made}", task=f"repr(E), str(E), {task}")
        for made, task in [
            ("ValueError('x', 1)", "E.args"),
            ("FileNotFoundError(2, 'No', 'f')", "E.errno, E.filename"),
            ("UnicodeDecodeError('ascii', b'a', 0, 1, 'why')", "E.start, E.object"),
            ("SystemExit(3)", "E.code"),
            ("ExceptionGroup('x', [ValueError(1)])", "repr(E.exceptions)"),
            ("AttributeError('x', name='n', obj=[1])", "E.name, E.obj"),
            ("NameError('x', name='n')", "E.name"),
            ("ImportError('x', name='n', path='p')", "E.name, E.path"),
            ("UserWarning('x')", "E.args"),
        ]
    ),
    *(
        same(f"an exception that keeps {what}", f"E = ValueError('x')\n{cell}", task=task)
        for what, cell, task in [
            ("a note", "E.add_note('hm')", "E.__notes__"),
            ("a cause", "E.__cause__ = KeyError(1)", "repr(E.__cause__), E.__suppress_context__"),
            ("a context", "E.__context__ = KeyError(1)", "repr(E.__context__), E.__cause__"),
            (
                "one that keeps it",
                "F = KeyError(1); E.__context__, F.__cause__ = F, E",
                "F.__cause__ is E, E.__context__ is F",
            ),
            ("an attribute", "E.code = 4", "E.code"),
        ]
    ),
    same(
        "exceptions in a table and a default",
        "ERRORS = {'a': ValueError('x')}\ndef f(e=KeyError('k')): return repr(e)",
        task="repr(ERRORS), f()",
    ),
    noted(
        "an exception that was raised",
        "try: 1 / 0\nexcept Exception as e: E = e",
        task="repr(E)",
        notes="E was raised here: its traceback stays behind",
    ),
    refused(
        "a process of this machine",
        "import subprocess\np = subprocess.Popen(['true'])\np.wait()",
        task="p.pid",
        says="takes 'p' from the notebook .*, a subprocess.Popen, .*make it inside",
    ),
    refused(
        "a folder that is deleted with its object",
        "import tempfile\nt = tempfile.TemporaryDirectory()\nt.cleanup()",
        task="t.name",
        says="takes 't' from the notebook .*, a tempfile.TemporaryDirectory, .*make it inside",
    ),
    *(
        refused(
            f"an iterator that {what}",
            f"import itertools\nc = {made}",
            task="next(c)",
            says=says,
        )
        for what, made, says in [
            ("has no end", "itertools.repeat(1)", r"make it inside the function$"),
            ("goes round", "itertools.cycle('ab')", r"make it inside the function$"),
            ("ends", "iter('ab')", r"keep what it gives: list\(…\)$"),
        ]
    ),
]
