"""CREATE TABLE … USING TEMPLATE: columns as a query tells them, which often asks INFER_SCHEMA.

Docs, CREATE TABLE: the query gives one array of objects with COLUMN_NAME, TYPE and NULLABLE.
"""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise
from typing import Any

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.borders.ports import Statement
from sfdag_magics.engine.sql.reading.parse import parse
from sfdag_magics.engine.sql.sessions.session import Session
from sfdag_magics.engine.sql.translating.translate import Translator
from sfdag_magics.sqltext import quoted_identifier, tokenize


def with_template_written_out(statement: Statement, session: Session) -> Statement:
    """The statement with the columns that its template tells; itself where it has none.

    Raises:
        SqlError: the query does not tell columns.
    """
    words = [token.word for token in statement.tokens]
    place = next((place for place, pair in enumerate(pairwise(words)) if pair == _USING), None)
    if place is None:
        return statement
    query, behind = _parted(statement, place + 2)
    told = Translator(session, statement.bindings).evaluated(parse(f"SELECT {query}"))
    columns = ", ".join(map(_column, _objects(told)))
    text = f"{statement.text[: statement.tokens[place].start]}({columns}){behind}"
    return replace(statement, text=text, tokens=tokenize(text), bindings=())


def _parted(statement: Statement, first: int) -> tuple[str, str]:
    """The query in its parentheses, which begins with this token, and what stands behind them."""
    depth = 0
    for token in statement.tokens[first:]:
        depth += (token.text == "(") - (token.text == ")")
        if depth < 1 and token.text != ")":
            break
        if not depth:
            begin = statement.tokens[first].start
            return statement.text[begin : token.end], statement.text[token.end :]
    raise SqlError("SQL compilation error:\nsyntax error: a template is a query in parentheses.")


_USING = ("USING", "TEMPLATE")


def _objects(told: object) -> list[dict[str, Any]]:
    try:
        found = json.loads(str(told)) if told is not None else []
    except ValueError:
        found = []
    if not isinstance(found, list) or not found or not all(map(_is_column, found)):
        raise SqlError(
            "SQL compilation error:\nThe template gives no columns: its query gives one array of"
            " objects with COLUMN_NAME, TYPE and NULLABLE, as ARRAY_AGG(OBJECT_CONSTRUCT(*)) of"
            " INFER_SCHEMA's rows does.",
            code=1003,
            sqlstate="42000",
        )
    return found


def _is_column(found: object) -> bool:
    return isinstance(found, dict) and {"COLUMN_NAME", "TYPE"} <= set(found)


def _column(told: dict[str, Any]) -> str:
    is_nullable = str(told.get("NULLABLE", True)).lower() != "false"
    parse(f"SELECT CAST(NULL AS {told['TYPE']})")  # nothing but a type
    suffix = "" if is_nullable else " NOT NULL"
    return f"{quoted_identifier(str(told['COLUMN_NAME']))} {told['TYPE']}{suffix}"
