"""EXPLAIN of a query: how DuckDB would carry it out, under the user's names."""

from __future__ import annotations

import re
from collections.abc import Callable

from sfdag_magics.engine.borders.answers import Result, unsupported
from sfdag_magics.engine.borders.ports import Statement
from sfdag_magics.engine.borders.rowset import rows_result
from sfdag_magics.engine.sql.reading.gate import classify
from sfdag_magics.engine.sql.reading.parse import parse
from sfdag_magics.engine.sql.reading.words import read_statement
from sfdag_magics.engine.sql.results.duck_errors import with_users_names
from sfdag_magics.engine.sql.results.result_rows import text_columns
from sfdag_magics.engine.sql.sessions.session import Session
from sfdag_magics.engine.sql.statements.query import translated_query
from sfdag_magics.engine.sql.translating.translated import release

#: A table with the catalogue and the schema in which DuckDB has it.
_TABLE = re.compile(r'(?:"[^"]*"|\w+)\.main\.([tsv]_[0-9a-f]{12,32})\b')


def explain(statement: Statement, session: Session) -> Result:
    """EXPLAIN [USING TEXT | TABULAR | JSON] query: one row of text, whatever form is asked for."""
    with read_statement(statement, "EXPLAIN") as reader:
        if reader.accept("USING"):
            reader.identifier()
        inner = classify(reader.rest(), statement.query_id, statement.bindings)
    if inner.kind != "SELECT":
        parse(inner.text)  # what cannot be read at all is said first
        raise unsupported(f"EXPLAIN {inner.kind}")
    query = translated_query(inner, session)
    try:
        with session.transaction.reading():
            rows = session.connection.execute(
                f"EXPLAIN {query.sql}", dict(query.parameters) or None
            ).fetchall()
    finally:
        release(session, query)
    plan = "\n".join(str(row[-1]) for row in rows)
    return rows_result(text_columns("content"), [(_under_users_names(plan, session.name_of),)])


def _under_users_names(plan: str, named: Callable[[str], str | None]) -> str:
    """The plan, drawn as before, with tables as the user calls them."""
    drawn = _TABLE.sub(lambda found: (named(found[1]) or "object").ljust(len(found[0])), plan)
    return with_users_names(drawn, named)
