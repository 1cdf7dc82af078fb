"""`%sfdag backfill`: what it shows, runs and leaves, as text and as JSON."""

import json
import re
from datetime import UTC, datetime, timedelta

import jsonschema
import pytest

from sfdag_magics.client.observing.history import OWN_CONFIG_KEY
from sfdag_magics.errors import BackendError, InputError, RunFailedError, UnsupportedError
from sfdag_magics.magics.showing.schemas import DOCUMENTS
from tests.magics.scenes import person, restarted, two_tasks

TEN = "2025-03-25 2025-04-03"


@pytest.fixture
def daily(notebook):
    two_tasks(notebook)
    notebook.run('%sfdag graph g --schedule "0 5 * * * Europe/Berlin"')
    return notebook


def told(fake):
    """The end of the slot that each run was told, in the order of their start."""
    configs = [json.loads(row["CONFIG"]) for row in fake.history if row["CONFIG"]]
    return [each[OWN_CONFIG_KEY]["slot"]["end"] for each in configs]


def ends(*days):
    return [f"2025-{day}T05:00:00+0{2 if day >= '03-30' else 1}:00" for day in days]


def executed(fake):
    return [sql for sql in fake.statements if sql.startswith("EXECUTE")]


def test_two_gaps_in_ten_days_are_found_and_run_each_told_its_slot(daily):
    daily.run("%sfdag backfill 2025-03-25 2025-03-27 --quiet --yes")
    daily.run("%sfdag backfill 2025-03-29 2025-04-01 --quiet --yes")
    daily.run("%sfdag backfill 2025-04-03 2025-04-03 --quiet --yes")
    assert told(daily.fake)[:3] == ends("03-25", "03-26", "03-27")
    before = len(executed(daily.fake))
    said = daily.run(f"plan = %sfdag backfill {TEN} --dry-run")
    assert "10 slots due 2025-03-25 05:00 to 2025-04-03 05:00, in Europe/Berlin" in said
    assert "✓ 8 succeeded · ○ 2 missing" in said
    assert "2025-03  25 26 27 28 29 30 31\n  05:00   ✓  ✓  ✓  ○  ✓  ✓  ✓" in said
    assert "2 slots to run, oldest first, one at a time: about" in said
    assert len(executed(daily.fake)) == before
    said = daily.run(f"done = %sfdag backfill {TEN} --yes")
    assert told(daily.fake)[8:] == ends("03-28", "04-02")
    assert "✓ 2025-03-28 05:00  run group-" in said
    assert "1 left, about" in said
    assert said.splitlines()[-1] == "2 of 2 slots run: 2 succeeded"
    done = daily.names["done"]
    assert (done.left, done.failed) == ((), ())
    assert "nothing to run" in daily.run(f"%sfdag backfill {TEN} --yes")
    assert list(done.to_pandas()["state"]) == ["succeeded"] * 10


def test_the_newest_first_and_only_what_is_asked_for(daily):
    said = daily.run("%sfdag backfill 2025-03-25 2025-03-27 --newest-first --yes")
    assert "  2025-03-27 05:00 to 2025-03-25 05:00\n" in said
    assert told(daily.fake) == ends("03-27", "03-26", "03-25")


def test_what_failed_is_run_again_where_that_is_asked_and_all_of_it_else(daily):
    daily.fake.failing = {"G$B"}
    with pytest.raises(RunFailedError, match="1 of 1 slot run: 1 failed") as raised:
        daily.run("%sfdag backfill 2025-03-25 2025-03-25 --yes")
    assert raised.value.hint == (
        "%sfdag why --run group-1, then "
        "%sfdag backfill 2025-03-25 2025-03-25 --reprocess failed --yes"
    )
    assert "✕ 2025-03-25 05:00" in daily.output
    assert "ValueError: boom" in daily.output
    daily.fake.failing = set()
    left = "nothing to run; --reprocess failed runs 1 slot that did not succeed as well"
    assert left in daily.run("%sfdag backfill 2025-03-25 2025-03-25 --yes")
    daily.run("%sfdag backfill 2025-03-25 2025-03-26 --reprocess failed --yes")
    assert told(daily.fake)[1:] == ends("03-25", "03-26")
    daily.run("%sfdag backfill 2025-03-25 2025-03-25 --reprocess all --yes")
    daily.run("%sfdag backfill 2025-03-25 2025-03-25 --reprocess all --yes")
    assert told(daily.fake)[3:] == ends("03-25") * 2


