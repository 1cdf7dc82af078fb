"""What a look at a run asks for, and what it makes of the answers."""

import threading
from datetime import UTC, datetime

import pytest

from sfdag_magics.client.observing.attempts import graph_state
from sfdag_magics.client.observing.recent import groups_named, recent_snapshots
from sfdag_magics.client.running import waiting
from sfdag_magics.client.running.runs import Run
from sfdag_magics.errors import ConnectError
from tests.client.rows import START
from tests.client.told import (
    GRAPH,
    asked_for,
    graph_row,
    history_row,
    run_that_failed,
    run_that_goes,
)


def looked_at(fake):
    """A run of which the next looks ask for what has changed."""
    fake.news = "1"
    run = run_that_goes(fake)
    run.refresh()
    fake.news, fake.changed = "2", set()
    del fake.statements[:]
    return run


def test_a_look_that_would_show_nothing_new_is_one_question(fake):
    fake.news = "1"
    run = run_that_goes(fake)
    first = run.refresh()
    del fake.statements[:]

    assert run.refresh() is first
    assert fake.statements == ["SELECT SYSTEM$SFDAG_NEWS('group-1')"]

    history_row(fake, "b", "EXECUTING", seconds=2)
    fake.news = "2"
    assert run.refresh().tasks["b"].state == "running"


def test_a_change_that_a_file_tells_of_is_asked_for_at_once(fake):
    fake.news = fake.last_marked = "engine:5"
    run = run_that_goes(fake)
    first = run.refresh()
    history_row(fake, "b", "EXECUTING", seconds=2)
    fake.changed, fake.last_marked = {"G$B"}, "engine:7"
    del fake.statements[:]

    assert run.refresh().tasks["b"].state == "running"
    assert list(asked_for(fake)) == ["since engine:5"]
    assert len(fake.statements) == 1
    assert first.tasks["b"].state == "pending"


@pytest.mark.parametrize(("then", "asked"), [("engine:7", 1), ("engine:8", 2)])
def test_who_comes_while_a_look_goes_on_sees_its_answer_unless_something_changed(
    fake, monkeypatch, then, asked
):
    fake.news = fake.last_marked = "engine:5"
    run = run_that_goes(fake)
    run.refresh()
    del fake.statements[:]
    fake.last_marked, fake.changed = "engine:7", set()
    came = threading.Event()
    second = threading.Thread(target=run.refresh)
    answer = fake.rows

    def first_asks(sql):
        monkeypatch.setattr(fake, "rows", answer)
        rows = answer(sql)
        monkeypatch.setattr(fake, "last_mark", lambda: came.set() or fake.last_marked)
        second.start()
        assert came.wait(10)
        fake.last_marked = then
        return rows

    monkeypatch.setattr(fake, "rows", first_asks)
    run.refresh()
    second.join(10)

    assert len(fake.statements) == asked


def test_nothing_new_is_said_only_of_an_engine_that_answers(fake):
    fake.news = "engine:3"
    fake.last_marked = "engine:5"  # of another run, which changed later
    run = run_that_goes(fake)
    first = run.refresh()
    del fake.statements[:]

    assert run.refresh() is first
    assert fake.statements == ["SELECT SYSTEM$SFDAG_NEWS('group-1')"]

    fake.news = "next engine:1"
    run.refresh()
    assert list(asked_for(fake)) == ["since engine:5"]

    fake.break_before = fake.calls + 1
    with pytest.raises(ConnectError):
        run.refresh()


def test_only_what_has_changed_is_asked_for_while_a_run_goes(fake):
    run = looked_at(fake)
    fake.history[1]["STATE"] = "SUCCEEDED"
    history_row(fake, "b", "EXECUTING", seconds=2)
    fake.changed = {"G$A", "G$B"}
    seen = run.refresh()
    assert list(asked_for(fake)) == ["since 1"]
    states = {name: task.state.value for name, task in seen.tasks.items()}
    assert states == {"a": "succeeded", "b": "running", "c": "pending"}
    assert seen.state == "EXECUTING"


