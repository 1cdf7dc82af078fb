"""What ran in a run: the run itself and each attempt of each task, as values. Pure.

Ids are made of the run's own, so that a run that is told twice is told the same.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from sfdag_magics.client.observing.frames import reason_of
from sfdag_magics.client.observing.history import HistoryRow
from sfdag_magics.client.observing.snapshot import RunSnapshot, TaskRun
from sfdag_magics.graph.states import DisplayState, TaskState
from sfdag_magics.light_classes import dataclass

_CANCELLED = frozenset({TaskState.CANCELLED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Executed:
    """One attempt of one task that ran.

    Attributes:
        state: as a person reads it.
        completed: None while it goes on.
        error: in full; empty where it did not fail.
        read, written: rows, where that is known.
    """

    task: str
    attempt: int
    state: str
    started: datetime
    completed: datetime | None
    query_id: str
    error: str = ""
    read: int | None = None
    written: int | None = None

    @property
    def reason(self) -> str:
        """What its error says, in one line."""
        return reason_of(self.error)

    @property
    def has_failed(self) -> bool:
        """Whether it failed by itself."""
        return self.state == DisplayState.FAILED.word

    @property
    def was_cancelled(self) -> bool:
        """Whether somebody ended it."""
        return self.state == DisplayState.CANCELLED.word


def executed(
    seen: RunSnapshot, attempts: Callable[[str], Sequence[HistoryRow]]
) -> tuple[Executed, ...]:
    """All attempts of all tasks that ran, in the order in which they began.

    Args:
        attempts: a task's rows in the history, one of each attempt.
    """
    found = [each for task in seen.tasks.values() for each in _of_task(task, attempts(task.name))]
    return tuple(sorted(found, key=lambda each: each.started))


def _of_task(task: TaskRun, rows: Sequence[HistoryRow]) -> Iterator[Executed]:
    earlier = [row for row in rows if row.started is not None and row.attempt != task.attempt]
    for row in earlier:
        if row.started is not None:
            yield Executed(
                task=task.name,
                attempt=row.attempt,
                state=_word(row.state),
                started=row.started,
                completed=row.completed,
                query_id=row.query_id or "",
                error=row.error_message or "",
            )
    if task.started is not None:
        yield Executed(
            task=task.name,
            attempt=task.attempt,
            state=DisplayState.SUCCEEDED.word
            if task.state is DisplayState.REUSED
            else task.state.word,
            started=task.started,
            completed=task.completed,
            query_id=task.query_id or "",
            error=task.error_message or "",
            read=task.rows.read if task.rows is not None else None,
            written=task.rows.written if task.rows is not None else None,
        )


def _word(state: TaskState) -> str:
    if state in _CANCELLED:
        return DisplayState.CANCELLED.word
    good = state is TaskState.SUCCEEDED
    return DisplayState.SUCCEEDED.word if good else DisplayState.FAILED.word


def not_run(seen: RunSnapshot) -> list[str]:
    """The tasks that did not run, each with what became of it."""
    return [
        f"{task.name}: {task.state.word}" for task in seen.tasks.values() if task.started is None
    ]


def number_of(*parts: object, size: int) -> int:
    """An id of so many bytes for what these parts name; never 0, which is none."""
    digest = hashlib.sha256("\0".join(map(str, parts)).encode()).digest()
    return int.from_bytes(digest[:size], "big") or 1


def uuid_of(*parts: object) -> str:
    """The same as a UUID."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, "\0".join(map(str, parts))))
