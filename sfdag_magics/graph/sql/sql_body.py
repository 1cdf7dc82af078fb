"""Whether a SQL task's text can be a statement at all, as far as its spelling tells. Pure.

What it names (tables, columns, functions) is known to the target alone, and so is most of its
grammar: here stands what no statement of Snowflake is, of whatever kind, also inside a block.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from itertools import chain

from sfdag_magics.graph.names import nearest
from sfdag_magics.graph.sql.sql_block import block_faults, immediate_text
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import SqlTextError, Token, tokenize

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
#: Reserved words (Snowflake docs: "Reserved & limited keywords"), and those that cannot follow.
_NEVER_BEFORE = {
    "SELECT": frozenset({"FROM", "WHERE", "GROUP", "HAVING", "ORDER", "QUALIFY"}),
    "FROM": frozenset({"WHERE", "GROUP", "HAVING", "ORDER", "QUALIFY", ")"}),
    "WHERE": frozenset({"GROUP", "HAVING", "ORDER", "QUALIFY", ")"}),
    "HAVING": frozenset({"ORDER", "QUALIFY", ")"}),
}
_HINTS = {
    "SELECT": "write columns behind it, or *",
    "FROM": "write a table behind it",
    "WHERE": "write a condition behind it, or take it out",
    "HAVING": "write a condition behind it, or take it out",
}
#: Behind these a word is a name: `t.from`, `value:from`.
_NAMES_FOLLOW = frozenset({".", ":"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlProblem:
    """What is wrong with a text, what to do, and the line from 1 on which it stands."""

    message: str
    hint: str
    line: int


def body_problem(body: str) -> SqlProblem | None:
    """The first that is wrong with the text, None where nothing can be told.

    Strings and comments are closed: a cell in which they are not makes no task.
    """
    tokens = tokenize(body)
    first = next((token for token in tokens if token.text not in "(;"), None)
    if first is not None and first.word not in _FIRST_WORDS:
        meant = nearest(first.text, _FIRST_WORDS)
        hint = f"did you mean {meant}?" if meant else "begin with SELECT, INSERT, CALL, BEGIN …"
        return _at(first, body, f"{first.text!r} begins no SQL statement", hint)
    in_block = (_at(each.at, body, each.message, each.hint) for each in block_faults(tokens))
    found = chain(_unbalanced(tokens, body), _incomplete(tokens, body), in_block)
    return next(chain(found, _immediate(tokens, body)), None)


def line_of(text: str, position: int) -> int:
    """The line, from 1, of an offset into a text."""
    return text.count("\n", 0, position) + 1


def _at(token: Token, body: str, message: str, hint: str) -> SqlProblem:
    return SqlProblem(message=message, hint=hint, line=line_of(body, token.start))


def _unbalanced(tokens: Sequence[Token], body: str) -> Iterator[SqlProblem]:
    opened: list[Token] = []
    for token in tokens:
        if token.text in _PAIRS.values():
            opened.append(token)
        elif token.text in _PAIRS and (not opened or opened.pop().text != _PAIRS[token.text]):
            hint = f"take {token.text!r} out, or open it"
            yield _at(token, body, f"{token.text!r} in its SQL closes nothing", hint)
            return
    if opened:
        yield _at(opened[-1], body, f"{opened[-1].text!r} in its SQL is not closed", "close it")


def _immediate(tokens: Sequence[Token], body: str) -> Iterator[SqlProblem]:
    """What is wrong with the constant text of an EXECUTE IMMEDIATE."""
    inner = immediate_text(body, tokens)
    if inner is None:
        return
    with contextlib.suppress(SqlTextError):  # where it runs that is told in its own words
        problem = body_problem(inner)
        if problem is not None:
            yield problem


def _incomplete(tokens: Sequence[Token], body: str) -> Iterator[SqlProblem]:
    """Clauses without anything in them."""
    for before, token, after in zip([None, *tokens[:-1]], tokens, [*tokens[1:], None], strict=True):
        never = _NEVER_BEFORE.get(token.word)
        if never is None or (before is not None and before.text in _NAMES_FOLLOW):
            continue
        if after is None or after.text == ";":
            message = f"its SQL ends behind {token.text!r}"
        elif (after.word or after.text) in never:
            message = f"its SQL has {after.text!r} right behind {token.text!r}"
        else:
            continue
        yield _at(token, body, message, _HINTS[token.word])
