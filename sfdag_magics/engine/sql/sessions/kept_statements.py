"""What tasks' statements came to, as a file: for who asks for it after the engine's end.

Only of tasks, whose runs are remembered as well; without secrets, readable by its owner alone.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from sfdag_magics.engine.borders.changed_rows import ChangedRows
from sfdag_magics.engine.borders.redaction import redacted
from sfdag_magics.engine.sql.sessions.ended import Ended

_LOG = logging.getLogger(__name__)
_TIMES = ("began", "ended")


def write_statements(path: Path, statements: Iterable[Ended]) -> None:
    """Keep these and no others: all of them, or what was kept before."""
    new = path.with_name(f"{path.name}.new")
    try:
        opened = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(opened, "w", encoding="utf-8") as file:
            for each in statements:
                file.write(f"{_line(each)}\n")
        new.replace(path)
    except OSError:  # a full disk: nothing but this history is lost
        _LOG.exception("the history of tasks' statements could not be kept")


def read_statements(path: Path) -> list[Ended]:
    """What was kept, the oldest first; nothing of what cannot be read."""
    try:
        with path.open(encoding="utf-8") as file:
            return [_ended(json.loads(line)) for line in file]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, TypeError, KeyError):
        _LOG.exception("the history of tasks' statements %s cannot be read", path)
        return []


def _line(statement: Ended) -> str:
    said = asdict(statement)
    for name in _TIMES:
        said[name] = said[name].isoformat()
    return redacted(json.dumps(said, ensure_ascii=False))


def _ended(said: dict[str, Any]) -> Ended:
    for name in _TIMES:
        said[name] = datetime.fromisoformat(said[name])
    return Ended(**{**said, "changed": ChangedRows(**said["changed"])})
