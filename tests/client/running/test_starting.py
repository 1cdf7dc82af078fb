"""Which run is meant: the one that was started, or replaced."""

from datetime import timedelta

import pytest

from sfdag_magics.client.running.begun import start_run
from sfdag_magics.client.running.runs import Run
from tests.client.rows import START
from tests.client.told import GRAPH, asked_for, executable, going, history_row, queued


def test_a_run_is_found_by_its_token_and_never_as_the_newest(fake):
    fake.tasks["G"] = {"statement": None, "started": False, "id": "root-id"}
    run = start_run(fake, GRAPH, config={"n": 1})
    history_row(fake, "g", "EXECUTING", group="newer", seconds=3600)
    assert run.refresh().group_id == "group-1"
    assert dict(run.snapshot.config) == {"n": 1}


@pytest.mark.parametrize("lacks", [(), ("CONFIG_PART",)])
def test_a_run_is_found_by_its_token_on_an_older_engine_too(fake, lacks):
    executable(fake)
    fake.lacks = lacks
    assert start_run(fake, GRAPH).group_id == "group-1"


def test_of_a_run_that_was_started_here_no_state_is_asked_while_it_goes(fake):
    executable(fake)
    fake.news, fake.lacks = "1", ("SYSTEM$SFDAG_RUN_BEGUN",)
    start_run(fake, GRAPH)
    assert list(asked_for(fake)) == ["all", "all"]  # to find it, and to see it


@pytest.mark.parametrize(
    ("ended", "starts_as", "is_seen"),
    [
        (b"1", "EXECUTING", False),
        (b"1", "SCHEDULED", True),  # it may be replaced before it begins
        (b"", "EXECUTING", True),  # nobody would tell of its end
    ],
)
def test_a_run_that_has_begun_is_looked_at_when_somebody_asks(fake, ended, starts_as, is_seen):
    executable(fake)
    fake.news, fake.ended, fake.starts_as = "1", ended, starts_as
    run = start_run(fake, GRAPH)
    assert (run.group_id, repr(run)) == ("group-1", "Run(run group-1 of g)")
    assert ("all" in asked_for(fake)) is is_seen
    assert dict(run.snapshot.config) == {}
    assert "all" in asked_for(fake)


def test_a_run_that_another_request_replaced_is_over_and_says_by_which(fake):
    going(fake)
    run = queued(fake)
    fake.history[-1]["CONFIG"] = '{"rows": 5}'
    assert run.refresh().state == "SCHEDULED"
    fake._cancel_run("'group-2'")
    queued(fake, group="group-3", seconds=120)
    seen = run.wait(timeout=0)
    assert (seen.is_over, seen.note) == (True, "replaced by run group-3")
    assert seen.differs == {"rows": 5}


def test_a_run_that_was_never_seen_is_replaced_by_what_is_asked_for_later(fake):
    going(fake)
    run = Run(fake, GRAPH, token="nobody-has-it")  # noqa: S106 - no secret, a run's mark
    assert run.refresh().note == "waits behind run group-1"
    queued(fake, group="group-3", seconds=120)
    assert (run.refresh().is_over, run.snapshot.note) == (True, "replaced by run group-3")


@pytest.mark.parametrize(
    ("seconds", "note"), [(120, "replaced by run group-3"), (30, "waits behind run group-1")]
)
def test_a_run_that_was_replaced_before_the_first_look_is_over(fake, seconds, note):
    going(fake)
    queued(fake, group="group-3", seconds=seconds)
    asked = START + timedelta(seconds=60)
    run = Run(fake, GRAPH, token="nobody-has-it", asked=asked)  # noqa: S106 - no secret
    seen = run.refresh()
    assert (seen.is_over, seen.note) == (seconds == 120, note)


def test_a_run_that_was_started_is_returned_whatever_the_first_look_says(fake):
    executable(fake)
    fake.break_before = 2
    assert start_run(fake, GRAPH).refresh().group_id == "group-1"
