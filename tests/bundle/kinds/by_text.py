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
    same("a text that is evaluated", "A1 = 5\nE = 'A1 + 1'\ndef f(): return eval(E)", task="f()"),
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
]
