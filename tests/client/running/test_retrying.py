"""Which run a retry continues, and how."""

import pytest

from sfdag_magics.client.running.runs import Run
from sfdag_magics.errors import InputError
from tests.client.told import GRAPH, executable, graph_row, history_row, run_that_failed


def test_a_retry_of_the_last_run_says_retry_last_and_shows_the_next_attempt(fake):
    run = run_that_failed(fake)
    executable(fake)
    seen = run.retry()
    assert "EXECUTE TASK DB.S.G RETRY LAST" in fake.statements
    assert (seen.attempt, seen.state) == (2, "EXECUTING")
    assert seen.tasks["a"].state == "reused"
    assert seen.tasks["b"].state == "retrying"


def test_a_run_that_is_due_by_schedule_is_not_the_last_one(fake):
    run = run_that_failed(fake)
    due = {"SCHEDULED_FROM": "SCHEDULE", "QUERY_START_TIME": None}
    history_row(fake, "g", "SCHEDULED", group="due", seconds=3600, **due)
    executable(fake)
    run.retry()
    assert "EXECUTE TASK DB.S.G RETRY LAST" in fake.statements


def test_whoever_knows_the_code_makes_the_retry(fake):
    run_that_failed(fake)
    asked = []

    def retrying(run, *, current_code):
        asked.append((run.group_id, current_code))
        return run.snapshot

    Run(fake, GRAPH, group_id="group-1", retrying=retrying).retry(current_code=False)
    assert asked == [("group-1", False)]
    assert not any("RETRY" in text for text in fake.statements)


def test_automatic_attempts_after_a_retry_are_followed(fake):
    run = run_that_failed(fake)
    executable(fake)
    run.retry()
    for attempt in (2, 3):
        history_row(fake, "b", "FAILED", attempt=attempt, seconds=60 * attempt)
        graph_row(fake, "FAILED", attempt=attempt)
    assert (run.refresh().attempt, run.snapshot.state) == (3, "FAILED")
    assert run.retry().attempt == 4


def test_a_retry_of_an_older_run_names_its_group(fake):
    run = run_that_failed(fake)
    history_row(fake, "g", "SUCCEEDED", group="newer", seconds=3600)
    executable(fake)
    run.retry()
    assert "EXECUTE TASK DB.S.G RETRY GRAPH RUN GROUP 'group-1'" in fake.statements


def test_a_run_that_goes_on_or_succeeded_cannot_be_retried(fake):
    history_row(fake, "g", "SUCCEEDED")
    history_row(fake, "a", "EXECUTING")
    graph_row(fake, "EXECUTING")
    run = Run(fake, GRAPH, group_id="group-1")
    with pytest.raises(InputError, match="still running"):
        run.retry()
    fake.history[-1]["STATE"] = fake.graphs[-1]["STATE"] = "SUCCEEDED"
    with pytest.raises(InputError, match="nothing failed in run group-1 of g"):
        run.retry()
