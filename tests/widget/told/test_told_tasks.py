"""Of a thousand tasks those travel that changed, and a state that is lost does not matter."""

from __future__ import annotations

import pytest

from sfdag_magics.widget.told.told_tasks import MOST_ROWS, PART, ToldTasks


def tasks(*changed, count=1000):
    return [{"state": "running" if index in changed else "pending"} for index in range(count)]


def page(told, rows):
    """What a page makes of it."""
    whole = [*told.whole["tasks"]]
    for index, task in rows.items():
        whole[int(index)] = task
    return whole


def test_a_state_has_all_that_differs_from_the_list_and_nothing_else():
    told = ToldTasks()
    assert told.rows(tasks()) == {}
    number = told.whole["number"]
    assert set(told.rows(tasks(3))) == {"3"}
    # The one before was lost: this one has its row as well.
    assert page(told, told.rows(tasks(3, 999))) == tasks(3, 999)
    assert told.rows(tasks()) == {}
    assert told.whole["number"] == number


@pytest.mark.parametrize(
    "news",
    [tasks(*range(1000 // PART + 1)), tasks(count=999), tasks(count=1001), []],
    ids=["many changed", "one less", "one more", "none left"],
)
def test_where_a_new_list_costs_less_there_is_one_with_another_number(news):
    told = ToldTasks()
    told.rows(tasks())
    number = told.whole["number"]
    assert told.rows(news) == {}
    assert told.whole == {"number": number + 1, "tasks": news}


def test_of_a_short_list_so_many_rows_are_told_and_no_more():
    told = ToldTasks()
    told.rows(tasks(count=50))
    assert len(told.rows(tasks(*range(MOST_ROWS), count=50))) == MOST_ROWS
    assert told.rows(tasks(*range(MOST_ROWS + 1), count=50)) == {}


def test_a_list_that_a_page_has_not_is_told_anew():
    told = ToldTasks()
    told.rows(tasks())
    told.rows(tasks(1))
    told.forget()
    assert told.rows(tasks(1)) == {}
    assert told.whole == {"number": 2, "tasks": tasks(1)}
