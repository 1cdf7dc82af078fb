"""A backup as a data directory again: unpacked beside the place, checked, put there in one step.

Until that step the directory that was there is as it was. An archive may come from anybody: nothing
in it is written outside, and no link is followed.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import glob
import hashlib
import json
import os
import shutil
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO, Any

from packaging.version import Version

from sfdag_magics.client.connecting.activity import doing
from sfdag_magics.client.connecting.releases import installed_release
from sfdag_magics.client.keeping.backup import FILES, FIRST, FOLDERS, FORMAT, LAST, quiet
from sfdag_magics.engine.directory.rendezvous import START_LOCK
from sfdag_magics.engine.directory.safe_directory import secure_directory
from sfdag_magics.engine.directory.set_aside import is_away, is_used, put_back, set_aside
from sfdag_magics.errors import NO_FILE, InputError, MachineError
from sfdag_magics.graph.displayed import size_text

_PIECE = 1024**2
_HERE, _EXCHANGE = -100, 2  # AT_FDCWD, RENAME_EXCHANGE


def restore(file: Path, directory: Path, *, replaces: bool) -> dict[str, Any]:
    """Make a data directory of a backup; what the backup says of itself.

    Args:
        replaces: what is in the directory, if anything is.

    Raises:
        InputError: the file is no backup, or no whole one; of a newer release; or the directory
            holds something.
        MachineError: it cannot be written; what was there is as it was.
    """
    put_back(directory)
    if is_used(directory) and not replaces:
        raise InputError(
            f"{directory} holds something already, and stays as it is",
            hint="name another directory with --data DIR, or --replace",
        )
    try:
        for path in left_behind(directory):  # of this place alone, and nobody's any more
            shutil.rmtree(path, ignore_errors=True)
        with _unpacked(file, directory) as (made, about):
            _put(made, directory)
    except OSError as problem:
        raise MachineError(
            f"{directory} cannot be restored: {problem.strerror or problem}",
            hint="free some space, or name a directory on another disk with --data DIR",
        ) from problem
    else:
        return about


def check_backup(file: Path) -> None:
    """See that a file begins as a backup does; before an engine is stopped for it.

    Raises:
        InputError: there is no such file, or it is no backup.
    """
    with _opened(file) as archive:
        entry = archive.next()
        if entry is None:
            raise _no_backup(file, "it is empty")
        _about(archive, entry, file)


def cut_off(directory: Path) -> str:
    """What is to be said of a restore of the directory that was killed; empty where none was."""
    if is_away(directory):
        return (
            f"a restore was cut off: what was in {directory} lies in {set_aside(directory)}, and"
            " the next start or restore puts it back"
        )
    left = list(left_behind(directory))
    if not left:
        return ""
    is_done = any(map(is_replaced, left))
    whose = "what was there before" if is_done else "what it had unpacked"
    how = "when the backup was in its place" if is_done else "and the directory is as it was"
    return f"a restore was cut off, {how}; {whose} takes disk: {', '.join(map(str, left))}"


def is_replaced(left: Path) -> bool:
    """Whether something left behind is what a backup has replaced: engines lock no other."""
    return (left / START_LOCK).exists()


def left_behind(directory: Path) -> Iterator[Path]:
    """What restores of the directory left beside it that were cut off; none that still goes on."""
    found = sorted(directory.parent.glob(f"{glob.escape(_prefix(directory))}*"))
    if set_aside(directory).is_dir() and not is_away(directory):
        found.append(set_aside(directory))
    for path in found:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue
        finally:
            os.close(descriptor)
        yield path


def _prefix(directory: Path) -> str:
    return f".{directory.name}.restoring-"


@contextlib.contextmanager
def _unpacked(file: Path, directory: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """A new directory beside the one that is meant, with all of the backup, checked and synced."""
    secure_directory(directory.parent) if not directory.parent.exists() else None
    made = Path(tempfile.mkdtemp(prefix=_prefix(directory), dir=directory.parent))  # 0700
    descriptor = os.open(made, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)  # goes on, whoever looks for what was left
        about = _read(file, made)
        os.fsync(descriptor)
        yield made, about
    finally:
        os.close(descriptor)
        shutil.rmtree(made, ignore_errors=True)


def _read(file: Path, made: Path) -> dict[str, Any]:
    with _opened(file) as archive:
        return _entries(archive, file, made)


@contextlib.contextmanager
def _opened(file: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(file, "r|") as archive:
            yield archive
    except FileNotFoundError as problem:
        raise InputError(f"there is no file {file}", hint=NO_FILE) from problem
    except (tarfile.TarError, EOFError) as problem:
        raise _no_backup(file, str(problem)) from problem


def _entries(archive: tarfile.TarFile, file: Path, made: Path) -> dict[str, Any]:
    about: dict[str, Any] | None = None
    digests: dict[str, str] = {}
    for entry in archive:
        if about is None:
            about = _about(archive, entry, file)
        elif entry.name == LAST:
            if _json(archive, entry) != digests:
                raise _no_backup(file, "its content is not what was written")
            return about
        else:
            digests[entry.name] = _unpack(archive, entry, made, file)
            doing("restoring", entry.name)
    raise _no_backup(file, "its end is missing")


def _about(archive: tarfile.TarFile, entry: tarfile.TarInfo, file: Path) -> dict[str, Any]:
    found = _json(archive, entry) if entry.name == FIRST else {}
    if found.get("format") != FORMAT:
        raise _no_backup(file, "it does not begin as one")
    release = str(found.get("release"))
    if Version(release) > Version(installed_release()):
        raise InputError(
            f"{file} was made by sfdag_magics {release}, and here is {installed_release()}",
            hint="pip install --upgrade sfdag_magics",
        )
    return found


def _json(archive: tarfile.TarFile, entry: tarfile.TarInfo) -> dict[str, Any]:
    opened = archive.extractfile(entry)
    try:
        found = json.loads(opened.read() if opened else b"")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _unpack(archive: tarfile.TarFile, entry: tarfile.TarInfo, made: Path, file: Path) -> str:
    """Write one file; the digest of what was written."""
    parts = PurePosixPath(entry.name).parts
    is_known = entry.name in FILES or (len(parts) > 1 and parts[0] in FOLDERS)
    opened = archive.extractfile(entry) if entry.isfile() else None
    if opened is None or not is_known or ".." in parts or "\0" in entry.name:
        raise _no_backup(file, f"it holds {entry.name!r}")
    path = made.joinpath(*parts)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    with os.fdopen(os.open(path, flags, 0o600), "wb") as out:
        return _copied(opened, out)


def _copied(opened: IO[bytes], out: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while piece := opened.read(_PIECE):
        digest.update(piece)
        out.write(piece)
    out.flush()
    os.fsync(out.fileno())
    return digest.hexdigest()


def _no_backup(file: Path, why: str) -> InputError:
    return InputError(
        f"{file} is no backup, or no whole one: {why}",
        hint="name a file that sfdag local backup has written",
    )


def _put(made: Path, directory: Path) -> None:
    """Put the new directory in the place of the old one, which goes."""
    if not directory.exists():
        _move(made, directory)
        return
    with quiet(directory):
        if not _exchanged(made, directory):
            _change_places(made, directory)


def _change_places(made: Path, directory: Path) -> None:
    """In three steps; whoever finds the old one aside waits for these, or puts it back."""
    before = set_aside(directory)
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        _move(directory, before)
        _move(made, directory)
        _move(before, made)  # goes with what the caller deletes
    finally:
        os.close(descriptor)


def _move(one: Path, to: Path) -> None:
    one.rename(to)


def _exchanged(one: Path, other: Path) -> bool:
    """Let two directories change places in one step; whether the system does that."""
    if sys.platform != "linux":
        return False
    swap = getattr(ctypes.CDLL(None), "renameat2", None)
    if swap is None:
        return False
    return bool(swap(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE) == 0)


def said(about: dict[str, Any], file: Path) -> str:
    """What a backup is, in a line."""
    made = str(about.get("made", ""))[:19].replace("T", " ")
    return f"{file.name} ({size_text(file.stat().st_size)}, of {made} UTC, {about.get('of')})"
