"""Files that clients are carrying in: each PUT has a directory of its own until they are whole.

The connector writes into the directory it is told and says nothing afterwards: it makes a file of
the full size first, which is one hole, and then fills it (read in snowflake-connector-python 4.8,
`local_storage_client.py`). So a file is whole when it has no hole left, and then it is moved to
where it belongs, before anybody looks there. What a killed client or a full disk left behind keeps
its hole, and never appears. Knows files, neither SQL nor the catalogue.
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
from dataclasses import asdict, dataclass
from pathlib import Path

from sfdag_magics.engine.answers import SqlError

_LOG = logging.getLogger(__name__)

#: A client that has not finished by then never will.
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

    def written(self) -> Iterator[tuple[Path, os.stat_result]]:
        """The files that are there; what is no plain file is nothing of ours."""
        for entry in os.scandir(self.files):
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

    def begin(self, stage_id: str, prefix: str, sources: Sequence[str]) -> Path:
        """A new directory for a client to write the files of one PUT to."""
        expected = sum(len(glob.glob(pattern)) for pattern in sources) or 1
        upload = Upload(self._root / uuid.uuid4().hex, stage_id, prefix, sources, expected)
        upload.directory.mkdir(mode=0o700)
        upload.files.mkdir(mode=0o700)
        about = asdict(upload) | {"directory": None}
        (upload.directory / _ABOUT).write_text(json.dumps(about), "utf-8")
        with self._lock:
            self._pending.setdefault(stage_id, []).append(upload)
        return upload.files

    def publish(self, stage_id: str) -> None:
        """Move every file that is whole to its place in the stage."""
        if stage_id not in self._pending:
            return
        with self._lock:
            pending = self._pending.get(stage_id, [])
            for path, upload in _by_age(pending):
                if self._is_whole(path, upload):
                    self._move(path, upload)
            left = [upload for upload in pending if not self._is_over(upload)]
            if left:
                self._pending[stage_id] = left
            else:
                self._pending.pop(stage_id, None)

    def forget(self, stage_id: str) -> None:
        """Drop what was on its way to a stage that is no more."""
        with self._lock:
            for upload in self._pending.pop(stage_id, ()):
                shutil.rmtree(upload.directory, ignore_errors=True)

    def _move(self, path: Path, upload: Upload) -> None:
        try:
            self._place(upload.stage_id, f"{upload.prefix}/{path.name}", path)
        except (OSError, SqlError):
            _LOG.exception("%s of a PUT cannot be moved to its stage", path.name)
        else:
            upload.expected -= 1

    def _is_over(self, upload: Upload) -> bool:
        if upload.expected > 0:
            return False
        shutil.rmtree(upload.directory, ignore_errors=True)
        return True

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
            is_old = time.time() - upload.files.stat().st_mtime > _KEPT_S
        except (OSError, ValueError, TypeError):
            is_old = True
        if is_old:
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
