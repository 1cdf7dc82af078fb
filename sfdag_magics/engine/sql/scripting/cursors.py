"""Cursors: a query that is carried out when its cursor is opened, and read row by row.

FOR opens a cursor by itself and closes it; OPEN may bind values to its question marks. Beyond the
last row FETCH gives NULLs (Snowflake docs: snowflake-scripting/fetch).
"""

from __future__ import annotations

from sfdag_magics.engine.borders.answers import Result, SqlError
from sfdag_magics.engine.borders.ports import Value
from sfdag_magics.engine.sql.scripting.frame import Cursor, Frame, Row, not_declared, rows_of_result
from sfdag_magics.sqltext import TokenReader, split_list, tokenize


def declare_cursor(name: str, reader: TokenReader, frame: Frame) -> None:
    """`name CURSOR FOR query`."""
    reader.expect("CURSOR", "FOR")
    frame.hide(name)
    frame.cursors[name] = Cursor(source=reader.rest())


def open_cursor(reader: TokenReader, frame: Frame) -> None:
    """`OPEN name [USING (variable, …)]`."""
    reader.expect("OPEN")
    cursor = _declared(reader.identifier(), frame)
    used = split_list(reader.parenthesized()) if reader.accept("USING") else ()
    cursor.rows = _carried_out(cursor, frame, [frame.value(each) for each in used])
    cursor.unread = rows_of_result(cursor.rows)


def fetch(reader: TokenReader, frame: Frame) -> None:
    """`FETCH name INTO variable, …`."""
    reader.expect("FETCH")
    name = reader.identifier()
    cursor = _declared(name, frame)
    reader.expect("INTO")
    variables = [TokenReader(each).identifier() for each in split_list(reader.rest())]
    for variable in variables:
        if variable not in frame.values:
            raise not_declared(variable)
    for variable, value in zip(variables, _next_row(name, cursor, len(variables)), strict=False):
        frame.put(variable, value)


def _next_row(name: str, cursor: Cursor, count: int) -> Row:
    """The next row, which has values for so many variables."""
    if cursor.rows is None:
        raise SqlError(
            f"Cursor '{name}' is not open: OPEN {name} comes first.", code=2211, sqlstate="24000"
        )
    width = cursor.rows.rows.num_columns
    if count > width:
        raise SqlError(
            f"FETCH {name} INTO names {count} variables, and its rows have {width} columns: name"
            " one variable for each column.",
            code=2211,
            sqlstate="42601",
        )
    return next(cursor.unread, (None,) * width)


def close_cursor(reader: TokenReader, frame: Frame) -> None:
    """`CLOSE name`."""
    reader.expect("CLOSE")
    _declared(reader.identifier(), frame).rows = None


def rows_of(text: str, frame: Frame) -> Result:
    """What a loop goes over, or RETURN TABLE answers: the rows of a cursor or a RESULTSET."""
    reader = TokenReader(text)
    if reader.accept("RESULTSET_FROM_CURSOR"):
        return rows_of(reader.parenthesized(), frame)
    cursor = frame.cursors.get(reader.identifier())
    if cursor is None:
        return frame.result_set(text)
    return cursor.rows if cursor.rows is not None else _carried_out(cursor, frame, [])


def _carried_out(cursor: Cursor, frame: Frame, used: list[Value]) -> Result:
    is_name = len(tokenize(cursor.source)) == 1
    return frame.result_set(cursor.source) if is_name else frame.sql(cursor.source, used)


def _declared(name: str, frame: Frame) -> Cursor:
    if name not in frame.cursors:
        raise not_declared(name)
    return frame.cursors[name]
