"""A run of a part goes on from what a person said of a task: that is told, and noted with it."""

from dataclasses import replace

import pytest

from sfdag_magics.client.observing.bridges.lineage import ByHand, lineage_of
from sfdag_magics.client.parts.asked import Asked
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.workspace.parted.planning import Part, PartPlanning
from tests.client.parts.test_retried import GRAPH, SEEN

HERE = replace(GRAPH, mark={**GRAPH.mark, "hash": "made here"})


@pytest.mark.parametrize("said_in", ["", "run-1-first"], ids=["in that run", "in one before it"])
def test_a_value_by_hand_is_named_with_who_said_it_why_and_where(said_in):
    seen = replace(SEEN, lineage=replace(SEEN.lineage, said_in=said_in))
    planning = PartPlanning(
        graph=TaskGraph("g"),
        deployed=HERE,
        config={},
        code={},
        recent=lambda _: [seen],
        named=lambda _: None,
        lost=lambda _: frozenset(),
    )
    lines = []
    plan = planning.plan(Part(asked=Asked(only=("train",))), lines.append)
    said = f"done by ana in run {(said_in or 'run-2')[:8]}: mailed"
    assert f"  with a value made by hand: split, {said}" in lines
    assert plan.kept["split"].value == "abc"
    assert plan.lineage.by_hand == {"split": ByHand.DONE}
    assert plan.lineage.text.endswith("; split done by ana in run " + said.partition("run ")[2])
    noted = replace(plan.lineage, root_id="id").noted()
    assert lineage_of({"bridge": noted}).said == {"split": said}
