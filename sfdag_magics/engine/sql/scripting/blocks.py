"""EXECUTE IMMEDIATE and anonymous blocks as statements. How a block runs is `scripting.py`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from decimal import Decimal

from sfdag_magics.engine.borders.answers import Result
from sfdag_magics.engine.borders.ports import Statement, Value
from sfdag_magics.engine.borders.rowset import rows_result
from sfdag_magics.engine.sql.reading.gate import classify
from sfdag_magics.engine.sql.reading.words import end, read_statement, variable
from sfdag_magics.engine.sql.results.result_rows import text_columns
from sfdag_magics.engine.sql.scripting.scripting import run_block
from sfdag_magics.engine.sql.sessions.session import Session
from sfdag_magics.sqltext import TokenKind


def execute_immediate(statement: Statement, session: Session) -> Result:
    """EXECUTE IMMEDIATE 'text' | $$text$$ | $variable | :bound | ? [USING ($variable, …)]."""
    with read_statement(statement, "EXECUTE IMMEDIATE") as reader:
        token = reader.peek()
        if token is not None and token.kind is TokenKind.VARIABLE:
            reader.take()
            text = str(variable(session.variables, token.text[1:]))
        else:
            text = reader.text_value()
        values: list[Value] = []
        if reader.accept("USING"):
            names = reader.parenthesized().split(",")
            values = [_used(name.strip(), statement, session) for name in names]
        end(reader)
    return session.carry_out(classify(text, statement.query_id, values))


def _text_of(value: Value, session: Session) -> str:
    """What a block returned, as its one text."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):
        return f"{value:f}"  # str writes small ones with an exponent
    if not isinstance(value, float | bytes | date | time):  # a datetime is a date as well
        return str(value)
    written = session.execute('SELECT :"V"::VARCHAR AS V', bindings={"V": value})
    return str(written.rows.column(0)[0].as_py())


def _used(name: str, statement: Statement, session: Session) -> Value:
    """What USING binds: a variable of the block around it, else one of the session."""
    given = statement.bindings if isinstance(statement.bindings, Mapping) else {}
    bare = name.lstrip("$:").upper()
    if bare in given and not name.startswith("$"):
        return given[bare]
    return variable(session.variables, bare)


def anonymous_block(statement: Statement, session: Session) -> Result:
    """[DECLARE …] BEGIN … END: one row with what it returns, or the rows of RETURN TABLE.

    Of a task's body the next engine is to know whether it took effect.
    """
    given = statement.bindings if isinstance(statement.bindings, Mapping) else {}
    body = statement.query_id if statement.query_id == session.attempt_id else ""
    value = run_block(statement.text, session, given, noted_as=body)
    if isinstance(value, Result):
        return value
    text = None if value is None else _text_of(value, session)
    return rows_result(text_columns("anonymous block"), [(text,)])
