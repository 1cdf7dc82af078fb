import re
from dataclasses import replace

import pytest

from sfdag_magics.client.code.deployed_code import Code
from sfdag_magics.client.connecting.activity import heard_by
from sfdag_magics.client.connecting.targets import Target
from sfdag_magics.client.deploying.deploy import apply, apply_code
from sfdag_magics.client.deploying.lifecycle import resume, suspend
from sfdag_magics.client.observing.deployed import read_graph
from sfdag_magics.errors import BackendError, ConnectError
from sfdag_magics.graph.model import TaskGraph, sql_task
from sfdag_magics.sqltext import QualifiedName
from tests.client.fake_snowflake import FakeSnowflake
from tests.client.planned import make_plan

TARGET = Target(name="embedded")
ROOT = QualifiedName("G", "S", "DB")


def graph(*described, **options):
    """`graph("a", "b < a", "c < a b")`: tasks and what stands above them."""
    made = TaskGraph("g")
    for text in described:
        name, _, above = text.partition("<")
        name = name.strip()
        made.add(sql_task(name, f"SELECT '{name}'", after=above.split(), **options))
    return made


def code(digest="c1", **tasks):
    return Code(
        archive=b"zip",
        digest=digest,
        code_hash=digest,
        handler="m.run",
        python="3.11",
        packages=("snowflake-snowpark-python",),
        tasks=tasks or {"a": "h1"},
    )


def plan(backend, made, code_=None, **options):
    return make_plan(backend, made, code_, TARGET, **options)


def deploy(backend, made, code_=None, **options):
    return apply(backend, plan(backend, made, code_, **options))


@pytest.fixture
def fake():
    return FakeSnowflake()


def no_journal(fake):
    return not [name for name in fake.files if "/deploy" in name and name.endswith(".json")]


def kinds(made_plan):
    return {change.name: change.kind.value for change in made_plan.changes}


def test_a_new_graph_is_created_root_first_and_its_tasks_are_started(fake):
    told = deploy(fake, graph("b < a", "a"), code())
    assert list(fake.tasks) == ["G", "G$A", "G$B"]
    assert [task["started"] for task in fake.tasks.values()] == [False, True, True]
    assert fake.uploads[1] == "@DB.S.SFDAG_CODE/g/c1.zip"
    assert "CALL" not in fake.tasks["G$B"]["statement"].body
    assert "G$RUN" in fake.procedures
    assert "EXECUTE AS CALLER" in fake.procedures["G$RUN"]["sql"]
    assert "deployed: 2 tasks, 2 changed" in str(told)
    assert no_journal(fake)


def test_deploying_the_same_again_changes_nothing_and_asks_three_things(fake):
    deploy(fake, graph("a", "b < a"), code())
    fake.statements.clear()
    again = plan(fake, graph("a", "b < a"), code())
    assert again.is_empty
    assert again.steps() == []
    assert len(fake.statements) == 3
    assert "nothing to change" in str(again)


def test_edited_code_replaces_one_procedure_and_no_task(fake):
    deploy(fake, graph("a", "b < a"), code())
    fake.statements.clear()
    edited = plan(fake, graph("a", "b < a"), code("c2", a="h2"))
    assert (edited.edited, edited.touched) == (("a",), ())
    apply(fake, edited)
    changes = [text for text in fake.statements if not text.startswith(("SHOW", "LIST"))]
    journal = edited.journal.location
    assert [text.split("\n")[0] for text in changes] == [
        f"PUT {journal}",
        "PUT @DB.S.SFDAG_CODE/g/c2.zip",
        f"PUT @DB.S.SFDAG_CODE/g/version-2-c2-{edited.token}.json.gz",
        "CREATE OR REPLACE PROCEDURE DB.S.G$RUN(task VARCHAR)",
        f"REMOVE '{journal}'",
    ]


def test_an_archive_that_is_there_is_not_sent_again(fake):
    deploy(fake, graph("a"), code("c1"))
    deploy(fake, graph("a"), code("c2", a="h2"))
    deploy(fake, graph("a"), code("c1"))
    assert fake.uploads.count("@DB.S.SFDAG_CODE/g/c1.zip") == 1


