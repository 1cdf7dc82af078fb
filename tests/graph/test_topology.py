"""Walks over a graph of names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfdag_magics.graph.topology import Topology

DIAMOND = Topology({"d": ["b", "c"], "a": [], "b": ["a"], "c": ["a"], "x": []})


def test_roots_leaves_and_children():
    assert DIAMOND.roots == ("a", "x")
    assert DIAMOND.leaves == ("d", "x")
    assert DIAMOND.children["a"] == ("b", "c")


def test_near_and_far():
    assert DIAMOND.ancestors("d") == {"a", "b", "c"}
    assert DIAMOND.descendants("b", "x") == {"d"}
    assert DIAMOND.between(["a"], ["c"]) == {"a", "c"}


def test_unknown_names_and_repeated_edges_are_left_out():
    assert Topology({"a": ["ghost"], "b": ["a", "a"]}).parents == {"a": (), "b": ("a",)}


def test_a_cycle_is_told_with_its_path():
    circle = Topology({"a": ["c"], "b": ["a"], "c": ["b"], "d": []})
    assert circle.cycle is not None
    assert circle.cycle[0] == circle.cycle[-1]
    assert set(circle.cycle) == {"a", "b", "c"}
    for tail, head in zip(circle.cycle, circle.cycle[1:], strict=False):
        assert tail in circle.parents[head]
    with pytest.raises(ValueError, match="a cycle has no order"):
        _ = circle.order
    assert "a" in circle.ancestors("a")


def test_a_task_after_itself_is_a_cycle():
    assert Topology({"a": ["a"]}).cycle == ("a", "a")


@pytest.mark.parametrize(
    ("edges", "told"),
    [
        ({"a": [], "b": ["a"]}, []),
        ({"a": ["a"], "b": ["c"], "c": ["b"], "d": ["a"]}, [{"a"}, {"b", "c"}]),
    ],
    ids=["none", "two, and who waits for one"],
)
def test_cycles_without_a_common_task_are_all_told(edges, told):
    cycles = Topology(edges).cycles
    assert sorted(map(sorted, map(set, cycles))) == [sorted(each) for each in told]
    assert all(cycle[0] == cycle[-1] for cycle in cycles)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=30))
def test_order_puts_every_node_after_what_is_above_it(pairs):
    parents = {str(node): [] for node in range(10)}
    for one, two in pairs:
        if one != two:
            parents[str(max(one, two))].append(str(min(one, two)))
    topology = Topology(parents)
    position = {node: index for index, node in enumerate(topology.order)}
    assert len(position) == 10
    for node, above in topology.parents.items():
        assert all(position[name] < position[node] for name in above)
        assert topology.ancestors(node) == {
            n for n in topology.parents if node in topology.descendants(n)
        }
