"""The rows of a running query, batch by batch: in memory while they are few, then in a file.

DuckDB computes only as far as it is read, so a result without an end costs no memory and stops at
its bound. Knows Arrow and DuckDB's streams, no SQL.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import chain
from typing import TypeVar

import duckdb
import pyarrow as pa

from sfdag_magics.engine.borders.answers import Result, SqlError
from sfdag_magics.engine.limits.budget import MEMORY_VARIABLE, size_text
from sfdag_magics.engine.sql.results.shown import shown
from sfdag_magics.engine.sql.values.types import JSON_TYPES
from sfdag_magics.engine.starting.later_compute import pc
from sfdag_magics.engine.store.result_files import ResultFiles
from sfdag_magics.light_classes import dataclass

#: Rows of more bytes than this go into a file.
MEMORY_BYTES = 8 * 1024**2
_BATCH_ROWS = 65_536
# Arrow's texts have 32 bits for where they begin.
_LONGEST_COLUMN = 2**31 - 1

#: Values that begin so may be shown in another way than they are written.
_NOT_PLAIN = r"^[{\[0-9-]"

#: Errors in the middle of a stream have lost their class and kept its name.
_CLASSES: tuple[tuple[str, type[duckdb.Error]], ...] = (
    ("INTERRUPT", duckdb.InterruptException),
    ("Out of Memory", duckdb.OutOfMemoryException),
    ("TransactionContext", duckdb.TransactionException),
)

#: Gives rows their types.
Shape = Callable[[pa.Table], pa.Table]
_Part = TypeVar("_Part", pa.RecordBatch, pa.Table)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drained:
    """The rows of a query, and whether they lie in a file."""

    rows: pa.Table
    in_file: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Drain:
    """How results leave DuckDB.

    Attributes:
        most_bytes: the most that one result may have.
    """

    files: ResultFiles
    most_bytes: int

    def rows(self, relation: duckdb.DuckDBPyRelation, uniform: Shape, whole: Shape) -> Drained:
        """All rows of a relation, in the form that one of the shapes gives them.

        Args:
            relation: a query that has not run yet.
            uniform: for the batches of a file, which must all get the same Arrow types.
            whole: for rows in memory, all at once.

        Raises:
            SqlError: they are more than one result may have.
        """
        reader = relation.to_arrow_reader(_BATCH_ROWS)
        try:
            batches = _batches(reader)
            first, are_all = _that_fit(batches, MEMORY_BYTES)
            if are_all:
                rows = whole(pa.Table.from_batches(first, reader.schema))
                return Drained(rows=rows, in_file=False)
            tables = (pa.Table.from_batches([each]) for each in chain(first, batches))
            types = uniform(reader.schema.empty_table()).schema
            return Drained(rows=self._written(types, map(uniform, tables)), in_file=True)
        finally:
            reader.close()  # DuckDB stops computing

    def settled(self, result: Result) -> Result:
        """A result with what clients are shown of it, in files where that is much.

        Raises:
            SqlError: it is more than one result may have, or its statement must end.
        """
        room = -1 if result.in_file else MEMORY_BYTES - result.rows.nbytes
        numbers = [
            number
            for number, column in enumerate(result.columns)
            if column.type in JSON_TYPES and _is_shown_otherwise(result.rows.column(number))
        ]
        seen = self._kept(result.rows.select(numbers), room) if numbers else None
        in_file = room < 0 or (seen is not None and seen.in_file)
        rows = result.rows
        if in_file and not result.in_file:
            rows = self._written(rows.schema, [rows])
        texts = seen.rows.columns if seen is not None else ()
        shown_columns = dict(zip(numbers, texts, strict=True))
        return replace(result, rows=rows, in_file=in_file, shown=shown_columns)

    def _kept(self, texts: pa.Table, room: int) -> Drained:
        """Columns as they are shown, in a file where they have more bytes than `room`."""
        tables = shown(texts, self._check)
        first, are_all = _that_fit(tables, room)
        if are_all:
            return Drained(rows=pa.concat_tables([texts.slice(0, 0), *first]), in_file=False)
        return Drained(rows=self._written(texts.schema, chain(first, tables)), in_file=True)

    def _check(self, size: int) -> None:
        most = min(self.most_bytes, _LONGEST_COLUMN)
        if size > most:
            raise _too_large(most)

    def _written(self, schema: pa.Schema, tables: Iterable[pa.Table]) -> pa.Table:
        count = 0
        writer = self.files.writer(schema)
        try:
            for table in tables:
                count += table.nbytes
                if count > self.most_bytes:
                    raise _too_large(self.most_bytes)
                for batch in table.to_batches():
                    writer.write(batch)
            return writer.finish()
        finally:
            writer.let_go()


def _that_fit(parts: Iterator[_Part], room: int) -> tuple[list[_Part], bool]:
    """The first parts, and whether they are all: else they have more bytes than `room`."""
    first: list[_Part] = []
    count = 0
    for part in parts:
        first.append(part)
        count += part.nbytes
        if count > room:
            return first, False
    return first, True


def _is_shown_otherwise(texts: pa.ChunkedArray) -> bool:
    """Whether any value may be: a text, a truth and a null are shown as they are."""
    return bool(pc.any(pc.match_substring_regex(texts, _NOT_PLAIN)).as_py())


def _batches(reader: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
    while True:
        try:
            batch = reader.read_next_batch()
        except StopIteration:
            return
        except OSError as problem:
            raise _duckdb_error(str(problem)) from problem
        yield batch


def _duckdb_error(text: str) -> duckdb.Error:
    kinds = (kind for name, kind in _CLASSES if text.startswith(name))
    return next(kinds, duckdb.Error)(text)


def _too_large(most_bytes: int) -> SqlError:
    return SqlError(
        f"The result has more than {size_text(most_bytes)}, the most that one result may have in"
        " the embedded engine. Ask for less (LIMIT, fewer columns, is a join's condition missing?),"
        " write the rows into a table (CREATE TABLE … AS), or let the engine take more: stop it"
        f" (sfdag local stop) and set {MEMORY_VARIABLE}, such as {MEMORY_VARIABLE}=60%, where it"
        " is started; one result may have a quarter of that.",
        code=300005,
        sqlstate="53400",
    )
