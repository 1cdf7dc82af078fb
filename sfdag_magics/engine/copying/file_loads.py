"""What became of each file of a COPY, and how its answer says so. Knows no session."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pyarrow as pa

from sfdag_magics.engine.borders.answers import Result, SfType, StatementType
from sfdag_magics.engine.borders.object_facts import CopiedFile
from sfdag_magics.engine.borders.rowset import rowset
from sfdag_magics.engine.copying.load_rows import BadRow
from sfdag_magics.engine.copying.staged_rows import FileRows
from sfdag_magics.light_classes import dataclass

#: Where in its line an error is said to be: no reader here knows better.
FIRST_CHARACTER = 1
_ANSWER = {
    "file": SfType.TEXT,
    "status": SfType.TEXT,
    "rows_parsed": SfType.FIXED,
    "rows_loaded": SfType.FIXED,
    "error_limit": SfType.FIXED,
    "errors_seen": SfType.FIXED,
    "first_error": SfType.TEXT,
    "first_error_line": SfType.FIXED,
    "first_error_character": SfType.FIXED,
    "first_error_column_name": SfType.TEXT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FileLoad:
    """One file on its way: its rows, those that will be written, and what is wrong with others."""

    rows: FileRows
    good: pa.Table
    bad: tuple[BadRow, ...] = ()
    skipped: bool = False

    @property
    def parsed(self) -> int:
        """How many rows were seen in it."""
        return int(self.rows.rows.num_rows) + len(self.rows.bad)

    @property
    def first(self) -> BadRow | None:
        """The bad row that comes first in the file."""
        return min(self.bad, key=lambda bad: bad.line, default=None)

    @property
    def status(self) -> str:
        """What became of it, in COPY's words."""
        if self.skipped:
            return "LOAD_FAILED"
        return "PARTIALLY_LOADED" if self.bad else "LOADED"


def answered(copied: Sequence[CopiedFile], listed_as: str) -> Result:
    """COPY's answer; `listed_as` is what stands before a file's name."""
    answer = rowset(
        _ANSWER, [_row(file, listed_as) for file in copied], statement_type=StatementType.COPY
    )
    return replace(answer, rows_affected=sum(file.loaded for file in copied))


def _row(file: CopiedFile, listed_as: str) -> tuple[object, ...]:
    return (
        *(listed_as + file.file, file.status, file.parsed, file.loaded),
        *(file.error_limit, file.errors, file.first_error, file.first_line),
        *(None if file.first_error is None else FIRST_CHARACTER, file.first_column),
    )