def test_only_the_changed_task_is_altered_and_states_are_restored(fake):
    scheduled = graph("a", "b < a", "c < b")
    scheduled.configure(schedule="1 hour")
    deploy(fake, scheduled)
    assert fake.tasks["G"]["started"]
    fake.tasks["G$C"]["started"] = False  # somebody suspended it on purpose
    fake.statements.clear()
    changed = graph("a", "b < a", "c < a")
    changed.configure(schedule="1 hour")
    made = plan(fake, changed)
    assert kinds(made) == {"g": "unchanged", "a": "unchanged", "b": "unchanged", "c": "changed"}
    assert "after: b → a" in str(made)
    told = apply(fake, made)
    assert {name: task["started"] for name, task in fake.tasks.items()} == {
        "G": True,
        "G$A": True,
        "G$B": True,
        "G$C": False,
    }
    created = [text for text in fake.statements if text.startswith("CREATE OR ALTER")]
    assert len(created) == 1
    assert "root started, next run " in str(told)
    # Where nothing was altered the interval counts from a moment that is not known here.
    assert "nothing changed, root started ·" in str(deploy(fake, changed))


def test_a_new_schedule_is_left_off_when_asked(fake):
    scheduled = graph("a")
    scheduled.configure(schedule="1 hour")
    told = deploy(fake, scheduled, suspended=True)
    assert not fake.tasks["G"]["started"]
    assert "schedule off" in str(told)
    assert not deploy(fake, scheduled).graph.is_started


@pytest.mark.parametrize(("suspended", "said"), [(False, "will be started"), (True, "stays off")])
def test_a_plan_says_what_becomes_of_a_new_schedule(fake, suspended, said):
    scheduled = graph("a")
    scheduled.configure(schedule="60 minutes")
    made = plan(fake, scheduled, suspended=suspended)
    assert f"  schedule: every 60 minutes ({said})\n" in str(made)
    assert made.by_task[0] == ("graph g", "new", ())
    apply(fake, made)
    assert plan(fake, scheduled, suspended=suspended).schedule == ""


def test_a_plan_says_that_a_schedule_that_waited_is_started(fake):
    scheduled = graph("a")
    scheduled.configure(schedule="1 hour")
    apply(fake, plan(fake, scheduled, schedule_waits=True))
    assert plan(fake, scheduled).schedule == "every hour (will be started)"
    assert plan(fake, graph("a", "b")).schedule == ""


def test_a_run_leaves_a_new_schedule_waiting_for_a_deploy(fake):
    scheduled = graph("a")
    scheduled.configure(schedule="1 hour")
    for _ in range(2):
        made = plan(fake, scheduled, schedule_waits=True)
        told = apply(fake, made)
        assert "schedule off (%sfdag resume starts it)" in str(told)
    assert made.is_empty
    assert "root started" in str(deploy(fake, scheduled))
    assert plan(fake, scheduled, schedule_waits=True).is_empty
    fake.tasks["G"]["started"] = False  # on purpose
    deploy(fake, scheduled)
    assert not fake.tasks["G"]["started"]


def test_a_task_that_is_not_loaded_is_kept_unless_pruned_or_forgotten(fake):
    deploy(fake, graph("a", "b < a", "c < a"))
    kept = plan(fake, graph("a"))
    assert kinds(kept) == {"g": "unchanged", "a": "unchanged", "b": "not loaded", "c": "not loaded"}
    assert kept.is_empty
    deploy(fake, graph("a"), forgotten=frozenset({"B"}))
    assert list(fake.tasks) == ["G", "G$A", "G$C"]
    deploy(fake, graph("a"), prune=True)
    assert list(fake.tasks) == ["G", "G$A"]


