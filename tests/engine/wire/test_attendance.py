"""A statement whose client is gone: which are given up, when, and which go on."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from sfdag_magics.engine.wire.attendance import GONE_S, Attendance, detached
from sfdag_magics.engine.wire.query_request import QueryRequest
from sfdag_magics.engine.wire.reading import all_only_read, only_reads

from .fakes import until_cancelled


@dataclass
class Statement:
    """A running statement of a client that asked at second 0."""

    request: QueryRequest
    attendance: Attendance
    session_used: float = 0.0
    session_id: str = "s"
    session_parameters: dict[str, Any] = field(default_factory=dict)


class Clock:
    """Seconds that the test tells."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def begin(clock: Clock) -> Callable[..., Statement]:
    def begin(text: str = "select 1", *, asynchronous: bool = False, **more: Any) -> Statement:
        request = QueryRequest(
            text=text, request_id="", is_asynchronous=asynchronous, parameters={}
        )
        return Statement(request, Attendance(clock), **more)

    return begin


def test_what_only_reads_is_given_up_after_a_minute(begin: Callable[..., Statement]):
    statement = begin()
    assert detached([statement], GONE_S) == []
    assert detached([statement], GONE_S + 1) == [statement]


def test_a_client_that_waits_is_there(begin: Callable[..., Statement], clock: Clock):
    statement = begin()
    with statement.attendance.waiting():
        assert detached([statement], 10 * GONE_S) == []
        clock.now = 500
    assert detached([statement], 500 + GONE_S) == []
    assert detached([statement], 501 + GONE_S) == [statement]


def test_a_client_that_waits_for_another_statement_is_there(begin: Callable[..., Statement]):
    one, other = begin(), begin()
    with other.attendance.waiting():
        assert detached([one, other], 10 * GONE_S) == []


def test_a_heartbeat_or_any_other_request_is_a_sign_of_life(begin: Callable[..., Statement]):
    statement = begin(session_used=100.0)
    assert detached([statement], 100 + GONE_S) == []
    assert detached([statement], 101 + GONE_S) == [statement]


def test_asking_how_it_stands_is_a_sign_of_life(begin: Callable[..., Statement], clock: Clock):
    statement = begin()
    clock.now = 100
    statement.attendance.asked()
    assert detached([statement], 100 + GONE_S) == []


@pytest.mark.parametrize(
    ("text", "asynchronous", "by_default"),
    [
        ("select 1", False, True),
        ("with x as (select 1) select * from x", False, True),
        ("select 1", True, False),
        ("insert into t select 1", False, False),
        ("create table t as select 1", False, False),
        ("call p()", False, False),
        ("select system$wait(3)", False, False),
    ],
)
def test_what_goes_on_does_so_unless_the_session_says_otherwise(
    begin: Callable[..., Statement],
    text: str,
    asynchronous: bool,  # noqa: FBT001 - a case
    by_default: bool,  # noqa: FBT001 - a case
):
    statement = begin(text, asynchronous=asynchronous)
    assert bool(detached([statement], 1000)) is by_default
    statement.session_parameters["ABORT_DETACHED_QUERY"] = True
    assert detached([statement], 1000) == [statement]


@pytest.mark.parametrize(
    ("text", "reads"),
    [
        ("select 1", True),
        ("  ((select 1))", True),
        ("-- why\nselect 1", True),
        ("/* call */ show tables", True),
        ("with recursive x (a) as (select 1 union all select a from x) select a from x", True),
        ("with a as (select ')'), b as (select 2) select * from a, b", True),
        ("with p as procedure () returns int language sql as $$ begin end $$ call p()", False),
        ("insert into t with x as (select 1) select * from x", False),
        ("selecting", False),
        ("select 'unclosed", True),
        ("with 'unclosed", False),
        ("", False),
    ],
)
def test_what_only_reads_is_known_by_its_words(text: str, reads: bool):  # noqa: FBT001 - a case
    assert only_reads(text) is reads


def test_several_statements_read_when_all_of_them_do():
    assert all_only_read("select 1; show tables")
    assert not all_only_read("select 1; delete from t")


def test_a_client_that_hangs_up_is_noticed_and_its_query_cancelled(engine, connect):
    engine.answers["select long"] = until_cancelled
    connection = connect()
    request = http.client.HTTPConnection("127.0.0.1", engine.port, timeout=20)
    request.request(
        "POST",
        "/queries/v1/query-request?requestId=r1",
        body=json.dumps({"sqlText": "select long"}),
        headers={"Authorization": f'Snowflake Token="{connection.rest.token}"'},
    )
    query = _until(lambda: next(iter(engine.queries._running), None))
    _until(lambda: query.attendance.open)
    request.close()
    _until(lambda: not query.attendance.open)
    engine.queries.cancel_detached()
    assert not query.done.done()
    engine.clock.ahead += GONE_S + 1
    engine.queries.cancel_detached()
    assert query.error.code == 604


def _until(found: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + 20
    while not (value := found()):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return value
