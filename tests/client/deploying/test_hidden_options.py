"""What SHOW TASKS leaves out and somebody altered by hand: a plan tells it, a deploy mends it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from sfdag_magics.client.deploying.deploy import apply
from sfdag_magics.client.deploying.planning import make_plan
from sfdag_magics.client.deploying.standing import read_standing
from sfdag_magics.client.deploying.undoing.drift import with_drift
from sfdag_magics.errors import BackendError
from sfdag_magics.graph.grammar import OverlapPolicy
from tests.client.deploying.test_deploy import TARGET, deploy, graph
from tests.client.fake_snowflake import FakeSnowflake


def made():
    found = graph("a", "b < a")
    found.configure(schedule="1 hour", graph_timeout=timedelta(hours=2))
    return found


@pytest.fixture(params=["embedded", "account"])
def fake(request):
    fake = FakeSnowflake()
    fake.is_embedded = fake.looks_at_once = request.param == "embedded"
    fake.warehouse = "WH"
    deploy(fake, made())
    return fake


def alter(fake, stored, **options):
    statement = fake.tasks[stored]["statement"]
    changed = replace(statement, properties=replace(statement.properties, **options))
    fake.tasks[stored]["statement"] = changed


def planned(fake, here=None):
    here = here or made()
    there = read_standing(fake, here, TARGET, with_hidden_options=True)
    return with_drift(fake, make_plan(there, here, None), None)


def test_what_was_altered_by_hand_is_told_and_mended(fake):
    alter(fake, "G$B", user_task_timeout_ms=60_000)
    alter(fake, "G", user_task_timeout_ms=None, task_auto_retry_attempts=3)
    plan = planned(fake)
    told = str(plan)
    assert "timeout: 1m → –  (altered there by hand; this is as it was deployed)" in told
    assert "timeout: – → 2h  (altered there by hand; this is as it was deployed)" in told
    assert "automatic retries: 3 → –  (altered there by hand; this is as it was dep" in told
    apply(fake, plan)
    mended = {name: task["statement"].properties for name, task in fake.tasks.items()}
    assert mended["G$B"].user_task_timeout_ms is None
    assert mended["G"].user_task_timeout_ms == 7_200_000
    assert mended["G"].task_auto_retry_attempts is None
    assert planned(fake).is_empty


def test_of_a_task_that_is_not_loaded_it_is_told(fake):
    alter(fake, "G$B", user_task_timeout_ms=60_000)
    here = graph("a")
    assert planned(fake, here).drifted == ("b",)


@pytest.mark.parametrize(
    ("stored", "options"),
    [
        ("G$B", {"user_task_timeout_ms": 3_600_000}),
        ("G", {"overlap_policy": OverlapPolicy.NO_OVERLAP, "task_auto_retry_attempts": 0}),
    ],
)
def test_what_holds_anyway_is_nothing_altered(fake, stored, options):
    alter(fake, stored, **options)
    assert planned(fake).is_empty


def test_an_account_is_asked_once_for_all_and_only_for_a_plan(fake):
    fake.calls, fake.statements = 0, []
    planned(fake)
    asked = [text for text in fake.statements if "GET_DDL" in text]
    assert (len(asked), fake.calls) == ((0, 1) if fake.is_embedded else (1, 3))
    fake.statements.clear()
    read_standing(fake, made(), TARGET)
    assert not any("GET_DDL" in text for text in fake.statements)


def test_where_that_is_refused_the_marks_say_it(fake):
    alter(fake, "G$B", user_task_timeout_ms=60_000)
    fake.refuse = {
        "SYSTEM$SFDAG_HIDDEN_OPTIONS": BackendError("Unknown function", code=2140),
        "GET_DDL": BackendError("Insufficient privileges", code=3001),
    }
    assert planned(fake).is_empty
    fake.refuse = {}
    assert not planned(fake).is_empty