def test_three_failures_in_a_row_are_of_the_graph_and_end_it(daily):
    daily.fake.failing = {"G$A"}
    with pytest.raises(
        RunFailedError, match="3 of 10 slots run: 3 failed · 7 left · stopped, as 3"
    ):
        daily.run(f"%sfdag backfill {TEN} --yes")
    assert len(executed(daily.fake)) == 3


class Killed(BaseException):
    """The kernel's process ends: nothing of it is left to tidy up."""


def killed_after(notebook, count, line, error=Killed):
    """A backfill of which only so many runs end."""
    execute = notebook.fake._execute

    def dies(statement):
        if len(executed(notebook.fake)) > count:
            raise error
        return execute(statement)

    notebook.fake._execute = dies
    with pytest.raises(error) as raised:
        notebook.magics.sfdag(line)
    notebook.fake._execute = execute
    return str(raised.value)


@pytest.mark.parametrize("more", ["", "--reprocess failed", "--reprocess all"])
def test_another_kernel_goes_on_with_what_is_left(daily, more):
    killed_after(daily, 4, f"backfill {TEN} {more} --quiet --yes")
    restarted(daily)
    said = daily.run(f"%sfdag backfill {TEN} {more} -g g --yes")
    assert "6 slots to run" in said
    assert ("goes on with the same backfill" in said) == ("all" in more)
    assert len(set(told(daily.fake))) == len(told(daily.fake)) == 10


def test_an_interrupt_begins_no_more_and_says_how_it_goes_on(daily):
    said = killed_after(daily, 4, f"backfill {TEN} --newest-first --yes", KeyboardInterrupt)
    assert "4 of 10 slots run: 4 succeeded · 6 left" in said
    assert said.endswith("next: %sfdag backfill 2025-03-25 2025-04-03 --newest-first --yes")


def test_a_slot_that_is_running_is_left_alone_and_waited_for(daily):
    daily.run("%sfdag backfill 2025-03-25 2025-03-25 --quiet --yes")
    daily.fake.graphs[-1]["STATE"] = "EXECUTING"
    before = len(executed(daily.fake))
    said = daily.run("plan = %sfdag backfill 2025-03-25 2025-03-26 --reprocess all --dry-run")
    assert "running now, and left alone: 1 slot, run group-1" in said
    assert [slot.end.day for slot in daily.names["plan"].chosen] == [26]
    assert len(executed(daily.fake)) == before


def test_slots_of_any_length_for_a_graph_without_a_schedule(notebook):
    two_tasks(notebook)
    notebook.run('%sfdag backfill "2025-03-25 06:00" "2025-03-25 12:00" --every 2h --yes')
    assert told(notebook.fake) == [f"2025-03-25T{hour:02}:00:00+00:00" for hour in (8, 10, 12)]
    notebook.run('%sfdag backfill 2025-03-24 2025-03-25 --every "0 0 * * * Europe/Berlin" --yes')
    assert told(notebook.fake)[3:] == ["2025-03-25T00:00:00+01:00", "2025-03-26T00:00:00+01:00"]


def test_several_at_once_where_runs_may_overlap(daily):
    with pytest.raises(InputError, match="2 runs at once: those of graph g do not overlap"):
        daily.run(f"%sfdag backfill {TEN} --max-active 2 --yes")
    daily.run("%sfdag graph g --overlap ALLOW_ALL_OVERLAP")
    said = daily.run("%sfdag backfill 2025-03-25 2025-03-27 --max-active 2 --dry-run")
    assert "3 slots to run, oldest first, 2 at once" in said


