"""From what DuckDB answers to a `Result`, and from a `Result` to a query. Arrow and types only."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import duckdb
import pyarrow as pa
from sqlglot import exp

from sfdag_magics.engine.borders.answers import Column, Result, SfType, SqlError, StatementType
from sfdag_magics.engine.borders.plain_types import plain_types
from sfdag_magics.engine.borders.rowset import rows_result
from sfdag_magics.engine.sql.names.lineage import TYPES
from sfdag_magics.engine.sql.names.scope import RESOLVED
from sfdag_magics.engine.sql.results.draining import Drain
from sfdag_magics.engine.sql.values.types import (
    JSON_TYPES,
    LONGEST,
    TIMES,
    SqlType,
    number,
    plain,
    type_from_duck,
    varchar,
)
from sfdag_magics.engine.starting.later_compute import in_width, pc

_LARGEST = 10**38 - 1


def column_types(
    duck_types: Sequence[Any], declared: tuple[SqlType | None, ...] | None
) -> list[SqlType]:
    """What each column is: as declared where that fits what DuckDB says."""
    if declared is None or len(declared) != len(duck_types):
        declared = (None,) * len(duck_types)
    types = []
    for duck, wanted in zip(duck_types, declared, strict=True):
        actual = type_from_duck(str(duck)) or plain(SfType.VARIANT)
        types.append(_declared_or_actual(wanted, actual))
    return types


def _declared_or_actual(declared: SqlType | None, actual: SqlType) -> SqlType:
    if declared is None:
        return actual
    if declared.kind in JSON_TYPES and actual.kind in JSON_TYPES:
        return declared
    if declared.kind in TIMES and declared.kind is actual.kind:
        return declared  # DuckDB's times have all digits of a second
    if declared.kind is not actual.kind or (declared.scale or 0) != (actual.scale or 0):
        return actual
    return declared


def needs_json(duck_types: Sequence[Any]) -> list[bool]:
    """Which columns only have a JSON form: lists, structs, maps."""
    return [type_from_duck(str(duck)) is None for duck in duck_types]


def _shaped(array: pa.ChunkedArray, kind: SqlType) -> pa.ChunkedArray:
    if kind.kind is SfType.FIXED:
        return _number(array, kind.scale or 0)
    wanted = plain_types()[kind.kind]
    shaped = array if array.type == wanted else array.cast(wanted)
    if kind.kind in JSON_TYPES:
        _check_length(shaped, kind.kind)
    return shaped


def _check_length(texts: pa.ChunkedArray, kind: SfType) -> None:
    """Whether each value is one that Snowflake has; it is written on many lines for the client."""
    longest = pc.max(pc.binary_length(texts)).as_py() or 0
    if longest > LONGEST:
        name = kind.value.capitalize()
        raise SqlError(
            f"{name} is too long: a value of the result has {longest:,} bytes, and one may have"
            f" {LONGEST:,}. Select parts of it, or take it apart with FLATTEN.",
            code=100082,
            sqlstate="22000",
        )


def _uniform(array: pa.ChunkedArray, kind: SqlType) -> pa.ChunkedArray:
    """The array in a type that does not depend on its values."""
    if kind.kind is not SfType.FIXED:
        return _shaped(array, kind)
    return _in_64_bits(array) if pa.types.is_signed_integer(array.type) else array


def _in_64_bits(array: pa.ChunkedArray) -> pa.ChunkedArray:
    if array.type == pa.int64():
        return array
    chunks = [in_width(chunk, pa.int64()) for chunk in array.chunks]
    return pa.chunked_array(chunks, pa.int64())


def _number(array: pa.ChunkedArray, scale: int) -> pa.ChunkedArray:
    if scale:
        return array
    if pa.types.is_signed_integer(array.type):
        return _in_64_bits(array)
    try:
        return array.cast(pa.int64())
    except pa.ArrowInvalid:
        return _of_38_digits(array)  # more than 64 bits: decimal128 keeps it


def _of_38_digits(array: pa.ChunkedArray) -> pa.ChunkedArray:
    """The same; DuckDB's whole numbers have room for some of 39 digits, which no NUMBER has."""
    for value in pc.min_max(array).as_py().values():
        if value is not None and value.copy_abs() > _LARGEST:
            raise SqlError(
                "Number out of representable range: type FIXED[SB16](38,0){nullable},"
                f" value {value:f}",
                code=100039,
                sqlstate="22003",
            )
    return array


