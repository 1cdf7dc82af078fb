"""Which code each attempt of a task ran, from what the procedure notes of itself."""

from dataclasses import replace
from datetime import timedelta

import pytest

from sfdag_magics.client.code.code_that_ran import code_that_ran, told
from sfdag_magics.client.code.deployed_code import DeployedCode, noted_sql, read_code
from sfdag_magics.client.code.retried_code import as_it_ran
from sfdag_magics.client.observing.bridges.lineage import Lineage, LineageKind
from sfdag_magics.client.observing.deployed import procedure_of
from sfdag_magics.client.observing.derive import snapshot_from_rows
from tests.client import rows
from tests.client.deploying.test_deploy import ROOT, code, deploy, graph
from tests.client.fake_snowflake import FakeSnowflake


def deployed(*versions):
    """`{task: hash}` after `{task: hash}`, an hour apart; the first an hour before the run."""
    fake = FakeSnowflake()
    for hours, tasks in enumerate(versions, start=-1):
        fake.now = rows.START + timedelta(hours=hours)
        deploy(fake, graph("a", "b < a"), code(f"c{hours}", **tasks))
    return read_code(fake, procedure_of(ROOT))


def ran(there, *, here=(), **started):
    """What is told of tasks that started so many hours after the run."""
    found = [
        rows.row(name, seconds=hours * 3600 + 1, attempt=attempt)
        for name, (hours, attempt) in started.items()
    ]
    seen = snapshot_from_rows(rows.deployed("a -> b"), [rows.row("g"), *found], None)
    return told(code_that_ran(seen, there, dict(here)))


OLD, NEW = {"a": "1" * 16, "b": "1" * 16}, {"a": "2" * 16, "b": "1" * 16}


def test_nothing_is_told_while_all_ran_what_is_deployed():
    assert ran(deployed(OLD), a=(0, 1), b=(0, 1)) == ()
    assert ran(deployed(OLD), here=OLD, a=(0, 1), b=(0, 1)) == ()


def test_what_ran_before_a_deploy_ran_the_code_of_before():
    line = "a ran the code of 2026-11-23 04:00:00 UTC; since 2026-11-23 05:00:00 UTC other code"
    (told_now,) = ran(deployed(OLD, NEW), a=(-0.5, 1), b=(-0.5, 1))
    assert told_now == f"{line} is deployed"


def test_a_retry_with_new_code_leaves_what_was_kept_with_the_old():
    both = {"a": "2" * 16, "b": "2" * 16}
    (told_now,) = ran(deployed(OLD, both), a=(-0.5, 1), b=(0.5, 2))
    assert told_now.startswith("a ran the code of 2026-11-23 04:00:00 UTC")


def test_an_edited_cell_is_told_apart_from_what_is_deployed():
    (told_now,) = ran(deployed(OLD), here=NEW, a=(0, 1), b=(0, 1))
    assert told_now == (
        "a ran the code of 2026-11-23 04:00:00 UTC, which is deployed; its cell has changed since"
    )


def test_code_that_was_put_back_is_not_other_code():
    assert ran(deployed(OLD, NEW, OLD), a=(-0.5, 1), b=(-0.5, 1)) == ()
    (told_now,) = ran(deployed(OLD, NEW, OLD), a=(0.5, 1), b=(0.5, 1))
    assert "a ran the code of 2026-11-23 05:00:00 UTC; since 2026-11-23 06:00:00" in told_now


@pytest.mark.parametrize(("now", "lines"), [(OLD, 0), (NEW, 1)])
def test_a_bridge_with_the_code_of_before_ran_no_other_code_once_that_is_back(now, lines):
    lineage = Lineage(kind=LineageKind.RETRY, runs=("a",), archive="@s/g/of-before.zip")
    seen = snapshot_from_rows(rows.deployed("a"), [rows.row("g"), rows.row("a", seconds=1)], None)
    seen = replace(seen, lineage=lineage, code={"a": "1" * 8})
    assert len(code_that_ran(seen, deployed(OLD, NEW, now), {})) == lines


@pytest.mark.parametrize("count", [4, 9])
def test_only_the_last_versions_are_remembered_and_older_ones_are_told_as_such(count):
    versions = [{"a": str(number) * 16, "b": "b" * 16} for number in range(count)]
    there = deployed(*versions)
    assert len(there.versions("b")) == 1
    (told_now,) = ran(there, a=(-0.5, 1), b=(-0.5, 1))
    forgotten = "ran earlier code; since" in told_now
    assert forgotten == (count > 6)
    assert len(there.versions("a")) <= 6


SQL = noted_sql("select 1")


@pytest.mark.parametrize(
    ("there", "b", "code"),
    [
        ((OLD,), (0, 1), {"a": "1" * 8, "b": "1" * 8, "z": SQL, "some task": "1"}),
        ((OLD, {**OLD, "b": "2" * 16}), (1, 2), {"a": "1" * 8, "b": "2" * 8, "z": SQL}),
        ((OLD, {**OLD, "b": "2" * 16}, OLD), (0.5, 2), {"a": "1" * 8, "b": "2" * 8, "z": SQL}),
        ((), (1, 2), {"a": "1" * 8, "z": SQL}),  # what the later attempt ran is forgotten
    ],
)
def test_a_retried_run_has_the_code_of_the_last_attempt_of_each_task(there, b, code):
    hours, attempt = b
    found = [
        rows.row("a", seconds=1),
        rows.row("b", seconds=hours * 3600 + 1, attempt=attempt),
        rows.row("g", attempt=attempt, seconds=hours * 3600),
    ]
    seen = snapshot_from_rows(rows.deployed("a -> b, z"), [rows.row("g"), *found], None)
    noted = {"a": "1" * 8, "b": "1" * 8, "z": SQL, "some task": "1"}
    known = deployed(*there) if there else DeployedCode()
    assert as_it_ran(replace(seen, code=noted), known).code == code
