"""Two who change one graph in the same instant: whatever the order of calls, all keeps code."""

import os
import random
import subprocess
import sys
import threading
from dataclasses import replace

import pytest

from sfdag_magics.bundle import read_archive
from sfdag_magics.client.deploying.deploy import Deployed, apply, apply_code
from sfdag_magics.client.deploying.journal import held, own_journal
from sfdag_magics.client.deploying.lifecycle import drop
from sfdag_magics.client.deploying.turns import Turns
from sfdag_magics.client.observing.deployed import read_graph
from sfdag_magics.errors import BackendError
from sfdag_magics.sqltext import QualifiedName
from tests.client.code.test_not_loaded import archive_of, deploy, notebook, plan
from tests.client.deploying.test_deploy import ROOT, no_journal
from tests.client.fake_snowflake import FakeSnowflake
from tests.client.interleaved import together
from tests.rows import thinned

MINE = "def mine(): return 1"
THEIRS = "def theirs(): return 2"
BOTH = "def both(): return 3"
#: More calls than one of them has.
MOST = 40

ORDERS = [
    *(["mine"] * first + ["theirs"] * MOST for first in range(24)),
    *(
        [chance.choice(["mine", "theirs"]) for _ in range(2 * MOST)]
        for chance in map(random.Random, range(10))
    ),
]


def without_code(fake):
    """The Python tasks that are deployed and whose code is not."""
    calls = [name for name, task in fake.tasks.items() if "CALL" in task["statement"].body]
    if not calls:
        return []
    shipped = read_archive(archive_of(fake)).tasks if fake.procedures else {}
    return [name for name in calls if name.partition("$")[2] not in shipped]


def check(fake, answers):
    for answer in answers.values():
        if isinstance(answer, BackendError):
            assert "somebody else" in answer.message
            assert "nothing of yours was deployed" in answer.message
            assert answer.hint.endswith("what differs now, and what of theirs yours would replace")
        else:
            assert isinstance(answer, Deployed)
    assert without_code(fake) == []
    assert no_journal(fake)


@pytest.mark.parametrize("order", thinned(ORDERS))
@pytest.mark.parametrize("is_new", [True, False], ids=["new", "there"])
def test_of_two_who_deploy_at_once_nobody_is_left_without_code(order, is_new):
    fake = FakeSnowflake()
    if not is_new:
        deploy(fake, notebook(BOTH, options={"schedule": "1 day"}))
    said = {name: notebook(text) for name, text in (("mine", MINE), ("theirs", THEIRS))}
    acts = {name: lambda backend, made=made: deploy(backend, made) for name, made in said.items()}
    answers = together(fake, order, **acts)
    check(fake, answers)
    well = [name for name, answer in answers.items() if isinstance(answer, Deployed)]
    assert well
    for name in well:
        assert fake.tasks[f"G${name.upper()}"]["started"]
    lost = [name for name in said if name not in well]
    assert not [name for name in lost if f"G${name.upper()}" in fake.tasks]
    for name in lost:  # what the loser is told to type
        deploy(fake, said[name])
    assert {"G$MINE", "G$THEIRS"} <= fake.tasks.keys()
    assert without_code(fake) == []
    assert is_new or fake.tasks["G"]["started"]


@pytest.mark.parametrize("order", thinned(ORDERS[::3]))
def test_code_alone_is_shipped_beside_another_deploy_and_none_is_lost(order):
    fake = FakeSnowflake()
    deploy(fake, notebook(MINE, BOTH))
    edited = plan(fake, notebook(MINE.replace("1", "11")))
    answers = together(
        fake,
        order,
        mine=lambda backend: apply_code(backend, edited),
        theirs=lambda backend: deploy(backend, notebook(THEIRS)),
    )
    assert without_code(fake) == []
    assert no_journal(fake)
    if answers["mine"] is None:
        assert b"11" in read_archive(archive_of(fake)).module("mine")[1]


