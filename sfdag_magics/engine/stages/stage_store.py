"""The files of stages on disk. Knows directories and names; knows neither SQL nor the catalogue.

Each stage has a directory of its own, named by an id, below one root. A file's name within its
stage is its path in it, with `/`; nothing outside the root is ever read, written or removed: no
NUL, no `..`, no symbolic link, and the resolved path is checked last. A file is there whole or not
at all, whoever writes it (`uploads.py`).
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import shutil
import stat
import tempfile
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.stages.uploads import Uploads
from sfdag_magics.light_classes import dataclass

_ID = re.compile(r"[A-Za-z0-9_-]{1,80}")
#: The longest name that common file systems take, in bytes.
_LONGEST_PART = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class StageLocation:
    """A place within a stage.

    Attributes:
        stage_id: names the stage's directory.
        prefix: what the names of the files meant begin with; empty for all. As in Snowflake, a
            text and not a directory: `a` means `a/b.csv` and `ab.csv`.
        listed_as: what LIST puts before a file's name: the stage's name and `/`, or nothing.
        read_only: whether its files never change, as those of a model's version.
    """

    stage_id: str
    prefix: str = ""
    listed_as: str = ""
    read_only: bool = False

    def below(self, name: str) -> StageLocation:
        """The location of the file or directory `name`, which continues the prefix as a path."""
        joined = f"{self.prefix.rstrip('/')}/{name}" if self.prefix else name
        return replace(self, prefix=joined)

    def for_writing(self) -> StageLocation:
        """The same location.

        Raises:
            SqlError: its files never change.
        """
        if self.read_only:
            raise SqlError(f"Files below '{self.listed_as}' cannot be changed.", code=1011)
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedFile:
    """A file in a stage: its name there, and where its bytes are."""

    name: str
    path: Path
    size: int
    modified: datetime

    def opened(self) -> io.BufferedReader:
        """The file, to be read and closed by the caller.

        Raises:
            MissingFileError: it was removed since it was listed.
        """
        try:
            return self.path.open("rb")
        except (FileNotFoundError, NotADirectoryError) as problem:
            raise MissingFileError(self.name) from problem

    def md5(self) -> str:
        """The MD5 of its bytes, as LIST shows it. Reads the file; raises as `opened`."""
        with self.opened() as opened:
            return hashlib.file_digest(
                opened, lambda: hashlib.md5(usedforsecurity=False)
            ).hexdigest()


class MissingFileError(SqlError):
    """A stage has no file of this name: it never had, or another session removed it just now."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"Remote file '{name}' was not found. There are several potential reasons: the file"
            " name may be incorrect, the path is not the stage's, or the file was removed while"
            " the statement ran. LIST the stage to see what it holds.",
            code=91016,
            sqlstate="22000",
        )


