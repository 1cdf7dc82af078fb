"""What the tasks of a run made: which models are looked into, and when."""

from dataclasses import replace
from datetime import timedelta

import pytest

from sfdag_magics.client.models.of_run import ModelsOfRun
from sfdag_magics.client.observing.snapshot import RunSnapshot, TaskRun
from sfdag_magics.errors import BackendError
from sfdag_magics.graph.states import DisplayState, GraphRunState
from tests.client.fake_models import FIRST
from tests.client.fake_snowflake import FakeSnowflake

NAME = "DB.S.FRAUD"
TRAINS = ("pandas==2.3.0", "snowflake-ml-python==2.6.0")


def task(name, seconds, returned=None):
    started = FIRST + timedelta(seconds=seconds)
    ended = None if seconds is None else started + timedelta(seconds=10)
    state = DisplayState.SUCCEEDED
    return TaskRun(name=name, state=state, started=started, completed=ended, return_value=returned)


def seen(*tasks):
    return RunSnapshot(
        graph="g",
        root="DB.S.G",
        group_id="run-1",
        attempt=1,
        state=GraphRunState.EXECUTING,
        begun=FIRST - timedelta(seconds=60),
        tasks={each.name: each for each in tasks},
    )


TRAIN = task("Train", -5, "V1")
TRAINED = seen(TRAIN)


def execution(group, name="G$TRAIN"):
    return {
        "NAME": name,
        "DATABASE_NAME": "DB",
        "SCHEMA_NAME": "S",
        "ROOT_TASK_ID": "root",
        "GRAPH_RUN_GROUP_ID": group,
        "ATTEMPT_NUMBER": 1,
        "QUERY_ID": "q",
        "QUERY_START_TIME": FIRST - timedelta(seconds=5),
        "COMPLETED_TIME": FIRST + timedelta(seconds=5),
        "RETURN_VALUE": "V1",
    }


@pytest.fixture
def fake():
    found = FakeSnowflake()
    found.models.add(NAME, V1={"f1": 0.5, "loss": float("nan")}, V2={"f1": 0.75})
    found.models.executions = [execution("run-1")]
    return found


def of_run(fake, packages=TRAINS):
    return ModelsOfRun(fake, lambda: packages, "DB")


def test_a_task_has_what_it_logged_beside_the_default(fake):
    (made,) = of_run(fake).with_models(TRAINED).tasks["Train"].models
    assert (made.model, made.version, made.default) == (NAME, "V1", "V2")
    assert (made.metrics, made.beside) == ({"f1": 0.5}, {"f1": 0.75})


def test_it_is_asked_again_when_a_task_has_ended_and_not_before(fake):
    models = of_run(fake)
    models.with_models(TRAINED)
    asked = len(fake.statements)
    models.with_models(replace(TRAINED, state=GraphRunState.SUCCEEDED))
    assert len(fake.statements) == asked
    fake.models.there[NAME]["V1"] = {"f1": 0.9}
    fake.models.defaults[NAME] = "V1"
    (made,) = models.with_models(seen(TRAIN, task("promote", 20))).tasks["Train"].models
    assert made.is_default
    assert made.metrics == {"f1": 0.9}
    assert len(fake.statements) == asked + 2  # the models, and this one's versions


def test_without_the_registrys_package_nothing_is_asked(fake):
    assert of_run(fake, ("pandas==2.3.0",)).with_models(TRAINED) is TRAINED
    assert fake.statements == []


def test_of_another_run_it_has_nothing(fake):
    fake.models.executions = [execution("run-2")]
    assert of_run(fake).with_models(TRAINED) == TRAINED


def test_only_models_with_something_new_are_looked_into(fake):
    for number in range(30):
        fake.models.add(f"DB.S.OTHER{number}", X1={})
    of_run(fake).with_models(TRAINED)
    assert [each for each in fake.statements if each.startswith("SHOW VERSIONS")] == [
        f"SHOW VERSIONS IN MODEL {NAME}"
    ]


def test_where_nobody_may_ask_the_run_is_shown_without(fake):
    fake.refuse = {"SHOW MODELS": BackendError("insufficient privileges")}
    assert of_run(fake).with_models(TRAINED) == TRAINED
