"""Files that clients are carrying in: each PUT has a directory of its own until they are whole.

The connector writes into the directory it is told and says nothing afterwards: it makes a file of
the full size first, which is one hole, and then fills it (read in snowflake-connector-python 4.8,
`local_storage_client.py`). So a file is whole when it has no hole left, and then it is moved to
where it belongs, before anybody looks there. What a killed client or a full disk left behind keeps
its hole, never appears, and is dropped after a while, or as soon as room is needed. Knows files,
neither SQL nor the catalogue.
"""

from __future__ import annotations

import glob
import json
import logging
import os
import shutil
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.light_classes import dataclass

_LOG = logging.getLogger(__name__)

#: A file nobody went on with for so long is abandoned: a client reads 64 MiB between two writes.
_ABANDONED_S = 600.0
#: The same where the disk is full, or the stage is being emptied.
_IDLE_S = 5.0
#: Before its first file a client may compress for hours; an empty directory takes no room.
_KEPT_S = 24 * 3600
#: The connector makes each file before it gives it its size; an empty one is believed after this.
_EMPTY_FOR_S = 0.1
_ABOUT = "about.json"
_FILES = "files"


@dataclass(slots=True, eq=False)
class Upload:
    """One PUT.

    Attributes:
        directory: its own, with the files below.
        prefix: where in the stage its files belong, as a path.
        sources: the client's files, as patterns; of a stream a name that is no file.
        expected: how many files are still to come.
    """

    directory: Path
    stage_id: str
    prefix: str
    sources: Sequence[str]
    expected: int

    @property
    def files(self) -> Path:
        """Where the client writes."""
        return self.directory / _FILES

    def make(self) -> None:
        """Make its directory, and note there what it is.

        Raises:
            OSError: there is no room; nothing is left.
        """
        try:
            self.files.mkdir(mode=0o700, parents=True)
            about = asdict(self) | {"directory": None}
            (self.directory / _ABOUT).write_text(json.dumps(about), "utf-8")
        except OSError:
            shutil.rmtree(self.directory, ignore_errors=True)
            raise

    def touched(self) -> float:
        """When anything was last written, in seconds since 1970."""
        times = [status.st_mtime for _path, status in self.written()]
        return max([*times, self.directory.stat().st_mtime]) if self.files.is_dir() else 0.0

    def written(self) -> Iterator[tuple[Path, os.stat_result]]:
        """The files that are there; what is no plain file is nothing of ours."""
        for entry in os.scandir(self.files) if self.files.is_dir() else ():
            if entry.is_file(follow_symlinks=False):
                yield Path(entry.path), entry.stat(follow_symlinks=False)

    def has_empty_source(self, name: str) -> bool:
        """Whether an empty file of this name can be what the client means to send."""
        found = [Path(path) for pattern in self.sources for path in glob.glob(pattern)]
        return not any(path.name == name and _has_bytes(path) for path in found)


#: Moves a whole file to its place in a stage: stage, path in it, the file.
Place = Callable[[str, str, Path], None]


class Uploads:
    """All that is under way, also from before the engine was started. Any thread."""

    def __init__(self, root: Path, place: Place) -> None:
        root.mkdir(mode=0o700, exist_ok=True)
        self._root = root
        self._place = place
        self._lock = threading.Lock()
        self._pause = threading.Event()
        self._pending: dict[str, list[Upload]] = {}
        for directory in root.iterdir():
            self._take_up(directory)
        self._drop_idle(_ABANDONED_S)

    def begin(self, stage_id: str, prefix: str, sources: Sequence[str]) -> Path:
        """A new directory for a client to write the files of one PUT to."""
        expected = sum(len(glob.glob(pattern)) for pattern in sources) or 1
        upload = Upload(self._root / uuid.uuid4().hex, stage_id, prefix, sources, expected)
        self._drop_idle(_ABANDONED_S)
        try:
            upload.make()
        except OSError:
            self._drop_idle(_IDLE_S)  # the disk is full: what others left there may be all of it
            upload.make()
        with self._lock:
            self._pending.setdefault(stage_id, []).append(upload)
        return upload.files

    def give_up(self, stage_id: str) -> None:
        """Drop what was on its way to a stage that is being emptied, unless it is being written."""
        self._drop_idle(_IDLE_S, stage_id)

    def publish(self, stage_id: str) -> None:
        """Move every file that is whole to its place in the stage."""
        if stage_id in self._pending:
            with self._lock:
                self._settle(stage_id)

    def forget(self, stage_id: str) -> None:
        """Drop what was on its way to a stage that is no more."""
        with self._lock:
            for upload in self._pending.pop(stage_id, ()):
                shutil.rmtree(upload.directory, ignore_errors=True)

    def _drop_idle(self, idle_s: float, stage_id: str | None = None) -> None:
        oldest = time.time() - idle_s
        with self._lock:
            for stage in tuple(self._pending) if stage_id is None else (stage_id,):
                self._settle(stage, abandoned_before=oldest)

    def _settle(self, stage_id: str, abandoned_before: float = 0.0) -> None:
        """Publish what is whole, drop what is abandoned, and forget what is over by that."""
        # It stays pending until its files are there: `publish` looks without the lock.
        pending = self._pending.get(stage_id, [])
        for path, upload in _by_age(pending):
            if self._is_whole(path, upload):
                self._move(path, upload)
            elif path.stat().st_mtime < abandoned_before:
                path.unlink()
                upload.expected -= 1
        oldest = time.time() - _KEPT_S
        kept = [each for each in pending if each.expected > 0 and each.touched() >= oldest]
        for upload in pending:
            if upload not in kept:
                shutil.rmtree(upload.directory, ignore_errors=True)
        if kept:
            self._pending[stage_id] = kept
        else:
            self._pending.pop(stage_id, None)

    def _move(self, path: Path, upload: Upload) -> None:
        try:
            self._place(upload.stage_id, f"{upload.prefix}/{path.name}", path)
        except (OSError, SqlError):
            _LOG.exception("%s of a PUT cannot be moved to its stage", path.name)
        else:
            upload.expected -= 1

    def _is_whole(self, path: Path, upload: Upload) -> bool:
        with path.open("rb") as opened:
            status = os.fstat(opened.fileno())
            if status.st_size:
                hole: int = os.lseek(opened.fileno(), 0, os.SEEK_HOLE)
                return hole >= status.st_size
        if not upload.has_empty_source(path.name):
            return False
        self._pause.wait(max(0.0, _EMPTY_FOR_S - (time.time() - status.st_mtime)))
        return path.stat().st_size == 0

    def _take_up(self, directory: Path) -> None:
        """Go on with an upload that an earlier engine began; its client may still be writing."""
        try:
            about = json.loads((directory / _ABOUT).read_text("utf-8"))
            upload = Upload(**about | {"directory": directory})
        except (OSError, ValueError, TypeError):
            shutil.rmtree(directory, ignore_errors=True)
        else:
            self._pending.setdefault(upload.stage_id, []).append(upload)


def _has_bytes(path: Path) -> bool:
    try:
        return path.stat().st_size > 0
    except OSError:
        return False  # it went meanwhile


def _by_age(uploads: Sequence[Upload]) -> list[tuple[Path, Upload]]:
    """Their files, the one written last at the end: of two of one name it stays."""
    found = [
        (status.st_mtime_ns, path, upload)
        for upload in uploads
        for path, status in upload.written()
    ]
    found.sort(key=lambda entry: entry[:2])
    return [(path, upload) for _, path, upload in found]