class StageStore:
    """All stages of one engine. Any thread; what two write at once, the last one wins."""

    def __init__(self, root: Path) -> None:
        #: Held while a file comes or goes: from the look whether its name is free to its being
        #: there, and while its directory is made, or is found to be empty and taken away.
        self._naming = threading.RLock()
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._root = root.resolve()
        self._incoming = self._root / ".incoming"
        shutil.rmtree(self._incoming, ignore_errors=True)
        self._incoming.mkdir(mode=0o700)
        self._uploads = Uploads(self._root / ".uploads", self._place)

    def path(self, location: StageLocation) -> Path:
        """Where the file or directory of exactly this name is, whether it exists or not.

        Raises:
            SqlError: the name would lead out of the stage.
        """
        self._uploads.publish(location.stage_id)
        return self._path(location)

    def _path(self, location: StageLocation) -> Path:
        stage = self._stage(location.stage_id)
        parts = _parts(location.prefix)
        path = stage.joinpath(*parts)
        if not _has_link(self._root, (location.stage_id, *parts)):
            return path  # and the parts lead nowhere else
        if not Path(os.path.realpath(path)).is_relative_to(stage) or path.is_symlink():
            raise _refused(location.prefix)
        return path

    def directory(self, location: StageLocation) -> Path:
        """The directory of this name, made if need be, only for this user."""
        path = self._path(location)
        try:
            with self._naming:
                for part in reversed([path, *path.relative_to(self._root).parents[:-1]]):
                    (self._root / part).mkdir(mode=0o700, exist_ok=True)
        except (FileExistsError, NotADirectoryError) as problem:
            raise SqlError(
                f"'{location.prefix}' cannot hold files: a file of that name is in the stage."
            ) from problem
        return path

    def files(self, location: StageLocation) -> tuple[StagedFile, ...]:
        """The files whose names begin with the location's prefix, by name."""
        self._uploads.publish(location.stage_id)
        stage = self._stage(location.stage_id)
        prefix = "/".join(_parts(location.prefix))
        if prefix and location.prefix.endswith("/"):
            prefix += "/"
        found = (_staged_file(stage, path) for path in _walk(stage))
        matching = [file for file in found if file is not None and file.name.startswith(prefix)]
        return tuple(sorted(matching, key=lambda file: file.name))

    def receiving(self, location: StageLocation, sources: Sequence[str]) -> Path:
        """A directory for a client to write files to, which appear at the location once whole.

        `sources` are the client's files, as patterns.
        """
        self.directory(location)
        prefix = "/".join(_parts(location.prefix))
        return self._uploads.begin(location.stage_id, prefix, sources)

    def _place(self, stage_id: str, name: str, file: Path) -> None:
        """Put a whole file into a stage: the old one of its name stays until it is there."""
        file.chmod(0o600)
        _synchronized(file)
        self._appear(file, StageLocation(stage_id=stage_id, prefix=name))

    @contextmanager
    def writing(self, location: StageLocation, *, overwrite: bool = True) -> Iterator[BinaryIO]:
        """A new file of this name; it appears whole, when the block has ended well.

        Raises:
            FileExistsError: without `overwrite`, somebody else was faster.
        """
        self.path(location)  # what was carried in before comes first
        self._make_room(location)
        handle, incoming = tempfile.mkstemp(dir=self._incoming)
        try:
            with os.fdopen(handle, "wb") as opened:
                yield opened
            _synchronized(Path(incoming))
            self._appear(Path(incoming), location, overwrite=overwrite)
        except BaseException:
            Path(incoming).unlink(missing_ok=True)
            raise

    def _appear(self, incoming: Path, location: StageLocation, *, overwrite: bool = True) -> None:
        target = self._path(location)
        with self._naming:
            self._make_room(location)  # who removed the last file there took it away
            if target.exists() and not overwrite:
                raise FileExistsError(target)
            incoming.replace(target)
        self._remember_name(target)

    def _remember_name(self, target: Path) -> None:
        """Have a file's name on the disk before anybody is told that it is there."""
        for parent in target.parents:
            with suppress(FileNotFoundError):  # somebody has removed the file again
                _synchronized_directory(parent)
            if parent == self._root:
                return

    def _make_room(self, location: StageLocation) -> None:
        """Make the directory that a file of this name lies in."""
        self.directory(replace(location, prefix="/".join(_parts(location.prefix)[:-1])))

    def remove(self, files: Iterable[StagedFile]) -> None:
        """Delete these files, and the directories they leave empty."""
        for file in files:
            file.path.unlink(missing_ok=True)
            with self._naming:
                self._tidy(file.path)

    def folders(self, location: StageLocation) -> tuple[str, ...]:
        """The names of the directories that lie directly in the one of this name."""
        try:
            with os.scandir(self._path(location)) as entries:
                return tuple(entry.name for entry in entries if entry.is_dir(follow_symlinks=False))
        except (FileNotFoundError, NotADirectoryError):
            return ()

    def remove_folder(self, location: StageLocation) -> None:
        """Delete the directory of this name with all below it, and those it leaves empty."""
        path = self.path(location)
        shutil.rmtree(path, ignore_errors=True)
        with self._naming:
            self._tidy(path)

    def _tidy(self, removed: Path) -> None:
        for parent in removed.parents:
            if parent.parent in (self._root, *self._root.parents):
                return
            try:
                parent.rmdir()
            except OSError:
                return  # not empty

    def give_up(self, location: StageLocation) -> None:
        """Drop what clients have begun to write to a stage and left, for the room it takes."""
        self._uploads.give_up(location.stage_id)

    def stage_ids(self) -> tuple[str, ...]:
        """Every stage that has a directory."""
        return tuple(path.name for path in self._root.iterdir() if _ID.fullmatch(path.name))

    def remove_stage(self, stage_id: str) -> None:
        """Delete a stage's directory with all its files."""
        self._uploads.forget(stage_id)
        shutil.rmtree(self._stage(stage_id), ignore_errors=True)

    def _stage(self, stage_id: str) -> Path:
        if not _ID.fullmatch(stage_id):
            raise _refused(stage_id)
        return self._root / stage_id


def _parts(name: str) -> tuple[str, ...]:
    """The path's parts; empty ones and `.` mean nothing, as in `a//b`.

    Raises:
        SqlError: a part leads upwards or cannot be a file's name.
    """
    parts = tuple(part for part in name.split("/") if part not in ("", "."))
    for part in parts:
        encoded = part.encode("utf-8", "surrogatepass")
        if part == ".." or "\0" in part or len(encoded) > _LONGEST_PART or _is_surrogate(part):
            raise _refused(name)
    return parts


def _has_link(root: Path, parts: Iterable[str]) -> bool:
    """Whether one of these stands below `root`, which is resolved: of each task that runs."""
    place = str(root)
    for part in parts:
        place = f"{place}{os.sep}{part}"
        try:
            mode = os.lstat(place).st_mode
        except OSError:  # what is not there has nothing below it
            return False
        if stat.S_ISLNK(mode):
            return True
    return False


def _synchronized(file: Path) -> None:
    """Have a file on the disk: its name must not be there before its bytes after a power cut."""
    with file.open("rb") as opened:
        os.fsync(opened.fileno())


def _synchronized_directory(directory: Path) -> None:
    opened = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _is_surrogate(part: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in part)


def _refused(name: str) -> SqlError:
    return SqlError(f"Invalid stage path: {name!r} does not stay inside its stage.", code=1011)


def _walk(stage: Path) -> Iterator[Path]:
    for directory, _directories, names in os.walk(stage, followlinks=False):
        yield from (Path(directory, name) for name in names)


def _staged_file(stage: Path, path: Path) -> StagedFile | None:
    """The file, or None for a symbolic link and for what was removed in the meantime."""
    try:
        status = path.lstat()
    except FileNotFoundError:
        return None
    if not path.is_file() or path.is_symlink():
        return None
    return StagedFile(
        name=path.relative_to(stage).as_posix(),
        path=path,
        size=status.st_size,
        modified=datetime.fromtimestamp(status.st_mtime, UTC),
    )
