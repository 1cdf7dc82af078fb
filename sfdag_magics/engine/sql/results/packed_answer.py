"""A small answer as bytes: Arrow holds kilobytes beside each, which thousands need not have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self

import pyarrow as pa

from sfdag_magics.engine.borders.answers import Column, FileTransfer, Result, StatementType
from sfdag_magics.light_classes import dataclass

#: What Python holds of one beside its bytes, and of each of its columns.
_OBJECT_BYTES, _COLUMN_BYTES = 700, 250


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedAnswer:
    """A `Result` whose rows are in memory."""

    columns: tuple[Column, ...]
    rows: bytes
    shown: Mapping[int, bytes]
    statement_type: StatementType
    rows_affected: int | None
    transfer: FileTransfer | None

    @classmethod
    def of(cls, result: Result) -> Self:
        """Pack an answer."""
        return cls(
            columns=result.columns,
            rows=_packed(result.rows),
            shown={
                number: _packed(pa.table({"": texts})) for number, texts in result.shown.items()
            },
            statement_type=result.statement_type,
            rows_affected=result.rows_affected,
            transfer=result.transfer,
        )

    def unpacked(self) -> Result:
        """The answer as it was."""
        return Result(
            columns=self.columns,
            rows=_read(self.rows),
            shown={number: _read(texts).column(0) for number, texts in self.shown.items()},
            statement_type=self.statement_type,
            rows_affected=self.rows_affected,
            transfer=self.transfer,
        )

    @property
    def nbytes(self) -> int:
        """What it takes of the memory, about."""
        values = len(self.rows) + sum(map(len, self.shown.values()))
        names = sum(len(column.name) for column in self.columns)
        return values + names + _OBJECT_BYTES + _COLUMN_BYTES * len(self.columns)


def _packed(rows: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema) as writer:
        writer.write_table(rows)
    return bytes(sink.getvalue())


def _read(packed: bytes) -> pa.Table:
    with pa.ipc.open_stream(packed) as reader:
        return reader.read_all()
