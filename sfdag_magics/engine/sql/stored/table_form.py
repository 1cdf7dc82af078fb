"""The stored form of tables: columns as the catalogue has them, and the DuckDB table they make.

Knows columns and constraints; statements are `ddl/tables.py`. Every change of a table's shape
rebuilds its DuckDB table under a new physical name, so there is one way a table comes to be.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import duckdb

from sfdag_magics.engine.borders.answers import SfType, SqlError
from sfdag_magics.engine.borders.object_facts import ObjectFact
from sfdag_magics.engine.sql.values.types import MAX_BINARY, MAX_VARCHAR, SqlType, type_from_stored
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import quoted_identifier

#: The lengths that need no look; DuckDB has no type with a length.
_UNBOUNDED = {SfType.TEXT: MAX_VARCHAR, SfType.BINARY: MAX_BINARY}


@dataclass(frozen=True, slots=True, kw_only=True)
class TableColumn:
    """One column of a table.

    Attributes:
        default: the DuckDB expression of its default, None without one.
        default_text: as DESCRIBE shows it.
        sequence: the physical name of the sequence an AUTOINCREMENT column takes numbers from.
    """

    name: str
    type: SqlType
    nullable: bool = True
    default: str | None = None
    default_text: str | None = None
    sequence: str | None = None
    comment: str | None = None
    primary_key: bool = False
    unique: bool = False

    def stored(self) -> dict[str, Any]:
        """As the catalogue keeps it."""
        return {**asdict(self), "type": self.type.stored()}


def columns_of(fact: ObjectFact) -> list[TableColumn]:
    """The columns of a table or view."""
    return [
        TableColumn(**{**column, "type": type_from_stored(column["type"])})
        for column in fact.detail["columns"]
    ]


def table_detail(
    physical: str, columns: Sequence[TableColumn], *, transient: bool = False
) -> dict[str, Any]:
    """What the catalogue keeps of a table."""
    return {
        "physical": physical,
        "columns": [column.stored() for column in columns],
        "transient": transient,
        # what is inserted without a value for it differs at each try
        "volatile": any(_is_computed(column.default) for column in columns),
    }


def _is_computed(default: str | None) -> bool:
    return default is not None and ("(" in default or "CURRENT" in default.upper())


def new_physical_name(kind: str = "t") -> str:
    """A name for DuckDB that nothing else has: `t_…` for tables, `s_…` for sequences."""
    return f"{kind}_{uuid.uuid4().hex}"


def creation_sql(physical: str, columns: Sequence[TableColumn], *, temporary: bool) -> str:
    """The DuckDB statement that makes a table of these columns."""
    definitions = ", ".join(_definition(column) for column in columns)
    word = "TEMP TABLE" if temporary else "TABLE"
    return f"CREATE {word} {quoted_identifier(physical)} ({definitions})"


def check_columns(columns: Sequence[TableColumn]) -> None:
    """Raises SqlError for no columns, equal names, and names DuckDB cannot tell apart."""
    if not columns:
        raise SqlError("SQL compilation error:\nA table must have at least one column.", code=2027)
    seen: dict[str, str] = {}
    for column in columns:
        other = seen.setdefault(column.name.casefold(), column.name)
        if other is not column.name and other == column.name:
            raise SqlError(
                f"SQL compilation error:\nduplicate column name '{column.name}'",
                code=2025,
                sqlstate="42S21",
            )
    if len(seen) < len(columns):
        _refuse_equal_names(columns)


def _refuse_equal_names(columns: Sequence[TableColumn]) -> None:
    seen: dict[str, str] = {}
    for column in columns:
        other = seen.get(column.name.casefold())
        if other == column.name:
            raise SqlError(
                f"SQL compilation error:\nduplicate column name '{column.name}'",
                code=2025,
                sqlstate="42S21",
            )
        if other is not None:
            raise SqlError(
                f"SQL compilation error:\nColumns of one table that differ only in case"
                f" ('{other}', '{column.name}') is not supported by the embedded engine.",
                sqlstate="0A000",
            )
        seen[column.name.casefold()] = column.name


def rebuild(
    connection: duckdb.DuckDBPyConnection,
    fact: ObjectFact,
    columns: Sequence[TableColumn],
    values: Mapping[str, str],
) -> str:
    """Make the table anew with `columns` and its rows; the new physical name.

    `values` has the DuckDB expression over the old row for columns that do not simply keep theirs.
    """
    physical = new_physical_name()
    temporary = fact.session_id is not None
    connection.execute(creation_sql(physical, columns, temporary=temporary))
    items = ", ".join(values.get(column.name, quoted_identifier(column.name)) for column in columns)
    old = quoted_identifier(fact.detail["physical"])
    new = quoted_identifier(physical)
    connection.execute(
        f"INSERT INTO {new} SELECT {items} FROM {old}"  # noqa: S608 - names and types of ours
    )
    connection.execute(f"DROP TABLE {old}")
    return physical


def drop_stored(connection: duckdb.DuckDBPyConnection, fact: ObjectFact) -> None:
    """Drop what DuckDB has of an object, if anything."""
    if fact.kind == "TABLE":
        connection.execute(f"DROP TABLE {quoted_identifier(fact.detail['physical'])}")
        for column in columns_of(fact):
            if column.sequence is not None and not _is_used(connection, column.sequence):
                connection.execute(f"DROP SEQUENCE IF EXISTS {quoted_identifier(column.sequence)}")
    elif fact.kind == "SEQUENCE":
        connection.execute(f"DROP SEQUENCE IF EXISTS {quoted_identifier(fact.detail['physical'])}")


def _is_used(connection: duckdb.DuckDBPyConnection, sequence: str) -> bool:
    """Whether another table takes its numbers from it too, as copies of earlier versions do."""
    used = "SELECT 1 FROM duckdb_columns() WHERE contains(column_default, ?) LIMIT 1"
    return connection.execute(used, [sequence]).fetchone() is not None


def sequence_sql(physical: str, start: int, step: int) -> str:
    """The DuckDB statement that makes a sequence; one that counts down may go below zero."""
    bounds = "" if step > 0 else " MINVALUE -9223372036854775808 MAXVALUE 9223372036854775807"
    return f"CREATE SEQUENCE {quoted_identifier(physical)} START {start} INCREMENT {step}{bounds}"


def _definition(column: TableColumn) -> str:
    name = quoted_identifier(column.name)
    parts = [name, column.type.physical]
    if column.default is not None:
        parts.append(f"DEFAULT {column.default}")
    if not column.nullable:
        parts.append("NOT NULL")
    if (most := column.type.length) is not None and most < _UNBOUNDED[column.type.kind]:
        parts.append(f"CHECK ({_fits(name, column.type.kind, most)})")
    return " ".join(parts)


def _fits(name: str, kind: SfType, most: int) -> str:
    """What a column of VARCHAR(n) or BINARY(n) asks of a value.

    No macro: a table that used one would pin it.
    """
    is_text = kind is SfType.TEXT
    length = f"length({name})" if is_text else f"octet_length({name})"
    shown = name if is_text else f"hex({name})"
    return (
        f"CASE WHEN {length} > {most} THEN error('String ''' || {shown} ||"
        " ''' is too long and would be truncated') ELSE true END"
    )
