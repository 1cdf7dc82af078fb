"""The one row of a query without a FROM, as values: DuckDB prepares such a query once.

For a stream of Arrow's it asks for the columns first and then prepares the query again: a fifth of
what a short statement costs. Knows which values are the same in both forms; others are streamed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

from sfdag_magics.engine.borders.answers import Result, SfType
from sfdag_magics.engine.borders.rowset import rows_result
from sfdag_magics.engine.sql.results.result_rows import column_types
from sfdag_magics.engine.sql.values.types import SqlType

#: DuckDB's types whose values Python has as they are.
_SAME = frozenset(
    {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "DOUBLE", "BOOLEAN", "VARCHAR"}
)
_LARGEST = 2**63 - 1


def are_values(types: Sequence[SqlType | None] | None) -> bool:
    """Whether columns are known to be of types whose values are the same in both forms."""
    return types is not None and all(kind is not None and _is_value(kind) for kind in types)


def _is_value(kind: SqlType) -> bool:
    return kind.is_integer or kind.kind in (SfType.REAL, SfType.BOOLEAN, SfType.TEXT)


def row_result(
    connection: duckdb.DuckDBPyConnection,
    sql: str,
    parameters: Mapping[str, Any],
    declared: tuple[SqlType | None, ...] | None,
) -> Result | None:
    """Run a query and answer with its row; None where it has not one, or other values."""
    connection.execute(sql, dict(parameters) or None)
    described = [(name, str(kind)) for name, kind, *_ in connection.description or ()]
    rows = connection.fetchmany(2)
    duck_types = [kind for _name, kind in described]
    if len(rows) != 1 or not _SAME.issuperset(duck_types) or any(map(_is_large, rows[0])):
        return None
    types = column_types(duck_types, declared)
    columns = [
        kind.column(name, nullable=kind.nullable)
        for kind, (name, _) in zip(types, described, strict=True)
    ]
    return rows_result(columns, rows)


def _is_large(value: object) -> bool:
    """Whether it is a number of more than 64 bits."""
    return isinstance(value, int) and abs(value) > _LARGEST
