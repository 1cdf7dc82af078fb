"""A run's mark is another after each change of the run, and only then."""

from __future__ import annotations

import threading

import pytest

from sfdag_magics.engine.tasks.news import News

from .fakes import FakeEngine


def test_a_change_changes_the_mark_of_its_run_alone():
    news = News()
    news.changed({"one": [], "other": []})
    before = news.mark("one"), news.mark("other")

    news.changed({"one": []})

    assert news.mark("one") != before[0]
    assert news.mark("other") == before[1]


def test_a_run_whose_mark_was_forgotten_is_told_to_have_changed_and_no_more():
    news = News()
    news.changed({"old": []})
    before = news.mark("old")
    for number in range(1000):
        news.changed({f"run {number}": []})

    after = news.mark("old")
    news.changed({"run 999": []})

    assert after == news.mark("never seen") == news.mark("old")
    assert before.endswith(":1")


def test_another_engine_has_other_marks():
    assert News().mark("run") != News().mark("run")


def test_a_run_that_goes_has_news_until_it_is_over(engine):
    engine.sql("CREATE TASK r AS SELECT 1")
    engine.run()
    group = engine.history()[0]["GRAPH_RUN_GROUP_ID"]
    first = engine.ask("SYSTEM$SFDAG_NEWS", group)

    assert engine.ask("SYSTEM$SFDAG_NEWS", group) == first
    engine.run()
    assert engine.ask("SYSTEM$SFDAG_NEWS", group) == first


def test_which_tasks_changed_since_a_mark_is_known():
    news = News()
    news.changed({"run": [(1, "A"), (1, "B")]})
    mark = news.mark("run")
    assert news.tasks_since("run", mark) == frozenset()
    news.changed({"run": [(1, "B")], "other": [(1, "C")]})
    news.changed({"run": [(2, "A")]})
    assert news.tasks_since("run", mark) == {(1, "B"), (2, "A")}


def forgotten(news):
    news.changed({"run": [(1, "A")]}, forgotten=["run"])


def begun_anew(news):
    """A run that made room is followed again, and what changed meanwhile is not known."""
    news.changed({"large": [(1, str(number)) for number in range(30_000)]})
    news.changed({"run": [(1, "B")]})


@pytest.mark.parametrize("happened", [forgotten, begun_anew])
def test_where_not_all_is_known_all_is_to_be_asked_for(happened):
    news = News()
    news.changed({"run": [(1, "A")]})
    mark = news.mark("run")
    news.changed({"run": [(1, "A")]})
    happened(news)
    assert news.tasks_since("run", mark) is None


@pytest.mark.parametrize("mark", ["", "another engine:1", "1", "{engine}:", "{engine}:x"])
def test_a_mark_that_is_none_of_ours_tells_nothing(mark):
    news = News()
    news.changed({"run": [(1, "A")]})
    engine = news.mark("run").partition(":")[0]
    assert news.tasks_since("run", mark.format(engine=engine)) is None


def test_the_history_tells_what_has_changed_since_a_mark(engine):
    go = threading.Event()
    engine.bodies["b"] = lambda session: session.wait(go)
    engine.sql(
        "CREATE TASK r AS SELECT 1",
        "CREATE TASK a AFTER r AS SELECT 1",
        "CREATE TASK b AFTER r AS CALL b()",
        "SELECT SYSTEM$TASK_DEPENDENTS_ENABLE('r')",
        "EXECUTE TASK r",
    )
    ended = {"R": "SUCCEEDED", "A": "SUCCEEDED"}
    engine.wait_until(lambda: engine.states() == {**ended, "B": "EXECUTING"})
    (group,) = {row["GRAPH_RUN_GROUP_ID"] for row in engine.history()}
    mark = engine.ask("SYSTEM$SFDAG_NEWS", group)

    def changed(mark):
        rows = engine.history(graph_run_group_id=group, changed_since=mark)
        return {row["NAME"]: row["STATE"] for row in rows}

    assert changed(mark) == {}
    go.set()
    engine.wait_for_runs()
    assert changed(mark) == {"B": "SUCCEEDED"}
    assert changed("unknown") == {**ended, "B": "SUCCEEDED"}


def test_the_end_of_a_run_is_told_apart_from_what_comes_before(tmp_path):
    told = []
    engine = FakeEngine(tmp_path, stir=lambda _mark, *, has_ended: told.append(has_ended))
    engine.sql("CREATE TASK r AS SELECT 1", "CREATE TASK a AFTER r AS SELECT 1")
    engine.sql("ALTER TASK a RESUME")
    engine.run()
    engine.close()
    *before, last = told
    assert (before.count(False) > 1, True in before, last) == (True, False, True)


def test_a_run_that_another_takes_the_place_of_is_over(tmp_path):
    told, gate = [], threading.Event()
    engine = FakeEngine(
        tmp_path,
        bodies={"gate": lambda session: session.wait(gate)},
        stir=lambda _mark, *, has_ended: told.append(has_ended),
    )
    engine.sql("CREATE TASK r AS CALL gate()", "EXECUTE TASK r", "EXECUTE TASK r")
    before = True in told
    engine.sql("EXECUTE TASK r")
    after = True in told
    gate.set()
    engine.close()
    assert (before, after) == (False, True)


def test_the_mark_that_is_told_is_of_all_runs():
    told = []
    news = News(lambda mark, *, has_ended: told.append((mark, has_ended)))
    news.changed({"run": [(1, "A")]})
    news.changed({"other": [(1, "B")]}, has_ended=True)
    news.changed({"run": [(1, "C")]})

    assert [has_ended for _mark, has_ended in told] == [False, True, False]
    assert news.tasks_since("run", told[0][0]) == news.tasks_since("run", told[1][0]) == {(1, "C")}
    assert (
        news.tasks_since("run", told[2][0]) == frozenset() == news.tasks_since("other", told[1][0])
    )


def test_a_mark_that_was_never_given_is_known_of_nobody():
    news = News()
    news.changed({"run": [(1, "A")]})
    engine, _, count = news.mark("run").partition(":")

    assert news.tasks_since("run", f"{engine}:{int(count) + 1}") is None
