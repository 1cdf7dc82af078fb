"""How long runs of a graph and their tasks usually take, by those that went well. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from datetime import timedelta
from statistics import median

from sfdag_magics.client.observing.snapshot import RunSnapshot
from sfdag_magics.graph.states import DisplayState, GraphRunState
from sfdag_magics.light_classes import dataclass

#: So many successes tell what is usual; older ones may have been of other code and other data.
MOST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """Medians; what never succeeded has none.

    Attributes:
        run: of a whole run.
        tasks: `{task: how long its body ran}`.
    """

    run: timedelta | None = None
    tasks: Mapping[str, timedelta] = field(default_factory=dict)


def usual_times(runs: Sequence[RunSnapshot]) -> Usual:
    """What is usual by these runs, the newest first; what a retry kept counts for its run."""
    well = (run for run in runs if run.state is GraphRunState.SUCCEEDED and run.attempt == 1)
    names = dict.fromkeys(name for run in runs for name in run.tasks)
    tasks = {name: _median(_durations(name, runs)) for name in names}
    return Usual(
        run=_median(run.completed - run.started for run in well if run.completed and run.started),
        tasks={name: usual for name, usual in tasks.items() if usual is not None},
    )


def _durations(name: str, runs: Iterable[RunSnapshot]) -> Iterable[timedelta]:
    for run in runs:
        task = run.tasks.get(name)
        if task is None or task.state not in (DisplayState.SUCCEEDED, DisplayState.REUSED):
            continue
        if task.duration is not None:
            yield task.duration


def _median(durations: Iterable[timedelta]) -> timedelta | None:
    found = [duration.total_seconds() for duration in durations][:MOST]
    return timedelta(seconds=median(found)) if found else None
