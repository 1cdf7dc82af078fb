"""How long runs of a graph and their tasks usually take and what they write. Pure.

By those that went well.
"""

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
#: Fewer tell how long it took the last time: it may have been the first, while everything started.
ENOUGH = 3
_WENT_WELL = (DisplayState.SUCCEEDED, DisplayState.REUSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """Medians of `ENOUGH` successes, else what the last one took; what never succeeded has none.

    Attributes:
        run: of a whole run.
        tasks: `{task: how long its body ran}`.
        rows: `{task: how many rows it wrote}`, as far as anybody told.
        lately: the tasks whose time is that of their last success, and says nothing of the usual.
        run_is_lately: the same of `run`.
    """

    run: timedelta | None = None
    tasks: Mapping[str, timedelta] = field(default_factory=dict)
    rows: Mapping[str, int] = field(default_factory=dict)
    lately: frozenset[str] = frozenset()
    run_is_lately: bool = False


def usual_times(runs: Sequence[RunSnapshot]) -> Usual:
    """What is usual by these runs, the newest first; what a retry kept counts for its run."""
    whole = (run for run in runs if run.attempt == 1 and run.lineage is None)
    well = (run for run in whole if run.state is GraphRunState.SUCCEEDED)
    names = dict.fromkeys(name for run in runs for name in run.tasks)
    whole_ones = [run.completed - run.started for run in well if run.completed and run.started]
    tasks = {name: took for name in names if (took := [*_durations(name, runs)])}
    return Usual(
        run=_usual(whole_ones) if whole_ones else None,
        tasks={name: _usual(took) for name, took in tasks.items()},
        rows={name: int(median(many)) for name in names if (many := _written(name, runs))},
        lately=frozenset(name for name, took in tasks.items() if len(took) < ENOUGH),
        run_is_lately=0 < len(whole_ones) < ENOUGH,
    )


def green_but_empty(seen: RunSnapshot, usual: Usual) -> dict[str, int]:
    """`{task: the rows it usually writes}` of those that succeeded and wrote none."""
    return {
        name: usual.rows[name]
        for name, task in seen.tasks.items()
        if task.state in _WENT_WELL and task.rows is not None and not task.rows.written
        if usual.rows.get(name)
    }


def empty_text(task: str, usually: int) -> str:
    """That a task is green but empty, in a line.

    >>> empty_text("load", 1200)
    'load wrote no rows, and usually about 1,200: green but empty'
    """
    return f"{task} wrote no rows, and usually about {usually:,}: green but empty"


def _durations(name: str, runs: Iterable[RunSnapshot]) -> Iterable[timedelta]:
    for run in runs:
        task = run.tasks.get(name)
        if task is None or task.state not in _WENT_WELL:
            continue
        if task.duration is not None:
            yield task.duration


def _written(name: str, runs: Iterable[RunSnapshot]) -> list[int]:
    ran = (run.tasks[name] for run in runs if name in run.tasks)
    return [
        task.rows.written for task in ran if task.state in _WENT_WELL and task.rows is not None
    ][:MOST]


def _usual(durations: Sequence[timedelta]) -> timedelta:
    """Of at least one, the newest first."""
    if len(durations) < ENOUGH:
        return durations[0]
    return timedelta(seconds=median(each.total_seconds() for each in durations[:MOST]))
