"""What a notebook does not say of its graph stays as it is on the target; what it says is shown."""

from datetime import timedelta

import pytest

from sfdag_magics.client.connecting.targets import Target
from sfdag_magics.client.deploying.deploy import apply
from sfdag_magics.graph.grammar import OverlapPolicy
from sfdag_magics.graph.model import TaskGraph, sql_task
from tests.client.fake_snowflake import FakeSnowflake
from tests.client.planned import make_plan

TARGET = Target(name="embedded")
ALL = {
    "schedule": "1 day",
    "warehouse": '"my wh"',
    "config": {"rate": 0.1, "rows": 5},
    "overlap": OverlapPolicy.ALLOW_CHILD_OVERLAP,
    "timeout": timedelta(hours=2),
    "graph_timeout": timedelta(hours=10),
    "auto_retry": 2,
    "suspend_after": 4,
    "comment": "the one of every night",
}


def graph(**options):
    made = TaskGraph("g", tasks=[sql_task("a", "SELECT 1")])
    made.configure(**options)
    return made


def plan(fake, made, target=TARGET, **more):
    return make_plan(fake, made, None, target, **more)


@pytest.fixture
def fake():
    made = FakeSnowflake()
    apply(made, plan(made, graph(**ALL)))
    return made


def root(fake):
    return fake.tasks["G"]["statement"].properties


def test_a_notebook_that_says_nothing_changes_nothing(fake):
    assert plan(fake, graph()).is_empty
    assert plan(fake, graph(), schedule_waits=True).is_empty


@pytest.mark.parametrize("run", [False, True])
def test_an_edit_leaves_the_schedule_on_and_every_option_as_it_is(fake, run):
    before, edited = root(fake), TaskGraph("g", tasks=[sql_task("a", "SELECT 2")])
    apply(fake, plan(fake, edited, schedule_waits=run))
    assert root(fake) == before
    assert fake.tasks["G"]["started"]
    assert fake.tasks["G$A"]["statement"].properties.warehouse == "my wh"


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ({"schedule": "2 hours"}, "schedule: every 24 hours → every 2 hours"),
        ({"warehouse": "other"}, "warehouse: my wh → OTHER"),
        ({"config": {"rate": 0.2}}, "config rate: 0.1 → 0.2"),
        ({"config": {"rate": 0.2}}, "config rows: 5 → –"),
        ({"overlap": OverlapPolicy.NO_OVERLAP}, "overlap: ALLOW_CHILD_OVERLAP → NO_OVERLAP"),
        ({"timeout": timedelta(hours=1)}, "timeout of each task: 2h → 1h"),
        ({"graph_timeout": timedelta(hours=8)}, "timeout: 10h → 8h"),
        ({"auto_retry": 1}, "automatic retries: 2 → 1"),
        ({"suspend_after": 3}, "suspend after: 4 → 3"),
        ({"comment": "other"}, "comment: the one of every night → other"),
    ],
)
def test_what_changes_in_a_root_is_shown_alone(fake, said, shown):
    made = plan(fake, graph(**said))
    assert "  ~ graph g  changed\n" in str(made)
    assert f"      {shown}" in str(made).splitlines()
    assert len(made.root_changes) == len(said.get("config", [1])) + ("config" in said)
    told = apply(fake, made)
    assert shown in str(told)
    assert "nothing changed" not in str(told)
    assert plan(fake, graph(**said)).is_empty


@pytest.mark.parametrize(
    ("option", "attribute"),
    [
        ("schedule", "schedule"),
        ("warehouse", "warehouse"),
        ("config", "config"),
        ("graph_timeout", "user_task_timeout_ms"),
        ("auto_retry", "task_auto_retry_attempts"),
        ("overlap", "overlap_policy"),
    ],
)
def test_an_option_is_taken_back_by_its_name(fake, option, attribute):
    made = graph(without=frozenset({option}))
    assert " → –" in str(plan(fake, made))
    apply(fake, plan(fake, made))
    assert getattr(root(fake), attribute) is None
    assert fake.tasks["G"]["started"] == (option != "schedule")
    assert plan(fake, made).is_empty


