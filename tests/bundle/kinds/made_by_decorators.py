"""Classes that decorators of the notebook made of others: by a call of `type`, or renamed ones."""

from __future__ import annotations

from tests.bundle.kinds.case import refused, same

_EXTRA = "def deco(cls): return type(cls.__name__, (cls,), {'extra': 5})"
_CLASS = "@deco\nclass A:\n    def f(self): return self.extra"
_RENAMED = (
    "def deco(cls):\n    class Wrapped(cls):\n        extra = 5\n"
    "        def h(self): return super().f()\n    {}\n    return Wrapped"
)
_COUNT = (
    "import dataclasses, functools, pydantic\nN = [0]\ndef nid():\n    N[0] += 1\n    return N[0]\n"
)
#: Decorators of others, given what `{}` gives.
_GIVEN = (
    "@pydantic.validate_call(config={{'title': str({})}})\ndef f(x: int): return x",
    "@functools.wraps(max, ('__doc__',) * {})\ndef f(x): return x",
    "@functools.lru_cache(4)\n@pydantic.validate_call(config={{'title': str({})}})\n"
    "def f(x: int): return x",
    "@dataclasses.dataclass(order={} > 1)\nclass f: x: int",
)

CASES = [
    same(
        "a class that a decorator made by type",
        _EXTRA,
        _CLASS,
        task="A().f(), A.__mro__[1].__name__",
    ),
    same(
        "one that was run again",
        _EXTRA,
        _CLASS + "\na = A()",
        _CLASS,
        task="A().f(), a.f(), isinstance(a, A)",
    ),
    same(
        "one with a function of the decorator",
        "def deco(n):\n    def inner(cls):\n        def g(self): return n, self.f()\n"
        "        return type(cls.__name__, (cls,), {'extra': n, 'g': g})\n    return inner",
        "@deco(3)\nclass A:\n    def f(self): return self.extra",
        task="A().g()",
    ),
    same(
        "one that was called by hand",
        _EXTRA,
        _CLASS.replace("@deco\n", "") + "\nA = deco(A)",
        task="A().f()",
    ),
    same(
        "one with slots",
        "def deco(cls): return type(cls.__name__, (cls,), {'__slots__': ('q',)})",
        "@deco\nclass A:\n    __slots__ = ('p',)\n    def f(self):\n        self.q = 1\n"
        "        return self.q, hasattr(self, '__dict__')",
        task="A().f()",
    ),
    same(
        "one that new_class made",
        "import types\ndef deco(cls):\n"
        "    return types.new_class(cls.__name__, (cls,), {}, lambda ns: ns.update(extra=5))",
        _CLASS,
        task="A().f()",
    ),
    same(
        "one that a metaclass of the notebook made",
        "class Meta(type):\n    def __call__(cls): return super().__call__()\n"
        "def deco(cls): return Meta(cls.__name__, (cls,), {'extra': 3})",
        _CLASS,
        task="A().f(), type(A).__name__",
    ),
    same(
        "one with a mixin, two of them, and a dataclass below",
        "from dataclasses import dataclass\nclass M:\n    def m(self): return 'm'\n"
        "def mixed(cls): return type(cls.__name__, (cls, M), {})\n"
        "def deco(cls): return type(cls.__name__, (cls,), {'extra': 3})",
        "@mixed\n@deco\n@dataclass\nclass A:\n    a: int = 1\n"
        "    def f(self): return self.extra, self.m()",
        task="A().f(), A(4)",
    ),
    same(
        "classes by type that a base lists",
        "REG = []\nclass B:\n    def __init_subclass__(cls, **k): REG.append(cls.__name__)",
        _EXTRA,
        "@deco\nclass A(B):\n    def f(self): return self.extra\nC = type('C', (B,), {'k': 1})",
        task="A().f(), C.k, REG",
    ),
    *(
        same(
            f"a class of a decorator that it renamed: {renamed}",
            _RENAMED.format(renamed),
            _CLASS,
            "@deco\nclass B:\n    def f(self): return 7",
            task="A().h(), A.__name__, A.__qualname__, B().h(), B.__mro__[1].__name__",
        )
        for renamed in (
            "Wrapped.__name__ = cls.__name__",
            "Wrapped.__name__, Wrapped.__qualname__ = cls.__name__, cls.__qualname__",
            "import functools; functools.update_wrapper(Wrapped, cls, updated=())",
        )
    ),
    same(
        "a class below wraps, and one below it",
        "import functools\ndef deco(cls):\n    @functools.wraps(cls, updated=())\n"
        "    class Wrapped(cls):\n        def __init__(self, *given):\n"
        "            super().__init__(*given)\n            self.tag = 't'\n    return Wrapped",
        "@deco\nclass A:\n    'text'\n    def __init__(self, x): self.x = x\n"
        "@deco\nclass B(A): pass\na = A(3)",
        task="a.x, a.tag, B(4).tag, isinstance(a, A), A.__doc__, A.__wrapped__ is A.__mro__[1]",
    ),
    same(
        "a class that was renamed since",
        "class A:\n    def f(self): return type(self).__name__, super().__repr__()[:9]",
        "A.__name__ = A.__qualname__ = 'Z'",
        task="A().f(), A.__qualname__",
    ),
    *(
        refused(
            f"a decorator of others that was given what counts: {text[:20]}",
            _COUNT + text.format("nid()"),
            task="f(1)",
            says="uses 'f' .*, whose decorator was given what nid.. gave as it ran .Cell .1., line 6.*"
            "a second call gives another\n +keep it under a name above: n = nid..",
        )
        for text in _GIVEN
    ),
    *(
        same(
            f"a decorator of others that was given it by a name: {text[:20]}",
            f"{_COUNT}n = nid()\n{text.format('n')}",
            task="f(1), N, n",
        )
        for text in _GIVEN
    ),
    same(
        "decorators of the notebook that were given what counts",
        f"{_COUNT}def tag(n):\n    def deco(f):\n        f.tag = n\n        return f\n    return deco\n"
        "@tag(nid())\ndef f(x): return f.tag\n@tag(nid())\nclass g: pass",
        task="f(1), N, g.tag",
    ),
    *(
        same(
            f"what a decorator of the notebook made by {what}",
            f"import contextlib, functools\ndef deco(f): return {made}\n@deco\n{text}",
            *more,
            task=task,
        )
        for what, made, text, more, task in [
            (
                "a cache",
                "functools.lru_cache(maxsize=5)(f)",
                "def f(x): return x + 1",
                ["f(1)"],
                "f(2), f.cache_info().maxsize",
            ),
            (
                "singledispatch",
                "functools.singledispatch(f)",
                "def f(x): return 'any'",
                ["@f.register\ndef _(x: int): return 'int'"],
                "f('a'), f(1)",
            ),
            (
                "contextmanager",
                "contextlib.contextmanager(f)",
                "def f(x):\n    yield x + 1",
                [],
                "f(2).__enter__(), f.__name__",
            ),
        ]
    ),
    same(
        "what a decorator of the notebook made by a cache that it was told of",
        "import functools\ndef deco(size): return functools.lru_cache(maxsize=size)\n"
        "@deco(7)\ndef f(x): return x + 1",
        task="f(1), f.cache_info().maxsize",
    ),
    *(
        refused(
            f"a decorator of others that was given {given}, changed in place since",
            f"import functools\n{was}",
            f"@functools.lru_cache({given})\ndef f(): return 1",
            now,
            task="f()",
            says="runs @functools.lru_cache.* again, which was given another 'O'.*run Cell .2. again",
        )
        for given, was, now in [
            ("O['n']", "O = {'n': 3}", "O['n'] = 4"),
            ("maxsize=O['n']", "O = {'n': 3}", "O.update(n=4)"),
            ("O.n", "class O: n = 3", "O.n = 4"),
            ("**O", "O = {'maxsize': 3}", "O['maxsize'] = 4"),
            ("*O", "O = [3]", "O[0] = 4"),
        ]
    ),
    *(
        same(
            f"a decorator of others that was given what stays: {now}",
            "import functools\nO = {'n': 3, 'm': 1}",
            "@functools.lru_cache(maxsize=O['n'])\ndef f(): return 1",
            now,
            task="f.cache_info().maxsize",
        )
        for now in ("O['m'] = 5", "O['n'] = 3", "x = O['n'] + O.get('m')")
    ),
    same(
        "an object that counts the calls of what it decorates, functions and methods",
        "import functools\nclass Count:\n    def __init__(self, f):\n"
        "        functools.update_wrapper(self, f)\n        self.f, self.n = f, 0\n"
        "    def __call__(self, *a):\n        self.n += 1\n        return self.f(*a)\n"
        "    def __get__(self, o, c): return functools.partial(self, o)",
        "@Count\ndef f(x): return x + 1\nclass K:\n    @Count\n"
        "    def m(self, x): return x * 2\nf(1); K().m(1)",
        task="f(2), f.n, K().m(4), vars(K)['m'].n",
    ),
]
