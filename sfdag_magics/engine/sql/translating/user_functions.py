"""Functions of the user's in a query: found by name, lent to DuckDB for one statement, taken back.

DuckDB calls them batch by batch with Arrow arrays; what evaluates them is a `ports.FunctionRun`.
"""

from __future__ import annotations

import inspect
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import duckdb
import pyarrow as pa
from duckdb.func import FunctionNullHandling, PythonUDFType
from sqlglot import exp

from sfdag_magics.engine.borders.answers import Column, SfType, unsupported
from sfdag_magics.engine.borders.ports import FunctionRun
from sfdag_magics.engine.sql.names.expression_types import known_as
from sfdag_magics.engine.sql.reading.parse import CALLED
from sfdag_magics.engine.sql.values.types import JSON_TYPES, SqlType
from sfdag_magics.engine.starting.later_numpy import have_numpy
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import QualifiedName

#: What stands for the rows of a function without arguments: DuckDB would call it once, without
#: saying for how many. Its value differs at each row, so that it is not taken for a constant.
_ROW, _EACH_ROW = "DOUBLE", "random"


@dataclass(frozen=True, slots=True, kw_only=True)
class LentFunction:
    """A function as DuckDB knows it during one statement."""

    name: str
    run: FunctionRun


def user_call(node: exp.Expr) -> tuple[QualifiedName, exp.Expr] | None:
    """The name and the call, where this is a call by a qualified name: `db.schema.f(…)`."""
    if not isinstance(node, exp.Dot) or isinstance(node.parent, exp.Dot):
        return None
    call = node.expression
    if not isinstance(call, exp.Func) or CALLED not in call.meta:
        return None
    parts = [_stored(part) for part in _qualifiers(node.this)]
    schema, database = [*parts[::-1], None, None][:2]
    return QualifiedName(function_name(call), schema, database), call


def function_name(call: exp.Expr) -> str:
    """The stored name a function was called by."""
    return str(call.meta[CALLED])


def lend(connection: duckdb.DuckDBPyConnection, run: FunctionRun) -> LentFunction:
    """Make the function known to DuckDB under a name of its own; `take_back` ends that."""
    lent = LentFunction(name=f"uf_{uuid.uuid4().hex}", run=run)
    have_numpy()  # DuckDB imports it here
    connection.create_function(
        lent.name,
        _with_parameters(lambda *columns: _fitting(run, columns), max(1, len(run.arguments))),
        [_type(column).physical for column in run.arguments] or [_ROW],
        _returned(run.returns),
        type=PythonUDFType.ARROW,
        null_handling=FunctionNullHandling.SPECIAL,
        side_effects=False,
    )
    return lent


def call_of(lent: LentFunction, arguments: list[exp.Expr]) -> exp.Expr:
    """The call of a lent function in DuckDB's SQL, of the type it declares."""
    fitting = [
        _converted(argument, column)
        for argument, column in zip(arguments, lent.run.arguments, strict=True)
    ] or [exp.Anonymous(this=_EACH_ROW)]
    call = known_as(_type(lent.run.returns), exp.Anonymous(this=lent.name, expressions=fitting))
    if lent.run.returns.type in JSON_TYPES:
        return exp.Anonymous(this="_sf_canonical", expressions=[call])
    return call


def take_back(connection: duckdb.DuckDBPyConnection, lent: LentFunction) -> None:
    """End the function in DuckDB, and its run.

    Raises:
        SqlError: why the statement failed, where the function is the reason.
    """
    with suppress(duckdb.Error):  # in a failed transaction; its name is never used again
        connection.remove_function(lent.name)
    lent.run.close()
    if lent.run.error is not None:
        raise lent.run.error


def _converted(argument: exp.Expr, column: Column) -> exp.Expr:
    """The argument as its parameter's type; what a VARIANT holds is as it is."""
    if column.type in JSON_TYPES:
        return argument
    return exp.cast(argument, _type(column).sql(), dialect="snowflake", copy=False)


def _qualifiers(node: exp.Expr) -> Iterator[exp.Expr]:
    if isinstance(node, exp.Dot):
        yield from _qualifiers(node.this)
        yield node.expression
    else:
        yield node


def _stored(part: exp.Expr) -> str:
    identifier = part if isinstance(part, exp.Identifier) else part.this
    if not isinstance(identifier, exp.Identifier):
        raise unsupported("A call on a value (value.function())")
    return str(identifier.name if identifier.args.get("quoted") else identifier.name.upper())


def _with_parameters(function: Callable[..., Any], count: int) -> Callable[..., Any]:
    """DuckDB counts the parameters of what it is given."""

    def call(*columns: pa.Array) -> Any:  # noqa: ANN401 - as `function`
        return function(*columns)

    positional = inspect.Parameter.POSITIONAL_ONLY
    call.__signature__ = inspect.Signature(  # type: ignore[attr-defined]  # any callable takes one
        [inspect.Parameter(f"a{index}", positional) for index in range(count)]
    )
    return call


def _fitting(run: FunctionRun, columns: tuple[pa.Array, ...]) -> pa.Array:
    answers = run.evaluate([_plain(column) for column in columns])
    if run.returns.type is SfType.FIXED:
        column = run.returns
        return answers.cast(pa.decimal128(column.precision or 38, column.scale or 0))
    return answers


def _plain(column: pa.Array) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _type(column: Column) -> SqlType:
    return SqlType(
        kind=column.type, precision=column.precision, scale=column.scale, length=column.length
    )


def _returned(column: Column) -> str:
    if column.type in JSON_TYPES:
        return "VARCHAR"  # DuckDB takes no JSON from Arrow
    if column.type is SfType.FIXED:
        return f"DECIMAL({column.precision or 38},{column.scale or 0})"
    return _type(column).physical
