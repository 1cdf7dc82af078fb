"""What stays of queries that have ended: so many, and nothing of who waited for them."""

from __future__ import annotations

import threading
import weakref

import pytest

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.borders.ports import SessionOptions
from sfdag_magics.engine.wire import kept_results
from sfdag_magics.engine.wire import queries as kept
from sfdag_magics.engine.wire.queries import Queries, Query, QueryState
from sfdag_magics.engine.wire.query_request import QueryRequest
from sfdag_magics.engine.wire.sessions import WireSession

from .fakes import FakeOutcomes, FakeSession, Gate, one


@pytest.fixture
def queries(monkeypatch):
    monkeypatch.setattr(kept, "_MAX_ENDED", 3)
    opened = Queries()
    yield opened
    opened.close()


@pytest.fixture
def held():
    return WireSession("id", FakeSession({}, SessionOptions()), FakeOutcomes(), 0.0)


def submit(queries: Queries, held: WireSession, name: str, work) -> Query:
    return queries.submit(held, QueryRequest(text="x", request_id=name, parameters={}), work)


def ended(queries: Queries, held: WireSession, name: str) -> Query:
    query = submit(queries, held, name, lambda _query: one(7))
    query.done.result(20)
    return query


def test_a_query_that_is_forgotten_is_gone_with_its_rows(queries, held):
    gone = [weakref.ref(ended(queries, held, f"{number}").result.rows) for number in range(3)]
    last = [ended(queries, held, f"{number}") for number in range(3, 6)]
    assert [rows() for rows in gone] == [None, None, None]
    assert [query.result is None for query in last] == [False, False, False]
    assert [queries.requested(held, f"{number}") for number in range(6)] == [None] * 3 + last


def test_rows_make_room_for_later_ones_and_how_it_went_stays(queries, held, monkeypatch):
    monkeypatch.setattr(kept_results, "_MAX_BYTES", 2 * one(7).nbytes)
    all_of = [ended(queries, held, f"{number}") for number in range(3)]
    assert [query.result is None for query in all_of] == [True, False, False]
    assert {query.state for query in all_of} == {QueryState.SUCCESS}


TOLD = {"small": (True, 1), "nobody has asked for": (False, 3), "in parts": (True, 3)}


@pytest.mark.parametrize("kind", TOLD)
def test_of_small_results_that_clients_have_had_so_many_are_kept(queries, held, monkeypatch, kind):
    monkeypatch.setattr(kept_results, "_MAX_TOLD", 1)
    monkeypatch.setattr(kept_results, "_SMALL_BYTES", 0 if kind == "in parts" else 1000)
    is_told, stay = TOLD[kind]
    all_of = [ended(queries, held, f"{number}") for number in range(3)]
    for query in all_of if is_told else ():
        queries.told(query)
    assert [query.result is not None for query in all_of] == [False] * (3 - stay) + [True] * stay


def test_a_client_is_told_of_a_result_that_made_room_already(queries, held, monkeypatch):
    monkeypatch.setattr(kept_results, "_MAX_BYTES", one(7).nbytes)
    first, last = ended(queries, held, "1"), ended(queries, held, "2")
    queries.told(first)
    assert (first.result, last.result is None) == (None, False)


def test_nothing_is_kept_of_what_a_failed_one_was_at_work_on(queries, held):
    worked_on = []

    def fails(_query):
        tree = one(7).rows
        worked_on.append(weakref.ref(tree))
        raise SqlError("no", code=1) from ValueError(tree)

    query = submit(queries, held, "r", fails)
    query.done.result(20)
    assert query.error.message == "no"
    assert worked_on[0]() is None


class Waiter:
    def __init__(self):
        self.told = threading.Event()

    def hear(self, _done):
        self.told.set()


def test_nothing_is_kept_of_who_waited_for_it(queries, held):
    gate, waiter = Gate(one(7)), Waiter()
    query = submit(queries, held, "r", lambda _query: gate(None, None))
    query.done.add_done_callback(waiter.hear)
    gate.opened.set()
    assert waiter.told.wait(20)
    queries.close()  # its thread has left, too
    waited = weakref.ref(waiter)
    del waiter
    assert waited() is None
    assert query.done.done()
