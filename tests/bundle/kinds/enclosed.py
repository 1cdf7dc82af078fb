"""Variables around functions and classes of a call that several of them share, and one sets."""

from __future__ import annotations

from tests.bundle.kinds.case import refused, same

_COUNTER = (
    "def make(n=0):\n    def inc():\n        nonlocal n\n        n += 1\n        return n\n"
    "    def get(): return n\n    return inc, get\ninc, get = make()\ninc()"
)
_WALK = "def walk(k): return 0 if k < 1 else m + walk(k - 1)"
_TWICE = (
    "import functools\ndef plus(f):\n    @functools.wraps(f)\n    def w(*a): return f(*a) + 1\n"
    "    return w\n"
)
_SECRET = _COUNTER.replace("n=0", "token=''").replace("n += 1", "token += 'x'")
_SECRET = _SECRET.replace("nonlocal n", "nonlocal token").replace("return n", "return token")

CASES = [
    same("a variable that two closures share and set", _COUNTER, task="inc(), get(), inc(), get()"),
    same("one that only who reads it ships", _COUNTER, task="get(), get()"),
    same(
        "two pairs of closures",
        _COUNTER,
        "a, b = make(5)",
        task="inc(), get(), a(), b(), inc(), get(), b()",
    ),
    same(
        "a counter of calls that can be reset",
        "import functools\ndef counted(f):\n    count = 0\n    @functools.wraps(f)\n"
        "    def wrapper(*a):\n        nonlocal count\n        count += 1\n"
        "        return f(*a), count\n    def reset():\n        nonlocal count\n"
        "        count = 0\n    wrapper.reset = reset\n    return wrapper",
        "@counted\ndef f(x): return x\nf(1)",
        task="f(1), f.reset(), f(2), f.__name__",
    ),
    same(
        "a variable that is called as what a later cell defines, in a decorator's arguments",
        "import functools\ndef deco(f):\n    @functools.wraps(f)\n"
        "    def wrapper(x): return f(x) + 1\n    return wrapper",
        "@deco\ndef f(x): return x",
        task="f(1), f.__name__",
    ),
    same(
        "one that a function below others' decorators reads",
        "import functools\ndef make(n):\n    def inc():\n        nonlocal n\n        n += 1\n"
        "    @functools.lru_cache\n    def get(x): return n + x\n    return inc, get\n"
        "inc, get = make(1); inc()",
        task="get(1), inc(), get(1), get(2)",
    ),
    same(
        "one that a class and a function share",
        "def make(n):\n    class A:\n        def inc(self):\n            nonlocal n\n"
        "            n += 1\n            return n\n        @property\n        def n(self): return n\n"
        "    def get(): return n\n    return A, get\nA, get = make(1); A().inc()",
        task="get(), A().inc(), get(), A().n",
    ),
    same(
        "one that two classes share",
        "def make(n):\n    class A:\n        def inc(self):\n            nonlocal n\n"
        "            n += 1\n    class B:\n        def get(self): return n\n    return A, B\n"
        "A, B = make(1); A().inc()",
        task="B().get(), A().inc(), B().get()",
    ),
    same(
        "one that holds a function",
        "def make():\n    cb = None\n    def on(f):\n        nonlocal cb\n        cb = f\n"
        "    def call(x): return cb(x)\n    return on, call\non, call = make()\n"
        "on(lambda x: x * 2)",
        task="call(4), on(abs), call(-4)",
    ),
    same(
        "one that holds a function which encloses it",
        "def make():\n    last = None\n    def a(x):\n        nonlocal last\n"
        "        last = a if x else b\n        return x\n"
        "    def b(): return last is a, last is b\n    return a, b\na, b = make(); a(1)",
        task="b(), a(0), b()",
    ),
    same(
        "one that holds the function which sets it",
        "def make():\n    last = None\n    def a():\n        nonlocal last\n"
        "        was, last = last, a\n        return was is a\n    return a\na = make(); a()",
        task="a(), a()",
    ),
    same(
        "one that holds a list of the notebook",
        "L = [1]\ndef make(got):\n    def swap():\n        nonlocal got\n        got = [9]\n"
        "    return swap, lambda: got\nswap, see = make(L)",
        task="see() is L, L.append(2), see(), swap(), see(), L",
    ),
    same(
        "one that nobody has set yet",
        "def make(*given):\n    def put(v):\n        nonlocal n\n        n = v\n"
        "    def get(): return n\n    for n in given: pass\n    return put, get\n"
        "put, get = make()",
        task="put(4), get()",
    ),
    same(
        "one that nobody has set yet, of one function",
        "def make(*given):\n    def put(v):\n        nonlocal n\n        n = v\n        return n\n"
        "    for n in given: pass\n    return put\nput = make()",
        task="put(4)",
    ),
    same(
        "one that a function inside of one of them sets",
        "def make(n):\n    def outer():\n        def bump():\n            nonlocal n\n"
        "            n += 1\n        bump()\n        return n\n    return outer, lambda: n\n"
        "a, b = make(0)",
        task="a(), b(), a(), b()",
    ),
    same(
        "one of a definition below an if, with a default and hints",
        "def make(flag, T):\n    n = 0\n    if flag:\n        def inc(k: T = flag) -> T:\n"
        "            nonlocal n\n            n += 1\n            return n, k\n"
        "    def get() -> T: return n\n    return inc, get\ninc, get = make(3, int); inc()",
        task="inc(), get(), inc(), get()",
    ),
    same(
        "one of a generator and of a context",
        "import contextlib\ndef make(n):\n    def gen():\n        nonlocal n\n"
        "        while n < 3:\n            n += 1\n            yield n\n"
        "    @contextlib.contextmanager\n    def nest():\n        nonlocal n\n        n += 1\n"
        "        yield n\n        n -= 1\n    return gen, nest, lambda: n\n"
        "gen, nest, get = make(0)\ndef use():\n    with nest() as a, nest() as b: return a, b, get()",
        task="use(), get(), list(gen()), get()",
    ),
    same(
        "one of a property's functions",
        "def prop(v):\n    def get(self): return v\n    def put(self, x):\n        nonlocal v\n"
        "        v = x\n    return property(get, put)",
        "class A:\n    p = prop(4)\n    def f(self):\n        was, self.p = self.p, 8\n"
        "        return was, self.p",
        task="A().f(), A().p",
    ),
    same(
        "one that an object knows of that it holds",
        "class H: pass\nh = H()\ndef make(n):\n    def inc():\n        nonlocal n\n"
        "        n = h\n        return n is h\n    h.inc, h.get = inc, lambda: n\nmake(h)",
        task="h.inc(), h.get() is h",
    ),
    same(
        "one that is read as a decorator of the notebook runs",
        "REG = []\ndef reg(f):\n    REG.append(f())\n    return f\ndef make(n):\n    @reg\n"
        "    def get(): return n\n    def inc():\n        nonlocal n\n        n += 1\n"
        "    return get, inc\nget, inc = make(5); inc()",
        task="get(), inc(), get(), REG",
    ),
    refused(
        "one that looks like a secret",
        _SECRET.replace("make()", "make('hK2s9dLqqwieu')"),
        task="inc(), get()",
        says="has a secret as 'token'.*if it is none: .*token",
    ),
    refused(
        "one that functions share which stand one column in",
        "def make(n):\n def inc():\n  nonlocal n\n  n += 1\n def get():\n  return n\n"
        " inc.get = get\n return inc\ninc = make(1)",
        task="inc()",
        says="shares the variable 'n' with another function, and is not indented by.*four spaces",
    ),
    *(
        same(
            f"a function that knows itself, where the notebook has another by its name: {what}",
            f"{_TWICE}def make(m):\n    {above}{_WALK}\n    return walk\na, b = make(1), make(2)",
            "def walk(k): return 'another'",
            task="a(3), b(3), walk(1), a.__name__",
        )
        for what, above in (
            ("plain", ""),
            ("of a cache", "@functools.lru_cache(maxsize=None)\n    "),
            ("of a decorator", "@plus\n    "),
        )
    ),
    same(
        "lambdas that know themselves by a name that the notebook has otherwise",
        "def make(m):\n    walk = lambda k: 0 if k < 1 else m + walk(k - 1)\n    return walk\n"
        "a, b = make(1), make(2)\nwalk = len",
        task="a(3), b(3), walk('a')",
    ),
    same(
        "a function that knows itself, which another one encloses",
        "def make(n):\n    def fact(k): return 1 if k < 2 else k * fact(k - 1)\n"
        "    def run(): return fact(n)\n    return run\nr = make(5)",
        "def fact(k): return 'another'",
        task="r()",
    ),
    same(
        "a lambda that knows itself and has its name",
        "def make(m):\n    walk = lambda k: 0 if k < 1 else m + walk(k - 1)\n    return walk\n"
        "walk = make(2)",
        task="walk(3)",
    ),
]
