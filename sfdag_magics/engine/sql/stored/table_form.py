"""The stored form of tables: columns as the catalogue has them, and the DuckDB table they make.

Knows columns and constraints; statements are `ddl/tables.py`. Every change of a table's shape
rebuilds its DuckDB table under a new physical name, so there is one way a table comes to be.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Protocol

import duckdb

from sfdag_magics.engine.borders.answers import SfType, SqlError
from sfdag_magics.engine.borders.object_facts import ObjectFact
from sfdag_magics.engine.sql.stored import tracked_form
from sfdag_magics.engine.sql.stored.tracked_form import is_tracked
from sfdag_magics.engine.sql.values.types import MAX_BINARY, MAX_VARCHAR, SqlType, type_from_stored
from sfdag_magics.engine.store import changes
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
    """The columns of a table or view.

    Raises:
        SqlError: it is a stream, which has those of its source.
    """
    if fact.kind == "STREAM":
        raise SqlError(
            "SQL compilation error:\nObject found is of type 'STREAM' not specified type 'TABLE'.",
            code=2203,
            sqlstate="42601",
        )
    return [
        TableColumn(**{**column, "type": type_from_stored(column["type"])})
        for column in fact.detail["columns"]
    ]


def table_detail(
    physical: str,
    columns: Sequence[TableColumn],
    *,
    transient: bool = False,
    history: str | None = None,
) -> dict[str, Any]:
    """What the catalogue keeps of a table; `history` is where its rows' earlier states are."""
    detail = {
        "physical": physical,
        "columns": [column.stored() for column in columns],
        "transient": transient,
        # what is inserted without a value for it differs at each try
        "volatile": any(_is_computed(column.default) for column in columns),
    }
    return detail if history is None else {**detail, tracked_form.HISTORY: history}


def _is_computed(default: str | None) -> bool:
    return default is not None and ("(" in default or "CURRENT" in default.upper())


def new_physical_name(kind: str = "t") -> str:
    """A name for DuckDB that nothing else has: `t_…` for tables, `s_…` for sequences.

    `h_…` has the earlier states of a table's rows.
    """
    return f"{kind}_{uuid.uuid4().hex}"


def creation_sql(
    physical: str, columns: Sequence[TableColumn], *, temporary: bool, tracked: bool = False
) -> str:
    """The DuckDB statement that makes a table of these columns."""
    hidden = tracked_form.hidden_definitions() if tracked else []
    definitions = ", ".join([*map(_definition, columns), *hidden])
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


class Remaking(Protocol):
    """Where a table is made anew: a session, in a transaction of its facts."""

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """In that transaction."""

    def claim(self, table: str) -> None:
        """Let nobody commit rows to a DuckDB table until the transaction has ended.

        Raises:
            duckdb.TransactionException: somebody has since the transaction began.
        """


def rebuild(
    session: Remaking,
    fact: ObjectFact,
    columns: Sequence[TableColumn],
    values: Mapping[str, str],
    *,
    tracked: bool | None = None,
) -> dict[str, Any]:
    """Make the table anew with `columns` and its rows; what the catalogue keeps of it then.

    `values` has the DuckDB expression over the old row for columns that do not simply keep theirs.
    `tracked` is whether it is to keep what happens to it from now on; None leaves that.
    """
    session.claim(fact.detail["physical"])
    connection, physical = session.connection, new_physical_name()
    temporary = fact.session_id is not None
    was, will = is_tracked(fact), is_tracked(fact) if tracked is None else tracked
    connection.execute(creation_sql(physical, columns, temporary=temporary, tracked=will))
    items = [values.get(column.name, quoted_identifier(column.name)) for column in columns]
    names = [column.name for column in columns]
    if will:
        items += tracked_form.hidden_items(is_tracked=was)
        names += tracked_form.HIDDEN
    _filled(connection, physical, names, items, fact.detail["physical"])
    history = _history_rebuilt(connection, fact, columns, values) if will else None
    if was:
        _drop(connection, fact.detail[tracked_form.HISTORY])
    _drop(connection, fact.detail["physical"])
    kept = {key: value for key, value in fact.detail.items() if key != tracked_form.HISTORY}
    transient = bool(fact.detail.get("transient"))
    return kept | table_detail(physical, columns, transient=transient, history=history)


def _history_rebuilt(
    connection: duckdb.DuckDBPyConnection,
    fact: ObjectFact,
    columns: Sequence[TableColumn],
    values: Mapping[str, str],
) -> str:
    name = new_physical_name("h")
    types = {column.name: column.type.physical for column in columns}
    connection.execute(tracked_form.history_sql(name, types))
    if is_tracked(fact):
        kept = [*tracked_form.HIDDEN, tracked_form.ENDED]
        items = [values.get(column, quoted_identifier(column)) for column in types]
        items += map(quoted_identifier, kept)
        _filled(connection, name, [*types, *kept], items, fact.detail[tracked_form.HISTORY])
    return name


def _filled(
    connection: duckdb.DuckDBPyConnection,
    new: str,
    names: Sequence[str],
    items: Sequence[str],
    old: str,
) -> None:
    into = ", ".join(map(quoted_identifier, names))
    connection.execute(
        f"INSERT INTO {quoted_identifier(new)} ({into})"  # noqa: S608 - names and types of ours
        f" SELECT {', '.join(items)} FROM {quoted_identifier(old)}"
    )


def _drop(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    connection.execute(f"DROP TABLE {quoted_identifier(table)}")


def drop_stored(connection: duckdb.DuckDBPyConnection, fact: ObjectFact) -> None:
    """Drop what DuckDB has of an object, if anything."""
    if fact.kind == "TABLE":
        _drop(connection, fact.detail["physical"])
        if is_tracked(fact):
            _drop(connection, fact.detail[tracked_form.HISTORY])
            connection.execute(changes.FORGET_TABLE, {"table_id": fact.id})
        for column in columns_of(fact):
            if column.sequence is not None and not _is_used(connection, column.sequence):
                connection.execute(f"DROP SEQUENCE IF EXISTS {quoted_identifier(column.sequence)}")
    elif fact.kind == "SEQUENCE":
        connection.execute(f"DROP SEQUENCE IF EXISTS {quoted_identifier(fact.detail['physical'])}")
    elif fact.kind == "STREAM":
        connection.execute(changes.FORGET_STREAM, {"stream_id": fact.id})


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
