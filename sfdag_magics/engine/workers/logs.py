"""What jobs print and log, on disk: one file of JSON lines per query, capped, live, pruned.

Without the secrets by which a job reaches its session. Of a very long output the beginning and the
end are kept, and the number of bytes between. A file appears with its first line; a job that says
nothing leaves none.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TextIO

from sfdag_magics.engine.borders.redaction import redacted
from sfdag_magics.engine.workers.jobs import LogRecord
from sfdag_magics.light_classes import dataclass

_LOG = logging.getLogger(__name__)

#: What is kept of one query's output: this much of its beginning …
HEAD_BYTES = 4 * 1024 * 1024
#: … and this much of its end.
TAIL_BYTES = 1024 * 1024
#: What all files together may take before the oldest go.
BUDGET_BYTES = 64 * 1024 * 1024
#: Stands in a task's log between what it said before the engine's end and what it says now.
BEGINS_AGAIN = "the engine ended while the task was running; the task begins again"
_LONGEST_LINE = 64 * 1024
_SUFFIX = ".jsonl"
# What the event table's timestamps can tell apart.
_TICK_S = 1e-6


class LogStore:
    """The output files of one engine. Any thread."""

    def __init__(self, root: Path, *, budget_bytes: int = BUDGET_BYTES) -> None:
        self._root = root
        self._budget = budget_bytes
        self._lock = threading.Lock()  # guards the two below
        #: What could not be deleted, which is said once.
        self._kept: set[Path] = set()
        self._total = sum(path.stat().st_size for path in self._paths())

    def open(self, query_id: str, resource: Mapping[str, Any]) -> JobLog:
        """A log for one query; `resource` says what it belongs to. The caller closes it."""

        def path() -> Path:
            day = time.strftime("%Y-%m-%d", time.gmtime())
            return self._root / day / f"{query_id}{_SUFFIX}"

        return JobLog(path, resource, self._has_grown)

    def begins_again(self, cut_off: str, query_id: str) -> None:
        """What a query logged that an engine's end cut off goes on under the id of the next."""
        before = [path for path in self.files() if path.stem == cut_off]
        entries = [entry for path in before for entry in entries_of(path)]
        resource = entries[0].resource if entries else {"snow.task.attempt.id": query_id}
        same = {name: query_id if said == cut_off else said for name, said in resource.items()}
        log = self.open(query_id, {**same, "snow.query.id": query_id})
        log.take_over(entries)
        log.record(LogRecord(level="WARNING", logger="sfdag", message=BEGINS_AGAIN))
        log.close()
        for path in before:
            self._remove(path)

    def remove(self, query_id: str, began: datetime, ended: datetime) -> None:
        """Delete what a query logged that ran from then till then, if it did."""
        for number in range((ended.date() - began.date()).days + 1):
            day = began.date() + timedelta(days=number)
            self._remove(self._root / day.isoformat() / f"{query_id}{_SUFFIX}")

    def remove_before(self, moment: datetime) -> None:
        """Delete the logs of all days before that one."""
        for folder in self._root.glob("*-*-*"):
            if folder.name < moment.date().isoformat():
                for path in folder.glob(f"*{_SUFFIX}"):
                    self._remove(path)
                with suppress(OSError):  # somebody put something else into it
                    folder.rmdir()

    def files(self) -> tuple[Path, ...]:
        """All log files, oldest first."""
        return tuple(sorted(self._paths(), key=_modified))

    def _paths(self) -> Iterator[Path]:
        return self._root.glob(f"*/*{_SUFFIX}")

    def _has_grown(self, size: int) -> None:
        with self._lock:
            self._total += size
            if self._total <= self._budget:
                return
            for path in self.files():
                if self._total <= self._budget * 3 // 4:
                    break
                self._drop(path)

    def _remove(self, path: Path) -> None:
        with self._lock:
            self._drop(path)

    def _drop(self, path: Path) -> None:
        """Delete one; what cannot be deleted keeps nobody from going on."""
        try:
            size = path.stat().st_size
            path.unlink()
        except FileNotFoundError:
            return
        except OSError as problem:
            if path not in self._kept:
                _LOG.warning("the log %s stays: %s", path, problem)
            self._kept.add(path)
            return
        self._total -= size
        self._kept.discard(path)


