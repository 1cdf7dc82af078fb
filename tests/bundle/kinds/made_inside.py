"""Functions and classes of a call that use what that call imports, defines or is given.

What a decorator, a default or an annotation reads is needed when the inner one is made.
"""

from __future__ import annotations

from tests.bundle.kinds.case import same

_TIMER = (
    "def timer(f):\n    from functools import wraps\n    @wraps(f)\n"
    "    def w(*a): return f(*a) + 1\n    return w"
)

CASES = [
    same(
        "wraps imported in the decorator",
        _TIMER,
        "@timer\ndef h():\n    'text'\n    return 1",
        task="h(), h.__name__, h.__doc__, h.__wrapped__()",
    ),
    same(
        "functools imported in the decorator",
        "def retry(n):\n    import functools\n    def deco(f):\n        @functools.wraps(f)\n"
        "        def w(*a): return [f(*a) for _ in range(n)]\n        return w\n    return deco",
        "@retry(2)\ndef h(): return 1",
        task="h(), h.__name__",
    ),
    same(
        "a decorator of the decorator's own",
        "def deco(f):\n    def mark(g):\n        g.mark = 'm'\n        return g\n    @mark\n"
        "    def w(*a): return f(*a) * 2\n    return w",
        "@deco\ndef h(): return 1",
        task="h(), h.mark",
    ),
    same(
        "lru_cache imported in the factory",
        "def mk(k):\n    from functools import lru_cache\n    @lru_cache(maxsize=3)\n"
        "    def w(x): return x + k\n    return w",
        "w1, w2 = mk(1), mk(2)",
        task="w1(1), w2(1), w1.cache_parameters()",
    ),
    same(
        "contextmanager imported in the factory",
        "def mk(k):\n    from contextlib import contextmanager\n    @contextmanager\n"
        "    def held(): yield k\n    return held",
        "def used(held):\n    with held() as k: return k",
        "held = mk(5)",
        task="used(held)",
    ),
    same(
        "an import of the factory under another name in a decorator's arguments",
        "def mk(k):\n    import functools as ft\n    size = 4\n    @ft.lru_cache(maxsize=size)\n"
        "    def w(x): return x + k\n    return w",
        "w = mk(1)",
        task="w(1), w.cache_parameters()",
    ),
    same(
        "a class of the factory in annotations",
        "def mk():\n    class Row: v = 1\n    def get(row: Row, n: list[Row] = ()) -> Row: return Row.v\n"
        "    return get",
        "get = mk()",
        task="get(None), get.__annotations__['row'].v, sorted(get.__annotations__)",
    ),
    same(
        "an import of the factory in annotations and defaults",
        "def mk():\n    import math\n    from typing import Any, Optional\n"
        "    def get(x: Optional[Any], y: Any = math.pi) -> Any: return y\n    return get",
        "get = mk()",
        task="get(1), list(get.__annotations__)",
    ),
    same(
        "a base class and an import of the factory",
        "def mk():\n    from dataclasses import dataclass\n    class Base:\n"
        "        def twice(self): return self.x * 2\n    @dataclass\n    class Point(Base):\n"
        "        x: int = 3\n    return Point",
        "Point = mk()",
        task="Point().twice(), repr(Point())",
    ),
    same(
        "an import that the inner function uses later",
        "def mk(k):\n    import math\n    from json import dumps as d\n"
        "    def f(x): return d([math.floor(x), k])\n    return f",
        "f = mk(1)",
        task="f(2.5)",
    ),
    same(
        "a property and a static method of a class of the factory",
        "def mk(k):\n    import functools\n    class A:\n        @functools.cached_property\n"
        "        def p(self): return k\n        @staticmethod\n        def s(n=k): return n\n"
        "    return A",
        "A = mk(7)",
        task="A().p, A.s()",
    ),
    same(
        "a class and a type of the factory in annotations only",
        "def mk(kind):\n    class Row: v = 1\n    def get(row: Row, k: kind, n: list[Row] = ()): return n\n"
        "    return get",
        "get = mk(int)",
        task="get(1, 2), get.__annotations__['row'].v, get.__annotations__['k']",
    ),
    same(
        "a cached function of a factory that calls itself",
        "def mk():\n    from functools import lru_cache\n    @lru_cache\n"
        "    def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)\n    return fib",
        "f = mk()",
        task="f(10), f.cache_info().currsize",
    ),
    same(
        "names of the call that the notebook has as well",
        "k, wraps, Base, size = 'no', 'no', 'no', 'no'\n" + _TIMER,
        "def mk(k, size=1):\n    import functools as wraps\n    class Base: pass\n"
        "    @wraps.lru_cache(maxsize=None)\n    def w(x, y=size): return x + k + y\n    return w",
        "@timer\ndef h(): return 1\nw = mk(1)",
        task="h(), h.__name__, w(1)",
    ),
    same(
        "a class of a factory whose base it is given",
        "class A:\n    v = 1\ndef mk(base, k):\n    class B(base):\n        def w(self): return self.v + k\n"
        "    return B",
        "B = mk(A, 5)",
        task="B().w(), isinstance(B(), A)",
    ),
    same(
        "an import of the factory that may not be there",
        "def mk(f):\n    try:\n        from functools import wraps\n    except ImportError:\n"
        "        wraps = None\n    @wraps(f)\n    def w(): return f() + 1\n    return w",
        "@mk\ndef h(): return 1",
        task="h(), h.__name__",
    ),
    same(
        "a method that makes a decorator with an import inside",
        "class D:\n    def __init__(self, n): self.n = n\n    def __call__(self, f):\n"
        "        from functools import wraps\n        @wraps(f)\n"
        "        def w(*a): return f(*a) * self.n\n        return w",
        "@D(3)\ndef h(): return 1",
        task="h(), h.__name__",
    ),
    same(
        "what a decorator of the call made",
        "import contextlib\ndef mk(made):\n    @made\n    def w(): yield 1\n    return w",
        "w = mk(contextlib.contextmanager)",
        task="w().__enter__()",
    ),
    same(
        "names that a metaclass gives the body of its classes",
        "class M(type):\n    @classmethod\n    def __prepare__(m, name, bases): return {'inj': lambda x: x + 1}",
        "class A(metaclass=M):\n    v = inj(1)\nclass B(A):\n    w = inj(2)",
        task="A.v, B.w",
    ),
    *(
        same(
            f"a default that a factory computed: {text}",
            f"def mk(k):\n    y = [k]\n    {text}\n    return w\ng = mk(3)",
            task=task,
        )
        for text, task in [
            ("def w(x=k + 1): return x", "g()"),
            ("def w(x=k + 1): return x * k", "g()"),
            ("def w(x=len(y), *, z=y + [1]): return x, z", "g()"),
            ("def w(x=[y]): x[0].append(1); return x", "(g(), g())[1]"),
        ]
    ),
    same(
        "what classes of a call are called with all that they stand in",
        "import dataclasses, enum\ndef make(k):\n    class Plain: n = k\n"
        "    @dataclasses.dataclass\n    class Point:\n        x: int = k\n"
        "    class Mode(enum.Enum): A = k\n    return Plain, Point, Mode\n"
        "Plain, Point, Mode = make(2)\nOther = make(3)[1]",
        task="Plain.__qualname__, Point(), Mode.__qualname__, Mode.A, Other()",
    ),
]
