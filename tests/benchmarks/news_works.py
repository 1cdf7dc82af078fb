"""How late a change is seen: from the engine's word that a task has ended to a view's snapshot."""

from __future__ import annotations

import statistics
from datetime import UTC, datetime
from functools import partial

from sfdag_magics import Run, TaskGraph, sql_task
from sfdag_magics.client.observing.snapshot import RunSnapshot
from sfdag_magics.errors import SfdagError
from sfdag_magics.widget.held.feed import Feed
from tests.benchmarks.graphs import directory, workspace_on
from tests.benchmarks.measured import Measured, median_s

_TASKS = 20


def news() -> list[Measured]:
    """A chain of tasks of a second each, so that each change comes alone."""
    graph = TaskGraph("bench_news")
    above: list[str] = []
    for number in range(_TASKS):
        graph.add(sql_task(f"t{number}", "CALL SYSTEM$WAIT(1)", after=above))
        above = [f"t{number}"]
    late_s: dict[str, float] = {}

    def seen(run: RunSnapshot) -> None:
        now = datetime.now(UTC)
        for name, task in run.tasks.items():
            if task.completed:
                late_s.setdefault(name, (now - task.completed).total_seconds())

    def unheard(problem: SfdagError) -> None:
        raise problem

    with directory() as data, workspace_on(data) as workspace:
        run = workspace.run(graph, lambda _: None)
        assert isinstance(run, Run)
        feed = Feed(run, on_news=seen, on_silence=unheard)
        feed.start()
        feed.join()
        backend = workspace.places.backend(None)
        least_s = median_s(partial(backend.rows, "SELECT 1"), times=50)
    return [
        Measured(
            work="from a change in the engine to a snapshot in the kernel",
            ours_s=statistics.median(late_s.values()),
            floor_s=least_s,
            target="50 ms, with the page",
            floor="SELECT 1 over the same connection",
        )
    ]
