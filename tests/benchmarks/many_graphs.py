"""Fifty runs at once among two hundred graphs with schedules, beside one graph of as many tasks."""

from __future__ import annotations

import statistics
import time
from pathlib import Path

import snowflake.connector
from snowflake.connector.cursor import SnowflakeCursor

from sfdag_magics.client.connecting.connect import connection_parameters
from tests.benchmarks.floors import Bare
from tests.benchmarks.graphs import directory, engine_s
from tests.benchmarks.measured import Measured

_GRAPHS, _RUNS, _CHILDREN = 200, 50, 4
#: Of the one graph; with its root it has the tasks of all runs.
_ALONE = _RUNS * (_CHILDREN + 1) - 1
#: A task has no more children than a hundred.
_ROW = 50
_GOING = (
    "SELECT COUNT(*) FROM TABLE(INFORMATION_SCHEMA.CURRENT_TASK_GRAPHS()) WHERE STATE = 'EXECUTING'"
)


def many_graphs() -> list[Measured]:
    alone = _measured({"ALONE": _ALONE}, runs=1)
    children = [_CHILDREN] * _RUNS + [0] * (_GRAPHS - _RUNS)
    among = _measured({f"G{number}": count for number, count in enumerate(children)}, runs=_RUNS)
    return [
        Measured(
            work=f"{_RUNS} runs of {_CHILDREN + 1} SQL tasks at once, {_GRAPHS} graphs scheduled",
            ours_s=among.wall_s,
            ours_cpu_s=among.processor_s,
            floor_s=alone.wall_s,
            floor_cpu_s=alone.processor_s,
            target="2 x",
            floor="one graph of as many tasks",
        )
    ]


def _measured(graphs: dict[str, int], *, runs: int) -> Bare:
    """The medians of some rounds, each from the first order until no run goes on."""
    with directory() as data, snowflake.connector.connect(**connection_parameters(data)) as link:
        cursor = link.cursor()
        for root, children in graphs.items():
            _make(cursor, root, children)
        rounds = [_round(cursor, data, [*graphs][:runs]) for _ in range(4)][1:]
    return Bare(
        wall_s=statistics.median(each.wall_s for each in rounds),
        processor_s=statistics.median(each.processor_s for each in rounds),
    )


def _make(cursor: SnowflakeCursor, root: str, children: int) -> None:
    """A graph that is due once a year."""
    cursor.execute(f"CREATE TASK {root} SCHEDULE = 'USING CRON 0 0 1 1 * UTC' AS SELECT 1")
    for number in range(children):
        above = root if number < _ROW else f"{root}_{number - _ROW}"
        cursor.execute(f"CREATE TASK {root}_{number} AFTER {above} AS SELECT {number}")
    cursor.execute(f"SELECT SYSTEM$TASK_DEPENDENTS_ENABLE('{root}')")


def _round(cursor: SnowflakeCursor, data: Path, roots: list[str]) -> Bare:
    used, began = engine_s(data), time.perf_counter()
    for root in roots:
        cursor.execute(f"EXECUTE TASK {root}")
    while cursor.execute(_GOING).fetchone() != (0,):
        time.sleep(0.02)
    return Bare(wall_s=time.perf_counter() - began, processor_s=engine_s(data) - used)
