"""A simulation and a run of the same graph on the embedded engine come to the same."""

import pytest

from sfdag_magics import Target, open_target
from tests.simulating.graphs import any_graph, simulated, words

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def target(tmp_path_factory):
    data = tmp_path_factory.mktemp("simulated")
    with open_target(Target(name="local", path=str(data))) as opened:
        yield opened


#: Graphs in which nothing is wrong, such as a task that can never run.
_SEEDS = [seed for seed in range(60) if not any_graph(seed)[0].validate()][:16]


@pytest.mark.parametrize("seed", _SEEDS)
def test_what_is_foretold_happens(target, seed):
    graph, answers, fails = any_graph(seed)
    (way,) = simulated(graph, answers=answers, fails=fails).ways
    seen = target.run(graph).wait(60)
    assert {name: task.state.word for name, task in seen.tasks.items()} == words(way)
    assert (seen.state, seen.attempt) == (way.state, way.attempts)


def test_the_graphs_are_of_all_kinds():
    ways = [
        simulated(graph, answers=answers, fails=fails).ways[0]
        for graph, answers, fails in map(any_graph, _SEEDS)
    ]
    assert {state for way in ways for state in words(way).values()} == {
        *("succeeded", "failed", "skipped", "blocked")
    }
    assert len({way.state for way in ways}) == 2
