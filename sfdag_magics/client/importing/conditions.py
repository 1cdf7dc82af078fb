"""What a WHEN says of branches, and names of tasks in SQL as they are called here. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import (
    SqlTextError,
    Token,
    TokenKind,
    TokenReader,
    quoted_string,
    tokenize,
)

#: What is no word of SQL, and still can be nothing but a name.
_BARE = re.compile(r"[^\s\"';.]+\$[^\s\"';.]+")
_ASKS = "SYSTEM$GET_PREDECESSOR_RETURN_VALUE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A condition, taken apart.

    Attributes:
        answers: `{stored name of a predecessor: what it has to answer}`.
        rest: what it says beside them.
    """

    answers: Mapping[str, str]
    rest: str | None = None


def chosen(condition: str | None) -> Chosen:
    """What has to be answered, where a condition begins with that; else it is all rest."""
    if condition is None:
        return Chosen(answers={})
    try:
        tokens = tokenize(condition)
    except SqlTextError:
        return Chosen(answers={}, rest=condition)
    answers: dict[str, str] = {}
    at = 0
    while (found := _answer(tokens, at)) is not None:
        name, answer = found
        following = tokens[at + 6] if len(tokens) > at + 6 else None
        if name in answers or (following is not None and following.word != "AND"):
            return Chosen(answers={}, rest=condition)
        answers[name] = answer
        at += 7
        if following is None:
            return Chosen(answers=answers)
    if not answers or at >= len(tokens) or _has_or(tokens[at:]):
        return Chosen(answers={}, rest=condition)
    return Chosen(answers=answers, rest=_inner(condition[tokens[at].start :], tokens[at:]))


def _answer(tokens: tuple[Token, ...], at: int) -> tuple[str, str] | None:
    """`SYSTEM$GET_PREDECESSOR_RETURN_VALUE('G$CHECK') = 'good'` at a place."""
    match tokens[at : at + 6]:
        case [asks, opened, name, closed, equals, answer]:
            said = (asks.word, opened.text, closed.text, equals.text)
            strings = name.kind is answer.kind is TokenKind.STRING
            if said == (_ASKS, "(", ")", "=") and strings:
                stored = _stored(name.value)
                return None if stored is None else (stored, answer.value)
    return None


def _has_or(tokens: tuple[Token, ...]) -> bool:
    depth = 0
    for token in tokens:
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if token.word == "OR" and not depth:
            return True
    return False


def _inner(text: str, tokens: tuple[Token, ...]) -> str:
    """The text without the parentheses around all of it."""
    depth = 0
    for token in tokens:
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if not depth:
            whole = token is tokens[-1] and tokens[0].text == "("
            return text[1 : tokens[-1].start - tokens[0].start].strip() if whole else text
    return text


def renamed(sql: str, names: Mapping[str, str]) -> str:
    """SQL in which tasks that it asks for their values are called as they are here.

    Args:
        names: `{stored name there: stored name here}`.
    """
    if _ASKS not in sql.upper():
        return sql
    try:
        tokens = tokenize(sql)
    except SqlTextError:
        return sql
    pieces: list[str] = []
    end = 0
    for before, opened, token in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if token.kind is TokenKind.STRING and (before.word, opened.text) == (_ASKS, "("):
            here = names.get(_stored(token.value) or "")
            if here is not None and here != token.value.upper():
                pieces += (sql[end : token.start], quoted_string(here))
                end = token.end
    text = "".join((*pieces, sql[end:]))
    return _inside_dollars(text, names)


def _inside_dollars(sql: str, names: Mapping[str, str]) -> str:
    """The same within the blocks that stand in `$$ … $$`."""
    pieces: list[str] = []
    end = 0
    for token in tokenize(sql):
        if token.kind is TokenKind.DOLLAR_STRING:
            pieces += (sql[end : token.start], f"$${renamed(token.value, names)}$$")
            end = token.end
    return "".join((*pieces, sql[end:]))


def tasks_named(sql: str) -> Iterator[str]:
    """The stored names behind TASK: of what a body executes, alters or drops."""
    try:
        tokens = tokenize(sql)
    except SqlTextError:
        return
    for index, token in enumerate(tokens[:-1]):
        if token.word == "TASK":
            try:
                yield TokenReader(sql, tokens[index + 1 :]).qualified_name().name
            except SqlTextError:
                continue


def _stored(text: str) -> str | None:
    """The last part of a name in a literal; None where it is none.

    A name that has to stand in quotes is asked for without them too: the whole text is the name.

    >>> _stored('db.s."N#1$A"'), _stored("N#1$A"), _stored("a b; c")
    ('N#1$A', 'N#1$A', None)
    """
    try:
        reader = TokenReader(text)
        name = reader.qualified_name()
        if reader.at_end:
            return name.name
    except SqlTextError:
        pass
    return text if _BARE.fullmatch(text) else None