def test_what_others_changed_is_seen_and_put_right(fake):
    deploy(fake, graph("a", "b < a"))
    statement = fake.tasks["G$B"]["statement"]
    fake.tasks["G$B"]["statement"] = type(statement)(
        name=statement.name,
        body="SELECT 'theirs'",
        mode=statement.mode,
        properties=statement.properties,
        after=statement.after,
    )
    made = plan(fake, graph("a", "b < a"))
    assert "body: SELECT 'theirs' → SELECT 'b'" in str(made)
    apply(fake, made)
    assert fake.tasks["G$B"]["statement"].body == "SELECT 'b'"


def test_a_finalizer_and_a_branch_are_deployed_as_such(fake):
    made = graph("a", "b < choose", "c < choose")
    made.add(sql_task("choose", "SELECT 1", after=["a"], branch=True))
    made.add(sql_task("last", "SELECT 1", finalizer=True))
    deploy(fake, made)
    assert fake.tasks["G$LAST"]["statement"].properties.finalize == ROOT
    assert fake.tasks["G$B"]["statement"].condition == (
        "SYSTEM$GET_PREDECESSOR_RETURN_VALUE('G$CHOOSE') = 'b'"
    )
    seen = read_graph(fake, ROOT)
    assert seen.parents == {
        "a": (),
        "choose": ("a",),
        "b": ("choose",),
        "c": ("choose",),
        "last": (),
    }


def test_a_task_that_was_made_and_never_started_is_started_by_the_next_deploy(fake):
    made = graph("a", "b < a")
    deploy(fake, made)
    fake.tasks["G$A"]["started"] = False  # on purpose
    fake.tasks["G$B"] |= {"started": False, "suspended_on": None}  # a deploy did not come to it
    assert "      state: never started → started" in str(plan(fake, made))
    deploy(fake, made)
    assert [task["started"] for task in fake.tasks.values()] == [False, False, True]
    assert plan(fake, made).is_empty


def test_a_finalizer_is_renamed(fake):
    for name, forgotten in (("old", ()), ("new", {"OLD"})):
        made = graph("a")
        made.configure(schedule="1 hour")
        made.add(sql_task(name, "SELECT 1", finalizer=True))
        deploy(fake, made, forgotten=frozenset(forgotten))
    assert {name: task["started"] for name, task in fake.tasks.items()} == {
        "G": True,
        "G$A": True,
        "G$NEW": True,
    }


def _old_and_new(fake):
    old = graph("a", "b < a")
    old.configure(schedule="1 hour")
    deploy(fake, old, code("c1"))
    fake.calls = 0
    new = graph("a", "b", "x < a b")
    new.configure(schedule="1 hour")
    return new


#: When it was deployed and what it replaced: a deploy that was cut off has its part in that.
_HISTORY = re.compile(r'"at":\d+,|,"was":\{[^}]*\}')


def _shape(fake):
    return {
        name: (task["started"], _HISTORY.sub("", task["statement"].to_sql()))
        for name, task in fake.tasks.items()
    }


def _calls_of_a_whole_deploy():
    fake = FakeSnowflake()
    new = _old_and_new(fake)
    deploy(fake, new, code("c2", a="h2"))
    return fake.calls, _shape(fake)


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_deploy_cut_off_at_any_call_is_completed_by_the_next(when):
    calls, wanted = _calls_of_a_whole_deploy()
    for cut in range(1, calls + 1):
        fake = FakeSnowflake()
        new = _old_and_new(fake)
        setattr(fake, f"break_{when}", cut)
        with pytest.raises(ConnectError):
            deploy(fake, new, code("c2", a="h2"))
        deploy(fake, new, code("c2", a="h2"))
        assert _shape(fake) == wanted, f"cut {when} call {cut}"
        assert no_journal(fake)
        assert fake.procedures["G$RUN"]["sql"].count("/c2.zip')") == 1


@pytest.mark.parametrize("done", range(7))
def test_a_deploy_cut_off_inside_its_script_is_completed_by_the_next(done):
    calls, wanted = _calls_of_a_whole_deploy()
    fake = FakeSnowflake()
    new = _old_and_new(fake)
    script = next(number for number, batch in _calls_with_scripts(new, fake) if len(batch) > done)
    fake = FakeSnowflake()
    new = _old_and_new(fake)
    fake.break_within = (script, done)
    with pytest.raises(ConnectError, match="may be partly deployed"):
        deploy(fake, new, code("c2", a="h2"))
    deploy(fake, new, code("c2", a="h2"))
    assert _shape(fake) == wanted
    assert script < calls


