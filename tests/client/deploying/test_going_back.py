"""Versions that are kept of a graph, going back to one, and what others altered since."""

import re

import pytest

from sfdag_magics.client.connecting.targets import Target
from sfdag_magics.client.deploying.clearing.outdated import MOST_OUTDATED
from sfdag_magics.client.deploying.deploy import apply, apply_code
from sfdag_magics.client.deploying.elsewhere import left_by
from sfdag_magics.client.deploying.standing import read_standing
from sfdag_magics.client.deploying.undoing.drift import drift_seen, with_drift
from sfdag_magics.client.deploying.undoing.going_back import plan_back
from sfdag_magics.client.deploying.undoing.rebuilt import altered_by_hand
from sfdag_magics.client.kept.files import KEPT, read_versions_of, version_files
from sfdag_magics.client.kept.version import read_version
from sfdag_magics.client.observing.deployed import read_graph
from sfdag_magics.errors import BackendError, InputError
from sfdag_magics.graph.model import TaskGraph, sql_task
from tests.client.deploying.test_deploy import ROOT, code, deploy, graph, plan, refusing
from tests.client.fake_snowflake import FakeSnowflake

FOLDER = "@DB.S.SFDAG_CODE/g/"


@pytest.fixture
def fake():
    return FakeSnowflake()


def names(fake):
    return [name.rpartition("/")[2] for name in fake.files]


def kept(fake):
    return read_versions_of(fake, FOLDER, names(fake))


def back(fake, number=None):
    there = read_standing(
        fake, TaskGraph("g"), Target(name="embedded"), leaving=None, with_code=True
    )
    return plan_back(there, "g", number)


def shape(fake):
    """What is deployed, but for when and what it was before."""
    history = re.compile(r'"at":\d+,|,"was":\{[^}]*\}|"dropped":\{[^}]*\},')
    tasks = {
        name: (task["started"], history.sub("", task["statement"].to_sql()))
        for name, task in fake.tasks.items()
    }
    return dict(sorted(tasks.items())), re.findall(r"\w+\.zip'", fake.procedures["G$RUN"]["sql"])


def first():
    made = graph("a", "b < a", "z < b")
    made.configure(schedule="1 hour", config={"k": [1, {"x": "it's"}]}, comment="of ours")
    made.add(sql_task("sweep", "BEGIN SELECT 1; END", finalizer=True, comment="tidy"))
    made.add(sql_task("in_group", "SELECT 1 -- c", after=["a"], group="g1"))
    return made


def second():
    made = graph("a", "b", "x < a b")
    made.configure(schedule="2 hours", config={"k": 2})
    made.add(sql_task("other", "SELECT 2", finalizer=True))
    return made


def two_versions(fake):
    deploy(fake, first(), code("c1"))
    old = shape(fake)
    deploy(fake, second(), code("c2", a="h2"), prune=True)
    return old


def test_a_rollback_makes_tasks_options_states_and_code_as_they_were(fake):
    old = two_versions(fake)
    new = shape(fake)
    made = back(fake)
    assert (made.back_to, made.edited, "x  dropped" in str(made)) == (1, ("a",), True)
    assert str(made).startswith("plan: graph g on fake · DB.S, back to version 1\n")
    apply(fake, made)
    assert shape(fake) == old
    assert fake.uploads.count(f"{FOLDER}c1.zip") == 1
    apply(fake, back(fake, 2))
    assert shape(fake) == new
    assert [(v.number, v.back_to) for v in kept(fake)] == [(1, None), (2, None), (3, 1), (4, 2)]
    assert back(fake, 2).is_empty


def test_a_version_says_what_its_deploy_changed_and_reads_back_as_it_was_written(fake):
    two_versions(fake)
    one, two = kept(fake)
    assert (one.said, two.said.startswith("graph g changed")) == ("the first one", True)
    assert "x new" in two.said
    assert read_version(two.content()) == two
    for cut in (two.content()[:-9], b"", b"{}", two.content()[:20]):
        with pytest.raises(ValueError, match="no version"):
            read_version(cut)


def test_a_schedule_that_somebody_suspended_stays_off_and_a_new_one_comes_as_it_was(fake):
    deploy(fake, graph("a"))
    scheduled = graph("a")
    scheduled.configure(schedule="1 hour")
    deploy(fake, scheduled)
    apply(fake, back(fake, 1))
    assert not fake.tasks["G"]["started"]
    apply(fake, back(fake, 2))
    assert fake.tasks["G"]["started"]
    fake.tasks["G"]["started"] = False  # on purpose
    later = graph("a", "b < a")
    later.configure(schedule="3 hours")
    deploy(fake, later)
    apply(fake, back(fake, 2))
    assert not fake.tasks["G"]["started"]


def test_code_that_was_shipped_for_a_retry_is_a_version_of_the_graph_as_it_was(fake):
    deploy(fake, graph("a", "b < a"), code())
    old = shape(fake)
    apply_code(fake, plan(fake, graph("a", "b"), code("c2", a="h2")))
    assert [version.said for version in kept(fake)] == ["the first one", "code of a"]
    apply(fake, back(fake))
    assert shape(fake) == old


