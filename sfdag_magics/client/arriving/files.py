"""Which rows a file has, by its name's end. Opens files of this machine and nothing else."""

from __future__ import annotations

from pathlib import Path

from sfdag_magics.client.arriving.arrow_rows import parquet_rows
from sfdag_magics.client.arriving.columns import Rows, table_name_of
from sfdag_magics.client.arriving.csv_rows import csv_rows
from sfdag_magics.client.arriving.file_kinds import CSV, JSON, bare, check_kind, check_there
from sfdag_magics.client.arriving.json_rows import json_rows


def rows_of_file(path: Path, *, encoding: str = "utf-8") -> Rows:
    """The rows of a file, which is read in parts as they are asked for.

    Raises:
        InputError: it is no file of rows that is read here, or not all of it can be.
    """
    check_kind(path, encoding)
    end = bare(path).suffix.lower()
    if end in CSV:
        return csv_rows(path, encoding=encoding)
    return json_rows(path, encoding=encoding) if end in JSON else parquet_rows(path)


def table_of_file(path: Path) -> str:
    """What the table is called where nobody says another name; looks whether the file is there.

    Raises:
        InputError: it is not, or it is empty.
        MachineError: it cannot be read.
    """
    check_there(path)
    return table_name_of(bare(path).stem)