def _calls_with_scripts(new, fake):
    """Which calls of a deploy are scripts, and their statements."""
    found = []
    script = fake.script
    fake.script = lambda batch, *looks: (
        found.append((fake.calls + 1, batch)),
        script(batch, *looks),
    )[1]
    deploy(fake, new, code("c2", a="h2"))
    return found


def test_statements_travel_together_and_whoever_waits_hears_how_many_are_left():
    asked, heard = [], []
    for size in (2, 50):
        fake = FakeSnowflake()
        made = graph(*(f"t{number}" for number in range(size)))
        heard.clear()
        with heard_by(lambda begun: heard.append(str(begun))):
            deploy(fake, made, code())
        asked.append(fake.calls)
    assert asked[1] == asked[0]
    assert heard[0] == "looking at what is deployed"
    assert heard[-1] == "deploying · checking what is there"
    counted = [text for text in heard if text.startswith("deploying · statement")]
    assert counted[0] == "deploying · statement 1 of 1"  # what the journal needs
    count = counted[1].rpartition(" ")[2]
    assert counted[1].startswith("deploying · statement 1 to ")
    assert counted[-1].endswith(f" of {count}")
    assert any(re.fullmatch(r"deploying · [\d.]+ (kB|bytes) of code", text) for text in heard)


def test_a_service_gets_each_statement_alone(fake):
    fake.is_embedded = False
    made = graph("a", "b")
    made.configure(warehouse="w")
    scripts = _calls_with_scripts(made, fake)
    assert len(scripts) > 5
    assert all(len(batch) == 1 for _, batch in scripts)


@pytest.mark.parametrize(("is_embedded", "made"), [(True, ["ML", '"my wh"']), (False, [])])
def test_the_embedded_engine_makes_the_warehouses_that_an_account_has(fake, is_embedded, made):
    fake.is_embedded = is_embedded
    new = graph("a", "b")
    new.configure(warehouse='"my wh"')
    new.add(sql_task("c", "SELECT 1", warehouse="ml"))
    steps = [step.text for step in plan(fake, new, code()).steps()]
    start = "CREATE WAREHOUSE IF NOT EXISTS "
    assert [text.removeprefix(start) for text in steps if text.startswith(start)] == made
    deploy(fake, new, code())
    assert not any(step.text.startswith(start) for step in plan(fake, new, code("c2")).steps())


def refusing(fake, start):
    """The fake refuses statements that start so; the answer it had before is returned."""
    answer = fake._answer

    def refuse(sql):
        if sql.startswith(start):
            raise BackendError("no privilege", code=3001)
        return answer(sql)

    fake._answer = refuse
    return answer


@pytest.mark.parametrize(
    "refused",
    [
        "CREATE OR ALTER TASK DB.S.G$B",
        "CREATE OR ALTER TASK DB.S.G$X",
        "DROP TASK DB.S.G$Z",
        "CREATE OR REPLACE PROCEDURE",
    ],
)
def test_what_was_done_before_a_refused_change_is_put_back(fake, refused):
    old = graph("a", "b < a", "z < b")
    old.configure(schedule="1 hour", config={"k": 1})
    old.add(sql_task("sweep", "SELECT 1", finalizer=True, comment="tidy", warehouse="w"))
    deploy(fake, old, code("c1"))
    before, procedure = _shape(fake), fake.procedures["G$RUN"]
    new = graph("a", "b", "x < a b")
    new.configure(schedule="2 hours", config={"k": 2})
    new.add(sql_task("other", "SELECT 2", finalizer=True))
    answer = refusing(fake, refused)
    options = {"forgotten": frozenset({"Z", "SWEEP"})}
    with pytest.raises(BackendError, match="no privilege\n  graph g is as it was") as raised:
        deploy(fake, new, code("c2", a="h2"), **options)
    assert "then %sfdag deploy" in raised.value.hint
    assert _shape(fake) == before
    assert fake.procedures["G$RUN"] == procedure
    assert no_journal(fake)
    fake._answer = answer
    told = deploy(fake, new, code("c2", a="h2"), **options)
    assert sorted(fake.tasks) == ["G", "G$A", "G$B", "G$OTHER", "G$X"]
    assert told.graph.is_started


