"""Work of many graphs on a few threads: in order within a graph, and held up by no other one."""

from __future__ import annotations

import threading

import pytest

from sfdag_magics.engine.tasks.turns import Turns


@pytest.fixture
def turns():
    made = Turns(2, "sfdag-test")
    yield made
    made.close()


def test_a_graph_is_not_held_up_by_what_takes_long_in_another(turns):
    goes_on, done = threading.Event(), threading.Event()
    turns.submit("slow", lambda: goes_on.wait(60) and None)
    for _ in range(100):
        turns.submit("slow", lambda: None)
    turns.submit("quick", done.set)
    assert done.wait(60)
    goes_on.set()


def test_a_graphs_work_is_done_in_its_order_one_at_a_time(turns):
    said: list[int] = []
    at_once: list[int] = []
    inside = threading.Semaphore(1)
    ended = threading.Event()

    def work(number):
        at_once.append(inside.acquire(blocking=False))
        said.append(number)
        inside.release()

    for number in range(200):
        turns.submit("g", lambda number=number: work(number))
    turns.submit("g", ended.set)
    assert ended.wait(60)
    assert said == list(range(200))
    assert all(at_once)


def test_a_graph_with_much_work_lets_the_others_in_between():
    turns = Turns(1, "sfdag-test")
    said: list[str] = []
    begins, ended = threading.Event(), threading.Event()
    turns.submit("first", lambda: begins.wait(60) and None)
    for _ in range(50):
        turns.submit("many", lambda: said.append("many"))
    turns.submit("one", lambda: said.append("one"))
    turns.submit("many", ended.set)
    begins.set()
    assert ended.wait(60)
    assert said.index("one") == 1
    turns.close()


def test_what_fails_holds_up_nothing(turns):
    ended = threading.Event()

    def fails():
        raise ValueError("the thread's pool keeps it")

    turns.submit("g", fails)
    turns.submit("g", ended.set)
    assert ended.wait(60)


def test_what_is_submitted_after_the_end_is_not_done():
    turns = Turns(1, "sfdag-test")
    turns.close()
    turns.submit("g", lambda: pytest.fail("it was done"))
