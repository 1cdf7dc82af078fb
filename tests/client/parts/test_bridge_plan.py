"""The tasks a bridge is made of, as statements."""

from dataclasses import replace

import pytest

from sfdag_magics.client.observing.bridges.lineage import (
    ByHand,
    Lineage,
    LineageKind,
    lineage_of,
)
from sfdag_magics.client.observing.deployed import graph_from_rows, graphs_from_rows
from sfdag_magics.client.parts.bridge_plan import BridgePlan, forced
from sfdag_magics.client.parts.recorded import Recorded
from sfdag_magics.graph.grammar import AlterTask, CreateTask, parse_task_statement
from tests.client.rows import ROOT, deployed, task_row

BRANCH = "SYSTEM$GET_PREDECESSOR_RETURN_VALUE('G$B') = 'c'"


def graph_with(drawing="a -> b -> c -> d", **changes):
    graph = deployed(drawing, finalizer="tidy")
    tasks = {n: replace(task, **changes.get(n, {})) for n, task in graph.tasks.items()}
    return replace(graph, tasks=tasks, warehouse="WH")


def planned(graph, runs, kept=(), skipped=(), named=()):
    lineage = Lineage(
        kind=LineageKind.PART,
        root_id="id-2",
        of="3f2a91c0-1",
        runs=runs,
        kept=dict.fromkeys(kept, "3f2a91c0-1"),
        skipped=skipped,
        forced=forced(graph, named),
    )
    given = dict(kept) if isinstance(kept, dict) else dict.fromkeys(kept)
    return BridgePlan(
        graph=graph,
        lineage=lineage,
        named=frozenset(named),
        kept={name: Recorded(value=value, run="3f2a91c0-1") for name, value in given.items()},
    )


def read(plan):
    """`{task: its CREATE TASK}` and the names of those that are started."""
    statements = [parse_task_statement(text) for text in plan.statements()]
    made = {s.name.name.rpartition("$")[2]: s for s in statements if isinstance(s, CreateTask)}
    return made, [s.name.name.rpartition("$")[2] for s in statements if isinstance(s, AlterTask)]


def test_what_runs_is_as_it_is_deployed_and_what_is_kept_gives_its_value():
    graph = graph_with(c={"definition": "CALL G$RUN('c')", "warehouse": "BIG"})
    made, started = read(planned(graph, ("c",), {"a": 'it\'s {"n": 1}', "b": None}))
    assert [*made] == ["G_SFDAG_BRIDGE", "A", "B", "C"]
    assert made["A"].body == "CALL SYSTEM$SET_RETURN_VALUE('it''s {\"n\": 1}')"
    assert made["B"].body == "SELECT 'b returned nothing'"
    assert made["C"].body == "CALL G$RUN('c')"
    assert made["C"].properties.warehouse == "BIG"
    assert [above.name for above in made["C"].after] == ["G_SFDAG_BRIDGE$B"]
    assert [above.name for above in made["A"].after] == ["G_SFDAG_BRIDGE"]
    assert started == ["A", "B", "C"]


def test_what_is_deployed_is_not_touched():
    plan = planned(graph_with(), ("c", "tidy"), ["a", "b"])
    assert all("G_SFDAG_BRIDGE" in text.split("\n")[0] for text in plan.statements())


def test_the_finalizer_comes_last_and_ends_the_bridge():
    made, _ = read(planned(graph_with(), ("tidy",)))
    assert made["TIDY"].properties.finalize.name == "G_SFDAG_BRIDGE"
    assert made["TIDY"].after == ()


def test_a_condition_asks_the_bridge_and_of_a_task_that_was_named_nothing_is_asked():
    graph = graph_with(c={"condition": BRANCH})
    kept = planned(graph, ("c",), {"a": None, "b": "c"})
    assert read(kept)[0]["C"].condition == BRANCH.replace("G$B", "G_SFDAG_BRIDGE$B")
    named = planned(graph, ("c",), {"a": None, "b": "x"}, named=["c"])
    assert read(named)[0]["C"].condition is None


