"""How an older data file becomes one of today's. Knows versions and DuckDB, not what is stored.

A file is at one version or at the next, never between: the steps and the version they make are one
transaction. Before it a copy of the file is laid beside it under the version it has, complete or
not there at all. A process that is killed in the middle leaves the older file, which opens again.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import duckdb

from sfdag_magics.errors import MachineError

Step = Callable[[duckdb.DuckDBPyConnection], None]

FIRST_VERSION = 1
_FORMAT_TABLES = (
    "CREATE SCHEMA IF NOT EXISTS registry",
    "CREATE TABLE IF NOT EXISTS registry.format(version INTEGER NOT NULL)",
)


def open_up_to_date(path: Path, steps: Mapping[int, Step]) -> duckdb.DuckDBPyConnection:
    """The file at `path`, opened, of today's version.

    `steps` are {version: what makes it from the one before}; the last one is today's.

    Raises:
        MachineError: it was written by a newer version.
        OSError, duckdb.Error: it cannot be read, or there is no room for the copy.
    """
    newest = max(steps, default=FIRST_VERSION)
    root = duckdb.connect(str(path))
    try:
        version = _version(root, newest)
        _check_not_newer(path, version, newest)
        if version == newest:
            return root
        root.execute("CHECKPOINT")
        root.close()
        _copy(path, path.with_name(f"{path.name}.format{version}"))
        root = duckdb.connect(str(path))
        _migrate(root, [steps[number] for number in range(version + 1, newest + 1)], newest)
    except BaseException:
        root.close()
        raise
    return root


def _version(root: duckdb.DuckDBPyConnection, newest: int) -> int:
    """The version of the file; a new one gets the newest, in one wait for the disk."""
    root.execute("BEGIN TRANSACTION")
    for statement in _FORMAT_TABLES:
        root.execute(statement)
    found = root.execute("SELECT max(version) FROM registry.format").fetchone()
    version = None if found is None else found[0]
    if version is None:
        root.execute("INSERT INTO registry.format VALUES (?)", [newest])
    root.execute("COMMIT")
    return newest if version is None else int(version)


def _migrate(root: duckdb.DuckDBPyConnection, steps: list[Step], newest: int) -> None:
    root.execute("BEGIN TRANSACTION")
    for step in steps:
        step(root)
    root.execute("UPDATE registry.format SET version = ?", [newest])
    root.execute("COMMIT")


def _copy(path: Path, backup: Path) -> None:
    """A copy that is whole or not there, also when the machine dies meanwhile."""
    partial = backup.with_name(f"{backup.name}.partial")
    opened = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with path.open("rb") as source, os.fdopen(opened, "wb") as target:
        shutil.copyfileobj(source, target)
        target.flush()
        os.fsync(target.fileno())
    partial.replace(backup)
    directory = os.open(backup.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def _check_not_newer(path: Path, version: int, newest: int) -> None:
    if version > newest:
        raise MachineError(
            f"the data directory {path.parent} was written by a newer version of sfdag_magics"
            f" (format {version}, this one knows {newest})",
            hint="pip install --upgrade sfdag_magics, or name another directory with SFDAG_DATA",
        )
