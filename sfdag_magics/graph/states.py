"""The states of task runs and graph runs, and how a run's state is shown. Knows no colours.

`TaskState` and `GraphRunState` are Snowflake's words (TASK_HISTORY, COMPLETE_TASK_GRAPHS).
`DisplayState` is what a person is told: it tells what itself failed from what merely did not run.
`SlotState` is what became of a time of a schedule.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum

from sfdag_magics.light_classes import dataclass


class TaskState(StrEnum):
    """A task run's state as TASK_HISTORY has it."""

    SCHEDULED = "SCHEDULED"
    EXECUTING = "EXECUTING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    FAILED_AND_AUTO_SUSPENDED = "FAILED_AND_AUTO_SUSPENDED"
    CANCELLED = "CANCELLED"
    SKIPPED = "SKIPPED"

    @property
    def is_final(self) -> bool:
        """Whether nothing follows in this attempt."""
        return self not in (TaskState.SCHEDULED, TaskState.EXECUTING)

    @property
    def is_failure(self) -> bool:
        """Whether the body failed, timed out or crashed; cancelled is not failed."""
        return self in (TaskState.FAILED, TaskState.FAILED_AND_AUTO_SUSPENDED)


class GraphRunState(StrEnum):
    """A graph run's state. SKIPPED, its root was skipped, is one that Snowflake lists nowhere."""

    SCHEDULED = "SCHEDULED"
    EXECUTING = "EXECUTING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
    SKIPPED = "SKIPPED"

    def __repr__(self) -> str:
        return repr(self.value)  # `run.state` at a notebook's prompt is a word, not our class

    @property
    def is_final(self) -> bool:
        """Whether the attempt is over."""
        return self not in (GraphRunState.SCHEDULED, GraphRunState.EXECUTING)


class DisplayState(StrEnum):
    """What a person is shown of a task in a run; the value is the word that is shown."""

    SUCCEEDED = "succeeded"
    RUNNING = "running"
    FAILED = "failed"
    RETRYING = "retrying"
    BLOCKED = "blocked"
    CANCELLED = "cancelled"
    REUSED = "reused"
    UNKNOWN = "unknown"
    SKIPPED = "skipped"
    PENDING = "pending"

    @property
    def word(self) -> str:
        """The word beside the glyph."""
        return self.value

    @property
    def glyph(self) -> str:
        """One character that tells the state without colour; REUSED is drawn hollow."""
        return _GLYPHS[self]


_GLYPHS = {
    DisplayState.SUCCEEDED: "✓",
    DisplayState.RUNNING: "●",
    DisplayState.FAILED: "✕",
    DisplayState.RETRYING: "↻",
    DisplayState.BLOCKED: "⊘",
    DisplayState.CANCELLED: "⊗",
    DisplayState.REUSED: "✓",
    DisplayState.UNKNOWN: "?",
    DisplayState.SKIPPED: "⤼",
    DisplayState.PENDING: "○",
}


def state_word(state: DisplayState, *, is_by_hand: bool) -> str:
    """A state in a word or two: of what a person said of a task, that they did so.

    >>> state_word(DisplayState.REUSED, is_by_hand=True)
    'done by hand'
    """
    if not is_by_hand:
        return state.word
    return f"{'skipped' if state is DisplayState.SKIPPED else 'done'} by hand"


class SlotState(StrEnum):
    """What became of one slot of a schedule; the value is the word that is shown."""

    SUCCEEDED = "succeeded"
    RUNNING = "running"
    FAILED = "failed"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"
    MISSING = "missing"
    UNKNOWN = "unknown"

    @property
    def shown_as(self) -> DisplayState:
        """The state whose colours and glyph it has: what is missing is still to come."""
        return DisplayState.PENDING if self is SlotState.MISSING else DisplayState(self.value)


_SHOWN_AS = {
    TaskState.SCHEDULED: DisplayState.PENDING,
    TaskState.EXECUTING: DisplayState.RUNNING,
    TaskState.SUCCEEDED: DisplayState.SUCCEEDED,
    TaskState.FAILED: DisplayState.FAILED,
    TaskState.FAILED_AND_AUTO_SUSPENDED: DisplayState.FAILED,
    TaskState.CANCELLED: DisplayState.CANCELLED,
    TaskState.SKIPPED: DisplayState.SKIPPED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRunFact:
    """What is known of one task in the shown attempt.

    Attributes:
        state: its state in TASK_HISTORY; None where this attempt has no row for it.
        reused: a retry kept the result of an earlier attempt.
        failed_before: it failed or was cancelled in an earlier attempt of the same run group.
        suspended: the task itself is suspended, so no run of the graph starts it.
    """

    state: TaskState | None = None
    reused: bool = False
    failed_before: bool = False
    suspended: bool = False


def display_states(
    parents: Mapping[str, Collection[str]],
    facts: Mapping[str, TaskRunFact],
    *,
    run_over: bool,
    heard: bool = True,
) -> dict[str, DisplayState]:
    """How each task of `parents` is shown: `{task name: state}`.

    A task that never started is *blocked* as soon as something above it failed, was cancelled or is
    blocked, and *skipped* when something above it was skipped instead.

    Args:
        parents: `{task name: names of its predecessors}`, free of cycles.
        facts: what is known of each task; a missing one is not known to have run.
        run_over: the attempt has ended, so what has no row will not run any more.
        heard: false while the feed is stale; only final states are then still believed.
    """
    shown: dict[str, DisplayState] = {}

    def show(task: str) -> DisplayState:
        if task not in shown:
            shown[task] = _shown(facts.get(task, TaskRunFact()), above(task), run_over, heard)
        return shown[task]

    def above(task: str) -> frozenset[DisplayState]:
        return frozenset(show(parent) for parent in parents[task] if parent in parents)

    for task in parents:
        show(task)
    return shown


_BLOCKING = frozenset({DisplayState.FAILED, DisplayState.CANCELLED, DisplayState.BLOCKED})


def _shown(
    fact: TaskRunFact,
    above: frozenset[DisplayState],
    run_over: bool,  # noqa: FBT001 - private, passed on
    heard: bool,  # noqa: FBT001 - private, passed on
) -> DisplayState:
    if fact.reused:
        return DisplayState.REUSED
    if fact.state is not None and fact.state.is_final:
        return _SHOWN_AS[fact.state]
    if not heard:
        return DisplayState.UNKNOWN
    if fact.state is TaskState.EXECUTING:
        return DisplayState.RUNNING
    if above & _BLOCKING:
        return DisplayState.BLOCKED
    if fact.suspended or DisplayState.SKIPPED in above:
        return DisplayState.SKIPPED
    if run_over:
        return DisplayState.BLOCKED
    return DisplayState.RETRYING if fact.failed_before else DisplayState.PENDING
