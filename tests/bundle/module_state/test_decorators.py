"""What decorators of a module beside the notebook keep is in a task what it is in the notebook."""

from __future__ import annotations

import pytest

from tests.bundle.notebook import Notebook

_TEXT = """
import functools
class Timer:
    def __init__(self, f):
        functools.update_wrapper(self, f)
        self.f, self.n = f, 0
    def __call__(self, *a):
        self.n += 1
        return self.f(*a)
    def __get__(self, obj, kind=None): return self if obj is None else functools.partial(self, obj)
class Bare:
    def __init__(self, f): self.f, self.n = f, 0
    def __call__(self, *a):
        self.n += 1
        return self.f(*a)
class Slots:
    __slots__ = ("f", "n")
    __init__, __call__ = Bare.__init__, Bare.__call__
class Lazy:
    def __init__(self, f): self.f, self.hits = f, 0
    def __get__(self, obj, kind=None):
        self.hits += 1
        return self.f(obj)
class Const:
    def __init__(self, v): self.v, self.reads = v, 0
    def __get__(self, obj, kind=None):
        self.reads += 1
        return self.v
class Box:
    def __init__(self): self.calls = []
    def __call__(self, f):
        @functools.wraps(f)
        def inner(*a):
            self.calls.append(a)
            return f(*a)
        inner.box = self
        return inner
    def watch(self, f): return self(f)
BOX = Box()
def counted(f):
    @functools.wraps(f)
    def inner(*a):
        inner.n += 1
        return f(*a)
    inner.n = 0
    return inner
def numbered(f):
    n = 0
    @functools.wraps(f)
    def inner(*a):
        nonlocal n
        n += 1
        return n, f(*a)
    return inner
def bare_memo(f):
    kept = {}
    def inner(*a):
        if a not in kept: kept[a] = f(*a)
        return kept[a]
    return inner
def bare_numbered(f):
    n = 0
    def inner(*a, **given):
        nonlocal n
        n += 1
        return n, f(*a, **given)
    return inner
def named(f):
    def inner(*a): return f(*a), len(a)
    inner.__name__, inner.__module__, inner.__doc__ = f.__name__, f.__module__, f.__doc__
    return inner
class Several:
    @staticmethod
    def twice(n=3, *, m=4):
        return (lambda x: x + n), (lambda x, k=[n], *, d=m: x * n + d + len(k))
    def watched(self, f):
        def inner(*a): return f(*a), self.seen.append(a), len(self.seen)
        return inner
    seen = []
def both():
    n = 0
    def up():
        nonlocal n
        n += 1
        return n
    def now(): return n
    return up, now
def tagged(f):
    f.tags = ["a"]
    return f
class Marked:
    def __init_subclass__(cls): cls.tag = cls.n = 1
def marked(kind):
    kind.tag = kind.n = 1
    return kind
class Single:
    def __init__(self, kind): self.kind, self.n = kind, 0
    def __call__(self):
        self.n += 1
        return self.kind
"""


_OWN = (
    "def own(f):\n    n = [0]\n    def inner():\n        n[0] += 1\n        return n[0], f()\n"
    "    return inner\n"
)


def _on_a_method(decorator):
    return f"class K:\n    @{decorator}\n    def f(self=0): return 1"


def _on_a_function(decorator):
    return f"@{decorator}\ndef f(): return 1"


