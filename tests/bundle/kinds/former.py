"""Old definitions under another name: their own name is, to them too, what it is by now."""

from __future__ import annotations

from tests.bundle.kinds.case import refused, same

_WALK = "def f(n): return 0 if n == 0 else 1 + f(n - 1)\ng = f"
_CLASS = "class A:\n    v = 'old'\n    def make(self): return A"

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
    refused(
        "an old function that was given an older one",
        "def f(): return 1",
        "def f(x=f): return x()\ng = f",
        "def f(): return 5",
        task="g()",
        says="its f .*needs the 'f' that it took the place of, and 'f' is another by now",
    ),
]
