"""The types of a CREATE TABLE that are worth a question, since not everybody knows them. Pure."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from sfdag_magics.sqltext import Token, TokenKind

#: First words of Snowflake's data types (SQL reference, "Summary of data types").
_KNOWN = frozenset(
    (
        "ARRAY", "BIGINT", "BINARY", "BOOLEAN", "BYTEINT", "CHAR", "CHARACTER", "DATE", "DATETIME",
        "DEC", "DECFLOAT", "DECIMAL", "DOUBLE", "FILE", "FLOAT", "FLOAT4", "FLOAT8", "GEOGRAPHY",
        "GEOMETRY", "INT", "INTEGER", "MAP", "NCHAR", "NUMBER", "NUMERIC", "NVARCHAR", "NVARCHAR2",
        "OBJECT", "REAL", "SMALLINT", "STRING", "TEXT", "TIME", "TIMESTAMP", "TIMESTAMPLTZ",
        "TIMESTAMPNTZ", "TIMESTAMPTZ", "TIMESTAMP_LTZ", "TIMESTAMP_NTZ", "TIMESTAMP_TZ", "TINYINT",
        "UUID", "VARBINARY", "VARCHAR", "VARIANT", "VECTOR",
    )
)  # fmt: skip
#: What may stand where a type does, or begins an item that is no column.
_NO_TYPES = frozenset(
    {"AS", "CHECK", "COLLATE", "DEFAULT", "KEY", "MASKING", "NOT", "NULL", "TAG", "WITH"}
)
_NO_COLUMNS = frozenset({"CONSTRAINT", "FOREIGN", "PRIMARY", "UNIQUE", "CHECK", "PERIOD"})
_OPENING, _CLOSING = "([{", ")]}"


def doubtful_types(tokens: Sequence[Token]) -> Iterator[Token]:
    """The words that stand for types in a CREATE TABLE and are none of Snowflake's old ones."""
    words = [token.word for token in tokens]
    if words[:1] != ["CREATE"] or "TABLE" not in words or "(" not in (t.text for t in tokens):
        return
    opening = next(index for index, token in enumerate(tokens) if token.text == "(")
    if not _is_list_of_columns(words, opening):
        return
    depth = 0
    for before, name, kind in zip(
        tokens[opening:], tokens[opening + 1 :], tokens[opening + 2 :], strict=False
    ):
        depth += (before.text in _OPENING) - (before.text in _CLOSING)
        if depth == 0:
            return
        begins = depth == 1 and before.text in ("(", ",")
        if begins and name.word not in _NO_COLUMNS and _is_doubtful(kind):
            yield kind


def _is_list_of_columns(words: Sequence[str], opening: int) -> bool:
    """Whether the first parenthesis stands right behind the table's name."""
    behind = words.index("TABLE")
    between = itertools.islice(words, behind + 1, opening)
    return not {"AS", "LIKE", "CLONE", "USING", "SELECT", "TEMPLATE"} & set(between)


def _is_doubtful(kind: Token) -> bool:
    return kind.kind is TokenKind.WORD and kind.word not in _KNOWN | _NO_TYPES
