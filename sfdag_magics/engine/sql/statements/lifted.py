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
    pieces: list[str] = []
    values: list[str] = []
    position = 0
    for token in _lifted_tokens(statement.tokens):
        values.append(token.value)
        pieces.append(f"{text[position : token.start]}:{len(values)}")
        position = token.end
    return Lifted(text="".join(pieces) + text[position:], values=tuple(values)) if values else None


def _has_own_meaning(tokens: Sequence[Token]) -> bool:
    """Whether it reads a stage, or has bindings of its own, which would become ours."""
    return any(token.text == _STAGE for token in tokens) or any(
        before.text == ":" and token.kind is TokenKind.NUMBER for before, token in pairwise(tokens)
    )


def _lifted_tokens(tokens: Sequence[Token]) -> Iterator[Token]:
    for before, token, behind in zip(tokens, tokens[1:], tokens[2:], strict=False):
        is_alone = before.text == _BEFORE and behind.text in _BEHIND
        if is_alone and token.kind is TokenKind.STRING:
            yield token
