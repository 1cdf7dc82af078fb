"""Why a task of a run that goes on does not run yet, in words. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from sfdag_magics.client.observing.intentions import listed
from sfdag_magics.client.observing.snapshot import RunSnapshot, TaskRun
from sfdag_magics.client.observing.traces.logs import LogLine
from sfdag_magics.graph.states import DisplayState
from sfdag_magics.graph.times.moments import dated_text

_OPEN = frozenset({DisplayState.PENDING, DisplayState.RUNNING, DisplayState.RETRYING})
#: As the shipped code says it (`bundle.shipped.trying`).
_AGAIN = re.compile(r": try (\d+) of (\d+) failed, again in ([\d.e+]+) s: ")


def why_waiting(seen: RunSnapshot, name: str) -> str:
    """What a task that is due waits for; empty for one that has begun, or of a run that is over."""
    task = seen.tasks[name]
    if seen.is_over or task.state not in (DisplayState.PENDING, DisplayState.RETRYING):
        return ""
    if not seen.has_begun:
        return f"the run {seen.note or 'waits for its turn'}"
    first = _awaited(seen, task)
    if first:
        return f"waits for {listed([f'{each.name} ({each.state.word})' for each in first])}"
    return seen.note or "its turn has come: it waits for a free place to run in"


def queued(seen: RunSnapshot) -> tuple[str, ...]:
    """The tasks whose turn has come in a run that goes on, and that have no place to run in."""
    if seen.is_over or not seen.has_begun:
        return ()
    return tuple(
        name
        for name, task in seen.tasks.items()
        if task.state is DisplayState.PENDING and not _awaited(seen, task)
    )


def backing_off(lines: Sequence[LogLine], now: datetime) -> str:
    """That a task which is called again where it raised waits with that; by what it logged."""
    found = _AGAIN.search(lines[-1].message) if lines else None
    if found is None or lines[-1].time is None:
        return ""
    until = lines[-1].time + timedelta(seconds=float(found[3]))
    tries = f"try {int(found[1]) + 1} of {found[2]}"
    return f"waits until {dated_text(until)} with {tries}" if until > now else ""


def _awaited(seen: RunSnapshot, task: TaskRun) -> list[TaskRun]:
    """What has to end before it; of a finalizer all that goes on."""
    those = seen.tasks if task.is_finalizer else task.predecessors
    above = (seen.tasks[name] for name in those if name in seen.tasks and name != task.name)
    return [each for each in above if each.state in _OPEN]
