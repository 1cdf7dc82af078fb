"""What takes disk in a data directory: parts by their files, tables by what an engine tells.

Reads names and sizes alone. Where no engine runs, none is started: the parts are told all the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from sfdag_magics.engine.directory.file_systems import doubt_about
from sfdag_magics.graph.displayed import size_text
from sfdag_magics.graph.names import counted
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import QualifiedName

#: `{what it is: the names of its files and folders}`.
_PARTS: Mapping[str, tuple[str, ...]] = {
    "tables and catalogue": ("data.duckdb", "data.duckdb.wal"),
    "run history": ("runs.sqlite", "runs.sqlite-wal", "runs.sqlite-shm", "statements.jsonl"),
    "stages and archives of code": ("stages",),
    "logs of tasks": ("logs",),
    "results, spilled and running work": ("results", "spill", "jobs"),
    "the engine's own log": ("engine.log", "engine.log.1", "engine.log.2", "engine.log.3"),
}
_SHOWN = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table, and its bytes in the data file."""

    name: QualifiedName
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    """What takes disk.

    Attributes:
        parts: `{what it is: bytes}`.
        tables: the largest first; None where no engine tells of them.
        doubt: why this is no place for it; empty where it is one.
        free_within: bytes of the data file that later rows take, and nothing takes now.
    """

    parts: Mapping[str, int]
    tables: Sequence[Table] | None = None
    free_within: int = 0
    doubt: str = ""

    @property
    def total(self) -> int:
        """All of it, in bytes."""
        return sum(self.parts.values())

    def databases(self) -> dict[str, int]:
        """`{database: the bytes of its tables}`, the largest first."""
        found: dict[str, int] = {}
        for table in self.tables or ():
            database = table.name.database or ""
            found[database] = found.get(database, 0) + table.bytes
        return dict(sorted(found.items(), key=lambda pair: -pair[1]))

    def lines(self, *, start: str) -> Iterator[str]:
        """As people read it.

        Args:
            start: what is typed to start the engine of the directory.
        """
        yield f"{size_text(self.total)} on disk:"
        for part, size in self.parts.items():
            if size:
                yield f"  {size_text(size):>9}  {part}"
        if self.tables is None:
            yield f"  what each table takes is told while the engine runs: {start}"
            return
        if self.free_within:
            yield f"  {size_text(self.free_within):>9}  free in the file of tables, for later rows"
        for database, size in self.databases().items():
            if size:  # what was written a moment ago is not in the file yet
                yield f"  {size_text(size):>9}  tables of database {database}"
        shown = [table for table in self.tables if table.bytes][:_SHOWN]
        for table in shown:
            yield f"  {size_text(table.bytes):>9}    {table.name.sql()}"
        left = counted(len(self.tables) - len(shown), "more table" if shown else "table")
        if len(self.tables) > len(shown):
            yield f"             and {left}" if shown else f"             {left} of no size yet"


def disk_of(directory: Path, told: Mapping[str, Any] | None) -> Disk:
    """What takes disk in a data directory.

    Args:
        told: what the engine that serves it says of its tables, if one does.
    """
    parts = {
        part: sum(size_of(directory / name) for name in names) for part, names in _PARTS.items()
    }
    known = {name for names in _PARTS.values() for name in names}
    rest = [each for each in _listed(directory) if each.name not in known]
    parts["copies of earlier formats"] = sum(size_of(path) for path in rest if is_copy(path))
    parts["the rest"] = sum(size_of(path) for path in rest if not is_copy(path))
    if told is None:
        return Disk(parts=parts, doubt=doubt_about(directory))
    tables = (
        Table(name=QualifiedName(e["name"], e["schema"], e["database"]), bytes=e["bytes"])
        for e in told["tables"]
    )
    by_size = sorted(tables, key=lambda table: (-table.bytes, table.name.sql()))
    return Disk(parts=parts, tables=by_size, free_within=told["free"], doubt=doubt_about(directory))


def is_copy(path: Path) -> bool:
    """Whether a file is what a migration laid beside the data file."""
    return path.name.startswith("data.duckdb.format")


def _listed(directory: Path) -> list[Path]:
    try:
        return sorted(directory.iterdir())
    except OSError:
        return []


def size_of(path: Path) -> int:
    """Of a file, or of all files below a folder; what goes meanwhile has none."""
    try:
        if path.is_symlink() or not path.is_dir():
            return path.lstat().st_size if path.exists() else 0
        return sum(each.lstat().st_size for each in path.rglob("*") if not each.is_dir())
    except OSError:
        return 0