def test_the_document_has_all_of_it(daily):
    daily.run("%sfdag backfill 2025-03-25 2025-03-25 --quiet --yes")
    for more, left in (("--dry-run", 1), ("", 0)):
        said = daily.run(f"%sfdag backfill 2025-03-25 2025-03-26 --json {more} --yes")
        document = json.loads(said)
        jsonschema.validate(document, DOCUMENTS["backfill"], jsonschema.Draft202012Validator)
        assert [each["run"] is not None for each in document["slots"]] == [True, not more]
        assert document["to_run"] == ["2025-03-26T04:00:00+00:00"]
        assert len(document["left"]) == left


def test_a_person_is_asked_and_may_say_no(daily, monkeypatch):
    asked = person(monkeypatch, "n", "y")
    assert "not started" in daily.run("%sfdag backfill 2025-03-25 2025-03-26")
    assert told(daily.fake) == []
    daily.run("%sfdag backfill 2025-03-25 2025-03-26")
    assert asked == ["run 2 slots of g on fake · DB.S? [y/N] "] * 2
    assert told(daily.fake) == ends("03-25", "03-26")
    daily.run("%sfdag backfill 2025-03-27 2025-03-27 --yes")
    assert len(asked) == 2


def test_production_is_asked_for_by_its_name(daily, monkeypatch):
    daily.run("%sfdag deploy --yes -t prod --production prod")
    with pytest.raises(InputError) as raised:
        daily.run("%sfdag backfill 2025-03-25 2025-03-25 -t prod --yes")
    assert "backfill" in raised.value.hint
    assert told(daily.fake) == []
    daily.run("%sfdag backfill 2025-03-25 2025-03-25 -t prod --production prod")
    assert told(daily.fake) == ends("03-25")


def test_without_dates_what_was_missed_since_the_graph_is_there(daily):
    with pytest.raises(InputError, match="was never started, so it has missed nothing"):
        daily.run("%sfdag backfill --yes")
    daily.run("%sfdag deploy --yes")
    made = datetime.now(UTC) - timedelta(days=3, hours=1)
    daily.fake.tasks["G"]["created_on"] = made
    said = daily.run("plan = %sfdag backfill --dry-run")
    assert "slots to run" in said
    assert len(daily.names["plan"].chosen) in {3, 4}
    assert all(slot.end > made for slot in daily.names["plan"].chosen)


def test_a_service_that_tells_a_run_nothing_is_named_and_nothing_runs(daily):
    daily.run("%sfdag deploy --yes")
    refused = BackendError("SQL compilation error: syntax error unexpected 'USING'.", code=1003)
    daily.fake.refuse = {"USING CONFIG": refused}
    with pytest.raises(UnsupportedError, match="takes no EXECUTE TASK … USING CONFIG"):
        daily.run("%sfdag backfill 2025-03-25 2025-03-26 --yes")
    daily.fake.refuse = {"USING CONFIG": BackendError("not today", code=4)}
    with pytest.raises(BackendError, match="not today"):
        daily.run("%sfdag backfill 2025-03-25 2025-03-26 --yes")


def test_who_may_not_read_the_accounts_view_is_told_of_a_week(daily):
    daily.run("%sfdag backfill 2025-03-25 2025-03-25 --quiet --yes")
    daily.fake.tasks["G"]["created_on"] = datetime(2025, 1, 1, tzinfo=UTC)
    daily.fake.refuse = {"ACCOUNT_USAGE": BackendError("Insufficient privileges", code=3001)}
    said = daily.run("plan = %sfdag backfill 2025-03-25 2025-03-27 --dry-run")
    assert "✓ 1 succeeded · ? 2 unknown" in said
    assert "who may read SNOWFLAKE.ACCOUNT_USAGE sees a year" in said
    assert daily.names["plan"].chosen == ()
    daily.run("%sfdag backfill 2025-03-25 2025-03-27 --reprocess all --yes")
    assert len(told(daily.fake)) == 4


