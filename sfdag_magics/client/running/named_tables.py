"""The tables that a task's return value names, and their first rows.

A return value is text of anybody's: what in it reads as a name is looked for in the catalogue, and
only what is found there is ever read, by a SELECT with a limit.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal

from sfdag_magics.client.connecting.backend import Backend, Row
from sfdag_magics.client.observing.deployed import DOES_NOT_EXIST
from sfdag_magics.client.observing.shown import Shown, ShownKind
from sfdag_magics.errors import BackendError
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import (
    QualifiedName,
    SqlTextError,
    TokenReader,
    quoted_string,
    sql_identifier,
)

#: So many texts of a value are read as names, each of at most so many characters.
_MOST_NAMES, _LONGEST_NAME = 20, 300
#: So many rows and columns are read, and of a cell so many characters are kept.
FIRST_ROWS, _MOST_COLUMNS, _MOST_CELL = 20, 50, 200


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedTable:
    """A table or view that is there.

    Attributes:
        said: as the value has it.
        rows: so many it has; None where the catalogue does not say.
    """

    said: str
    name: QualifiedName
    rows: int | None = None


def named_tables(backend: Backend, place: QualifiedName, value: str) -> tuple[NamedTable, ...]:
    """The tables that a return value names, in its order. One request for each database in it.

    Args:
        place: a name that is less than whole is meant beside it.
    """
    wanted = dict(_names_in(value, place))
    found: list[NamedTable] = []
    for database in dict.fromkeys(name.database for names in wanted.values() for name in names):
        listed = {
            QualifiedName(str(row["TABLE_NAME"]), str(row["TABLE_SCHEMA"]), database): row
            for row in _listed(backend, database, [n for names in wanted.values() for n in names])
        }
        for said, names in wanted.items():
            name = next((each for each in names if each in listed), None)
            if name is not None:
                count = listed[name]["ROW_COUNT"]
                rows = None if count is None else int(count)
                found.append(NamedTable(said=said, name=name, rows=rows))
    return tuple(sorted(found, key=lambda each: [*wanted].index(each.said)))


def first_rows(backend: Backend, table: NamedTable) -> Shown:
    """The first rows of a table that was found.

    Raises:
        BackendError: it cannot be read.
    """
    rows = backend.rows(f"SELECT * FROM {table.name.sql()} LIMIT {FIRST_ROWS}")  # noqa: S608 - a name of the catalogue, quoted by sqltext
    columns = [*rows[0]][:_MOST_COLUMNS] if rows else []
    return Shown(
        name=table.said,
        kind=ShownKind.TABLE,
        columns=tuple((column, _is_number(rows, column)) for column in columns),
        rows=tuple(tuple(_cell(row[column]) for column in columns) for row in rows),
        total=table.rows,
        cut=_cut(len(rows), table.rows, len(rows[0]) if rows else 0),
    )


def _cut(rows: int, total: int | None, columns: int) -> str:
    if not rows:
        return "no row"
    of = "" if total is None else f" of {total:,}"
    wide = f", {_MOST_COLUMNS} of {columns} columns" if columns > _MOST_COLUMNS else ""
    return f"the first {rows}{of} rows{wide}" if rows != total or wide else ""


def _names_in(value: str, place: QualifiedName) -> Iterator[tuple[str, tuple[QualifiedName, ...]]]:
    """Each text that reads as a name, and what it may mean: a bare one may have been quoted."""
    for said in list(dict.fromkeys(_texts_in(value)))[:_MOST_NAMES]:
        try:
            reader = TokenReader(said)
            read = reader.qualified_name()
        except SqlTextError:
            continue
        if not reader.at_end:
            continue
        parts = said.split(".")
        written = QualifiedName(*parts[::-1]) if len(parts) <= 3 and '"' not in said else read
        yield said, tuple(each.within(place.database, place.schema) for each in (read, written))


def _texts_in(value: str) -> Iterator[str]:
    try:
        read = json.loads(value)
    except (ValueError, RecursionError):
        read = value
    todo = [read]
    while todo:
        each = todo.pop(0)
        if isinstance(each, dict):
            todo += each.values()
        elif isinstance(each, list):
            todo += each
        elif isinstance(each, str) and 0 < len(each) <= _LONGEST_NAME:
            yield each


def _listed(
    backend: Backend, database: str | None, names: Sequence[QualifiedName]
) -> Sequence[Row]:
    """What of these is there; nothing of a database that is not."""
    if not database:
        return []
    own = [name for name in dict.fromkeys(names) if name.database == database]
    is_one = "TABLE_SCHEMA = {} AND TABLE_NAME = {}"
    each = " OR ".join(
        is_one.format(quoted_string(name.schema or ""), quoted_string(name.name)) for name in own
    )
    try:
        return backend.rows(
            f"SELECT TABLE_SCHEMA, TABLE_NAME, ROW_COUNT FROM {sql_identifier(database)}"  # noqa: S608 - names and literals are quoted by sqltext
            f".INFORMATION_SCHEMA.TABLES WHERE {each}"
        )
    except BackendError as error:
        if error.code == DOES_NOT_EXIST:
            return []
        raise


def _is_number(rows: Sequence[Row], column: str) -> bool:
    values = [row[column] for row in rows if row[column] is not None]
    return bool(values) and all(
        isinstance(each, int | float | Decimal) and not isinstance(each, bool) for each in values
    )


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, bytes | bytearray):
        return f"{len(value):,} bytes"
    text = str(value)
    return text if len(text) <= _MOST_CELL else f"{text[:_MOST_CELL]}…"
