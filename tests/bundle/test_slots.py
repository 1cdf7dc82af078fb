"""`ctx.slot` in a task that runs: alike by schedule, by hand, and where a run makes good a slot."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from sfdag_magics.run_slots import noted_slot, slot_by_schedule
from tests.bundle.notebook import GraphRun, Notebook, Shipped

BERLIN = "USING CRON 0 5 * * * Europe/Berlin"
#: As both engines give it: in UTC, without saying so.
DUE = datetime(2025, 3, 30, 3)  # noqa: DTZ001


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    notebook = Notebook()
    notebook.task(
        "def load(ctx) -> list[str]:\n    return [str(each) for each in (*ctx.slot, *ctx.slot)]"
    )
    bundle = notebook.build()
    bundle.check()
    return Shipped(bundle.archive, tmp_path_factory.mktemp("code"))


def slot(archive, **told):
    run = GraphRun(root="DB.S.MORTGAGE", **told)
    archive.run(run, "load")
    start, end, *again = json.loads(run.returned)
    assert again == [start, end]
    assert sum(each.startswith("describe") for each in run.asked) <= 1
    return start, end


DAY = ("2025-03-29 05:00:00+01:00", "2025-03-30 05:00:00+02:00")


@pytest.mark.parametrize("late", [timedelta(0), timedelta(seconds=3), timedelta(hours=20)])
def test_a_run_is_of_the_last_slot_that_had_ended_when_it_was_due(archive, late):
    assert slot(archive, schedule=BERLIN, due=DUE + late) == DAY


def test_a_run_that_was_told_its_slot_is_of_that_whatever_the_schedule_is_by_now(archive):
    told = {"start": DAY[0], "end": DAY[1]}
    config = json.dumps({"sfdag": {"run": "ab12", "slot": told}})
    assert slot(archive, config=config, schedule="1 MINUTE", due=DUE) == DAY


def test_the_time_between_its_ends_is_true_also_where_the_clock_is_set():
    found = slot_by_schedule(BERLIN, DUE, "G")
    assert tuple(map(str, found)) == DAY
    assert found.end - found.start == timedelta(hours=23)
    assert noted_slot({"sfdag": {"slot": {"start": DAY[0], "end": DAY[1]}}}) == found


def test_an_interval_ends_when_the_run_is_due(archive):
    found = slot(archive, schedule="90 MINUTES", due=datetime(2025, 3, 30, 3, tzinfo=UTC))
    assert found == ("2025-03-30 01:30:00+00:00", "2025-03-30 03:00:00+00:00")


@pytest.mark.parametrize(
    ("config", "schedule", "said"),
    [
        (None, None, "graph MORTGAGE has no schedule, so that a run of it is of no slot"),
        ({"sfdag": "mine"}, None, "graph MORTGAGE has no schedule"),
        ({"sfdag": {"slot": {"start": "monday"}}}, BERLIN, "says its slot as"),
        ({"sfdag": {"slot": {"start": 1, "end": 2}}}, BERLIN, "says its slot as"),
        (None, "USING CRON 0 5 * * * Mars/Olympus", "add tzdata to the packages"),
        (None, "5 FORTNIGHTS", "is none whose slots are known"),
    ],
)
def test_a_run_without_a_slot_says_why(archive, config, schedule, said):
    with pytest.raises(LookupError, match=said):
        slot(archive, config=json.dumps(config), schedule=schedule, due=DUE)
