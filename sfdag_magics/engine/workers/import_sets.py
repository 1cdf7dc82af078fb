"""The files that jobs import, laid out once for all jobs with the same ones. Knows files only.

They are copies: what lies on the stage may change while a job runs. Nobody may write into them, as
in Snowflake, since other jobs read the same ones.
"""

from __future__ import annotations

import os
import shutil
import threading
import zipfile
import zlib
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from sfdag_magics.engine.workers import ready_runtime
from sfdag_magics.engine.workers.channel import fields_of
from sfdag_magics.light_classes import dataclass

#: So many sets that no job uses stay for the next one.
_KEPT = 4
_READ_ONLY_FILE, _READ_ONLY_FOLDER, _OWN_FOLDER = 0o444, 0o555, 0o700

#: What zipfile raises of archives that are damaged, encrypted or packed in a way it does not know.
_UNREADABLE = (zipfile.BadZipFile, EOFError, OSError, RuntimeError, ValueError, zlib.error)

_Key = tuple[tuple[str, int, int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Imports:
    """Files laid out for a job.

    Attributes:
        directory: where they lie, and nothing else.
        archives: those that modules can be imported from.
        runtime, runtime_archive: what the runtime in an archive with a graph's code is, and which
            archive that is; empty without.
        unpacked: where the files of that archive's package lie.
    """

    directory: str
    archives: tuple[str, ...] = ()
    runtime: str = ""
    runtime_archive: str = ""
    unpacked: str = ""

    def fields(self) -> dict[str, Any]:
        """The imports as JSON has them."""
        return fields_of(self)

    @classmethod
    def from_fields(cls, fields: dict[str, Any]) -> Self:
        """The imports that `fields` gave."""
        return cls(**{**fields, "archives": tuple(fields["archives"])})


class _Set:
    """One set, and how many jobs use it; `ready` guards its files."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.users = 0
        self.ready = threading.Lock()
        self.imports: Imports | None = None


class ImportSets:
    """The sets below one directory, which its owner empties. Any thread."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._lock = threading.Lock()
        self._sets: dict[_Key, _Set] = {}  # the one used last at the end
        self._made = 0

    def take(self, paths: Sequence[str]) -> tuple[_Key, Imports]:
        """The laid out files, until their key is given back.

        Raises:
            OSError: one is gone, or there is no room for a copy.
        """
        key = tuple(_identity(path) for path in paths)
        with self._lock:
            found = self._sets.pop(key, None) or self._new()
            found.users += 1
            self._sets[key] = found
        try:
            with found.ready:
                if found.imports is None:
                    found.imports = _laid_out(paths, found.directory)
                return key, found.imports
        except BaseException:
            self.give_back(key)
            raise

    def give_back(self, key: _Key) -> None:
        """Whoever took it needs it no more."""
        with self._lock:
            if key not in self._sets:
                return  # all are gone
            self._sets[key].users -= 1
            idle = [known for known, each in self._sets.items() if not each.users]
            leaving = [self._sets.pop(known) for known in idle[: max(len(idle) - _KEPT, 0)]]
        for each in leaving:
            _remove(each.directory)

    def clear(self) -> None:
        """Remove all of them, once every job was stopped; some are still to give theirs back."""
        with self._lock:
            self._sets.clear()
            for each in self._directory.glob("*"):
                _remove(each)

    def _new(self) -> _Set:
        self._made += 1
        return _Set(self._directory / str(self._made))


def _identity(path: str) -> tuple[str, int, int, int]:
    """What another content of the file would change."""
    found = os.stat(path)
    return path, found.st_ino, found.st_mtime_ns, found.st_size


def _laid_out(paths: Sequence[str], directory: Path) -> Imports:
    _remove(directory)  # of a layout that failed
    files = directory / "files"
    files.mkdir(parents=True)
    copies = [_copied(path, files) for path in paths]
    archives = [copy for copy in copies if copy.is_file() and zipfile.is_zipfile(copy)]
    runtimes = (_runtime(archive, directory / "unpacked") for archive in archives)
    runtime = next((each for each in runtimes if each), {})
    files.chmod(_READ_ONLY_FOLDER)
    return Imports(directory=str(files), archives=tuple(map(str, archives)), **runtime)


def _copied(path: str, files: Path) -> Path:
    copy = files / Path(path).name
    if os.path.isdir(path):
        shutil.copytree(path, copy)
        for folder, _folders, names in os.walk(copy, topdown=False):
            for name in names:
                Path(folder, name).chmod(_READ_ONLY_FILE)
            Path(folder).chmod(_READ_ONLY_FOLDER)
        return copy
    shutil.copyfile(path, copy)
    copy.chmod(_READ_ONLY_FILE)
    return copy


def _runtime(archive: Path, unpacked: Path) -> dict[str, str]:
    """The runtime in an archive, laid out; nothing of one that has none or cannot be read.

    A job is then as without it: its imports read the archive themselves, and tell what is broken.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            digest = ready_runtime.digest_of_archive(opened)
            if not digest:
                return {}
            ready_runtime.unpack(opened, unpacked)
    except _UNREADABLE:
        return {}
    return {"runtime": digest, "runtime_archive": str(archive), "unpacked": str(unpacked)}


def _remove(directory: Path) -> None:
    for folder, _folders, _names in os.walk(directory / "files"):
        with suppress(FileNotFoundError):
            Path(folder).chmod(_OWN_FOLDER)
    shutil.rmtree(directory, ignore_errors=True)
