"""One DML statement for many rows of bound values. Knows how rows become a table to read from.

An INSERT of values is carried out once, over an Arrow table of all rows; anything else runs once
per row, all within one transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from functools import partial
from typing import Any

import pyarrow as pa
from sqlglot import exp

from sfdag_magics.engine.borders.answers import (
    Column,
    Result,
    SfType,
    SqlError,
    StatementType,
    unsupported,
)
from sfdag_magics.engine.borders.ports import Statement, Value
from sfdag_magics.engine.borders.rowset import arrow_type
from sfdag_magics.engine.sql.reading.walking import found_in
from sfdag_magics.engine.sql.results.result_rows import counts
from sfdag_magics.engine.sql.sessions.session import Session
from sfdag_magics.engine.sql.statements import dml
from sfdag_magics.engine.sql.statements.plans import Plan
from sfdag_magics.engine.sql.statements.query import tree_of
from sfdag_magics.engine.sql.stored.transaction import Answers
from sfdag_magics.engine.sql.translating.translate import Translator
from sfdag_magics.engine.sql.values.constants import has_offset, stored_with_offset
from sfdag_magics.engine.sql.values.types import plain

_BOUND = "SFDAG$BOUND"
_HANDLERS = {"INSERT": dml.insert, "UPDATE": dml.update, "DELETE": dml.delete}
_WORDS = {"INSERT": "inserted", "UPDATE": "updated", "DELETE": "deleted"}


def execute_batch(
    statement: Statement, rows: Sequence[Sequence[Value]], session: Session
) -> Result:
    """Run the statement for every row; all of them, or none."""
    if statement.kind not in _HANDLERS:
        raise unsupported(f"Binding several rows to {statement.kind}")
    if not rows:
        raise SqlError("SQL compilation error:\nNo rows are bound.", code=2049)
    if statement.kind == "INSERT":
        tree = tree_of(statement)
        if isinstance(tree, exp.Insert) and (query := _over_rows(tree)) is not None:
            tree.set("expression", query)
            return _insert_all(tree, rows, session)
    return _one_by_one(statement, rows, session)


def _over_rows(tree: exp.Insert) -> exp.Select | None:
    """`VALUES (?, f(?))` or `SELECT ?, f(?)` as a query over the bound rows, else None."""
    source = tree.expression
    if isinstance(source, exp.Values) and len(source.expressions) == 1:
        row = source.expressions[0]
        items = row.expressions if isinstance(row, exp.Tuple) else [row]
    elif isinstance(source, exp.Select) and source.args.get("from_") is None:
        items = source.expressions
    else:
        return None
    table = exp.Table(this=exp.to_identifier(_BOUND, quoted=True))
    query = exp.Select(expressions=items, from_=exp.From(this=table))
    for placeholder in list(found_in(query, exp.Placeholder)):
        if not placeholder.name.isdigit():
            return None
        name = exp.to_identifier(f"V{placeholder.name}", quoted=True)
        placeholder.replace(exp.column(name, table=exp.to_identifier(_BOUND, quoted=True)))
    return query


def _insert_all(tree: exp.Insert, rows: Sequence[Sequence[Value]], session: Session) -> Result:
    outer = session.relations
    session.relations = {**outer, _BOUND: _bound_rows(rows)}
    try:
        return dml.insert_tree(tree, Translator(session), session)
    finally:
        session.relations = outer


def _one_by_one(statement: Statement, rows: Sequence[Sequence[Value]], session: Session) -> Result:
    plans = [dml.plan_for(statement, tuple(row), session) for row in rows]
    writes = [write for plan in plans for write in plan.writes]
    return session.write(*writes, answer=partial(_total, statement.kind, plans))


def _total(kind: str, plans: Sequence[Plan], answers: Answers) -> Result:
    total = 0
    for plan in plans:
        mine, answers = answers[: len(plan.writes)], answers[len(plan.writes) :]
        total += int(plan.answers(mine)[0][0][0])
    return counts(StatementType[kind], **{f"number_of_rows_{_WORDS[kind]}": total})


def _bound_rows(rows: Sequence[Sequence[Value]]) -> Result:
    width = len(rows[0])
    if any(len(row) != width for row in rows):
        raise SqlError("SQL compilation error:\nThe bound rows differ in length.", code=2049)
    columns, arrays = [], []
    for index in range(width):
        values = [row[index] for row in rows]
        column, fitted = _column(f"V{index + 1}", values)
        columns.append(column)
        arrays.append(_array(column, fitted))
    names = [column.name for column in columns]
    return Result(columns=tuple(columns), rows=pa.Table.from_arrays(arrays, names=names))


def _array(column: Column, values: Sequence[Value]) -> pa.Array:
    if column.type is not SfType.FIXED:
        return pa.array(values, type=arrow_type(column))
    return pa.array([None if value is None else Decimal(value) for value in values])


_INSTANTS = {SfType.TIMESTAMP_LTZ, SfType.TIMESTAMP_TZ}
#: In order: bool before int, datetime before date.
_KINDS: Sequence[tuple[type, SfType]] = (
    (bool, SfType.BOOLEAN),
    (int, SfType.FIXED),
    (Decimal, SfType.FIXED),
    (float, SfType.REAL),
    (datetime, SfType.TIMESTAMP_NTZ),
    (date, SfType.DATE),
    (time, SfType.TIME),
    (bytes, SfType.BINARY),
    (bytearray, SfType.BINARY),
)


def _column(name: str, values: Sequence[Value]) -> tuple[Column, Sequence[Any]]:
    """The type all values share; values of several types are bound as text, as clients do."""
    kinds = {_kind(value) for value in values if value is not None}
    if kinds <= {SfType.FIXED, SfType.REAL} and len(kinds) == 2:
        return plain(SfType.REAL).column(name), [
            None if value is None else float(value) for value in values
        ]
    if SfType.TIMESTAMP_TZ in kinds and kinds <= _INSTANTS:
        return plain(SfType.TIMESTAMP_TZ).column(name), [
            None if value is None else stored_with_offset(value) for value in values
        ]
    kind = kinds.pop() if len(kinds) == 1 else SfType.TEXT
    if kind is SfType.TEXT:
        values = [None if value is None else str(value) for value in values]
    if kind is SfType.FIXED:
        scale = max((_scale(value) for value in values if value is not None), default=0)
        return Column(name=name, type=kind, precision=38, scale=scale), values
    return plain(kind).column(name), values


def _kind(value: Value) -> SfType:
    if isinstance(value, datetime) and value.tzinfo is not None:
        return SfType.TIMESTAMP_TZ if has_offset(value) else SfType.TIMESTAMP_LTZ
    return next((kind for python, kind in _KINDS if isinstance(value, python)), SfType.TEXT)


def _scale(value: Value) -> int:
    exponent = value.as_tuple().exponent if isinstance(value, Decimal) else 0
    return -exponent if isinstance(exponent, int) and exponent < 0 else 0
