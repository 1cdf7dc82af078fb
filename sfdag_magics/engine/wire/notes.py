"""What is remembered of open sessions across the death of the engine. Knows files, no protocol.

One small file per session, written before each statement and whenever its state changed. The
operating system keeps what was written when the process is killed; nothing waits for a disk.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from sfdag_magics.engine.ports import Value

# A notebook may be left over a holiday; sessions older than this are not taken up again.
_KEPT_S = 14 * 24 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionNote:
    """A session as it was.

    Attributes:
        request_id: of the statement that was begun last; it may or may not have ended.
        in_transaction: work was not committed; if this is read after a restart, it is lost.
    """

    user: str
    role: str
    warehouse: str | None
    database: str | None
    schema: str | None
    parameters: Mapping[str, Value] = field(default_factory=dict)
    request_id: str = ""
    in_transaction: bool = False


class NoteFile:
    """The note of one session, open for writing. One thread at a time."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        self._last: SessionNote | None = None

    def write(self, note: SessionNote) -> None:
        """Keep `note`, unless it is what was written last."""
        if note == self._last:
            return
        # One line; what an earlier, longer note left behind it is not read.
        line = json.dumps(asdict(note), default=str) + "\n"
        os.pwrite(self._descriptor, line.encode(), 0)
        self._last = note

    def close(self) -> None:
        """Stop writing; the note stays."""
        os.close(self._descriptor)


class Notes:
    """The notes of a data directory."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        directory.mkdir(mode=0o700, exist_ok=True)
        oldest = time.time() - _KEPT_S
        for path in directory.glob("*.json"):
            if path.stat().st_mtime < oldest:
                path.unlink(missing_ok=True)

    def open(self, session_id: str) -> NoteFile:
        """The file to write a session's note to."""
        return NoteFile(self._path(session_id))

    def read(self, session_id: str) -> SessionNote | None:
        """The note of a session, None where there is none that can be read."""
        try:
            with self._path(session_id).open("rb") as file:
                return SessionNote(**json.loads(file.readline()))
        except (OSError, ValueError, TypeError):
            return None

    def remove(self, session_id: str) -> None:
        """Forget a session that has ended."""
        self._path(session_id).unlink(missing_ok=True)

    def _path(self, session_id: str) -> Path:
        # Session ids are signed by us: no other text gets here.
        return self._directory / f"{session_id}.json"