def test_status_says_what_a_started_schedule_has_missed(daily):
    daily.run("%sfdag deploy --yes")
    daily.fake.tasks["G"]["created_on"] = datetime.now(UTC)
    assert "missed" not in daily.run("%sfdag status")
    daily.fake.tasks["G"]["created_on"] = datetime.now(UTC) - timedelta(days=3, hours=1)
    said = daily.run("%sfdag status -g g").splitlines()[-1]
    assert re.fullmatch(r"[34] slots missed since .*UTC: %sfdag backfill", said)
    assert json.loads(daily.run("%sfdag status --json"))["missed"] in {3, 4}
    daily.run("%sfdag backfill --quiet --yes")
    assert "missed" not in daily.run("%sfdag status")
    daily.fake.tasks["G"]["created_on"] = datetime.now(UTC) - timedelta(days=3, hours=1)
    daily.run("%sfdag suspend --yes")
    assert "missed" not in daily.run("%sfdag status")
    assert "the graph's schedule is suspended" in daily.run("%sfdag backfill --dry-run")


def test_a_run_says_its_slot_and_what_goes_on_from_it_keeps_that(daily):
    daily.run("%sfdag backfill 2025-03-25 2025-03-25 --quiet --yes")
    assert "of the slot due 2025-03-25 05:00 UTC+01:00" in daily.run("%sfdag runs")
    (run,) = json.loads(daily.run("%sfdag runs --json"))
    assert run["slot"] == ["2025-03-24T05:00:00+01:00", *ends("03-25")]
    daily.run(f"%sfdag run --only b --inputs {run['group_id']}")
    assert told(daily.fake) == ends("03-25") * 2
    assert "_SFDAG_BRIDGE" in executed(daily.fake)[-1]


def test_a_part_of_a_run_by_schedule_is_of_that_runs_slot(daily):
    daily.run("%sfdag run --wait")
    daily.fake.history[0]["CONFIG"] = None
    daily.fake.history[0]["SCHEDULED_TIME"] = datetime(2025, 3, 30, 3, tzinfo=UTC)
    daily.run("%sfdag run --only b --inputs group-1")
    assert told(daily.fake) == ends("03-30")


@pytest.mark.parametrize(("backfill", "missed"), [(None, False), ({"id": "ab12"}, True)])
def test_a_time_that_came_while_a_run_was_going_is_missed_only_for_a_backfill(
    notebook, backfill, missed
):
    two_tasks(notebook)
    notebook.run('%sfdag graph g --schedule "0 * * * * UTC"')
    notebook.run("%sfdag deploy --yes")
    notebook.run("%sfdag run --wait")
    hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    notebook.fake.tasks["G"]["created_on"] = hour - timedelta(minutes=80)
    # From before the first due time, which it is of, until after the next one.
    (root,) = (row for row in notebook.fake.history if row["NAME"] == "G")
    due = hour - timedelta(minutes=60)
    own = {"run": "t", **({"backfill": backfill} if backfill else {})}
    root.update(SCHEDULED_TIME=due, CONFIG=json.dumps({OWN_CONFIG_KEY: own}))
    root.update(COMPLETED_TIME=hour + timedelta(minutes=1))
    assert ("1 slot missed" in notebook.run("%sfdag status")) is missed


def test_what_an_engine_missed_that_was_off_is_missed_though_it_made_up_for_the_first(notebook):
    two_tasks(notebook)
    notebook.run('%sfdag graph g --schedule "1 minute"')
    notebook.run("%sfdag deploy --yes")
    notebook.run("%sfdag run --wait")
    now = datetime.now(UTC)
    # It was made, was due a minute later, then it was off, and ran that time when it was there.
    notebook.fake.tasks["G"]["created_on"] = now - timedelta(minutes=10, seconds=31)
    (root,) = (row for row in notebook.fake.history if row["NAME"] == "G")
    root.update(SCHEDULED_FROM="SCHEDULE", SCHEDULED_TIME=now - timedelta(minutes=9, seconds=30))
    root.update(QUERY_START_TIME=now, COMPLETED_TIME=now, CONFIG=None)
    assert "9 slots missed since" in notebook.run("%sfdag status")
    notebook.run("plan = %sfdag backfill --dry-run")
    assert len(notebook.names["plan"].chosen) == 9
