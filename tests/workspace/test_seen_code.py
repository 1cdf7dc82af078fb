"""What the verbs say when a run ran other code than what is deployed, or than its cell now has."""

from datetime import timedelta

import pytest

from sfdag_magics.client.observing.comparing import compared
from sfdag_magics.errors import RunFailedError
from sfdag_magics.magics.showing.views import _actions
from sfdag_magics.workspace.seen_code import taken_here
from tests.client.running_snowflake import RunningSnowflake


@pytest.fixture
def fake():
    return RunningSnowflake()


@pytest.fixture
def edited(notebook):
    """A run of `a -> b` in which b failed, and both cells have been edited since."""
    notebook.fake.now -= timedelta(hours=2)
    notebook.run("%sfdag graph g")
    notebook.run("%%sftask\ndef a(): return 1\n")
    notebook.run("%%sftask --after a\ndef b(): return 1 / 0\n")
    notebook.fake.failing = {"G$B"}
    with pytest.raises(RunFailedError):
        notebook.run("%sfdag run")
    notebook.run("%%sftask\ndef a(): return 11\n")
    notebook.run("%%sftask --after a\ndef b(): return 2\n")
    return notebook


RAN = "ran the code of 2026-11-22 22:00:00 UTC"


@pytest.mark.parametrize(
    ("verb", "line"),
    [
        ("status", f"a, b {RAN}, which is deployed; its cell has changed since"),
        ("why", f"b {RAN}, which is deployed; its cell has changed since"),
        ("logs b", f"note: b {RAN}, which is deployed; its cell has changed since"),
    ],
)
def test_a_cell_that_has_changed_since_the_run_is_told(edited, verb, line):
    assert line in edited.run(f"%sfdag {verb}")


def test_after_new_code_was_deployed_it_is_told_which_tasks_ran_the_old(edited):
    edited.fake.now += timedelta(hours=3)
    edited.run("%sfdag deploy --yes")
    line = f"{RAN}; since 2026-11-23 01:00:00 UTC other code is deployed"
    assert f"a, b {line}" in edited.run("%sfdag status")
    assert "older code: a, b" in edited.run("%sfdag runs")
    assert '"older_code": [\n    "a",\n    "b"' in edited.run("%sfdag status --json")
    desk = edited.magics.desk
    run = desk.workspace.runs.find(edited.graph)
    assert _actions(desk, edited.graph, run, "embedded").code(run, "b") == line


def test_nothing_is_told_of_a_run_that_ran_what_stands_there(notebook):
    notebook.run("%sfdag graph g")
    notebook.run("%%sftask\ndef a(): return 1\n")
    notebook.run("%sfdag run")
    for verb in ("status", "runs", "logs a"):
        said = notebook.run(f"%sfdag {verb}")
        assert not any(word in said for word in ("ran the code", "older code", "has changed"))


def retry_and_run(notebook, result):
    """The retry succeeds with `b` as its cell now is; in the next run it returns that."""
    fake = notebook.fake
    fake.failing = set()
    fake.now += timedelta(hours=1)
    notebook.run("%%sftask\ndef a(): return 1\n")
    notebook.run("%sfdag retry")
    for row in fake.history:
        row["SCHEDULED_TIME"] -= timedelta(hours=1)
        if row["ATTEMPT_NUMBER"] == 2:
            row["QUERY_START_TIME"] = fake.now + timedelta(seconds=1)
    fake.now += timedelta(hours=1)
    notebook.run(f"%%sftask --after a\ndef b(): return {result}\n")
    fake.failing = {"G$B"} if "/" in result else set()


def test_what_changed_since_a_success_is_since_what_its_last_attempt_ran(edited):
    retry_and_run(edited, "1 / 0")
    with pytest.raises(RunFailedError):
        edited.run("%sfdag run")
    assert "changed since the last success: code of b" in edited.run("%sfdag why")


@pytest.mark.parametrize(("result", "differs"), [("2", []), ("1 / 1", ["b"])])
def test_a_retried_run_is_compared_by_what_its_last_attempt_ran(edited, result, differs):
    retry_and_run(edited, result)
    edited.fake.failing = set()
    edited.run("%sfdag run")
    newest, retried = edited.magics.desk.workspace.runs.recent(edited.graph, last=2)
    assert [each.what for each in compared(retried, newest).differences] == differs


def test_what_a_cell_takes_now_is_listed_by_name(notebook):
    notebook.run("LIMITS = {'a': 1}\ndef helper(): return LIMITS")
    notebook.run("%%sftask\ndef train(): return helper()")
    told = dict(taken_here(notebook.graph, "train"))
    assert told["all of it"].startswith("2 functions, 1 value, ")
    assert told["LIMITS"].startswith("literal, ")
    assert "train" not in told
    notebook.run("LIMITS = (n for n in 'ab')")
    problem = dict(taken_here(notebook.graph, "train"))["problem"]
    assert "takes 'LIMITS' from the notebook" in problem
    assert taken_here(notebook.graph, "nope") == ()