def test_a_task_that_is_not_loaded_here_is_part_of_the_version(fake):
    deploy(fake, first(), code("c1"))
    deploy(fake, graph("a", "y < a"), code("c2", a="h2"))
    with_all = shape(fake)
    deploy(fake, graph("a"), code("c2", a="h2"), prune=True)
    apply(fake, back(fake, 2))
    assert shape(fake) == with_all


@pytest.mark.parametrize(
    ("number", "said"),
    [(9, "has no version 9: 1 to 2"), (1, "the code of version 1 is no longer there")],
)
def test_what_is_not_kept_is_refused_by_name(fake, number, said):
    two_versions(fake)
    del fake.files[f"{FOLDER}c1.zip"]
    before = shape(fake)
    with pytest.raises(InputError, match=said) as raised:
        back(fake, number)
    assert raised.value.hint == "%sfdag rollback --list"
    assert shape(fake) == before


@pytest.mark.parametrize("deploys", [0, 1])
def test_without_an_earlier_version_there_is_none_to_go_back_to(fake, deploys):
    fake.has_stage = True
    for _ in range(deploys):
        deploy(fake, graph("a"))
    with pytest.raises(InputError, match="so there is none to go back to"):
        back(fake)


def test_an_archive_that_goes_meanwhile_leaves_all_as_it_was(fake):
    two_versions(fake)
    made, before = back(fake), shape(fake)
    del fake.files[f"{FOLDER}c1.zip"]
    with pytest.raises(BackendError, match="the code of version 1 was taken away meanwhile"):
        apply(fake, made)
    assert shape(fake) == before
    assert len(version_files(names(fake))) == 2


def test_a_deploy_that_is_refused_is_no_version(fake):
    deploy(fake, first(), code("c1"))
    refusing(fake, "CREATE OR ALTER TASK DB.S.G$X")
    with pytest.raises(BackendError, match="graph g is as it was"):
        deploy(fake, second(), code("c2", a="h2"))
    assert len(kept(fake)) == 1


def test_so_many_versions_stay_with_all_archives_that_they_name(fake):
    for number in range(MOST_OUTDATED + 4):
        told = deploy(fake, graph("a"), code(f"{number:016x}"))
    files = version_files(names(fake))
    assert KEPT < len(files) <= KEPT + 2
    assert {file.archive for file in files} <= set(names(fake))
    assert told.graph is not None
    apply(fake, back(fake, files[0].number))


def by_hand(fake, stored, **changed):
    statement = fake.tasks[stored]["statement"]
    for name, value in changed.items():
        object.__setattr__(statement, name, value)


def drifted(fake, made, left=None):
    return with_drift(fake, plan(fake, made), left)


def test_what_somebody_altered_by_hand_is_told_beside_what_was_deployed(fake):
    deploy(fake, graph("a", "b < a", "c < a"))
    by_hand(fake, "G$B", body="SELECT 'theirs'", condition="1 = 1")
    by_hand(fake, "G$C", body="SELECT 'theirs too'")
    assert altered_by_hand(read_graph(fake, ROOT)) == {"G$B": "b", "G$C": "c"}
    mine = graph("a", "c < a")
    mine.add(sql_task("b", "SELECT 'mine'", after=["a"]))
    told = str(drifted(fake, mine))
    assert "body: SELECT 'theirs' → SELECT 'mine'  (altered there by hand; deployed was S" in told
    assert "when: 1 = 1 → –  (altered there by hand; this is as it was deployed)" in told
    assert "body: SELECT 'theirs too' → SELECT 'c'  (altered there by hand; this is as it" in told
    assert "! altered there by hand, and left so: b, c" in str(drifted(fake, graph("a")))


def test_what_is_edited_here_alone_is_no_drift(fake):
    done = deploy(fake, graph("a", "b < a"))
    mine = graph("a")
    mine.add(sql_task("b", "SELECT 'mine'", after=["a"]))
    for left in (None, left_by(done.graph, done.plan)):
        told = drifted(fake, mine, left)
        assert "by hand" not in str(told)
        assert told.drifted == ()


def test_this_kernel_knows_what_it_deployed_where_no_version_tells(fake):
    done = deploy(fake, graph("a", "b < a"))
    for name in [name for name in fake.files if "version-" in name]:
        del fake.files[name]
    by_hand(fake, "G$B", body="SELECT 'theirs'")
    assert "by hand" not in str(drifted(fake, graph("a", "b < a")))
    left = left_by(done.graph, done.plan)
    assert "(altered there by hand; this is as" in str(drifted(fake, graph("a", "b < a"), left))


def test_what_others_altered_is_seen_in_what_was_read_without_a_question(fake):
    done = deploy(fake, graph("a", "b < a", "c < a"))
    by_hand(fake, "G$B", body="SELECT 'theirs'", condition="1 = 1")
    there = read_graph(fake, ROOT)
    asked = len(fake.statements)
    told = {name: [*map(str, each)] for name, each in drift_seen(there, done.graph).items()}
    assert told == {"b": ["when: – → 1 = 1", "body: SELECT 'b' → SELECT 'theirs'"]}
    assert drift_seen(there, None) == {"b": ()}
    assert drift_seen(done.graph, done.graph) == {}
    assert len(fake.statements) == asked
