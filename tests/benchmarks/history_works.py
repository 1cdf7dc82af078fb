"""What is read of runs, beside `SELECT 1` over the same connection."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from sfdag_magics import TaskGraph, sql_task
from sfdag_magics.client.connecting.backend import Backend
from sfdag_magics.client.connecting.connect import stop_engine
from sfdag_magics.client.observing.history import rows_of_group
from sfdag_magics.client.running.runs import Run
from sfdag_magics.workspace.workspace import Workspace
from tests.benchmarks.graphs import directory, engine_s, layered, workspace_on
from tests.benchmarks.measured import Measured, median_s

_RUNS = 100_000
#: Within the days that TASK_HISTORY looks back to.
_DAYS = 6
_SELECT_1 = "SELECT 1 over the same connection"

#: Copies of the run that is there, the newest ten seconds before it, with rows as it has them.
_COPIES = """
CREATE TEMP TABLE copies AS
    WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {runs})
    SELECT n, lower(hex(randomblob(16))) AS copied, n * {step} + 10000000 AS earlier FROM numbers;
CREATE TEMP TABLE runs_made AS SELECT g.*, c.copied, c.earlier FROM graph_runs g, copies c;
UPDATE runs_made SET group_id = copied, scheduled_time = scheduled_time - earlier,
    original_scheduled_time = original_scheduled_time - earlier,
    query_start_time = query_start_time - earlier, completed_time = completed_time - earlier;
CREATE TEMP TABLE tasks_made AS SELECT t.*, c.copied, c.earlier FROM task_runs t, copies c;
UPDATE tasks_made SET group_id = copied, attempt_id = lower(hex(randomblob(16))),
    scheduled_time = scheduled_time - earlier, query_start_time = query_start_time - earlier,
    completed_time = completed_time - earlier;
INSERT INTO graph_runs SELECT {graph_columns} FROM runs_made ORDER BY scheduled_time;
INSERT INTO task_runs SELECT {task_columns} FROM tasks_made ORDER BY scheduled_time;
"""


def look() -> list[Measured]:
    """One look at a run of a thousand tasks while it goes and nothing changes in it."""
    graph = TaskGraph("bench_look")

    def make(name: str, after: list[str]) -> None:
        body = "CALL SYSTEM$WAIT(600)" if name == "t995" else "SELECT 1"
        graph.add(sql_task(name, body, after=after))

    layered(999, make)  # and the root that all runs begin with
    with directory() as data, workspace_on(data) as workspace:
        run = workspace.run(graph, lambda _: None)
        assert isinstance(run, Run)
        while sum(task.completed is None for task in run.refresh().tasks.values()) > 1:
            time.sleep(0.2)
        backend = workspace.places.backend(None)
        looks = _asked(data, run.refresh, times=50)
        changed = _asked(data, partial(_look_after_a_change, run), times=50)
        least = _asked(data, partial(backend.rows, "SELECT 1"), times=50)
        run.stop()
    return [
        Measured(
            work=f"a look at a run of 1000 tasks, {what}{suffix}",
            ours_s=took[0],
            ours_cpu_s=took[place],
            floor_s=least[0],
            floor_cpu_s=least[place],
            target=target if place == 1 else "",
            floor=_SELECT_1,
        )
        for what, took, target in (
            ("nothing new", looks, "3 ms of CPU, 1.5 x"),
            ("one task ended", changed, "only what changed"),
        )
        for place, suffix in ((1, ""), (2, ": CPU of the kernel"))
    ]


def _look_after_a_change(run: Run) -> None:
    """As if the kernel had not seen yet what the run's last change was."""
    watched = run._watched
    engine, _, count = watched._followed.mark.rpartition(":")
    before = f"{engine}:{int(count) - 1}"
    watched._followed, watched._mark = replace(watched._followed, mark=before), before
    run.refresh()


def history() -> list[Measured]:
    """The last runs, the newest and named ones, of a graph that has run 100,000 times."""
    graph = TaskGraph("bench_history")
    graph.add(sql_task("first", "SELECT 1"))
    graph.add(sql_task("second", "SELECT 1", after=["first"]))
    with directory() as data:
        with workspace_on(data) as workspace:
            workspace.run(graph, lambda _: None).wait()
        stop_engine(data)
        _multiply(data / "runs.sqlite")
        with workspace_on(data) as workspace:
            return _histories(data, workspace, graph)


def _histories(data: Path, workspace: Workspace, graph: TaskGraph) -> list[Measured]:
    backend = workspace.places.backend(None)
    deployed = workspace.there.deployed(graph, None)
    group = workspace.runs.recent(graph, last=20)[-1].group_id
    asked: dict[str, Callable[[], object]] = {
        "%sfdag runs": lambda: workspace.runs.recent(graph, last=20),
        "%sfdag status": lambda: workspace.runs.newest(graph, deployed, None).refresh(),
        "a run by its id": lambda: workspace.runs.find(graph, group[:8]),
        "TASK_HISTORY by name": partial(_by_name, backend, deployed.root.name),
        "TASK_HISTORY by group": lambda: rows_of_group(backend, deployed, group),
    }
    least = _asked(data, partial(backend.rows, "SELECT 1"), times=20)
    lines = []
    for work, ask in asked.items():
        took = _asked(data, ask, times=20)
        lines.append(
            Measured(
                work=f"{work}, {_RUNS:,} stored runs",
                ours_s=took[0],
                ours_cpu_s=took[1],
                floor_s=least[0],
                floor_cpu_s=least[1],
                target="50 ms",
                floor=_SELECT_1,
            )
        )
    return lines


def _by_name(backend: Backend, name: str) -> object:
    table = f"TABLE(INFORMATION_SCHEMA.TASK_HISTORY(TASK_NAME => '{name}', RESULT_LIMIT => 100))"
    return backend.rows(f"SELECT NAME, STATE, COMPLETED_TIME FROM {table}")


def _asked(data: Path, ask: Callable[[], object], *, times: int) -> tuple[float, float, float]:
    """The median of some repetitions, and the processor seconds of one: the engine's and ours."""
    ask()
    engines, ours = engine_s(data), time.process_time()
    wall_s = median_s(ask, times=times)
    return (
        wall_s,
        (engine_s(data) - engines) / times,
        (time.process_time() - ours) / times,
    )


def _multiply(path: Path) -> None:
    """Make 100,000 runs of the one there is."""
    connection = sqlite3.connect(path)

    def columns(table: str) -> str:
        return ", ".join(row[1] for row in connection.execute(f"PRAGMA table_info({table})"))

    connection.executescript(
        _COPIES.format(
            runs=_RUNS,
            step=_DAYS * 86_400_000_000 // _RUNS,
            graph_columns=columns("graph_runs"),
            task_columns=columns("task_runs"),
        )
    )
    connection.commit()
    connection.close()
