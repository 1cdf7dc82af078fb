"""Old definitions under another name: their own name is, to them too, what it is by now."""

from __future__ import annotations

from tests.bundle.kinds.case import refused, same

_WALK = "def f(n): return 0 if n == 0 else 1 + f(n - 1)\ng = f"
_CLASS = "class A:\n    v = 'old'\n    def make(self): return A"
_NET = "class Net:\n    k = ['a']\n    def f(self): return 1"
#: What it is, the first one, the one that goes on, and what a task asks.
_GOING_ON = (
    (
        "a class",
        _NET,
        "class Net(Net):\n    k = Net.k + ['b']\n    def f(self): return super().f() + 1",
        "Net().f(), Net.k, len(Net.__mro__)",
    ),
    ("a class without a body", _NET, "class Net(Net): pass", "Net().f(), len(Net.__mro__)"),
    (
        "a class with a mixin",
        _NET + "\nclass M: z = 1\nclass Net(M, Net): pass",
        "class Net(Net, M): pass",
        "Net().f(), [each.__name__ for each in Net.__mro__]",
    ),
    (
        "an imported class",
        "from collections import OrderedDict",
        "class OrderedDict(OrderedDict):\n    def f(self): return len(self)",
        "OrderedDict(a=1).f(), len(OrderedDict.__mro__)",
    ),
    (
        "a dataclass",
        "from dataclasses import dataclass\n@dataclass\nclass C: a: int = 1",
        "@dataclass\nclass C(C): b: int = 2",
        "C(), C(3, 4).b",
    ),
    (
        "a model of pydantic",
        "from pydantic import BaseModel\nclass C(BaseModel): a: int = 1",
        "class C(C): b: int = 2",
        "C(), C(a=3, b=4).b",
    ),
    (
        "an error",
        "class E(Exception): pass",
        "class E(E):\n    def f(self): return 'f'",
        "E('x').f(), str(E('x'))",
    ),
    (
        "a class that lists those below it",
        "REG = []\nclass C:\n    def __init_subclass__(cls): REG.append(cls.__name__)",
        "class C(C): pass",
        "C().__class__.__name__, REG",
    ),
    ("a function", "def f(): return 1", "def f(f=f): return f() + 1", "f()"),
    ("a function by name", "def f(): return 1", "def f(*, x=2, f=f): return f() + x", "f()"),
    ("a lambda", "f = lambda: 1", "f = lambda f=f: f() + 1", "f()"),
    (
        "a built-in function",
        "LOG = []",
        "def len(x, len=len):\n    LOG.append(1)\n    return len(x)",
        "len([3]), LOG",
    ),
)

CASES = [
    same("an old recursive function", _WALK, "def f(n): return 100", task="g(2), f(2)"),
    same("an old function of which there are two", _WALK, _WALK.replace("g", "h"), task="g(3)"),
    same("an old function whose name is data", "def f(n): return f\ng = f", "f = 5", task="g(1)"),
    same("an old lambda that calls itself", "f = lambda n: f\ng = f", "f = 5", task="g(1)"),
    same(
        "a recursive function that was wrapped by hand",
        "C = [0]\ndef count(f):\n    def w(n):\n        C[0] += 1\n        return f(n)\n    return w",
        "def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)\nraw = fib\nfib = count(fib)",
        task="raw(5), C",
    ),
    same(
        "stale entries of a registry",
        "R = {}\ndef keep(f):\n    R.setdefault(f.__name__, f)\n    return f",
        "@keep\ndef walk(n): return 0 if n == 0 else 1 + walk(n - 1)",
        "@keep\ndef walk(n): return 100",
        task="R['walk'](2)",
    ),
    same(
        "an old function below a cache",
        "import functools\n@functools.lru_cache\ndef f(n): return 0 if n == 0 else 1 + f(n - 1)",
        "g = f\ndef f(n): return 100",
        task="g(2)",
    ),
    same(
        "an old function whose name is imported",
        "def sqrt(x): return -1 if x < 1 else sqrt(x)\nmine = sqrt",
        "from math import sqrt",
        task="mine(0), mine(4), sqrt(9)",
    ),
    same(
        "an old function that was called like a built-in",
        "def sum(x): return sum(x) if x else -1\nmine = sum\ndel sum",
        task="mine([]), mine([4]), sum([5])",
    ),
    same(
        "an instance of a class that was defined again",
        "class A:\n    n = 0\n    def up(self):\n        A.n += 1\n        return A.n\na = A()",
        "class A: n = 100",
        task="a.up()",
    ),
    same("an old class", _CLASS, "B = A", "class A: v = 'new'", task="B().make().v, B.v"),
    same("a method of an old class", _CLASS, "m = A().make", "class A: v = 'new'", task="m().v"),
    same(
        "an old class with hints that nobody evaluates",
        "from __future__ import annotations\nclass A:\n    v = 1\n"
        "    def join(self, other: A) -> A: return A()\na = A()",
        "class A: v = 2",
        task="a.join(a).v",
    ),
    refused(
        "an old function whose name nothing has",
        _WALK,
        "del f",
        task="g(2)",
        says=r"its f \(Cell .1., line 1\) uses 'f', which the notebook does not define",
    ),
    same(
        "an old function that was given an older one",
        "def f(): return 1",
        "def f(x=f): return x()\ng = f",
        "def f(): return 5",
        task="g()",
    ),
    *(
        same(
            f"{what} that goes on under its own name, run {times} times",
            first,
            *[then] * times,
            task=task,
        )
        for times in (1, 2, 3)
        for what, first, then, task in _GOING_ON
    ),
    same(
        "a class that goes on under its own name, and objects of both",
        _NET
        + "\nold = Net()\nclass Net(Net):\n    def f(self): return super().f() + 1\nnew = Net()",
        task="new.f(), old.f(), isinstance(old, Net), isinstance(new, type(old))",
    ),
    same(
        "a class that goes on under its own name, and whose first one was run again",
        _NET,
        "class Net(Net):\n    def f(self): return super().f() + 1",
        _NET.replace("1", "5"),
        "class Net(Net):\n    def f(self): return super().f() + 1",
        task="Net().f()",
    ),
    same(
        "a class whose base nothing names any more",
        _NET,
        "class Sub(Net):\n    def g(self): return self.f()",
        "del Net",
        task="Sub().g()",
    ),
    same(
        "a class whose base has another name by now",
        _NET,
        "class Sub(Net): pass",
        "Base = Net\ndel Net",
        task="Sub().f(), Base is Sub.__mro__[1]",
    ),
    same(
        "a class that goes on under its own name in the task's cell",
        _NET,
        "class Net(Net):\n    def f(self): return super().f() + 1\ndef net(): return Net()",
        task="net().f()",
    ),
    refused(
        "a class that goes on under its own name from one that cannot travel",
        "log = (each for each in 'ab')\nclass Net:\n    out = log",
        "class Net(Net): pass",
        task="Net().out",
        says="takes 'log' .*an iterator: it is used up by being read",
    ),
]