def described(
    connection: duckdb.DuckDBPyConnection, sql: str, parameters: Mapping[str, Any]
) -> tuple[list[str], list[str]]:
    """The names and DuckDB types of a query's columns; nothing of it is computed."""
    rows = connection.execute(f"DESCRIBE {sql}", dict(parameters) or None).fetchall()
    return [row[0] for row in rows], [row[1] for row in rows]


def columns_result(
    names: Sequence[str], duck_types: Sequence[Any], declared: tuple[SqlType | None, ...] | None
) -> Result:
    """The columns of a query and no rows."""
    kinds = zip(names, column_types(duck_types, declared), strict=True)
    return rows_result([kind.column(name, nullable=kind.nullable) for name, kind in kinds], [])


def relation_result(
    relation: duckdb.DuckDBPyRelation, declared: tuple[SqlType | None, ...] | None, drain: Drain
) -> Result:
    """Run a relation and shape what it answers; `declared` are the types the catalogue knows."""
    names, duck_types = list(relation.columns), relation.types
    if any(needs_json(duck_types)):
        relation = _with_json(relation)
    types = column_types(duck_types, declared)

    def shape(
        form: Callable[[pa.ChunkedArray, SqlType], pa.ChunkedArray],
    ) -> Callable[[pa.Table], pa.Table]:
        return lambda rows: pa.Table.from_arrays(
            [form(rows.column(index), kind) for index, kind in enumerate(types)], names=names
        )

    columns = tuple(
        kind.column(name, nullable=kind.nullable) for kind, name in zip(types, names, strict=True)
    )
    drained = drain.rows(relation, shape(_uniform), shape(_shaped))
    return Result(columns=columns, rows=drained.rows, in_file=drained.in_file)


def _with_json(relation: duckdb.DuckDBPyRelation) -> duckdb.DuckDBPyRelation:
    """The same rows with lists and structs as JSON text; columns are told apart by position."""
    positions = ", ".join(f"#{index}" for index in range(1, len(relation.columns) + 1))
    shaped = ", ".join(
        f"CAST(to_json(#{index}) AS VARCHAR) AS c{index}" if only_json else f"#{index} AS c{index}"
        for index, only_json in enumerate(needs_json(relation.types), start=1)
    )
    return relation.project(shaped) if positions else relation


def text_columns(*names: str) -> list[Column]:
    """Plain VARCHAR columns."""
    return [varchar().column(name) for name in names]


def counts(statement_type: StatementType, **named: int) -> Result:
    """One row of counts, as DML answers; the first is what was affected, or all of a MERGE."""
    columns = [number().column(name.replace("_", " ")) for name in named]
    made = rows_result(columns, [tuple(named.values())], statement_type=statement_type)
    affected = sum(named.values()) if statement_type is StatementType.MERGE else 0
    if statement_type is not StatementType.MERGE:
        affected = next(iter(named.values()))
    return Result(
        columns=made.columns,
        rows=made.rows,
        statement_type=statement_type,
        rows_affected=affected,
    )


def rows_for_duck(result: Result, kept: Sequence[int] | None = None) -> pa.Table:
    """A result's rows, or some columns of them, under names of their own: equal ones do no harm."""
    rows = result.rows.rename_columns([f"c{index}" for index in range(len(result.columns))])
    return rows if kept is None else rows.select(list(kept))


def query_of_rows(registered: str, result: Result) -> exp.Select:
    """A query over registered rows, with the result's names and types."""
    items: list[exp.Expr] = []
    for index, column in enumerate(result.columns):
        item: exp.Expr = exp.column(exp.to_identifier(f"c{index}", quoted=True))
        if column.type in JSON_TYPES:
            item = exp.Cast(this=item, to=exp.DataType(this=exp.DataType.Type.JSON))
            item.meta["final"] = True
        elif column.type is SfType.FIXED and not column.scale:
            item = exp.Cast(this=item, to=exp.DataType(this=exp.DataType.Type.INT128))
            item.meta["final"] = True
        items.append(exp.alias_(item, exp.to_identifier(column.name, quoted=True), copy=False))
    table = exp.Table(this=exp.to_identifier(registered, quoted=True))
    table.meta[RESOLVED] = True
    query = exp.Select(expressions=items, from_=exp.From(this=table))
    query.meta[TYPES] = [
        (
            column.name,
            SqlType(
                kind=column.type,
                precision=column.precision,
                scale=column.scale,
                length=column.length,
            ),
        )
        for column in result.columns
    ]
    return query


def slice_of(result: Result) -> Result:
    """The same columns without rows."""
    return Result(
        columns=result.columns,
        rows=result.rows.slice(0, 0),
        statement_type=result.statement_type,
    )
