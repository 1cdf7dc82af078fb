"""Where in the statement an error is: the line and position of the name that it complains of.

What finds the error (a rewrite, DuckDB) has no text any more; the name in its message is looked for
among the statement's tokens. Snowflake counts lines from 1 and positions from 0.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.borders.ports import Statement
from sfdag_magics.sqltext import Token, TokenKind

_UNKNOWN_PLACE = re.compile(r"SQL compilation error:\serror line 1 at position 0\n")
_IDENTIFIER = re.compile(r"invalid identifier '(.+)'|^column '(.+)' does not exist", re.MULTILINE)
_FUNCTION = re.compile(r"Unknown function (?:\S+\.)?(\S+)|for function \[(.+?)\]")
_VARIABLE = re.compile(r"Session variable '(\$\w+)'|Bind variable (:\w+)")
_BEFORE_A_NEW_NAME = frozenset({"AS"})


def place(error: SqlError, statement: Statement) -> None:
    """Put the place into the message of an error that does not know it, where it is found."""
    head = _UNKNOWN_PLACE.match(error.message)
    if head is None:
        return
    rest = error.message[head.end() :]
    start = _start(rest, statement.tokens) or 0
    line = statement.text.count("\n", 0, start) + 1
    column = start - (statement.text.rfind("\n", 0, start) + 1)
    error.message = f"SQL compilation error: error line {line} at position {column}\n{rest}"
    error.args = (error.message,)


def _start(message: str, tokens: Sequence[Token]) -> int | None:
    if (found := _IDENTIFIER.search(message)) is not None:
        return _start_of_name(found[1] or found[2], tokens)
    if (found := _FUNCTION.search(message)) is not None:
        return _start_of_call(found[1] or found[2], tokens)
    if (found := _VARIABLE.search(message)) is not None:
        return _start_of_variable(found[1] or found[2], tokens)
    return None


def _start_of_name(name: str, tokens: Sequence[Token]) -> int | None:
    """Of the whole of `t.name`, whether the message has all of it or its last part."""
    last = name.rpartition(".")[2].strip('"')
    for index, token in enumerate(tokens):
        before = tokens[index - 1].word if index else ""
        if not _is_name(token, last) or before in _BEFORE_A_NEW_NAME:
            continue
        while index >= 2 and tokens[index - 1].text == ".":
            index -= 2
        return tokens[index].start
    return None


def _is_name(token: Token, name: str) -> bool:
    is_name = token.kind in (TokenKind.WORD, TokenKind.QUOTED_NAME, TokenKind.VARIABLE)
    return is_name and token.value.upper() == name.upper()


def _start_of_call(name: str, tokens: Sequence[Token]) -> int | None:
    for token, after in pairwise(tokens):
        if _is_name(token, name) and after.text == "(":
            return token.start
    return None


def _start_of_variable(name: str, tokens: Sequence[Token]) -> int | None:
    if name.startswith("$"):
        return next((token.start for token in tokens if token.text.upper() == name), None)
    number = int(name[1:]) if name[1:].isdecimal() else 0
    marks = [token.start for token in tokens if token.text == "?"]
    return marks[number - 1] if 0 < number <= len(marks) else None