def test_at_its_end_the_rows_are_asked_for_after_the_state(fake):
    run = looked_at(fake)
    fake.history[1]["STATE"] = "FAILED"
    fake.graphs[0]["STATE"] = "FAILED"
    fake.changed = {"G$A"}
    assert run.refresh().is_over
    assert list(asked_for(fake)) == ["since 1", "state", "since 2"]


def test_where_no_row_has_changed_no_more_is_asked_for(fake):
    run = looked_at(fake)
    assert run.refresh().tasks["a"].state == "running"
    assert list(asked_for(fake)) == ["since 1"]


def test_a_run_that_is_gone_from_the_history_stays_as_it_was_seen(fake):
    run = looked_at(fake)
    fake.history.clear()
    assert run.refresh().tasks["a"].state == "running"


def test_an_engine_that_tells_no_changes_tells_all_rows(fake):
    run = looked_at(fake)
    fake.lacks = ("CHANGED_SINCE",)
    fake.history[1]["STATE"] = "CANCELLED"
    history_row(fake, "b", "EXECUTING", seconds=2)
    assert run.refresh().tasks["a"].state == "cancelled"
    (asked,) = [text for text in fake.statements if "CHANGED_SINCE" not in text and "NAME," in text]
    assert "GRAPH_RUN_GROUP_ID => 'group-1'" in asked


def test_an_engine_that_knows_one_run_at_a_time_tells_of_several(fake):
    run_that_failed(fake)
    fake.lacks = ("GRAPH_RUN_GROUP_ID",)
    (seen,) = recent_snapshots(fake, GRAPH, last=5)
    assert seen.state == "FAILED"


def test_an_engine_that_knows_of_no_news_is_not_asked_for_them(fake):
    run = run_that_goes(fake)
    run.refresh()
    history_row(fake, "b", "EXECUTING", seconds=2)
    assert run.refresh().tasks["b"].state == "running"
    assert not any("NEWS" in statement for statement in fake.statements)


@pytest.mark.parametrize("lacks", [(), ("GRAPH_RUN_GROUP_ID_START",)])
def test_a_run_is_found_by_the_start_of_its_id_on_an_older_engine_too(fake, lacks):
    run_that_failed(fake)
    history_row(fake, "g", "SUCCEEDED", group="other-2", seconds=9)
    fake.lacks = lacks
    assert [*groups_named(fake, GRAPH, "gr")] == ["group-1"]
    by_index = ["GRAPH_RUN_GROUP_ID_START => 'gr'" in text for text in fake.statements]
    assert by_index == [not lacks]


def test_the_state_of_a_run_is_asked_of_an_older_engine_too(fake):
    run_that_failed(fake)
    fake.lacks = ("GRAPH_RUN_GROUP_ID",)
    assert graph_state(fake, GRAPH, "group-1").state == "FAILED"


def test_beside_a_busy_run_another_is_asked_for_less_and_less(fake, monkeypatch):
    run, rests = run_that_goes(fake), []
    fake.stirred = b"1"

    def told(*_, least_s, most_s):
        rests.append(least_s)
        if len(rests) == 30:
            raise KeyboardInterrupt
        return least_s <= most_s

    monkeypatch.setattr(waiting, "rest", told)
    with pytest.raises(KeyboardInterrupt):
        run.wait()
    assert min(rests) < rests[-1] == waiting._EMBEDDED_POLL_S[1]


def test_what_holds_a_run_up_is_asked_for_though_its_rows_stay(fake):
    history_row(fake, "g", "SUCCEEDED")
    graph_row(fake, "EXECUTING")
    fake.news = "1"
    run = Run(fake, GRAPH, group_id="group-1")
    run.refresh()
    fake.waits_for = "Python is warming up"
    assert run.refresh().note == "waits: Python is warming up"


