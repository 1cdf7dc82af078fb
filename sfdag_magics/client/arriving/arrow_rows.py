"""Rows that Arrow reads: Parquet files, and whatever hands Arrow's streams on, such as polars."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa

from sfdag_magics.client.arriving.arrow_values import as_it_travels, column_of
from sfdag_magics.client.arriving.columns import Column, Rows, stored_names
from sfdag_magics.errors import InputError

_BATCH = 65_536


def parquet_rows(path: Path) -> Rows:
    """The rows of a Parquet file, read in parts.

    Raises:
        InputError: it is none, or a column holds what Snowflake has no type for.
    """
    import pyarrow.parquet as parquet  # its library is loaded where such a file is read

    try:
        schema = parquet.read_schema(path)
    except (pa.ArrowException, OSError) as problem:
        raise _unreadable(path, problem) from problem

    def batches() -> Iterator[pa.RecordBatch]:
        try:
            with parquet.ParquetFile(path, pre_buffer=False) as file:
                yield from file.iter_batches(batch_size=_BATCH)
        except (pa.ArrowException, OSError) as problem:
            raise _unreadable(path, problem) from problem

    return rows_of_schema(schema, batches, where=path.name)


def _unreadable(path: Path, problem: Exception) -> InputError:
    said = str(problem).partition("\n")[0]
    return InputError(
        f"{path} cannot be read as Parquet: {said}", hint="write it anew, or name another file"
    )


def stream_rows(value: Any, *, where: str) -> Rows:  # noqa: ANN401 - has `__arrow_c_stream__`
    """The rows of a frame that hands on Arrow's streams."""
    schema = pa.RecordBatchReader.from_stream(value).schema

    def batches() -> Iterator[pa.RecordBatch]:
        yield from pa.RecordBatchReader.from_stream(value)

    return rows_of_schema(schema, batches, where=where)


def rows_of_schema(
    schema: pa.Schema,
    batches: Callable[[], Iterable[pa.RecordBatch]],
    *,
    where: str,
    notes: tuple[str, ...] = (),
) -> Rows:
    """Rows in Arrow, whose types become the nearest of Snowflake's."""
    names, renamed = stored_names(schema.names, where)
    columns = tuple(
        column_of(name, each.type, where) for name, each in zip(names, schema, strict=True)
    )
    reading = partial(_travelling, batches, columns, where)
    return Rows(columns=columns, batches=reading, notes=notes + renamed)


def _travelling(
    batches: Callable[[], Iterable[pa.RecordBatch]], columns: tuple[Column, ...], where: str
) -> Iterator[pa.RecordBatch]:
    for batch in batches():
        for part in _parts(batch):
            arrays = [_sent(v, c, where) for v, c in zip(part.columns, columns, strict=True)]
            yield pa.RecordBatch.from_arrays(arrays, [column.name for column in columns])


def _parts(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """A frame may come as one batch: what is made of it at once stays small."""
    for start in range(0, batch.num_rows, _BATCH):
        yield batch.slice(start, _BATCH)


def _sent(values: pa.Array, column: Column, where: str) -> pa.Array:
    try:
        return as_it_travels(values, column)
    except (pa.ArrowException, TypeError) as problem:
        raise InputError(
            f"{where}: column {column.name} cannot become {column.type}: {problem}",
            hint="make it a text or a number first",
        ) from problem
