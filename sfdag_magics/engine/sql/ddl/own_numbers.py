"""AUTOINCREMENT columns of a copied table, which count for themselves.

A sequence of DuckDB that two tables share could never be dropped, nor could they. Knows the
sequences that such columns have; a DEFAULT that names a sequence of the user's keeps it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import duckdb

from sfdag_magics.engine.sql.stored.table_form import TableColumn, new_physical_name, sequence_sql

_SEQUENCE = """
SELECT start_value, increment_by, last_value FROM duckdb_sequences()
WHERE sequence_name = ?
"""


def with_own_numbers(
    connection: duckdb.DuckDBPyConnection, columns: Sequence[TableColumn], *, go_on: bool
) -> list[TableColumn]:
    """The columns of another table for a copy of it.

    Args:
        go_on: behind the last number that was given, as the rows are copied too; else from the
            first one.
    """
    return [
        column
        if column.sequence is None
        else _of_its_own(connection, column, column.sequence, go_on=go_on)
        for column in columns
    ]


def next_number(connection: duckdb.DuckDBPyConnection, sequence: str) -> int:
    """The number that a sequence of DuckDB gives next."""
    [(start, step, last)] = connection.execute(_SEQUENCE, [sequence]).fetchall()
    return int(start if last is None else last + step)


def _of_its_own(
    connection: duckdb.DuckDBPyConnection, column: TableColumn, shared: str, *, go_on: bool
) -> TableColumn:
    [(start, step, last)] = connection.execute(_SEQUENCE, [shared]).fetchall()
    name = new_physical_name("s")
    first = last + step if go_on and last is not None else start
    connection.execute(sequence_sql(name, first, step))
    default = column.default.replace(shared, name) if column.default is not None else None
    return replace(column, sequence=name, default=default)
