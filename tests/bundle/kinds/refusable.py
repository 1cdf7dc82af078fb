"""What looks like nothing that can travel, and does; and what cannot, with a way out that is one."""

from __future__ import annotations

from tests.bundle.kinds.case import noted, refused, same

_CONTEXTS = (
    "from contextlib import ContextDecorator, contextmanager\nLOG = []\n"
    "class Ctx(ContextDecorator):\n    def __enter__(self): LOG.append(1)\n"
    "    def __exit__(self, *found): LOG.append(2)\n"
    "@Ctx()\ndef f(): return list(LOG)\n"
    "@contextmanager\ndef timed(n, k=1):\n    LOG.append(n)\n    yield\n    LOG.append(k)\n"
    "@timed(5, k=3)\ndef g(x): return list(LOG)"
)
_CACHES = "import functools\nK = 1\n"

CASES = [
    same(
        "a lambda that keeps a decimal",
        "from decimal import Decimal as D\ndef mk(r): return lambda x: x * r\nvat = mk(D('1.19'))",
        task="vat(2)",
    ),
    same(
        "functions that keep arrays, paths and dates of modules under other names",
        "import numpy as np\nfrom pathlib import Path as P\nimport datetime as dt, re as r\n"
        "def keep(v): return lambda: v\ndef hold(v):\n    def f(): return v\n    return f\n"
        "a, b, c, d = map(keep, (np.array([1, 2]), P('x'), dt.date(2025, 1, 1), r.compile('q')))\n"
        "e = hold(np.array([3]))",
        task="a().tolist(), str(b()), c(), d().pattern, e().tolist()",
    ),
    same(
        "methods of imported classes",
        "import pandas as pd\nR = {'r': pd.DataFrame.rename}\ndrop = pd.DataFrame.dropna\n"
        "AGG = ['sum', pd.Series.mean]",
        task="R['r'](pd.DataFrame({'a': [1]}), columns={'a': 'b'}).columns.tolist(), "
        "drop is pd.DataFrame.dropna, pd.DataFrame({'a': [1, 2]}).agg(AGG).a.tolist()",
    ),
    *(
        refused(
            f"{what}, deeper than can be followed",
            f"{made}\nV = None\nfor _ in range(2000): V = {held}",
            task="V",
            says=f"takes 'V' .*{says}",
        )
        for what, made, held, says in (
            ("lists", "", "[V]", "it goes more than 70 deep"),
            (
                "objects",
                "class N: pass\ndef of(v):\n    n = N()\n    n.v = v\n    return n",
                "of(V)",
                "things that hold things, deeper than can be followed",
            ),
            ("functions", "def mk(v): return lambda: v", "mk(V)", "deeper than can be followed"),
        )
    ),
    refused(
        "tuples that each hold one twice",
        "V = ()\nfor _ in range(60): V = (V, V)",
        task="V",
        says="takes 'V' .*more than 1 MB of source",
    ),
    refused(
        "a function of a text that was executed",
        "ns = {}\nexec('def f(): return 1', ns)\nf = ns['f']",
        task="f()",
        says="takes 'f' .*whose source is not known: a text was executed.*write it with def",
    ),
    same("functions below contexts", _CONTEXTS, task="f(), g(1), f(), f.__name__"),
    refused(
        "a function below a context that was defined again",
        _CONTEXTS,
        "@contextmanager\ndef timed(n, k=1): yield",
        task="g(1)",
        says="'timed' is another one by now",
    ),
    same(
        "a name that code can do without",
        "LIM = 1\ndef f():\n    try:\n        return LIM\n    except NameError:\n        return -1",
        "del LIM",
        task="f()",
    ),
    noted(
        "a kernel's name that code can do without",
        "del get_ipython  # the table's own",
        "def f():\n    try:\n        get_ipython()\n        return True\n"
        "    except NameError:\n        return False",
        task="f()",
        notes="'get_ipython' is not there in the task: its `except NameError` answers",
    ),
    same(
        "masked arrays",
        "import numpy as np\na = np.ma.array([1, 2, 3], mask=[0, 1, 0])\n"
        "b = np.ma.array([1.5, 2.5], fill_value=9)\n"
        "c = np.ma.array([[1, 2], [3, 4]], mask=[[0, 1], [0, 0]], hard_mask=True)",
        task="str(a), a.sum(), b.filled().tolist(), b.fill_value, b.mask is np.ma.nomask, "
        "str(c), c.hardmask",
    ),
    same("a format of struct", "import struct\nS = struct.Struct('<i')", task="S.pack(3)"),
    same("a list of sixty levels", "L = []\nfor _ in range(60): L = [L]", task="str(L)"),
    refused(
        "a match",
        "import re\nm = re.match('a', 'ab')",
        task="m.group()",
        says="re.Match, .*keep what it found: match.group",
    ),
    same(
        "a class that says it is of a module which is not there",
        "class A:\n    __module__ = 'mypkg.models'\n    def f(self): return 1\na = A()",
        task="a.f(), A.__module__",
    ),
    refused(
        "a mock",
        "from unittest.mock import MagicMock\nmm = MagicMock()",
        task="mm.x is not None",
        says="MagicMock, .*cannot be shipped\n +make it inside the function",
    ),
    noted(
        "a cache that was filled",
        f"{_CACHES}@functools.cache\ndef slow(x): return x * K\nslow(5)\nK = 100",
        task="slow(5)",
        notes="slow remembers 1 of its results here, and computes them anew",
    ),
    noted(
        "a cache that a call made and that was filled",
        f"{_CACHES}def base(x): return x * K\nfast = functools.lru_cache(maxsize=8)(base)\nfast(5)",
        task="fast(5)",
        notes="base remembers 1 of its results",
    ),
    *(
        noted(
            f"a cache of what was changed since: {cache} of {given}",
            f"import functools\n@functools.{cache}\ndef kept(x): return {given}\nheld = kept(5)\n"
            "held.pop()",
            task="kept(5)",
            notes="kept remembers 1 of its results here, and computes them anew",
        )
        for cache in ("cache", "lru_cache", "lru_cache(8)")
        for given in ("[x]", "{x}")
    ),
    *(
        noted(
            f"a cache of objects that were changed since: {cache} of {made}",
            f"import functools\nfrom pandas import Series\n@functools.{cache}\n"
            f"def kept(x):\n    from types import SimpleNamespace as Box\n    return {made}\n"
            "held = kept(5)",
            f"({changed}).name = 'other'",
            task=f"({changed}).name".replace("held", "kept(5)"),
            notes="kept remembers 1 of its results here, and computes them anew",
        )
        for cache in ("cache", "lru_cache")
        for made, changed in (("Box(name=x)", "held"), ("(x, [Box(name=x)])", "held[1][0]"))
    ),
    noted(
        "a cache of settings that were changed since",
        "import functools\n@functools.lru_cache\ndef settings(): return {'n': 0}\nsettings()['n'] += 1",
        task="settings()['n']",
        notes="settings remembers 1 of its results here, and computes them anew",
    ),
    noted(
        "a cached method that was called",
        f"{_CACHES}class A:\n    @staticmethod\n    @functools.cache\n    def s(x): return x * K\n"
        "A.s(2)",
        task="A.s(2)",
        notes="A.s remembers 1 of its results",
    ),
    refused(
        "a list that holds itself", "L = [1]\nL.append(L)", task="L", says="'L'.*it holds itself"
    ),
    refused(
        "a list that goes too deep",
        "L = []\nfor n in range(90):\n    L = [L]",
        task="L",
        says="more than 70 deep",
    ),
    refused(
        "a drawing",
        "import matplotlib.figure\nfig = matplotlib.figure.Figure()",
        task="fig",
        says="draw it inside the task",
    ),
    refused(
        "an array of what is drawn on",
        "import numpy as np\nfrom matplotlib.figure import Figure\naxes = Figure().subplots(1, 2)",
        task="axes",
        says="'axes'.*it holds a matplotlib.*draw it inside the task",
    ),
    refused(
        "a frame that is too large, and not what is beside it",
        "import numpy as np\nimport pandas as pd\nbig = pd.DataFrame({'x': np.arange(100_000.0)})\n"
        "small = pd.DataFrame({'s': ['a', 'b']})",
        task="big, small",
        says="'big'.*more than 700 kB",
    ),
    *(
        refused(
            f"what runs in this process: {cell}",
            f"{cell}",
            task="str(it)",
            says=r"takes 'it' .*cannot be shipped.*\n +make it inside the function$",
        )
        for cell in (
            "import threading\nit = threading.Thread(target=print)",
            "import weakref\nclass A: pass\na = A()\nit = weakref.ref(a)",
            "import sys\nit = sys._getframe()",
            "import contextvars\nit = contextvars.ContextVar('v').set(1)",
        )
    ),
    refused(
        "a template of jinja2",
        "from jinja2 import Template\nt = Template('hi {{ x }}')",
        task="t.render(x=1)",
        says="Template, which holds 'root', whose source .*\n +keep its text, and make it inside",
    ),
    refused(
        "an object of a library with a function of a text",
        "import types\nns = {}\nexec('def f(): return 1', ns)\nbox = types.SimpleNamespace(f=ns['f'])",
        task="box.f()",
        says="which holds 'f', a function whose source is not known.*\n +make it inside the function",
    ),
    refused(
        "a stream of the process",
        "import sys\nit = sys.stderr",
        task="str(it)",
        says="cannot be shipped.*name it inside the function: sys.stderr",
    ),
]
