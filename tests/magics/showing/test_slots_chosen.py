"""The slots that a view shows, and the backfill its sheet proposes: as the verb would do it."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from sfdag_magics.errors import InputError
from sfdag_magics.magics.showing.slots_chosen import backfill_begun, backfill_proposed
from sfdag_magics.workspace.backfilled.slots_there import slots_there
from tests.magics.scenes import two_tasks


@pytest.fixture
def daily(notebook):
    two_tasks(notebook)
    notebook.run('%sfdag graph g --schedule "0 5 * * * Europe/Berlin"')
    return notebook


def lately(notebook):
    workspace, now = notebook.magics.desk.workspace, datetime.now(UTC)
    return slots_there(workspace, notebook.graph, "embedded", now=now)


def proposed(notebook, **typed):
    return backfill_proposed(notebook.magics.desk.workspace, notebook.graph, "embedded", typed)


def test_what_became_of_the_slots_is_what_a_backfill_shows(daily):
    daily.run("%sfdag deploy --yes")
    daily.fake.tasks["G"]["created_on"] = datetime.now(UTC) - timedelta(days=3, hours=1)
    told = lately(daily)
    assert told.zone_name == "Europe/Berlin"
    assert len(told.seen) in (3, 4)
    last = told.seen[-1].slot.end
    daily.run(f"%sfdag backfill {last.isoformat()} --quiet --yes")
    assert [str(each.state) for each in lately(daily).seen[-2:]] == ["missing", "succeeded"]


@pytest.mark.parametrize("waits", [False, True])
def test_what_a_backfill_ran_of_before_the_graph_was_there_stands_in_the_calendar(daily, waits):
    daily.run("%sfdag deploy --yes" if not waits else "%sfdag run --wait --yes")
    daily.fake.tasks["G"]["created_on"] = datetime.now(UTC)
    assert lately(daily).seen == ()
    first, last = (datetime.now(UTC).date() - timedelta(days=days) for days in (6, 4))
    for day in (first, last):
        daily.run(f"%sfdag backfill {day} {day} --quiet --yes")
    told = lately(daily)
    # What was left out between them is missing, as it is to the sheet.
    assert [str(each.state) for each in told.seen] == ["succeeded", "missing", "succeeded"]
    assert [each.slot.end.date() for each in told.seen][::2] == [first, last]
    assert proposed(daily, start=f"{first}", end=f"{last}").count == 1


def test_the_line_that_is_proposed_runs_what_is_said(daily):
    found = proposed(daily, start="2025-03-25", end="2025-03-27", reprocess="missing")
    assert (found.title, found.arguments) == ("3 slots to run", "2025-03-25 2025-03-27")
    assert "3 slots to run" in daily.run(f"%sfdag backfill {found.arguments} --dry-run")
    assert not [sql for sql in daily.fake.statements if sql.startswith("EXECUTE")]
    daily.run(f"%sfdag backfill {found.arguments} --quiet --yes")
    again = proposed(daily, start="2025-03-25", end="2025-03-27")
    assert (again.title, again.told) == ("Nothing to run", ())
    whole = proposed(daily, start="2025-03-25", end="2025-03-27", reprocess="all")
    assert whole.arguments.endswith("--reprocess all")
    assert whole.options == {"start": "2025-03-25", "end": "2025-03-27", "reprocess": "all"}


@pytest.mark.parametrize(
    "typed", [{"end": "2025-03-25"}, {"start": "soon"}, {"reprocess": "some"}], ids=str
)
def test_what_is_no_range_is_refused_with_what_to_type(daily, typed):
    with pytest.raises(InputError) as raised:
        proposed(daily, **typed)
    assert raised.value.hint


def begun(notebook, said, **typed):
    workspace = notebook.magics.desk.workspace
    backfill_begun(
        workspace, notebook.graph, "embedded", typed, agrees=lambda _: True, say=said.append
    )


def test_a_backfill_that_is_begun_by_a_click_runs_beside_the_kernel_and_says_its_end(daily):
    said, heard, let_go = [], threading.Event(), threading.Event()
    backfills = daily.magics.desk.workspace.backfills

    def wait(tell):
        tell("1 of 3 slots run")
        heard.set()
        return let_go.wait(60) and "the first"

    backfills.begin("g", "embedded", wait, said.append, how_far="0 of 3 slots run")
    assert heard.wait(60)
    assert backfills.how_far("g", "embedded") == "1 of 3 slots run"
    with pytest.raises(InputError, match="is going already"):
        begun(daily, said, start="2025-03-25", end="2025-03-27")
    let_go.set()
    over(backfills)
    begun(daily, said, start="2025-03-25", end="2025-03-27")
    over(backfills)
    assert backfills.how_far("g", "embedded") == ""
    assert (said[0], said[-1]) == ("the first", "backfill: 3 of 3 slots run: 3 succeeded")
    with pytest.raises(InputError, match="none of these slots is to be run"):
        begun(daily, said, start="2025-03-25", end="2025-03-27")


def test_how_far_a_backfill_of_a_cell_is_stands_in_a_view_as_well(daily):
    backfills, fake, said = daily.magics.desk.workspace.backfills, daily.fake, []
    execute = fake._execute

    def executed(statement):
        said.append(backfills.how_far("g", "embedded"))
        with pytest.raises(InputError, match="is going already"):
            begun(daily, said, start="2025-03-29", end="2025-03-30")
        return execute(statement)

    fake._execute = executed
    daily.run("%sfdag backfill 2025-03-25 2025-03-27 --quiet --yes")
    assert said == [f"{count} of 3 slots run" for count in range(3)]
    assert backfills.how_far("g", "embedded") == ""


def over(backfills):
    for thread in backfills._threads.values():
        thread.join(60)
