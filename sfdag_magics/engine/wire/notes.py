"""What is remembered of open sessions across the death of the engine. Knows files, no protocol.

One small file per session, written whenever its state changed, and one of the statements it began
(`begun.py`). The operating system keeps what was written when the process is killed; nothing waits
for a disk.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from dataclasses import asdict, field, fields
from pathlib import Path

from sfdag_magics.engine.borders.ports import Value
from sfdag_magics.engine.wire.begun import BegunFile
from sfdag_magics.light_classes import dataclass

# A notebook may be left over a holiday; sessions older than this are not taken up again.
_KEPT_S = 14 * 24 * 3600
_NOTE, _BEGUN = ".json", ".begun"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionNote:
    """A session as it was.

    Attributes:
        transaction_id: of work that was not committed; unless it was committed after this was
            written, it is lost if this is read after a restart.
    """

    user: str
    role: str
    warehouse: str | None
    database: str | None
    schema: str | None
    parameters: Mapping[str, Value] = field(default_factory=dict)
    transaction_id: str = ""


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
        for path in directory.iterdir():
            if path.stat().st_mtime < oldest:
                path.unlink(missing_ok=True)

    def open(self, session_id: str) -> NoteFile:
        """The file to write a session's note to."""
        return NoteFile(self._path(session_id))

    def begun(self, session_id: str) -> BegunFile:
        """What a session began, and the file to go on with."""
        return BegunFile(self._path(session_id, _BEGUN))

    def read(self, session_id: str) -> SessionNote | None:
        """The note of a session, None where there is none that can be read."""
        try:
            with self._path(session_id).open("rb") as file:
                noted = json.loads(file.readline())
            names = {each.name for each in fields(SessionNote)}
            # an earlier release noted more
            return SessionNote(**{name: noted[name] for name in names & noted.keys()})
        except (OSError, ValueError, TypeError):
            return None

    def remove(self, session_id: str) -> None:
        """Forget a session that has ended."""
        for suffix in (_NOTE, _BEGUN):
            self._path(session_id, suffix).unlink(missing_ok=True)

    def _path(self, session_id: str, suffix: str = _NOTE) -> Path:
        # Session ids are signed by us: no other text gets here.
        return self._directory / f"{session_id}{suffix}"