@pytest.mark.parametrize(
    ("cells", "use"),
    [
        ((_on_a_function("m.Timer"), "f(); f()"), "f(), f.n"),
        ((_on_a_function("Timer"), "f(); f()"), "f(), f.n"),
        ((_on_a_function("Bare"), "f(); f()"), "f(), f.n"),
        ((_on_a_function("m.Slots"), "f(); f()"), "f(), f.n"),
        ((_on_a_function("m.Timer\n@m.Timer"), "f(); f.f()"), "f(), f.n, f.f.n"),
        ((_on_a_function("m.Bare\n@m.Bare"), "f(); f.f()"), "f(), f.n, f.f.n"),
        ((_on_a_function("m.Bare\n@m.Bare"), "g = f; g(); del f"), "g(), g.n, g.f.n"),
        ((_on_a_function("Timer"), "f.tag = 'x'; f.hook = len"), "f(), f.tag, f.hook([1])"),
        ((_on_a_function("Bare"), "f.hook = lambda x: x + 1"), "f(), f.hook(1)"),
        ((_on_a_function("m.Box()"), "f(); f()"), "f(), f.box.calls"),
        ((_on_a_function("m.BOX"), "f(); f()"), "f(), m.BOX.calls, f.box is m.BOX"),
        ((_on_a_function("BOX.watch"), "f(); f()"), "f(), BOX.calls, f.box is m.BOX"),
        ((_on_a_function("m.counted"), "f(); f()"), "f(), f.n"),
        ((_on_a_function("m.counted"), "f.hook = len"), "f(), f.hook([1])"),
        ((_on_a_function("m.numbered"), "f(); f()"), "f()"),
        ((_on_a_function("m.bare_numbered"), "f(); f()"), "f()"),
        (("@m.bare_memo\ndef f(n): return n if n < 2 else f(n - 1) + f(n - 2)", "f(9)"), "f(11)"),
        (("@m.bare_memo\n@m.bare_numbered\ndef f(n): return n", "f(9)"), "f(9), f(8)"),
        (("def f(n): return n", "g = m.bare_numbered(f); g(1)"), "g(2), f(3)"),
        (("def f(n): return n", "g = m.numbered(f); g(1)"), "g(2), f(3), g.__wrapped__ is f"),
        (("@m.named\ndef f(n):\n    'Says n.'\n    return n",), "f(2), f.__doc__, f.__name__"),
        (("a, b = m.Several.twice(5, m=6)",), "a(1), b(1), b(1, d=2), a.__qualname__"),
        (("_, b = m.Several.twice()", "b.tag = [1]; b.__defaults__[0].append(2)"), "b(1), b.tag"),
        (("up, now = m.both()", "up()"), "up(), now()"),
        (("ALL = {'up': m.both()[0]}", "ALL['up']()"), "ALL['up']()"),
        (("@m.Several().watched\ndef f(n): return n", "f(4)"), "f(5), m.Several.seen"),
        ((_on_a_method("m.bare_numbered"), "K().f(); K().f()"), "K().f()"),
        ((_on_a_method("staticmethod\n    @m.bare_numbered"), "K.f(); K.f()"), "K.f()"),
        ((_on_a_function("m.tagged"), "f.tags.append('b')"), "f(), f.tags"),
        (
            ("import functools\n" + _on_a_function("Timer"), "h = functools.partial(f); h()"),
            "h(), f.n",
        ),
        (("import functools\n" + _on_a_function("Timer\n@functools.lru_cache"), "f()"), "f(), f.n"),
        (
            (_OWN + _on_a_function("m.Bare\n@own"), "f(); f()"),
            "f(), f.n",
        ),
        ((_on_a_method("m.Timer"), "K().f(); K().f()"), "K().f(), K.f.n"),
        ((_on_a_method("Timer"), "K().f(); K.f.hook = len"), "K().f(), K.f.n, K.f.hook([1])"),
        ((_on_a_method("m.Slots"), "K.f(); K.f()"), "K.f(), K.f.n"),
        ((_on_a_method("staticmethod\n    @m.Timer"), "K.f()"), "K.f(), vars(K)['f'].__func__.n"),
        ((_on_a_method("property\n    @m.Timer"), "K().f"), "K().f, vars(K)['f'].fget.n"),
        ((_on_a_method("m.Timer\n    @m.Timer"), "K().f(); K.f.f()"), "K().f(), K.f.n, K.f.f.n"),
        ((_on_a_method("m.Lazy"), "K().f"), "K().f, vars(K)['f'].hits"),
        (("class K: v = m.Const(3)", "K().v"), "K().v, vars(K)['v'].reads"),
        ((_on_a_method("m.Box()"), "K().f()"), "K().f(), len(K.f.box.calls)"),
        ((_on_a_method("m.BOX"), "K().f()"), "K().f(), len(m.BOX.calls), K.f.box is m.BOX"),
        ((_on_a_method("m.counted"), "K().f()"), "K().f(), K.f.n"),
        ((_on_a_method("m.numbered"), "K().f()"), "K().f()"),
        ((_on_a_method("m.tagged"), "K.f.tags.append('b')"), "K().f(), K.f.tags"),
        (("@m.Single\nclass K: x = 1", "K().x = 5; K.tag = [1]"), "K().x, K.n, K.tag"),
        (("@m.Single\nclass K: x = 1", "K().x = 5; L = K; del K"), "L().x, L.n"),
        ((_on_a_function("m.tagged"), "f.x = 1; del f.tags"), "f(), vars(f)"),
        ((_on_a_function("m.Bare"), "f(); del f.n"), "sorted(vars(f))"),
        ((_on_a_function("m.counted"), "f.__dict__.pop('n')"), "sorted(vars(f))"),
        ((_on_a_method("m.tagged"), "del K.f.tags"), "K().f(), vars(K.f)"),
        ((_on_a_method("m.Bare"), "K.f(); del K.f.n"), "sorted(vars(vars(K)['f']))"),
        (("class K(m.Marked): x = 1", "del K.tag"), "hasattr(K, 'tag'), K.n"),
        (("@m.marked\nclass K: x = 1", "del K.tag"), "hasattr(K, 'tag'), K.n"),
        ((_on_a_function("m.counted"), "f.log = ['y' * 60_000]"), "f(), len(f.log[0])"),
        ((_on_a_method("m.counted"), "K.f.log = ['y' * 60_000]"), "K().f(), len(K.f.log[0])"),
    ],
)
def test_what_a_decorator_keeps_is_kept(module, tmp_path, cells, use, there):
    name, _file = module(_TEXT)
    notebook = Notebook()
    notebook.run(f"import {name} as m\nfrom {name} import BOX, Bare, Timer")
    for cell in cells:
        notebook.run(cell)
    notebook.task(f"def look():\n    return repr(({use}))")
    bundle = notebook.build()
    assert [str(each) for each in bundle.problems] == []
    assert notebook.build().archive == bundle.archive, "to look at it has changed it"
    assert there(bundle.archive, tmp_path) == notebook.names["look"]()


@pytest.mark.parametrize(
    ("cell", "kept"),
    [(_on_a_function("m.counted"), "f"), (_on_a_method("m.counted"), "K.f")],
)
def test_more_than_travels_is_refused_where_a_decorator_keeps_it(module, cell, kept):
    name, _file = module(_TEXT)
    notebook = Notebook()
    notebook.run(f"import {name} as m")
    notebook.run(cell)
    notebook.run(f"{kept}.log = ['y' * 2_000_000]")
    notebook.task(f"def look():\n    return {kept}()")
    (problem,) = notebook.build().problems
    assert "more than 1 MB of source" in str(problem)