@pytest.mark.parametrize("decide", [resume, suspend])
def test_a_schedule_that_somebody_decided_about_since_is_put_back_as_well(fake, decide):
    old = graph("a", "b < a")
    old.configure(schedule="1 hour", config={"k": 1})
    deploy(fake, old, code("c1"), schedule_waits=True)
    decide(fake, read_graph(fake, ROOT))
    before = _shape(fake)
    new = graph("a", "b < a", "x < a")
    new.configure(schedule="2 hours")
    refusing(fake, "CREATE OR ALTER TASK DB.S.G$X")
    with pytest.raises(BackendError, match="no privilege\n  graph g is as it was"):
        deploy(fake, new, code("c1"))
    assert _shape(fake) == before


@pytest.mark.parametrize("theirs", ["the same", "other"])
def test_a_deploy_that_is_refused_because_of_another_does_not_undo_that_one(fake, theirs):
    new = _old_and_new(fake)
    mine = plan(fake, new, code("c2", a="h2"))
    their_graph = new
    if theirs == "other":
        their_graph = graph("a", "b", "y < a b")
        their_graph.configure(schedule="1 hour")
    answer = fake._answer

    def after_theirs(sql):
        if sql.startswith("CREATE OR ALTER TASK"):
            fake._answer = answer
            fake.tasks["G"]["started"] = True  # as they had found it
            theirs = plan(fake, their_graph, code("c3", a="h3"))
            apply(fake, replace(theirs, journals=(mine.journal,)), insists=True)
        return answer(sql)

    fake._answer = after_theirs
    with pytest.raises(BackendError, match="somebody else is deploying graph g") as raised:
        apply(fake, mine)
    assert raised.value.hint == "%sfdag plan, once that has ended"
    assert plan(fake, their_graph, code("c3", a="h3")).is_empty
    assert fake.tasks["G"]["started"]


def test_of_a_new_graph_that_is_refused_nothing_is_left(fake):
    refusing(fake, "CREATE OR ALTER TASK DB.S.G$C")
    with pytest.raises(BackendError, match="nothing of graph g is left there") as raised:
        deploy(fake, graph("a", "b < a", "c < b"))
    assert fake.tasks == {}
    said = "correct c and run its cell (or %sfdag forget c), then %sfdag deploy"
    assert said in str(raised.value)


def test_what_cannot_be_put_back_exactly_is_left_and_named(fake):
    new = _old_and_new(fake)
    statement = fake.tasks["G$B"]["statement"]
    object.__setattr__(statement, "body", "SELECT 'theirs'")
    answer = refusing(fake, "CREATE OR ALTER TASK DB.S.G$X")
    with pytest.raises(BackendError, match="g is partly deployed up to x, its schedule is off"):
        deploy(fake, new, code("c2", a="h2"))
    fake._answer = answer
    deploy(fake, new, code("c2", a="h2"))
    assert _shape(fake) == _calls_of_a_whole_deploy()[1]


def test_a_refused_first_change_leaves_the_old_graph_running(fake):
    new = _old_and_new(fake)
    before = _shape(fake)
    made = plan(fake, new)
    first = next(change for change in made.changes if change.definition)
    refused = first.definition.statement.to_sql()
    answer = fake._answer

    def refuse(sql):
        if sql == refused:
            raise BackendError("no privilege", code=3001)
        return answer(sql)

    fake._answer = refuse
    with pytest.raises(BackendError, match="no privilege\n  graph g is as it was") as raised:
        apply(fake, made)
    assert raised.value.code == 3001
    assert _shape(fake) == before
    assert no_journal(fake)


