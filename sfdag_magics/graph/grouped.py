"""A group of tasks in a run, as one: in which state it is, when it began and ended. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from sfdag_magics.graph.states import DisplayState
from sfdag_magics.light_classes import dataclass

_S = DisplayState
#: What one task of it makes the whole group, the first that there is; the page has the same order.
_ANY = (_S.FAILED, _S.RUNNING, _S.RETRYING, _S.CANCELLED, _S.BLOCKED)
#: What all others are, the first that there is: where some wait and some are done, it goes on.
_REST = (_S.PENDING, _S.UNKNOWN, _S.SUCCEEDED, _S.REUSED, _S.SKIPPED)
_DONE = frozenset({_S.SUCCEEDED, _S.REUSED})
_GOES_ON = frozenset({_S.RUNNING, _S.RETRYING})


class Ran(Protocol):
    """One task of a run at one moment, as far as a group asks."""

    @property
    def state(self) -> DisplayState:
        """What a person is shown."""

    @property
    def attempt(self) -> int:
        """The attempt the state comes from."""

    @property
    def started(self) -> datetime | None:
        """When its body began."""

    @property
    def completed(self) -> datetime | None:
        """When its body ended."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class GroupRun:
    """A group in one attempt of a run.

    Attributes:
        tasks: `{task: its state}`, in their order.
        attempt: the newest of its tasks.
        started: when the first of them began; of a retry, of those that ran in it.
        completed: when the last of them ended; None while it goes on.
    """

    name: str
    tasks: Mapping[str, DisplayState]
    state: DisplayState
    attempt: int
    started: datetime | None
    completed: datetime | None

    def __repr__(self) -> str:
        return f"GroupRun({self.name}: {self.state.word})"

    @property
    def duration(self) -> timedelta | None:
        """From its first task's begin to its last one's end, or None while it goes on."""
        if self.started is None or self.completed is None:
            return None
        return self.completed - self.started

    @property
    def counts(self) -> dict[DisplayState, int]:
        """How many of its tasks are in each state, the most telling first."""
        found = Counter(self.tasks.values())
        return {state: found[state] for state in (*_ANY, *_REST) if state in found}


def group_run(name: str, tasks: Mapping[str, Ran | None]) -> GroupRun:
    """What a group did.

    Args:
        tasks: what each of its tasks did; None of one that the run does not tell of.
    """
    states = {task: _S.PENDING if seen is None else seen.state for task, seen in tasks.items()}
    state = group_state([*states.values()])
    goes_on = bool({state, *states.values()} & _GOES_ON)
    began = [seen for seen in tasks.values() if seen is not None and seen.started is not None]
    timed = [seen for seen in began if seen.state is not _S.REUSED] or began
    ended = [seen.completed for seen in timed if seen.completed is not None]
    return GroupRun(
        name=name,
        tasks=states,
        state=state,
        attempt=max((seen.attempt for seen in began), default=1),
        started=min((seen.started for seen in timed if seen.started), default=None),
        completed=None if goes_on else max(ended, default=None),
    )


def group_state(states: Sequence[DisplayState]) -> DisplayState:
    """What a group of tasks in these states is."""
    found = set(states)
    if _S.PENDING in found and found & _DONE and not found & {*_ANY}:
        return _S.RUNNING
    return next((state for state in (*_ANY, *_REST) if state in found), _S.PENDING)
