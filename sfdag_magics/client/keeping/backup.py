"""A data directory as one file: a tar with a first entry that says what it is, and a last one with
a digest of each, without which it is no backup.

No secret is in it (port and token stay with the directory), and nothing that ends with an engine.
Nobody may serve the directory meanwhile: `quiet` holds it.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import shlex
import tarfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from sfdag_magics.client.connecting.activity import doing
from sfdag_magics.client.connecting.releases import installed_release
from sfdag_magics.engine.directory import rendezvous
from sfdag_magics.errors import InputError, MachineError
from sfdag_magics.graph.displayed import size_text

#: Of the archive itself; another one is not read.
FORMAT = 1
FIRST, LAST = "sfdag-backup.json", "sfdag-backup-end.json"
#: What a directory is moved with: files, and folders with all below them.
FILES = ("data.duckdb", "data.duckdb.wal", "runs.sqlite", "runs.sqlite-wal", "statements.jsonl")
FOLDERS = ("stages", "logs")
_PASSING = (".incoming", ".uploads")


@contextlib.contextmanager
def quiet(directory: Path) -> Iterator[None]:
    """While inside, no engine serves the directory and none can start.

    Raises:
        MachineError: one does, or the directory cannot be written to.
    """
    with rendezvous.start_lock(directory), rendezvous.engine_lock(directory):
        yield


def back_up(directory: Path, file: Path, *, replaces: bool) -> int:
    """Write the directory into a file, which is whole or not there; the bytes it has.

    Args:
        replaces: a file that is there.

    Raises:
        InputError: there is no such directory, or the file is there already.
        MachineError: it cannot be read or written; nothing is left of the file then.
    """
    check_possible(directory, file, replaces=replaces)
    try:
        with quiet(directory):
            return _written(directory, file)
    except OSError as problem:
        raise MachineError(
            f"the backup {file} cannot be written: {problem.strerror or problem}",
            hint="free some space, or name a file on another disk",
        ) from problem


def check_possible(directory: Path, file: Path, *, replaces: bool) -> None:
    """See that there is something to write, and a place for it; before an engine is stopped.

    Raises:
        InputError: there is not.
    """
    if not (directory / FILES[0]).is_file():
        raise InputError(
            f"{directory} holds no engine's data", hint="name the data directory with --data DIR"
        )
    if file.exists() and not replaces:
        raise InputError(
            f"{file} is there already, and stays as it is", hint="another name, or --replace"
        )
    if not file.parent.is_dir():
        raise InputError(
            f"there is no folder {file.parent} for the backup {file.name}",
            hint=f"mkdir -p {shlex.quote(str(file.parent))}, or name a file in another",
        )


def _written(directory: Path, file: Path) -> int:
    # one that was cut off is in the place of the next
    partial = file.with_name(f"{file.name}.partial")
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
    try:
        with os.fdopen(os.open(partial, flags, 0o600), "wb") as out:
            _write(directory, out)
            out.flush()
            os.fsync(out.fileno())
        partial.replace(file)
    except BaseException:
        with contextlib.suppress(OSError):
            partial.unlink()
        raise
    return file.stat().st_size


def _write(directory: Path, out: IO[bytes]) -> None:
    digests: dict[str, str] = {}
    written = 0
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
        _add_json(archive, FIRST, _about(directory))
        for path in _to_keep(directory):
            name = path.relative_to(directory).as_posix()
            digests[name] = _add(archive, path, name)
            written += path.stat().st_size
            doing("backing up", size_text(written))
        _add_json(archive, LAST, digests)


def _about(directory: Path) -> dict[str, object]:
    return {
        "format": FORMAT,
        "release": installed_release(),
        "made": datetime.now(UTC).isoformat(),
        "of": str(directory),
    }


def _to_keep(directory: Path) -> Iterator[Path]:
    for name in FILES:
        if (directory / name).is_file():
            yield directory / name
    for folder in FOLDERS:
        for path in sorted((directory / folder).rglob("*")):
            passes = path.relative_to(directory / folder).parts[0] in _PASSING
            if path.is_file() and not path.is_symlink() and not passes:
                yield path


def _add(archive: tarfile.TarFile, path: Path, name: str) -> str:
    """Add one file; the digest of what was added."""
    entry = archive.gettarinfo(str(path), arcname=name)
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    with path.open("rb") as opened:
        digesting = _Digesting(opened)
        archive.addfile(entry, digesting)
    return digesting.digest


class _Digesting:
    """Reads a file and digests what is read."""

    def __init__(self, opened: IO[bytes]) -> None:
        self._opened, self._sum = opened, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._opened.read(size)
        self._sum.update(data)
        return data

    @property
    def digest(self) -> str:
        return self._sum.hexdigest()


def _add_json(archive: tarfile.TarFile, name: str, value: object) -> None:
    content = json.dumps(value).encode()
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    entry.mode = 0o600
    archive.addfile(entry, io.BytesIO(content))
