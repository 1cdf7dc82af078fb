"""Rows into a table, all of them or none, whatever ends this in between.

They are gathered in a temporary table, piece by piece, so that neither side ever holds more than a
piece; one statement at the end makes or fills the table that was asked for. What is temporary ends
with its session. Plain SQL of Snowflake; knows no source.
"""

from __future__ import annotations

import contextlib
import io
import secrets
from collections.abc import Iterator
from enum import StrEnum

import pyarrow as pa

from sfdag_magics.client.arriving.columns import Rows
from sfdag_magics.client.connecting.activity import doing
from sfdag_magics.client.connecting.backend import Backend
from sfdag_magics.errors import BackendError, InputError
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import QualifiedName, quoted_identifier, sql_identifier

#: So much of Arrow is one file on its way: some megabytes packed, and little for either side.
_PIECE_BYTES = 32 * 1024**2
_FILE = "piece.parquet"
#: The code of an object that does not exist, or is not to be seen.
_NOT_THERE = 2003


class Way(StrEnum):
    """What becomes of a table that is there."""

    NEW = "new"
    REPLACE = "replace"
    APPEND = "append"


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """What came of it.

    Attributes:
        table: its whole name.
        rows: how many arrived.
        columns: `{name: type}`, as they arrived.
        notes: what is not as it was where the rows came from.
    """

    table: str
    rows: int
    columns: dict[str, str]
    way: Way
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"Arrived({self.table!r}, rows={self.rows})"

    def __str__(self) -> str:
        did = {Way.NEW: "new", Way.REPLACE: "in place of what was there", Way.APPEND: "appended"}
        count = "1 row" if self.rows == 1 else f"{self.rows:,} rows"
        kinds = ", ".join(f"{sql_identifier(name)} {kind}" for name, kind in self.columns.items())
        notes = (f"  note: {note}" for note in self.notes)
        return "\n".join((f"{self.table}: {count}, {did[self.way]}", f"  {kinds}", *notes))


def bring(backend: Backend, table: QualifiedName, rows: Rows, way: Way) -> Arrived:
    """Bring the rows into the table.

    Raises:
        InputError: the source cannot be read to its end, or does not fit the table.
        BackendError: a statement was refused; the table is as it was.
    """
    if way is Way.APPEND:
        _check_fits(backend, table, rows)
    with _gathering(backend, table, rows) as gathered:
        count = 0
        for piece in _pieces(rows):
            doing("sending rows", f"{count:,} so far")
            _send(backend, gathered, piece, rows)
            count += piece.num_rows
        doing(f"writing {table}")
        backend.rows(_written(table, gathered, rows, way))
    return Arrived(
        table=table.sql(),
        rows=count,
        columns={column.name: column.type for column in rows.columns},
        way=way,
        notes=rows.notes,
    )


def is_there(backend: Backend, table: QualifiedName) -> bool:
    """Whether there is a table, or a view, of this name."""
    return columns_there(backend, table) is not None


def columns_there(backend: Backend, table: QualifiedName) -> list[str] | None:
    """The names of a table's columns; None where it is not there, or not for this role."""
    try:
        return [str(row["name"]) for row in backend.rows(f"DESCRIBE TABLE {table.sql()}")]
    except BackendError as problem:
        if problem.code == _NOT_THERE:
            return None
        raise


def _check_fits(backend: Backend, table: QualifiedName, rows: Rows) -> None:
    there = columns_there(backend, table)
    if there is None:
        raise InputError(
            f"there is no table {table.sql()} to append to", hint="leave out what says append"
        )
    missing = [column.name for column in rows.columns if column.name not in there]
    if missing:
        raise InputError(
            f"{table.sql()} has no column {', '.join(missing)}; it has {', '.join(there)}",
            hint="name the columns as the table does, or replace it",
        )


@contextlib.contextmanager
def _gathering(backend: Backend, table: QualifiedName, rows: Rows) -> Iterator[QualifiedName]:
    """A temporary table and a stage of the same name beside the one that is asked for."""
    own = f"SFDAG_ARRIVING_{secrets.token_hex(6).upper()}"
    name = QualifiedName(own, table.schema, table.database)
    columns = ", ".join(
        f"{quoted_identifier(column.name)} {column.type}" for column in rows.columns
    )
    backend.rows(
        f"CREATE TEMPORARY STAGE {name.sql()} FILE_FORMAT = (TYPE = PARQUET BINARY_AS_TEXT = FALSE)"
    )
    try:
        backend.rows(f"CREATE TEMPORARY TABLE {name.sql()} ({columns})")
        yield name
    finally:
        with contextlib.suppress(BackendError):  # what ended it ended them as well
            backend.rows(f"DROP TABLE IF EXISTS {name.sql()}")
            backend.rows(f"DROP STAGE IF EXISTS {name.sql()}")


def _pieces(rows: Rows) -> Iterator[pa.Table]:
    """Batches put together to what is sent at once."""
    batches: list[pa.RecordBatch] = []
    size = 0
    for batch in rows.batches():
        batches.append(batch)
        size += batch.nbytes
        if size >= _PIECE_BYTES:
            yield pa.Table.from_batches(batches)
            batches, size = [], 0
    if batches:
        yield pa.Table.from_batches(batches)


def _send(backend: Backend, gathered: QualifiedName, piece: pa.Table, rows: Rows) -> None:
    import pyarrow.parquet as parquet  # its library is loaded where rows are sent

    if not piece.num_rows:
        return
    content = io.BytesIO()
    # names of the file's own: those of the table may be anything
    numbered = piece.rename_columns([f"c{n}" for n in range(piece.num_columns)])
    parquet.write_table(numbered, content, compression="zstd")
    backend.upload(content.getvalue(), f"@{gathered.sql()}/{_FILE}")
    values = ", ".join(column.read_from(f"$1:c{n}") for n, column in enumerate(rows.columns))
    backend.rows(
        f"COPY INTO {gathered.sql()} FROM (SELECT {values} FROM @{gathered.sql()})"  # noqa: S608 - quoted names
        " FORCE = TRUE PURGE = TRUE"
    )


def _written(table: QualifiedName, gathered: QualifiedName, rows: Rows, way: Way) -> str:
    """The one statement after which the rows are there."""
    names = ", ".join(quoted_identifier(column.name) for column in rows.columns)
    query = f"SELECT {names} FROM {gathered.sql()}"  # noqa: S608 - quoted names
    if way is Way.APPEND:
        return f"INSERT INTO {table.sql()} ({names}) {query}"
    replacing = "OR REPLACE " if way is Way.REPLACE else ""
    declared = ", ".join(column.declared for column in rows.columns)
    return f"CREATE {replacing}TABLE {table.sql()} ({declared}) AS {query}"
