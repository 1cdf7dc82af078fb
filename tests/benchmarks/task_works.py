"""Runs of graphs whose tasks do nothing, beside a fork and two durable commits for each."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

from sfdag_magics import TaskGraph, sftask
from sfdag_magics.client.observing.snapshot import RunSnapshot
from sfdag_magics.client.running.begun import start_run
from sfdag_magics.client.running.runs import Run
from sfdag_magics.workspace.workspace import Workspace
from tests.benchmarks import floors
from tests.benchmarks.floors import Bare
from tests.benchmarks.graphs import (
    LAYERS_OF,
    directory,
    engine_s,
    layered,
    python_graph,
    sql_graph,
    workspace_on,
)
from tests.benchmarks.measured import Measured

_FORKS = "a fork and two durable commits for each"
_COMMITS = "two durable commits for each"


def tasks() -> list[Measured]:
    """The graphs of one to ten dozens."""
    with directory() as data:
        return [
            _measured("7 no-op Python tasks", python_graph(7), data, target="0.1 s"),
            _measured("100 no-op Python tasks", python_graph(100), data, target="0.5 s"),
            _measured("100 SQL tasks", sql_graph(100), data, target="0.12 s", floor="commits"),
        ]


def many_tasks() -> list[Measured]:
    with directory() as data:
        return [
            _measured(
                "1000 no-op Python tasks, the root one of them",
                python_graph(999),
                data,
                target="5 s",
            )
        ]


def retry() -> list[Measured]:
    """The second attempt of a run of a hundred tasks of which the last fifteen had failed."""
    failing = {f"t{number}" for number in range(100 - 15, 100)}
    graph = TaskGraph("bench_retry")

    def work(session):
        """A task that does nothing with a session of its own."""

    def fail(session):
        raise ValueError("as it must")

    def make(name: str, after: list[str]) -> None:
        # below none that fails, so that each of the fifteen runs
        above = [f"t{number}" for number in range(LAYERS_OF)] if name in failing else after
        sftask(fail if name in failing else work, name=name, after=above, graph=graph)

    layered(100, make)
    with directory() as data, workspace_on(data) as workspace:
        run = first_run(workspace, graph)
        took = _repeated(data, lambda: _continued(run))
        least = floors.bare("forks", data, len(failing))
    return [_line("retry of 15 failed tasks of 100", took, least, target="0.25 s", floor=_FORKS)]


def _continued(run: Run) -> Run:
    run.begin_next_attempt()
    return run


def _measured(
    work: str, graph: TaskGraph, data: Path, *, target: str, floor: str = "forks"
) -> Measured:
    with workspace_on(data) as workspace:
        deployed = first_run(workspace, graph).deployed
        backend = workspace.places.backend(None)
        took = _repeated(data, partial(start_run, backend, deployed))
    least = floors.bare(floor, data, len(graph.tasks))
    said = _FORKS if floor == "forks" else _COMMITS
    return _line(work, took, least, target=target, floor=said)


def _line(work: str, took: Bare, least: Bare, *, target: str, floor: str) -> Measured:
    return Measured(
        work=work,
        ours_s=took.wall_s,
        ours_cpu_s=took.processor_s,
        floor_s=least.wall_s,
        floor_cpu_s=least.processor_s,
        target=target,
        floor=floor,
    )


def first_run(workspace: Workspace, graph: TaskGraph) -> Run:
    """The run that deploys the graph and warms up what it needs, which is not measured."""
    run = workspace.run(graph, lambda _: None)
    assert isinstance(run, Run)
    if run is None:
        raise AssertionError("nobody was asked anything")
    run.wait()
    return run


def _repeated(data: Path, begun: Callable[[], Run], *, times: int = 5) -> Bare:
    """The medians of warm attempts: from the start of each to the end of its last task.

    The processor's are those of the engine and the workers, the client's looks included.
    """
    took = [once(data, begun) for _ in range(times)]
    return Bare(
        wall_s=statistics.median(each.wall_s for each in took),
        processor_s=statistics.median(each.processor_s for each in took),
    )


def once(data: Path, begun: Callable[[], Run]) -> Bare:
    """One attempt, measured so."""
    before = engine_s(data)
    wall_s = _took_s(begun().wait())
    return Bare(wall_s=wall_s, processor_s=engine_s(data) - before)


def _took_s(seen: RunSnapshot) -> float:
    began = min(task.scheduled for task in seen.tasks.values() if task.attempt == seen.attempt)
    return (seen.completed - began) / timedelta(seconds=1)
