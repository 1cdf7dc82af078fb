"""Names that code reaches by a text: what they are travels, or it is said that they do not."""

from __future__ import annotations

from tests.bundle.kinds.case import noted, same

_FRAME = "import pandas as pd\nCUT = 1\nEXPR = 'a > @CUT'\ndf = {'a': [1, 2, 3]}\n"
_LOOKED_UP = "looks names up by texts .* only those are there that its code mentions"

CASES = [
    same(
        "a query in a name",
        f"{_FRAME}def f(): return pd.DataFrame(df).query(EXPR).a.tolist()",
        task="f()",
    ),
    same(
        "a query in a name of the function",
        f"{_FRAME}def f():\n    said = 'a > @CUT'\n"
        "    return pd.DataFrame(df).query(said).a.tolist()",
        task="f()",
    ),
    *(
        same(
            f"a query in {what}",
            f"{_FRAME}{cell}",
            task=f"pd.DataFrame(df).query({said}).a.tolist()",
        )
        for what, cell, said in (
            ("a dict", "Q = {'high': 'a > @CUT'}", "Q['high']"),
            ("parts", "Q = ['a > @CUT', 'a < 3']", "' and '.join(Q)"),
            ("what a function returns", "def q(c): return f'{c} > @CUT'", "q('a')"),
            ("an attribute of a class", "class Q:\n    high = 'a > @CUT'", "Q.high"),
            ("an object", "class Q: pass\nq = Q(); q.high = 'a > @CUT'", "q.high"),
        )
    ),
    same(
        "names of pandas' own eval",
        "import pandas as pd\nx1 = pd.Series([1, 2]); y1 = pd.Series([3, 4])",
        task="pd.eval('x1 + y1').tolist()",
    ),
    same(
        "a frame in a query of DuckDB",
        "import duckdb, pandas as pd\npeople = pd.DataFrame({'a': [1, 2]})\nQ = 'FROM people'",
        task="duckdb.connect().execute(f'select max(a) {Q}').fetchall()",
    ),
    *(
        noted(f"names that fill in a text: {task}", "A1 = 3", task=task, notes=_LOOKED_UP)
        for task in ("'{A1}'.format(**globals())", "'%(A1)s' % globals()")
    ),
    noted(
        "names of the module: getattr(sys.modules[__name__], 'A1')",
        "import sys\nA1 = 3",
        task="getattr(sys.modules[__name__], 'A1')",
        notes=_LOOKED_UP,
    ),
    same("a text that is evaluated", "A1 = 5\nE = 'A1 + 1'\ndef f(): return eval(E)", task="f()"),
    *(
        same(
            f"a name of the notebook, by {text}",
            f"import sys\nA1 = 3\ndef g(): return 1\ndef f(): return {text}",
            task="f()",
        )
        for text in (
            "g.__globals__['A1']",
            "f.__globals__.get('A1')",
            "sys._getframe().f_globals['A1']",
            "__import__('inspect').currentframe().f_globals['A1']",
        )
    ),
    same("a name among the globals", "a1 = 1\ndef f(): return 'a1' in globals()", task="f()"),
    *(
        noted(
            f"names among {those}",
            f"cfg_a = 1\ndef f(): return sorted(str(k) for k in {those} if 'cfg_' in k)",
            task="f()",
            notes=_LOOKED_UP,
        )
        for those in ("globals().items()", "globals()", "dict(globals())", "globals().copy()")
    ),
    *(
        same(
            f"names that code puts together: {said}",
            "for i in range(3): globals()[f'model_{i}'] = i * 2",
            task=f"[{said} for i in range(3)]",
        )
        for said in (
            "globals()[f'model_{i}']",
            "globals().get(f'model_{i}')",
            "globals()['model_' + str(i)]",
            "globals()['model_%d' % i]",
            "globals()['model_{}'.format(i)]",
        )
    ),
]
