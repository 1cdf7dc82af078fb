"""Which files hold rows that are read here, by their names; looks whether one is there. Light.

Asked before anything that reads rows is loaded, which takes seconds.
"""

from __future__ import annotations

import codecs
from pathlib import Path

from sfdag_magics.errors import NO_FILE, InputError, MachineError

CSV, JSON, PARQUET = (".csv", ".tsv", ".txt"), (".jsonl", ".ndjson", ".json"), (".parquet",)
_READ = "CSV (.csv, .tsv), Parquet (.parquet) and JSON lines (.jsonl, .ndjson, .json)"
_OTHERS = {
    **dict.fromkeys((".xlsx", ".xls", ".xlsm", ".ods"), "pandas.read_excel"),
    ".feather": "pandas.read_feather",
    ".orc": "pandas.read_orc",
    ".pkl": "pandas.read_pickle",
}


def bare(path: Path) -> Path:
    """Without the ending of what is packed."""
    return path.with_suffix("") if path.suffix == ".gz" else path


def check_kind(path: Path, encoding: str = "utf-8") -> None:
    """See that a file of this name is read here, and by this encoding.

    Raises:
        InputError: it is not, or there is no such encoding.
    """
    try:
        codecs.lookup(encoding)
    except LookupError as problem:
        raise InputError(
            f"there is no encoding {encoding!r}", hint="--encoding utf-8, latin-1 or cp1252"
        ) from problem
    named = bare(path)
    end = named.suffix.lower()
    if end in (*CSV, *JSON) or (end in PARQUET and named is path):
        return
    instead = f"df = {_OTHERS[end]}(…), then load df" if end in _OTHERS else "name one of these"
    raise InputError(f"{path} is not read: only {_READ}", hint=instead)


def check_there(path: Path) -> None:
    """See that a file is there and holds something.

    Raises:
        InputError: it is not, or it is empty.
        MachineError: it cannot be read.
    """
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
