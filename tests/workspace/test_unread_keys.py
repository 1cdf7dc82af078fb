"""A key set for a run of a part which none of its tasks reads is told, with who would."""

from dataclasses import replace

import pytest

from sfdag_magics.client.parts.asked import Asked
from sfdag_magics.graph.model import TaskGraph, sql_task
from sfdag_magics.workspace.parted.planning import Part, PartPlanning
from tests.client.parts.test_reuse import GRAPH, run

HERE = replace(GRAPH, mark={**GRAPH.mark, "hash": "made here"})


def reading(name, *keys):
    asked = ", ".join(f"SYSTEM$GET_TASK_GRAPH_CONFIG('{key}')" for key in keys)
    return sql_task(name, f"select {asked or 1}")


#: `rows` is read above the part alone, `rate` by one of its tasks as well, and `name` by nobody.
CELLS = TaskGraph(
    "g",
    tasks=[
        reading("load", "rows", "rate"),
        reading("split", "rows", "day"),
        reading("train", "rate"),
        reading("check"),
        reading("tidy"),
    ],
)


def noted(*said, cells=CELLS):
    planning = PartPlanning(
        graph=cells,
        deployed=HERE,
        config={},
        said=said,
        code={},
        recent=lambda _: [run()],
        named=lambda _: None,
        lost=lambda _: frozenset(),
    )
    lines = []
    planning.plan(Part(asked=Asked(only=("train",))), lines.append)
    return [line for line in lines if "note:" in line]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("rate", []),
        ("name", []),
        (
            "day",
            [
                "  note: only split reads day, and does not run: "
                "target.run(…, start=['split'], config={\"day\": …})"
            ],
        ),
        (
            "rows",
            [
                "  note: only load, split read rows, and do not run: "
                "target.run(…, start=['load', 'split'], config={\"rows\": …})"
            ],
        ),
    ],
)
def test_a_key_that_only_tasks_read_which_do_not_run_is_told(said, told):
    assert noted(said) == told


def test_what_may_read_any_key_is_named_where_it_does_not_run_and_hides_nothing_it_cannot():
    others = TaskGraph("g", tasks=[task for task in CELLS.tasks if task.name != "load"])
    (told,) = noted("name", cells=others)
    assert "only load may read name, and does not run" in told
    (told,) = noted("day", cells=others)
    assert "only split reads day" in told
