"""A bridge on a target: made, run, taken away, and what a kernel left behind."""

import contextlib
import time
from dataclasses import replace

import pytest

from sfdag_magics.client.deploying.in_flight import executing_with_bridge
from sfdag_magics.client.deploying.lifecycle import check_droppable, drop
from sfdag_magics.client.observing.bridges.found import bridge_runs, continued_by
from sfdag_magics.client.observing.bridges.lineage import Lineage, LineageKind
from sfdag_magics.client.observing.deployed import read_graph
from sfdag_magics.client.observing.recent import groups_named, newest_run, with_bridges
from sfdag_magics.client.parts.bridge import begin, clear
from sfdag_magics.client.parts.bridge_plan import BridgePlan
from sfdag_magics.client.parts.recorded import Recorded
from sfdag_magics.errors import BackendError, ConnectError, InputError
from tests.client.deploying.test_deploy import code, deploy, graph
from tests.client.rows import ROOT
from tests.client.running_snowflake import RunningSnowflake


@pytest.fixture
def fake():
    made = RunningSnowflake()
    deploy(made, graph("a", "b < a", "c < b"), code("c1", a="1", b="1", c="1"))
    return made


def there(fake):
    return read_graph(fake, ROOT)


def bridges(fake):
    return [name for name in fake.tasks if "BRIDGE" in name]


def begun(fake, *, of="run-1"):
    """A run of b, with what a returned; its bridge goes when it is seen to be over."""
    lineage = Lineage(kind=LineageKind.RETRY, of=of, runs=("b",), kept={"a": of})
    kept = {"a": Recorded(value="1", run=of)}
    plan = BridgePlan(graph=there(fake), lineage=lineage, kept=kept)
    return begin(fake, plan, config={"rows": 5}, code={"b": "x", "c": "y"}, retrying=None)


def test_it_runs_and_goes_and_its_run_is_told_as_one_of_the_graph(fake):
    run = begun(fake)
    assert bridges(fake) == ["G_SFDAG_BRIDGE", "G_SFDAG_BRIDGE$A", "G_SFDAG_BRIDGE$B"]
    seen = run.wait()
    assert bridges(fake) == []
    assert {name: task.state.word for name, task in seen.tasks.items()} == {
        "a": "reused",
        "b": "succeeded",
    }
    assert (seen.config, seen.code) == ({"rows": 5}, {"b": "x"})
    (found,) = bridge_runs(fake, there(fake))
    assert found.row.group_id == seen.group_id
    assert found.graph.procedure.name == "G$RUN"
    assert newest_run(fake, there(fake), begun=True).row.group_id == seen.group_id
    assert [*groups_named(fake, there(fake), seen.group_id[:5])] == [seen.group_id]
    (told,) = with_bridges(fake, there(fake), [], last=5)
    assert told.origin == "continues run run-1"
    assert continued_by(fake, there(fake), "run-1") == (seen.group_id,)
    assert continued_by(fake, there(fake), "other") == ()


def test_who_deploys_waits_for_it_and_who_drops_is_told(fake):
    begun(fake)
    (going,) = executing_with_bridge(fake, there(fake))
    with pytest.raises(InputError, match=f"run {going.group_id[:8]} of g is executing"):
        check_droppable(fake, there(fake))


def test_what_was_left_behind_goes_with_the_graph(fake):
    begun(fake)
    fake.graphs = []
    drop(fake, there(fake))
    assert fake.tasks == {}


def test_what_was_left_behind_is_taken_away_where_its_run_is_over_alone(fake):
    begun(fake)
    clear(fake, there(fake))
    assert bridges(fake)
    fake.graphs = []
    clear(fake, there(fake))
    assert not bridges(fake)
    clear(fake, there(fake))


@pytest.mark.parametrize(("age_s", "goes"), [(10, False), (3600, True)])
def test_what_another_machine_is_making_stays_for_a_while(fake, age_s, goes):
    begun(fake)
    fake.graphs = []
    made = replace(there(fake).leftover, mark={"machine": "lab/1", "at": time.time() - age_s})
    clear(fake, replace(there(fake), leftover=made))
    assert (not bridges(fake)) is goes


@pytest.mark.parametrize("word", ["RESUME", "EXECUTE TASK", "AFTER DB.S.G_SFDAG_BRIDGE"])
def test_where_a_statement_is_refused_nothing_is_left(fake, word):
    before = {name: task["statement"] for name, task in fake.tasks.items()}
    fake.refuse = {word: BackendError("insufficient privileges", code=3001)}
    with pytest.raises(BackendError, match="insufficient privileges"):
        begun(fake)
    assert {name: task["statement"] for name, task in fake.tasks.items()} == before


@pytest.mark.parametrize("when", ["break_before", "break_after"])
@pytest.mark.parametrize("call", range(1, 8))
def test_where_the_connection_breaks_the_next_run_takes_away_what_is_left(fake, call, when):
    fake.calls = 0
    setattr(fake, when, call)
    with contextlib.suppress(ConnectError):  # the last looks are no part of beginning
        begun(fake)
    setattr(fake, when, None)
    fake.graphs = []
    assert begun(fake).wait().tasks["b"].state.word == "succeeded"
    assert not bridges(fake)


def test_one_stands_beside_a_graph_at_a_time(fake):
    run = begun(fake)
    with pytest.raises(InputError, match="a part of g is going, and one runs at a time"):
        begun(fake)
    run.wait()
    begun(fake)