def test_a_rule_of_its_own_about_those_above_holds_for_a_task_that_was_named():
    own = "SYSTEM$PREDECESSORS_STATE('ALL_DONE')"
    graph = graph_with(c={"condition": own})
    assert read(planned(graph, ("c",), ["a", "b"], named=["c"]))[0]["C"].condition == own


def test_what_stays_skipped_is_skipped_and_so_is_what_stands_below():
    made, started = read(planned(graph_with(), ("d",), ["a"], skipped=("b", "c")))
    assert (made["B"].condition, made["C"].condition) == ("1 = 0", "1 = 0")
    assert "B" in started


def test_what_somebody_suspended_stays_so_unless_it_is_named():
    graph = graph_with(c={"is_started": False})
    assert read(planned(graph, ("c", "d"), ["a", "b"]))[1] == ["A", "B", "D"]
    assert read(planned(graph, ("c", "d"), ["a", "b"], named=["c"]))[1] == ["A", "B", "C", "D"]


def test_timeouts_that_are_only_noted_hold_in_the_bridge():
    options = {"name": "c", "options": {"user_task_timeout_ms": 60000}}
    made, _ = read(planned(graph_with(c={"mark": options}), ("c",), ["a", "b"]))
    assert made["C"].properties.user_task_timeout_ms == 60000
    root = replace(graph_with(), mark={"options": {"task_auto_retry_attempts": 2}})
    assert read(planned(root, ("a",)))[0]["G_SFDAG_BRIDGE"].properties.said().keys() == {
        "warehouse",
        "comment",
    }


@pytest.mark.parametrize(
    ("lineage", "said"),
    [
        ({"kind": "part", "runs": ("a", "b")}, "only a, b"),
        (
            {"kind": "part", "runs": ("a",), "of": "3f2a91c0-1", "kept": {"b": "3f2a91c0-1"}},
            "only a, with what run 3f2a91c0 returned",
        ),
        (
            {"kind": "retry", "of": "3f2a91c0-1", "continues": ("3f2a91c0-1", "0d1e-1")},
            "continues run 3f2a91c0",
        ),
        (
            {
                "kind": "retry",
                "of": "3f2a91c0-1",
                "who": "ana@lab",
                "because": "sent by mail",
                "by_hand": {"notify": ByHand.DONE},
            },
            "continues run 3f2a91c0; notify done by ana@lab: sent by mail",
        ),
    ],
)
def test_a_lineage_comes_back_from_what_a_run_notes(lineage, said):
    made = Lineage(**{"root_id": "id-2", **lineage, "kind": LineageKind(lineage["kind"])})
    assert lineage_of({"bridge": made.noted()}) == made
    assert made.text == said


@pytest.mark.parametrize(
    "own", [None, "text", {}, {"bridge": 1}, {"bridge": {"kind": "other"}}, {"bridge": {"kept": 1}}]
)
def test_what_a_person_wrote_under_our_key_is_no_lineage(own):
    assert lineage_of(own) is None


def test_a_bridge_that_stands_there_is_seen_beside_the_graph_and_is_none_itself():
    rows = [
        task_row("G", mark={"name": "g"}),
        task_row("G$A", after=["G"], mark={"name": "a"}),
        task_row("G_SFDAG_BRIDGE", mark={"name": "g", "bridge": {"who": "ana"}}),
        task_row("G_SFDAG_BRIDGE$A", after=["G_SFDAG_BRIDGE"], mark={"name": "a"}),
    ]
    graph = graph_from_rows(rows, ROOT)
    assert [*graph.tasks] == ["a"]
    assert graph.leftover.stored == ("G_SFDAG_BRIDGE$A",)
    assert graph.leftover.mark == {"who": "ana"}
    assert [each.name for each in graphs_from_rows(rows)] == ["g"]


def test_a_persons_own_graph_that_is_called_so_is_no_bridge():
    rows = [task_row("G", mark={"name": "g"}), task_row("G_SFDAG_BRIDGE", mark={"name": "own"})]
    assert graph_from_rows(rows, ROOT).leftover is None
    assert len(graphs_from_rows(rows)) == 2
