"""What there is to know of a graph and its runs, asked of a target; one way for verbs and scripts.

Changes nothing there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Protocol

from sfdag_magics.client.code.code_that_ran import RanCode, code_that_ran, told
from sfdag_magics.client.observing.bridges.found import continued_by
from sfdag_magics.client.observing.deployed import DeployedGraph
from sfdag_magics.client.observing.outlook import next_run
from sfdag_magics.client.observing.snapshot import RunSnapshot
from sfdag_magics.client.observing.traces.rows import with_rows
from sfdag_magics.client.observing.usual import (
    MOST,
    Usual,
    empty_text,
    green_but_empty,
    usual_times,
)
from sfdag_magics.client.running.rootcause import RootCause
from sfdag_magics.client.running.runs import Run
from sfdag_magics.client.running.waits import queued, why_waiting
from sfdag_magics.errors import InputError
from sfdag_magics.graph.arguments.option_values import TEXT, check_value
from sfdag_magics.graph.displayed import Displayed
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.graph.names import did_you_mean, short_run
from sfdag_magics.light_classes import dataclass
from sfdag_magics.render.run_seen import which_run
from sfdag_magics.render.text import graph_text, usual_words
from sfdag_magics.workspace.answers.listings import RunListing, schedule_line
from sfdag_magics.workspace.answers.pictures import shape_of_snapshot
from sfdag_magics.workspace.backfilled.known_slots import Missed, missed_slots
from sfdag_magics.workspace.seen_code import ran_code
from sfdag_magics.workspace.workspace import Workspace

#: Of a graph of many tasks fewer runs say what is usual: each task is a row.
_MOST_TASKS, _LEAST_COMPARED = 2_000, 3


class Live(Protocol):
    """A live view: a widget, drawn where a notebook displays it. Any thread."""

    @property
    def snapshot(self) -> RunSnapshot | None:
        """The run as it was last seen; None before the first."""

    def close(self) -> None:
        """Take it from the page; a run goes on without it."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Status(Displayed):
    """A deployed graph: its schedule, and a run of it as it was when it was asked for.

    Prints as which run it is, the schedule, and the tasks.

    Attributes:
        run: None where it has none.
        seen: the run as it was then; `tasks` of it tell of each.
        due: when its schedule starts the next run; None where none does, or nobody knows.
        other_code: `{task: what it ran}` for the tasks that would run other code now.
        usual: how long runs and tasks usually take, and how many rows they write.
        continued: the ids of runs in which it goes on where the service's own retry could not.
        missed: what its schedule has missed lately.
        page: where Snowsight shows the graph; empty on the embedded engine.
    """

    deployed: DeployedGraph
    run: Run | None
    seen: RunSnapshot | None
    due: datetime | None
    other_code: Mapping[str, RanCode]
    continued: tuple[str, ...] = ()
    usual: Usual = Usual()
    missed: Missed = Missed()
    page: str = ""

    def __repr__(self) -> str:
        return f"<{self.seen.label if self.seen else f'no run of {self.deployed.name}'}>"

    def __str__(self) -> str:
        scheduled = schedule_line(self.deployed, self.due, self.seen)
        if self.seen is None:
            return "\n".join((f"graph {self.deployed.name} has no run yet", scheduled, *self.told))
        drawn = graph_text(shape_of_snapshot(self.seen), self.seen, usual=self.usual_words)
        lines = (which_run(self.seen), scheduled, drawn, *self.told)
        return "\n".join(lines)

    @property
    def usual_words(self) -> Mapping[str, str]:
        """`{task: how long it usually takes, or took the last time}`."""
        return usual_words(self.usual.tasks, self.usual.lately)

    @property
    def waits(self) -> Mapping[str, str]:
        """`{task: why it does not run yet}` of those whose turn has come."""
        seen = self.seen
        return {} if seen is None else {name: why_waiting(seen, name) for name in queued(seen)}

    @property
    def told(self) -> tuple[str, ...]:
        """What else there is to say, in lines."""
        runs = ", ".join(map(short_run, self.continued))
        empty = green_but_empty(self.seen, self.usual) if self.seen is not None else {}
        return (
            *(f"note: {empty_text(name, usually)}" for name, usually in empty.items()),
            *(f"{name}: {why}" for name, why in self.waits.items()),
            *told(self.other_code),
            *([f"continued by run {runs}"] if runs else []),
            *([f"in Snowsight: {self.page}"] if self.page else []),
            *([str(self.missed)] if self.missed.count else []),
        )


