"""A run's mark is another after each change of the run, and only then."""

from __future__ import annotations

from sfdag_magics.engine.tasks.news import News


def test_a_change_changes_the_mark_of_its_run_alone():
    news = News()
    news.changed(["one", "other"])
    before = news.mark("one"), news.mark("other")

    news.changed(["one"])

    assert news.mark("one") != before[0]
    assert news.mark("other") == before[1]


def test_a_run_whose_mark_was_forgotten_is_told_to_have_changed_and_no_more():
    news = News()
    news.changed(["old"])
    before = news.mark("old")
    for number in range(1000):
        news.changed([f"run {number}"])

    after = news.mark("old")
    news.changed(["run 999"])

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
