"""Texts that only arguments of table functions differ by, as one text with bindings.

A client that looks at a run again and again names another moment each time; the rest of its query
is translated once. Knows tokens, and nothing of what the arguments mean.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from sfdag_magics.engine.borders.ports import Statement
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import Token, TokenKind

_BEFORE, _BEHIND = "=>", (",", ")")
#: The options behind a stage look like arguments and are words of the grammar.
_STAGE = "@"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifted:
    """A statement whose named arguments that are strings are `:1`, `:2`, …"""

    text: str
    values: tuple[str, ...]


def lifted(statement: Statement) -> Lifted | None:
    """The statement so; None where there is nothing to lift."""
    text = statement.text
    if _BEFORE not in text or _has_own_meaning(statement.tokens):
        return None
    found = list(_lifted_tokens(statement.tokens))
    if not found or _is_of_a_column(found[0], statement.tokens):
        return None
    pieces: list[str] = []
    position = 0
    for place, token in enumerate(found, 1):
        pieces.append(f"{text[position : token.start]}:{place}")
        position = token.end
    values = tuple(token.value for token in found)
    return Lifted(text="".join(pieces) + text[position:], values=values)


def _has_own_meaning(tokens: Sequence[Token]) -> bool:
    """Whether it reads a stage, or has bindings of its own, which would become ours."""
    return any(token.text == _STAGE for token in tokens) or any(
        before.text == ":" and token.kind is TokenKind.NUMBER for before, token in pairwise(tokens)
    )


def _is_of_a_column(argument: Token, tokens: Sequence[Token]) -> bool:
    """Whether it stands before the query's own FROM: columns are called as they are written."""
    depth = 0
    for token in tokens if tokens[0].word == "SELECT" else ():
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if depth == 0 and token.word == "FROM":
            return False
        if token is argument:
            return True
    return False


def _lifted_tokens(tokens: Sequence[Token]) -> Iterator[Token]:
    for before, token, behind in zip(tokens, tokens[1:], tokens[2:], strict=False):
        is_alone = before.text == _BEFORE and behind.text in _BEHIND
        if is_alone and token.kind is TokenKind.STRING:
            yield token
