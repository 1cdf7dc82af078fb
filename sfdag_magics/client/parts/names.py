"""The names of a graph's tasks in the SQL of one, as they are in its bridge. Pure; text alone.

A task asks for what another returned by its stored name, `'MORTGAGE$TRAIN'`. That name is taken: a
bridge stands in the same schema, where all other names in the SQL mean what they meant.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from sfdag_magics.sqltext import TokenKind, quoted_string, tokenize


def renamed(sql: str, origin: str, bridge: str, tasks: Collection[str]) -> str:
    """The text with the tasks' names inside its literals; all else stays to the letter.

    Args:
        origin: the stored name of the graph's root; `bridge` is that of the bridge's.
        tasks: their names without it, in any case.

    >>> renamed("SYSTEM$GET_PREDECESSOR_RETURN_VALUE('G$A') = 'a'", "G", "H", ["a"])
    "SYSTEM$GET_PREDECESSOR_RETURN_VALUE('H$A') = 'a'"
    """
    if f"{origin}$" not in sql:
        return sql
    names = "|".join(sorted(map(re.escape, (task.upper() for task in tasks)), reverse=True))
    asked = re.compile(rf"(?<![\w$]){re.escape(origin)}\$({names})(?![\w$])")
    parts, done = [], 0
    for token in tokenize(sql):
        if token.kind in (TokenKind.STRING, TokenKind.DOLLAR_STRING):
            parts += [sql[done : token.start], _literal(token.kind, token.value, asked, bridge)]
            if asked.search(token.value) is None:
                parts[-1] = token.text
            done = token.end
    return "".join((*parts, sql[done:]))


def _literal(kind: TokenKind, value: str, asked: re.Pattern[str], bridge: str) -> str:
    said = asked.sub(lambda found: f"{bridge}${found[1]}", value)
    return quoted_string(said) if kind is TokenKind.STRING else f"$${said}$$"