def test_a_timeout_lands_on_each_task_that_names_none_and_is_taken_back_there(fake):
    own = sql_task("b", "SELECT 2", timeout=timedelta(minutes=5))
    made = TaskGraph("g", tasks=[sql_task("a", "SELECT 1"), own])
    apply(fake, plan(fake, made))
    timeouts = {
        name: task["statement"].properties.user_task_timeout_ms for name, task in fake.tasks.items()
    }
    assert timeouts == {"G": 36_000_000, "G$A": 7_200_000, "G$B": 300_000}
    made.configure(without=frozenset({"timeout"}))
    apply(fake, plan(fake, made))
    assert fake.tasks["G$A"]["statement"].properties.user_task_timeout_ms is None
    assert plan(fake, made).is_empty


def test_a_schedule_of_none_waits_for_a_deploy_and_is_not_taken_back_by_a_run(fake):
    made = graph(schedule="none")
    assert plan(fake, made, schedule_waits=True).is_empty
    apply(fake, plan(fake, made))
    assert (root(fake).schedule, fake.tasks["G"]["started"]) == (None, False)
    made.configure(schedule="1 hour")
    assert made.options.without == frozenset()


def test_single_keys_of_the_config_leave_the_others(fake):
    made = plan(fake, graph(config={"rate": 0.2}, keeps_config=True))
    assert made.root_changes == ("config rate: 0.1 → 0.2",)
    apply(fake, made)
    assert root(fake).config == '{"rate": 0.2, "rows": 5}'


def test_a_targets_own_config_is_laid_over_what_stays(fake):
    target = Target(name="embedded", config={"rows": 7})
    apply(fake, plan(fake, graph(), target))
    assert root(fake).config == '{"rate": 0.1, "rows": 7}'


def test_a_schedule_that_waits_goes_on_waiting_where_it_is_not_said():
    fake = FakeSnowflake()
    apply(fake, plan(fake, graph(schedule="1 day"), schedule_waits=True))
    assert plan(fake, graph()).is_empty
    assert not fake.tasks["G"]["started"]
    made = plan(fake, graph(schedule="1 day"))
    assert made.root_changes == ("schedule: every 24 hours stays; it no longer waits for a deploy",)
    apply(fake, made)
    assert fake.tasks["G"]["started"]


def test_what_others_changed_in_a_root_is_kept_unless_it_is_said(fake):
    statement = fake.tasks["G"]["statement"]
    object.__setattr__(statement.properties, "schedule", "USING CRON 0 5 * * * UTC")
    assert plan(fake, graph()).is_empty
    assert plan(fake, graph(schedule="1 day")).root_changes == (
        "schedule: daily at 05:00 UTC → every 24 hours",
    )


@pytest.mark.parametrize(
    ("option", "shown"),
    [
        ({"timeout": timedelta(hours=1)}, "timeout: 2h → 1h"),
        ({"warehouse": "w"}, "warehouse: my wh → W"),
        ({"comment": "other"}, "comment: – → other"),
        ({"serverless": "small"}, "serverless size: – → SMALL"),
        ({"when": "1 = 1"}, "when: – → 1 = 1"),
        ({"finalizer": True}, "finalizer: no → yes"),
    ],
)
def test_what_changes_in_a_task_is_shown(fake, option, shown):
    made = TaskGraph("g", tasks=[sql_task("a", "SELECT 1", **option)])
    assert f"      {shown}" in str(plan(fake, made)).splitlines()


@pytest.mark.parametrize("end", ["-- c", "/* c */", ";", "; -- c\n;"])
def test_a_comment_at_the_end_of_a_body_is_no_difference(fake, end):
    made = TaskGraph(
        "g", tasks=[sql_task("a", f"SELECT 1 {end}"), sql_task("b", f"-- x\nSELECT 2 {end}")]
    )
    apply(fake, plan(fake, made))
    assert plan(fake, made).is_empty


def test_two_schedules_of_the_same_words_are_told_as_they_are(fake):
    made = plan(fake, graph(schedule="0 5 * * * UTC"))
    apply(fake, made)
    other = plan(fake, graph(schedule="0 5 * * 0-6 UTC"))
    assert other.root_changes == (
        "schedule: USING CRON 0 5 * * * UTC → USING CRON 0 5 * * 0-6 UTC",
    )
