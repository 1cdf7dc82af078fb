"""Whether a SQL task's text can be a statement at all, as far as its spelling tells. Pure.

What it names (tables, columns, functions) is known to the target alone.
"""

from __future__ import annotations

from sfdag_magics.graph.names import nearest
from sfdag_magics.sqltext import tokenize

#: The first words of Snowflake's statements ("All commands (alphabetical)" of its SQL reference)
#: and of a block of Snowflake Scripting.
_FIRST_WORDS = frozenset(
    (
        "ALTER", "ANALYZE", "BEGIN", "CALL", "COMMENT", "COMMIT", "COPY", "CREATE", "DECLARE",
        "DELETE", "DESC", "DESCRIBE", "DROP", "EXECUTE", "EXPLAIN", "FROM", "GET", "GRANT",
        "INSERT", "LIST", "LS", "MERGE", "PUT", "REMOVE", "REVOKE", "RM", "ROLLBACK", "SELECT",
        "SET", "SHOW", "START", "TABLE", "TRUNCATE", "UNDROP", "UNSET", "UPDATE", "USE", "VALUES",
        "WITH",
    )
)  # fmt: skip
_PAIRS = {")": "(", "]": "[", "}": "{"}


def body_problem(body: str) -> tuple[str, str] | None:
    """What is wrong with the text and what to do, None where nothing can be told.

    Strings and comments are closed: a cell in which they are not makes no task.
    """
    tokens = tokenize(body)
    first = next((token for token in tokens if token.text not in "(;"), None)
    if first is not None and first.word not in _FIRST_WORDS:
        meant = nearest(first.text, _FIRST_WORDS)
        hint = f"did you mean {meant}?" if meant else "begin with SELECT, INSERT, CALL, BEGIN …"
        return f"{first.text!r} begins no SQL statement", hint
    return _unbalanced([token.text for token in tokens])


def _unbalanced(texts: list[str]) -> tuple[str, str] | None:
    opened: list[str] = []
    for text in texts:
        if text in _PAIRS.values():
            opened.append(text)
        elif text in _PAIRS and (not opened or opened.pop() != _PAIRS[text]):
            return f"{text!r} in its SQL closes nothing", f"take {text!r} out, or open it"
    return (f"{opened[-1]!r} in its SQL is not closed", "close it") if opened else None