@pytest.mark.parametrize("order", thinned(ORDERS[::2]))
def test_who_drops_a_graph_while_it_is_deployed_leaves_all_of_it_or_nothing(order):
    fake = FakeSnowflake()
    deploy(fake, notebook(MINE))
    there = read_graph(fake, ROOT)
    answers = together(
        fake,
        order,
        mine=lambda backend: drop(backend, there),
        theirs=lambda backend: deploy(backend, notebook(THEIRS)),
    )
    assert no_journal(fake)
    assert without_code(fake) == []
    if isinstance(answers["mine"], str):
        assert "G$MINE" not in fake.tasks
    else:
        assert "was changed by somebody else" in answers["mine"].message
        assert {"G$MINE", "G$THEIRS"} <= fake.tasks.keys()


def _turns(fake, **more):
    return Turns(fake, "g", QualifiedName("SFDAG_CODE", "S", "DB"), **more)


def _theirs(**more):
    return replace(own_journal("@DB.S.SFDAG_CODE/g/", "t", ()), who="ada@there", **more)


def test_who_does_not_end_is_named_and_how_to_go_on_is_said():
    fake = FakeSnowflake()
    fake.has_stage = True
    theirs = _theirs(machine="elsewhere", process=1)
    fake.files[theirs.location] = theirs.content()
    mine = own_journal("@DB.S.SFDAG_CODE/g/", "m", ())
    with (
        pytest.raises(BackendError, match="ada@there is deploying graph g") as raised,
        _turns(fake, patience_s=0).taken(mine),
    ):
        pass
    assert "%sfdag deploy --now if it broke off" in raised.value.hint
    assert list(fake.files) == [theirs.location]
    with _turns(fake).taken(mine, [theirs.location]):
        assert mine.location in fake.files


def _process_that_ended():
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    return ended.pid


@pytest.mark.parametrize(
    ("process", "going_on"),
    [(os.getppid, True), (_process_that_ended, False), (os.getpid, False)],
    ids=["another kernel", "a kernel that ended", "this one, which broke off"],
)
def test_a_deploy_of_this_machine_that_broke_off_is_waited_for_by_nobody(process, going_on):
    fake = FakeSnowflake()
    fake.has_stage = True
    theirs = _theirs(process=process())
    fake.files[theirs.location] = theirs.content()
    assert (theirs.is_going_on, theirs.has_broken_off) == (going_on, not going_on)
    assert plan(fake, notebook(MINE)).resumes != going_on


def test_what_this_process_carries_out_is_going_on():
    theirs = _theirs()
    with held(theirs):
        assert theirs.is_going_on
    assert theirs.has_broken_off


def test_a_journal_of_an_earlier_release_is_completed():
    fake = FakeSnowflake()
    deploy(fake, notebook(MINE, options={"schedule": "1 day"}))
    fake.tasks["G"]["started"] = False
    old = "@DB.S.SFDAG_CODE/g/deploy.json"
    fake.files[old] = b'{"started": ["G", "G$MINE"], "by": "ab12"}'
    made = plan(fake, notebook(MINE))
    assert "an earlier deploy broke off; this one completes it" in str(made)
    apply(fake, made)
    assert fake.tasks["G"]["started"]
    assert old not in fake.files


def test_a_deploy_elsewhere_that_may_go_on_is_said_in_the_plan():
    fake = FakeSnowflake()
    fake.has_stage = True
    theirs = _theirs(machine="elsewhere", process=1)
    fake.files[theirs.location] = theirs.content()
    made = plan(fake, notebook(MINE))
    assert "! ada@there is deploying it, or broke off: a deploy waits for that first" in str(made)
    apply(fake, made, insists=True)
    assert no_journal(fake)


def test_who_wants_to_run_the_graph_waits_until_its_deploy_has_ended():
    fake = FakeSnowflake()
    fake.has_stage = True
    theirs = _theirs()
    fake.files[theirs.location] = theirs.content()
    assert not _turns(fake).wait()  # it broke off
    with held(theirs):
        looked = threading.Event()
        answer = fake._list

        def looks(sql):
            looked.set()
            return answer(sql)

        fake._list = looks
        waited = []
        waiting = threading.Thread(target=lambda: waited.append(_turns(fake).wait()))
        waiting.start()
        assert looked.wait(10)
        assert waited == []
        del fake.files[theirs.location]
        waiting.join(10)
    assert waited == [True]


def test_who_may_not_read_the_stage_runs_what_is_deployed():
    fake = FakeSnowflake()
    fake.refuse = {"LIST": BackendError("insufficient privileges", code=3001)}
    assert not _turns(fake).wait()
