"""A graph that is new, and how often a deploy of each kind asks the target."""

import pytest

from sfdag_magics.client.deploying.deploy import apply
from sfdag_magics.errors import BackendError, ConnectError
from tests.client.deploying.test_deploy import code, deploy, graph, kinds, no_journal, plan
from tests.client.fake_snowflake import FakeSnowflake


def asked(fake):
    """How often SHOW TASKS was sent since the last look, and how many requests there were."""
    found = sum(text.startswith("SHOW TASKS") for text in fake.statements), fake.calls
    fake.statements.clear()
    fake.calls = 0
    return found


#: What is deployed over it, how often SHOW TASKS is sent, and how many requests there are where
#: one look is asked after the other, and where several are asked at once.
EDITS = {
    "nothing": (graph("a", "b < a"), code(), {}, 1, (3, 1)),
    "code": (graph("a", "b < a"), code("c2", a="h2"), {}, 1, (9, 5)),
    "a task": (graph("a", "b"), code(), {}, 3, (9, 5)),
    "a task and code": (graph("a", "b"), code("c2", a="h2"), {}, 3, (11, 5)),
    "a task that goes": (graph("a"), code(), {"forgotten": frozenset({"B"})}, 3, (9, 5)),
    "a task by another name": (graph("a", "c < a"), code(), {"prune": True}, 3, (9, 5)),
}


@pytest.mark.parametrize("at_once", [False, True])
@pytest.mark.parametrize("edit", EDITS)
def test_what_a_deploy_asks(edit, at_once):
    fake = FakeSnowflake()
    deploy(fake, graph("a", "b < a"), code())
    asked(fake)
    fake.looks_at_once = at_once
    made, code_, options, shows, requests = EDITS[edit]
    deploy(fake, made, code_, **options)
    found = asked(fake)
    assert found[1] == requests[at_once]
    assert at_once or found[0] == shows


@pytest.mark.parametrize(("at_once", "requests"), [(False, 9), (True, 5)])
@pytest.mark.parametrize("size", [2, 80])
def test_of_a_new_graph_the_tasks_are_read_once_before_and_once_after(size, at_once, requests):
    fake = FakeSnowflake()
    fake.looks_at_once = at_once
    deploy(fake, graph(*(f"t{number}" for number in range(size))), code())
    assert asked(fake) == (2, requests)


def test_what_has_not_changed_is_one_look_and_nothing_is_sent():
    fake = FakeSnowflake()
    deploy(fake, graph("a", "b < a"), code())
    fake.looks_at_once = True
    before = dict(fake.files)
    asked(fake)
    assert "nothing changed" in str(deploy(fake, graph("a", "b < a"), code()))
    assert {text.split()[0] for text in fake.statements} == {"SHOW", "SELECT", "LIST"}
    assert (fake.calls, fake.files) == (1, before)


def _new():
    made = graph("a", "b < a")
    made.configure(schedule="1 hour")
    return made


def _empty(when):
    fake = FakeSnowflake()
    fake.has_stage = when == "after"  # what is refused has no answer that could be lost
    return fake


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_new_graph_cut_off_at_any_call_is_completed_by_the_next_deploy(when):
    whole = _empty(when)
    deploy(whole, _new(), code())
    for cut in range(1, whole.calls + 1):
        fake = _empty(when)
        setattr(fake, f"break_{when}", cut)
        with pytest.raises(ConnectError):
            deploy(fake, _new(), code())
        deploy(fake, _new(), code())
        assert [*fake.tasks] == ["G", "G$A", "G$B"], f"cut {when} call {cut}"
        assert all(task["started"] for task in fake.tasks.values()), f"cut {when} call {cut}"
        assert "G$RUN" in fake.procedures
        assert no_journal(fake)


@pytest.mark.parametrize("theirs", [graph("a", "theirs < a"), graph("b < a", "a")])
def test_a_graph_that_somebody_made_since_the_plan_stays_as_they_made_it(theirs):
    fake = FakeSnowflake()
    mine = plan(fake, graph("a", "b < a"), code())
    deploy(fake, theirs, code("c2", a="h2"))
    before, procedures = {**fake.tasks}, {**fake.procedures}
    with pytest.raises(BackendError, match="by somebody else since it was planned: a") as raised:
        apply(fake, mine)
    assert "nothing of yours was deployed" in raised.value.message
    assert raised.value.hint.startswith("%sfdag plan shows what differs now")
    assert (fake.tasks, fake.procedures) == (before, procedures)
    assert no_journal(fake)
    assert kinds(plan(fake, graph("a", "b < a"), code()))["g"] == "unchanged"


def test_a_graph_that_is_there_and_may_not_be_seen_is_refused_with_the_targets_words():
    fake = FakeSnowflake()
    hidden = BackendError("Object 'DB.S.G' already exists, but you may not see it", code=2002)
    fake.refuse = {"CREATE TASK": hidden}
    with pytest.raises(BackendError, match=r"broke off: Object .* already exists") as raised:
        deploy(fake, graph("a"), code())
    assert "nothing of graph g is left there" in raised.value.message
    assert no_journal(fake)
