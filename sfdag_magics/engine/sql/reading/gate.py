"""The gate in front of SQL: one statement in, its kind out. Knows first words, nothing behind them.

A kind is the statement's leading words without modifiers (OR REPLACE, TEMPORARY, TRANSIENT, LOCAL,
GLOBAL, VOLATILE, SECURE, RECURSIVE, TERSE, IF EXISTS): `CREATE TABLE`, `SHOW FILE FORMATS`, `CALL`.
DESC, LS, RM and START TRANSACTION are DESCRIBE, LIST, REMOVE and BEGIN; VALUES, WITH and
parentheses are SELECT. `CREATE OR ALTER x` is a kind of its own, because a handler that does not
know it must not take it for a CREATE. Whatever is not Snowflake's is refused here by name, before
DuckDB could understand it (ATTACH, PRAGMA, COPY … TO, INSTALL, EXPORT, SET GLOBAL, FROM 'file').
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import takewhile

from sfdag_magics.engine.borders.answers import SqlError, syntax_error, unsupported
from sfdag_magics.engine.borders.ports import Bindings, Statement
from sfdag_magics.engine.limits.hearing import hear
from sfdag_magics.engine.sql.reading.gate_kinds import kind_of
from sfdag_magics.sqltext import (
    SqlTextError,
    Token,
    TokenKind,
    TokenReader,
    split_statements,
    tokenize,
)

_NAMES = (TokenKind.WORD, TokenKind.QUOTED_NAME)
#: Snowflake's (docs: "Identifier requirements").
_LONGEST_NAME = 255
#: Characters of a text that is read once and not each time.
_SHORT = 160


def classify(text: str, query_id: str, bindings: Bindings = ()) -> Statement:
    """The one statement in `text` and its kind; comments around it do not matter.

    Raises:
        SqlError: no statement (900), several (8), unreadable text (1003), or not Snowflake's.
    """
    hear()
    kind, only, tokens = (_remembered if len(text) <= _SHORT else _read)(text)
    return Statement(kind=kind, text=only, tokens=tokens, query_id=query_id, bindings=bindings)


def _read(text: str) -> tuple[str, str, tuple[Token, ...]]:
    """The kind, the text without what is around it, and its tokens."""
    try:
        statements = split_statements(text)
        if not statements:
            raise SqlError("SQL compilation error:\nEmpty SQL statement.", code=900)
        if len(statements) > 1:
            raise SqlError(
                f"Actual statement count {len(statements)} did not match the desired statement"
                " count 1.",
                code=8,
                sqlstate="0A000",
            )
        hear()
        tokens = tokenize(statements[0])
        hear()
        kind = kind_of(TokenReader(statements[0], tokens))
    except SqlTextError as problem:
        raise syntax_error(str(problem)) from problem
    _check_names(kind, tokens)
    if kind != "BLOCK" and any(token.text == "->>" for token in tokens):
        raise unsupported("The flow operator ->>")
    return kind, statements[0], tokens


#: What tasks do is said again at each run: a CALL of their graph's procedure.
_remembered = lru_cache(maxsize=2048)(_read)


def _check_names(kind: str, tokens: Sequence[Token]) -> None:
    """Refuse what would be made under a name that no name can be."""
    if not kind.startswith(("CREATE", "ALTER")):
        return
    for token in takewhile(lambda token: token.word != "AS", tokens):
        if token.kind is TokenKind.QUOTED_NAME and not token.value:
            raise SqlError(
                "SQL compilation error:\ninvalid identifier '\"\"': a name has at least one"
                " character",
                code=904,
                sqlstate="42000",
            )
        if token.kind in _NAMES and len(token.value) > _LONGEST_NAME:
            raise SqlError(
                f"SQL compilation error:\ninvalid identifier '{token.value[:40]}…': it has"
                f" {len(token.value)} characters, and a name has at most {_LONGEST_NAME}",
                code=904,
                sqlstate="42000",
            )
