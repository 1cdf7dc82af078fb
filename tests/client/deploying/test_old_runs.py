"""What tasks of old runs told goes with a deploy on a service, however often that breaks off."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from sfdag_magics.client.deploying.clearing.old_runs import old_runs
from sfdag_magics.errors import BackendError
from tests.client.fake_snowflake import FakeSnowflake

from .test_deploy import code, deploy, graph

RUNS = "@DB.S.SFDAG_CODE/g$runs/"


@pytest.fixture
def fake():
    fake = FakeSnowflake()
    fake.is_embedded, fake.warehouse = False, "W"
    return fake


def with_files(fake, *, old, young):
    fake.files |= {f"{RUNS}{name}": b"{}" for name in (*old, *young)}
    fake.came = {f"{RUNS}{name}": datetime.now(UTC).timestamp() for name in young}


def left(fake):
    return [name.removeprefix(RUNS) for name in fake.files if name.startswith(RUNS)]


OLD = [f"r{number}/A.1.shown-x.json" for number in range(101)]
YOUNG = ["r1/A.2.progress.json", "r1000/A.1.progress.json"]


def test_a_deploy_takes_old_runs_away_and_no_part_of_a_younger_one(fake):
    with_files(fake, old=[*OLD, "notes.txt", "cleaned-2026-02-01"], young=YOUNG)
    deploy(fake, graph("a"), replace(code(), tells=True))
    assert left(fake) == [OLD[1], "notes.txt", "cleaned-2026-02-01", *YOUNG]


def test_what_breaks_off_goes_with_the_next_deploy(fake):
    with_files(fake, old=OLD, young=YOUNG)
    fake.refuse["REMOVE '@DB.S.SFDAG_CODE/g$runs/"] = BackendError("Insufficient privileges")
    deploy(fake, graph("a"), replace(code(), tells=True))
    assert len(left(fake)) == len(OLD) + len(YOUNG)
    fake.refuse.clear()
    deploy(fake, graph("a"), code("c2"))  # which tells nothing any more
    assert left(fake) == [OLD[1], *YOUNG]


@pytest.mark.parametrize(("is_embedded", "tells"), [(True, True), (False, False)])
def test_it_is_not_asked_where_the_engine_does_it_or_nothing_is_told(fake, is_embedded, tells):
    fake.is_embedded = is_embedded
    with_files(fake, old=OLD, young=YOUNG)
    deploy(fake, graph("a"), replace(code(), tells=tells))
    assert len(left(fake)) == len(OLD) + len(YOUNG)
    assert not [text for text in fake.statements if "$runs" in text]


def test_a_run_is_old_when_the_newest_of_its_files_is():
    rows = [
        {"name": "st/g$runs/a/t.1.progress.json", "last_modified": "Sun, 01 Nov 2026 00:00:00 GMT"},
        {"name": "st/g$runs/a/u.2.progress.json", "last_modified": "Sat, 28 Nov 2026 00:00:00 GMT"},
        {"name": "st/g$runs/b/t.1.progress.json", "last_modified": "Sun, 01 Nov 2026 00:00:00 GMT"},
        {"name": "st/g$runs/a|b/x.json", "last_modified": "Sun, 01 Nov 2026 00:00:00 GMT"},
    ]
    assert old_runs(rows, datetime(2026, 12, 10, tzinfo=UTC)) == {"b"}
