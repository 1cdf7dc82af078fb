"""Which rows a file has, by its name's end. Opens files of this machine and nothing else."""

from __future__ import annotations

import codecs
from pathlib import Path

from sfdag_magics.client.arriving.arrow_rows import parquet_rows
from sfdag_magics.client.arriving.columns import Rows, table_name_of
from sfdag_magics.client.arriving.csv_rows import csv_rows
from sfdag_magics.client.arriving.json_rows import json_rows
from sfdag_magics.errors import NO_FILE, InputError, MachineError

_CSV, _JSON, _PARQUET = (".csv", ".tsv", ".txt"), (".jsonl", ".ndjson", ".json"), (".parquet",)
_READ = "CSV (.csv, .tsv), Parquet (.parquet) and JSON lines (.jsonl, .ndjson, .json)"
_OTHERS = {
    **dict.fromkeys((".xlsx", ".xls", ".xlsm", ".ods"), "pandas.read_excel"),
    ".feather": "pandas.read_feather",
    ".orc": "pandas.read_orc",
    ".pkl": "pandas.read_pickle",
}


def rows_of_file(path: Path, *, encoding: str = "utf-8") -> Rows:
    """The rows of a file, which is read in parts as they are asked for.

    Raises:
        InputError: it is no file of rows that is read here, or not all of it can be.
    """
    bare = _bare(path)
    end = bare.suffix.lower()
    try:
        codecs.lookup(encoding)
    except LookupError as problem:
        raise InputError(
            f"there is no encoding {encoding!r}", hint="--encoding utf-8, latin-1 or cp1252"
        ) from problem
    if end in _CSV:
        return csv_rows(path, encoding=encoding)
    if end in _JSON:
        return json_rows(path, encoding=encoding)
    if end in _PARQUET and bare is path:
        return parquet_rows(path)
    instead = f"df = {_OTHERS[end]}(…), then load df" if end in _OTHERS else "name one of these"
    raise InputError(f"{path} is not read: only {_READ}", hint=instead)


def table_of_file(path: Path) -> str:
    """What the table is called where nobody says another name; looks whether the file is there.

    Raises:
        InputError: it is not, or it is empty.
        MachineError: it cannot be read.
    """
    _check(path)
    return table_name_of(_bare(path).stem)


def _bare(path: Path) -> Path:
    """Without the ending of what is packed."""
    return path.with_suffix("") if path.suffix == ".gz" else path


def _check(path: Path) -> None:
    try:
        is_file, size = path.is_file(), path.stat().st_size
        with path.open("rb"):
            pass
    except FileNotFoundError as problem:
        raise InputError(f"there is no file {path}", hint=NO_FILE) from problem
    except IsADirectoryError as problem:
        raise InputError(f"{path} is a folder", hint="name one file in it") from problem
    except OSError as problem:
        raise MachineError(
            f"cannot read {path}: {problem.strerror}", hint=f"ls -l {path}"
        ) from problem
    if not is_file:
        raise InputError(f"{path} is no file", hint="name a file of rows")
    if not size:
        raise InputError(f"{path} is empty", hint="name a file that has rows, or a line of names")
