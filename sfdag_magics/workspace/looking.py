"""What there is to know of a graph and its runs, asked of a target; one way for verbs and scripts.

Changes nothing there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sfdag_magics.client.code.code_that_ran import RanCode, code_that_ran, told
from sfdag_magics.client.observing.deployed import DeployedGraph
from sfdag_magics.client.observing.outlook import next_run
from sfdag_magics.client.observing.snapshot import RunSnapshot
from sfdag_magics.client.running.rootcause import RootCause
from sfdag_magics.client.running.runs import Run
from sfdag_magics.errors import InputError
from sfdag_magics.graph.displayed import Displayed
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.graph.names import did_you_mean
from sfdag_magics.graph.option_values import TEXT, check_value
from sfdag_magics.light_classes import dataclass
from sfdag_magics.render.run_seen import which_run
from sfdag_magics.render.text import graph_text
from sfdag_magics.workspace.listings import RunListing, schedule_line
from sfdag_magics.workspace.pictures import shape_of_snapshot
from sfdag_magics.workspace.seen_code import ran_code
from sfdag_magics.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Status(Displayed):
    """A deployed graph: its schedule, and a run of it as it was when it was asked for.

    Prints as which run it is, the schedule, and the tasks.

    Attributes:
        run: None where it has none.
        seen: the run as it was then; `tasks` of it tell of each.
        due: when its schedule starts the next run; None where none does, or nobody knows.
        other_code: `{task: what it ran}` for the tasks that would run other code now.
    """

    deployed: DeployedGraph
    run: Run | None
    seen: RunSnapshot | None
    due: datetime | None
    other_code: Mapping[str, RanCode]

    def __repr__(self) -> str:
        return f"<{self.seen.label if self.seen else f'no run of {self.deployed.name}'}>"

    def __str__(self) -> str:
        scheduled = schedule_line(self.deployed, self.due)
        if self.seen is None:
            return f"graph {self.deployed.name} has no run yet\n{scheduled}"
        drawn = graph_text(shape_of_snapshot(self.seen), self.seen)
        lines = (which_run(self.seen), scheduled, drawn, *told(self.other_code))
        return "\n".join(lines)


def status(workspace: Workspace, graph: TaskGraph, named: str | None, target: str | None) -> Status:
    """The run whose id begins with `named`, else the newest; and the graph's schedule.

    Raises:
        InputError: the graph is not deployed, or there is no such run.
    """
    deployed = workspace.there.deployed(graph, target)
    runs = workspace.runs
    run = runs.find(graph, named, target) if named else runs.newest(graph, deployed, target)
    seen = run.refresh() if run else None
    return Status(
        deployed=deployed,
        run=run,
        seen=seen,
        due=next_run(workspace.places.backend(target), deployed),
        other_code=ran_code(workspace, graph, seen, target) if seen else {},
    )


def recent_runs(
    workspace: Workspace, graph: TaskGraph, target: str | None, *, last: int
) -> RunListing:
    """The last runs, the newest first, with which of their tasks ran older code."""
    there = workspace.deploys.standing(graph, target).code
    return RunListing(
        replace(seen, older=tuple(code_that_ran(seen, there, here={})))
        for seen in workspace.runs.recent(graph, target, last=last)
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
    return replace(cause, code=str(ran or ""))


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