def _modified(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # pruned meanwhile
        return 0.0


class JobLog:
    """One query's output. One thread.

    Args:
        path: asked for the place of the file when there is something to write.
    """

    def __init__(
        self, path: Callable[[], Path], resource: Mapping[str, Any], closed: Callable[[int], None]
    ) -> None:
        self._path = path
        self._resource = resource
        self._closed = closed
        self._file: TextIO | None = None
        self._written = 0
        self._last = 0.0
        self._partial = {"stdout": b"", "stderr": b""}
        self._tail: deque[str] = deque()
        self._tail_size = 0
        self._left_out = 0
        self._last_left_out = ""

    def output(self, stream: str, data: bytes) -> None:
        """What the job printed on `stdout` or `stderr`; lines may come in pieces."""
        *lines, rest = (self._partial[stream] + data).split(b"\n")
        while len(rest) > _LONGEST_LINE:
            lines.append(rest[:_LONGEST_LINE])
            rest = rest[_LONGEST_LINE:]
        self._partial[stream] = rest
        for line in lines:
            self._print(stream, line)
        self._flush()

    def record(self, record: LogRecord) -> None:
        """One record of Python's `logging`; its time is when it came, as for what is printed."""
        self._keep(json.dumps({"kind": "log", **asdict(record), "time": self._now()}))
        self._flush()

    def event(self, line: Mapping[str, Any]) -> None:
        """How what this log is of ended: its severity, value and time."""
        self._write(json.dumps({"kind": "event", **line}))
        self._flush()

    def take_over(self, entries: Iterable[LogEntry]) -> None:
        """What another log had, before all that comes."""
        for entry in entries:
            self._keep(json.dumps(entry.line))
            self._last = max(self._last, entry.line["time"])

    def close(self) -> None:
        """Write what is still held back."""
        for stream, rest in self._partial.items():
            if rest:
                self._print(stream, rest)
        if self._left_out:
            message = f"… {self._left_out} bytes of output left out here …"
            self._write(_printed("stderr", message, json.loads(self._last_left_out)["time"]))
        for line in self._tail:
            self._write(line)
        if self._file is not None:
            self._file.close()
            self._closed(self._written)

    def _now(self) -> float:
        """The time, later than every time before: lines are read back in its order."""
        self._last = max(time.time(), self._last + _TICK_S)
        return self._last

    def _print(self, stream: str, line: bytes) -> None:
        for start in range(0, max(len(line), 1), _LONGEST_LINE):
            part = line[start : start + _LONGEST_LINE]
            text = part.decode(errors="backslashreplace").replace("\0", "\\x00")
            # of a progress bar's line, what a terminal would show in the end
            shown = text.removesuffix("\r").rpartition("\r")[2]
            self._keep(_printed(stream, shown, self._now()))

    def _keep(self, line: str) -> None:
        if self._written + len(line) <= HEAD_BYTES and not self._tail:
            self._write(line)
            return
        self._tail.append(line)
        self._tail_size += len(line)
        while self._tail_size > TAIL_BYTES:
            self._last_left_out = self._tail.popleft()
            self._tail_size -= len(self._last_left_out)
            self._left_out += len(self._last_left_out)

    def _write(self, line: str) -> None:
        if self._file is None:
            path = self._path()
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._file = path.open("a", encoding="utf-8")
            path.chmod(0o600)
            self._put(json.dumps({"kind": "resource", "attributes": self._resource}))
        self._put(line)

    def _put(self, line: str) -> None:
        if self._file is not None:
            self._file.write(f"{redacted(line)}\n")
            self._written += len(line) + 1

    def _flush(self) -> None:
        if self._file is not None:
            self._file.flush()


def _printed(stream: str, text: str, now: float) -> str:
    return json.dumps({"kind": "print", "stream": stream, "message": text, "time": now})


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """One line of a log file: something printed, or a record of `logging`."""

    resource: Mapping[str, Any]
    line: Mapping[str, Any]


def entries_of(path: Path) -> Iterator[LogEntry]:
    """The whole lines of one log file, in the order they came; none if it is gone."""
    resource: Mapping[str, Any] = {}
    with suppress(FileNotFoundError), path.open(encoding="utf-8", newline="\n") as opened:
        for text in opened:
            if not text.endswith("\n"):
                return  # still on its way
            line = json.loads(text)
            if line["kind"] == "resource":
                resource = line["attributes"]
            else:
                yield LogEntry(resource=resource, line=line)