def test_a_run_without_a_row_waits(fake):
    run = Run(fake, GRAPH, token="nobody-has-it")  # noqa: S106 - no secret, a run's mark
    assert (run.group_id, run.state) == (None, "SCHEDULED")
    assert repr(run) == "Run(run (waiting) of g)"


def test_a_snapshot_is_asked_for_once_and_kept(fake):
    run = run_that_failed(fake)
    assert run.state == "FAILED"
    asked = fake.calls
    assert (run.attempt, list(run.tasks), run.group_id) == (1, ["a", "b", "c"], "group-1")
    assert fake.calls == asked
    run.refresh()
    assert fake.calls == asked + 2


def test_what_was_last_seen_stays_when_the_answer_fails(fake):
    run = run_that_failed(fake)
    before = run.refresh()
    fake.break_before = fake.calls + 1
    with pytest.raises(ConnectError):
        run.refresh()
    assert run.snapshot is before


def test_what_the_history_has_forgotten_stays_as_it_was_seen(fake):
    run = run_that_failed(fake)
    before = run.refresh()
    fake.history.clear()
    fake.graphs.clear()
    assert run.refresh() == before


def test_an_older_answer_does_not_overtake_a_newer_one(fake):
    run = run_that_failed(fake)
    answer, told = fake._task_graphs, []

    def answers_late(sql):
        """While this answer is on its way, the run is asked for again and has gone on."""
        fake._task_graphs = answer
        late = answer(sql)
        rows = [row.copy() for row in fake.history]
        fake.history[-1]["STATE"] = "SUCCEEDED"
        fake.graphs[-1]["STATE"] = "SUCCEEDED"
        told.append(run.refresh())
        fake.history[:] = rows
        return [row | {"STATE": "FAILED"} for row in late]

    fake._task_graphs = answers_late
    assert run.refresh() is told[0]
    assert run.snapshot.state == "SUCCEEDED"


def test_the_history_is_asked_for_from_the_first_scheduled_time(fake):
    fake.is_embedded, fake.keeps_ranges = False, True
    begun = datetime.now(UTC).timestamp() - START.timestamp() - 3600
    history_row(fake, "g", "SUCCEEDED", seconds=begun)
    history_row(fake, "a", "SUCCEEDED", seconds=begun + 1)
    history_row(fake, "b", "EXECUTING", seconds=begun + 1800)
    graph_row(fake, "EXECUTING")
    run = Run(fake, GRAPH, group_id="group-1")
    for _ in range(3):
        states = {name: task.state.value for name, task in run.refresh().tasks.items()}
        assert states == {"a": "succeeded", "b": "running", "c": "pending"}


@pytest.mark.parametrize("is_embedded", [True, False])
def test_a_run_is_found_however_many_rows_are_newer(fake, is_embedded):
    fake.is_embedded, fake.keeps_ranges, fake.most_rows = is_embedded, True, 20
    begun = datetime.now(UTC).timestamp() - START.timestamp() - 86_400
    for number in range(15):
        for place, name in enumerate(["g", "a", "b", "c"]):
            seconds = begun + number * 600 + place
            history_row(fake, name, "SUCCEEDED", group=f"run-{number:02}", seconds=seconds)
    seen = Run(fake, GRAPH, group_id="run-00").refresh()
    assert seen.state == "SUCCEEDED"
    assert {task.state.value for task in seen.tasks.values()} == {"succeeded"}
    listed = recent_snapshots(fake, GRAPH, last=10)
    assert [seen.group_id for seen in listed] == [f"run-{n:02}" for n in range(14, 4, -1)]
    assert {task.state.value for seen in listed for task in seen.tasks.values()} == {"succeeded"}


def test_a_skipped_task_is_listed_as_skipped(fake):
    history_row(fake, "g", "SUCCEEDED")
    history_row(fake, "a", "SKIPPED", seconds=1, QUERY_START_TIME=None)
    graph_row(fake, "SUCCEEDED")
    (seen,) = recent_snapshots(fake, GRAPH, last=5)
    assert {task.state.value for task in seen.tasks.values()} == {"skipped"}