def status(workspace: Workspace, graph: TaskGraph, named: str | None, target: str | None) -> Status:
    """The run whose id begins with `named`, else the newest; and the graph's schedule.

    Raises:
        InputError: the graph is not deployed, or there is no such run.
    """
    deployed = workspace.there.deployed(graph, target)
    runs = workspace.runs
    run = runs.find(graph, named, target) if named else runs.newest(graph, deployed, target)
    seen = run.refresh() if run else None
    backend = workspace.places.backend(target)
    failed = seen is not None and seen.is_over and bool(seen.failed) and seen.group_id
    usual = Usual()
    if seen is not None:
        seen, usual = _with_usual(workspace, graph, deployed, seen, target)
    pages = workspace.places.snowsight(target)
    return Status(
        page=pages.task(deployed.root) if pages else "",
        deployed=deployed,
        run=run,
        seen=seen,
        due=next_run(backend, deployed),
        other_code=ran_code(workspace, graph, seen, target) if seen else {},
        continued=continued_by(backend, deployed, failed) if failed else (),
        usual=usual,
        missed=missed_slots(backend, deployed, now=datetime.now(UTC)),
    )


def _with_usual(
    workspace: Workspace,
    graph: TaskGraph,
    deployed: DeployedGraph,
    seen: RunSnapshot,
    target: str | None,
) -> tuple[RunSnapshot, Usual]:
    """The run with the rows of its tasks, and what is usual by the other ones."""
    most = max(_LEAST_COMPARED, min(MOST, _MOST_TASKS // max(1, len(seen.tasks))))
    recent = workspace.runs.recent(graph, target, last=most)
    others = [run for run in recent if run.group_id != seen.group_id]
    backend = workspace.places.backend(target)
    seen, *others = with_rows(backend, deployed.root, [seen, *others])
    return seen, usual_times(others)


def recent_runs(
    workspace: Workspace, graph: TaskGraph, target: str | None, *, last: int
) -> RunListing:
    """The last runs, the newest first, with which of their tasks ran older code."""
    standing = workspace.deploys.standing(graph, target)
    recent = workspace.runs.recent(graph, target, last=last)
    found = with_rows(workspace.places.backend(target), standing.root, recent)
    return RunListing(
        replace(seen, older=tuple(code_that_ran(seen, standing.code, here={}))) for seen in found
    )


def cause_of(
    workspace: Workspace, graph: TaskGraph, run: Run, task: str | None, target: str | None
) -> RootCause:
    """Why a run failed, with what the task ran where another code would run now.

    Raises:
        InputError: the run has no such task.
    """
    run.refresh()
    cause = run.why(task_of(run, task) if task else None)
    if cause.task is None:
        return cause
    ran = ran_code(workspace, graph, run.snapshot, target).get(cause.task.name)
    pages, query = workspace.places.snowsight(target), cause.task.query_id
    return replace(cause, code=str(ran or ""), page=pages.query(query) if pages and query else "")


def task_of(run: Run, task: str) -> str:
    """A run's task by its name without regard to case, as it is spelled.

    Raises:
        InputError: there is none; offers the nearest name.
    """
    check_value("task", task, TEXT)
    known = {name.upper(): name for name in run.snapshot.tasks}
    if task.upper() not in known:
        raise InputError(
            f"{task!r} is not a task of {run.snapshot.label}",
            hint=did_you_mean(task, known.values()),
        )
    return known[task.upper()]
