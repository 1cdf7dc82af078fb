"""Rows as Snowflake's functions answer them, and a graph drawn in one line."""

import itertools
from datetime import UTC, datetime, timedelta

from sfdag_magics.client.observing.deployed import DeployedGraph, DeployedTask, marked_comment
from sfdag_magics.client.observing.history import HistoryRow
from sfdag_magics.graph.states import TaskState
from sfdag_magics.sqltext import QualifiedName

ROOT = QualifiedName("G", "S", "DB")
START = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)


def deployed(drawing, *, finalizer=None, suspended=()):
    """`deployed("a -> b, a -> c")`; tasks are listed in the order they are drawn."""
    above = {}
    for part in drawing.split(","):
        names = [name.strip() for name in part.split("->")]
        above.setdefault(names[0], ())
        for before, after in itertools.pairwise(names):
            above[after] = (*above.get(after, ()), before)
    if finalizer:
        above[finalizer] = ()
    tasks = {
        name: DeployedTask(
            name=name,
            stored=f"G${name.upper()}",
            predecessors=predecessors,
            is_finalizer=name == finalizer,
            is_started=name not in suspended,
            definition="SELECT 1",
            condition=None,
            comment="",
            mark={"name": name},
        )
        for name, predecessors in above.items()
    }
    return DeployedGraph(
        name="g",
        root=ROOT,
        root_id="root-id",
        is_started=False,
        schedule=None,
        config={},
        mark={"name": "g"},
        tasks=tasks,
    )


def row(name, state="SUCCEEDED", *, attempt=1, seconds=1, **more):
    """One history row of run `group-1`; its task started `seconds` after the run."""
    started = START + timedelta(seconds=seconds) if state != "SCHEDULED" else None
    ended = started + timedelta(seconds=1) if started and state != "EXECUTING" else None
    return HistoryRow(
        stored="G" if name == "g" else f"G${name.upper()}",
        state=TaskState(state),
        group_id="group-1",
        attempt=attempt,
        query_id=f"q-{name}-{attempt}" if started else None,
        scheduled=START,
        started=started,
        completed=ended,
        **more,
    )


def task_row(name, *, after=(), finalizes=None, mark=None, state="suspended", **more):
    """One row of SHOW TASKS."""
    relations = '{"Predecessors":[]' + (
        f',"FinalizedRootTask":"DB.S.{finalizes}"}}' if finalizes else "}"
    )
    return {
        "name": name,
        "id": f"id-{name}",
        "database_name": "DB",
        "schema_name": "S",
        "state": state,
        "schedule": None,
        "condition": None,
        "definition": "SELECT 1",
        "config": None,
        "comment": marked_comment(None, mark) if mark else "",
        "predecessors": "[" + ",".join(f'"DB.S.{above}"' for above in after) + "]",
        "task_relations": relations,
    } | more