def test_a_graph_that_is_not_as_planned_afterwards_is_an_error_that_names_the_difference(fake):
    made = plan(fake, graph("a", "b < a"))
    resume = fake._answer

    def somebody_drops(sql):
        if sql == "ALTER TASK DB.S.G$B RESUME":
            fake.tasks.pop("G$B")
            return []
        return resume(sql)

    fake._answer = somebody_drops
    with pytest.raises(BackendError, match="b is not there"):
        apply(fake, made)
    assert no_journal(fake)


def test_who_deploys_second_is_told_what_changed_since_the_plan(fake):
    deploy(fake, graph("a", "b < a"))
    mine = plan(fake, graph("a", "b"))
    deploy(fake, graph("a", "b < a", "theirs < b"))
    before = _shape(fake)
    with pytest.raises(BackendError, match="by somebody else since it was planned: theirs"):
        apply(fake, mine)
    assert _shape(fake) == before
    deploy(fake, graph("a", "b"))


def test_only_the_code_is_shipped_before_a_retry(fake):
    deploy(fake, graph("a", "b < a"), code())
    before = _shape(fake)
    both = plan(fake, graph("a", "b"), code("c2", a="h2"))
    apply_code(fake, both)
    assert _shape(fake) == before
    assert "c2.zip" in fake.procedures["G$RUN"]["sql"]


def test_the_script_of_a_plan_can_be_read(fake):
    made = plan(fake, graph("a"), code())
    script = made.statements()
    assert "-- put 3 bytes to @DB.S.SFDAG_CODE/g/c1.zip" in script
    assert "CREATE OR ALTER TASK DB.S.G$A" in script
    assert script.rstrip().endswith(f"{made.journal.remove};")


def test_the_targets_config_goes_over_the_graphs_own(fake):
    made = graph("a")
    made.configure(config={"paths": {"in": "x", "out": "y"}, "n": 1})
    target = Target(name="prod", config={"paths": {"out": "z"}})
    apply(fake, make_plan(fake, made, None, target))
    assert read_graph(fake, ROOT).config == {"paths": {"in": "x", "out": "z"}, "n": 1}


@pytest.mark.parametrize("edited", [False, True])
def test_a_schedule_that_goes_on_is_suspended_when_asked_and_stays_so(fake, edited):
    made = graph("a", "b < a")
    made.configure(schedule="1 hour")
    deploy(fake, made)
    if edited:
        made = graph("a", "b < a", "c < b")
        made.configure(schedule="1 hour")
    planned = plan(fake, made, suspended=True)
    assert "its schedule is suspended; %sfdag resume lets it go on" in str(planned)
    told = apply(fake, planned)
    assert not fake.tasks["G"]["started"]
    assert fake.tasks["G$A"]["started"]
    assert "schedule off (%sfdag resume starts it)" in str(told)
    assert plan(fake, made).is_empty
    assert plan(fake, made, suspended=True).is_empty
    assert no_journal(fake)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("cut", range(1, 12))
def test_a_schedule_that_a_run_suspended_goes_on_wherever_it_broke_off(cut, when):
    fake = FakeSnowflake()
    new = _old_and_new(fake)
    setattr(fake, f"break_{when}", cut)
    with pytest.raises(ConnectError):
        deploy(fake, new, code("c2", a="h2"), schedule_waits=True)
    deploy(fake, new, code("c2", a="h2"), schedule_waits=True)
    assert fake.tasks["G"]["started"]


@pytest.mark.parametrize(
    ("definition", "is_python"),
    [
        ("CALL G$RUN('a')", True),
        ("call \"G$RUN\"('a')", True),
        ("CALL DB.S.\"G$RUN\"('a')", True),
        ("CALL other('a')", False),
        ("CALL db.s.fill_up(1)", False),
        ("SELECT 1", False),
    ],
)
def test_a_sql_task_that_calls_a_procedure_of_its_own_is_no_python_task(
    fake, definition, is_python
):
    deploy(fake, graph("a"))
    object.__setattr__(fake.tasks["G$A"]["statement"], "body", definition)
    assert read_graph(fake, ROOT).tasks["a"].is_python == is_python
