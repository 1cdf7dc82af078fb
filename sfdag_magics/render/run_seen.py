"""What a drawing reads of a graph run, and how it says it in words. Asks nobody; pure.

`RunSeen` and `TaskSeen` are the borders: the snapshots of `client.snapshot` satisfy them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Protocol

from sfdag_magics.graph.states import DisplayState, GraphRunState


class TaskSeen(Protocol):
    """One task of a run at one moment. All times are aware UTC."""

    @property
    def state(self) -> DisplayState:
        """What a person is shown."""

    @property
    def attempt(self) -> int:
        """The attempt the state comes from: an earlier one for a reused task."""

    @property
    def query_id(self) -> str | None:
        """Snowflake's id of the query that ran it."""

    @property
    def scheduled(self) -> datetime | None:
        """When it was put on the list."""

    @property
    def started(self) -> datetime | None:
        """When its body began."""

    @property
    def completed(self) -> datetime | None:
        """When its body ended."""

    @property
    def return_value(self) -> str | None:
        """What it returned, as text."""

    @property
    def error_code(self) -> str | None:
        """As Snowflake shows it, such as `100357`."""

    @property
    def error_message(self) -> str | None:
        """In full, the notebook's own lines included."""


class RunSeen(Protocol):
    """One attempt of a graph run at one moment; `tasks` without the root."""

    @property
    def graph(self) -> str:
        """The graph's name."""

    @property
    def group_id(self) -> str | None:
        """One id over all attempts of the run."""

    @property
    def attempt(self) -> int:
        """Which attempt this is, from 1."""

    @property
    def state(self) -> GraphRunState:
        """The state of the attempt."""

    @property
    def started(self) -> datetime | None:
        """When the attempt began."""

    @property
    def completed(self) -> datetime | None:
        """When the attempt ended."""

    @property
    def tasks(self) -> Mapping[str, TaskSeen]:
        """`{task name: its run}`, without the root."""


#: States in which a task has run, well or not.
RAN = frozenset(
    {
        DisplayState.SUCCEEDED,
        DisplayState.FAILED,
        DisplayState.REUSED,
        DisplayState.CANCELLED,
    }
)

_RUN_WORDS = {
    GraphRunState.SCHEDULED: "Scheduled",
    GraphRunState.EXECUTING: "Running",
    GraphRunState.SUCCEEDED: "Succeeded",
    GraphRunState.FAILED: "Failed",
    GraphRunState.CANCELLED: "Cancelled",
    GraphRunState.SKIPPED: "Skipped",
}


def run_word(state: GraphRunState) -> str:
    """The word a sentence about a run begins with."""
    return _RUN_WORDS[state]


def headline(run: RunSeen, *, total: int, now: datetime) -> str:
    """One sentence: state, how many of `total` tasks ran, elapsed time, failures, attempt."""
    tasks = run.tasks.values()
    ran = sum(task.state in RAN for task in tasks)
    failed = sum(task.state is DisplayState.FAILED for task in tasks)
    parts = [f"{run_word(run.state)} {ran}/{total}"]
    if run.started is not None:
        parts.append(duration_text((run.completed or now) - run.started))
    if failed:
        parts.append(f"{failed} failed")
    if run.attempt > 1:
        parts.append(f"attempt {run.attempt}")
    return " · ".join(parts)


def task_note(task: TaskSeen | None, *, now: datetime) -> str:
    """The second line of a task's box: its state's word and how long it took so far."""
    if task is None:
        return DisplayState.PENDING.word
    word = task.state.word
    if task.state is DisplayState.RETRYING:
        return f"{word} · attempt {task.attempt}"
    duration = took(task, now=now)
    return f"{word} · {duration}" if duration else word


def took(task: TaskSeen | None, *, now: datetime) -> str:
    """How long a task took, or has taken so far; empty for one that did not run."""
    if task is None or task.started is None:
        return ""
    if task.state not in RAN and task.state is not DisplayState.RUNNING:
        return ""
    return duration_text((task.completed or now) - task.started)


def whole_milliseconds(duration: timedelta) -> int:
    """A duration as it is told to the page and said in words, so that both say the same."""
    return (duration + timedelta(microseconds=500)) // timedelta(milliseconds=1)


def duration_text(duration: timedelta) -> str:
    """A duration as short as it is still useful.

    >>> [duration_text(timedelta(seconds=s)) for s in (0.042, 9.96, 179, 7260)]
    ['42 ms', '10.0 s', '2m59s', '2h01m']
    """
    ms = max(whole_milliseconds(duration), 0)
    if ms < 1000:
        return f"{ms} ms"
    tenths = (ms + 50) // 100
    if tenths < 600:
        return f"{tenths // 10}.{tenths % 10} s"
    minutes, rest = divmod((ms + 500) // 1000, 60)
    if minutes < 60:
        return f"{minutes}m{rest:02d}s"
    return f"{minutes // 60}h{minutes % 60:02d}m"
