"""A session that answers from a table of texts, and a server with the wire in front of it."""

from __future__ import annotations

import contextlib
import http.client
import itertools
import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from sfdag_magics.engine.borders.answers import Result, SfType, SqlError, does_not_exist
from sfdag_magics.engine.borders.ports import SessionOptions
from sfdag_magics.engine.borders.rest_calls import RestAnswer
from sfdag_magics.engine.borders.rowset import rowset
from sfdag_magics.engine.borders.tickets import Tickets
from sfdag_magics.engine.wire.app import build_app
from sfdag_magics.engine.wire.door import Door
from sfdag_magics.engine.wire.notes import Notes
from sfdag_magics.engine.wire.queries import Queries
from sfdag_magics.engine.wire.routes.border import Service
from sfdag_magics.engine.wire.server import WireServer, listen
from sfdag_magics.engine.wire.sessions import Sessions
from sfdag_magics.engine.wire.tokens import Keys

Answer = Result | SqlError | Callable[["FakeSession", Any], Result]


class FakeSession:
    """Implements `SqlSession` as far as the wire uses it; `answers` is shared with the test."""

    _ids = itertools.count(1001)

    def __init__(self, answers: dict[str, Answer], options: SessionOptions):
        self.answers = answers
        self.id = str(next(self._ids))
        self.user = options.user
        self.role = options.role
        self.warehouse = options.warehouse
        self.database = options.database
        self.schema = options.schema
        self.parameters = {"AUTOCOMMIT": True, "TIMEZONE": "UTC", **options.parameters}
        self.attempt_id = options.attempt_id
        self.transaction_id = ""
        self.executed: list[tuple[str, Any]] = []
        self.limits_s: list[int | None] = []
        self.cancelled = threading.Event()
        self.closed = False

    def execute(self, text, *, bindings=(), query_id=None, noted=False, limit_s=None, unheard=None):
        self.unheard = unheard
        self.limits_s.append(limit_s)
        self.executed.append((text, bindings))
        answer = self.answers.get(text)
        if answer is None:
            raise does_not_exist("Table", text)
        if isinstance(answer, SqlError):
            raise answer
        return answer(self, bindings) if callable(answer) else answer

    def execute_batch(self, text, rows, *, bindings=(), **more):
        return self.execute(text, bindings=rows, **more)

    def describe(self, text, *, bindings=(), query_id=None, limit_s=None, unheard=None):
        self.unheard = unheard
        result = self.answers[text]
        return Result(
            columns=result.columns,
            rows=result.rows.slice(0, 0),
            statement_type=result.statement_type,
        )

    def cancel(self, query_id=None):
        self.cancelled.set()

    def close(self):
        self.closed = True


def until_cancelled(session: FakeSession, _bindings: Any) -> Result:
    """A statement that runs until it is cancelled."""
    assert session.cancelled.wait(20)
    session.cancelled.clear()
    raise SqlError("SQL execution canceled", code=604, sqlstate="57014")


class Gate:
    """A statement that is held until the test lets it go."""

    def __init__(self, answer: Result):
        self.answer = answer
        self.reached = threading.Event()
        self.opened = threading.Event()
        self.runs = 0

    def __call__(self, _session, _bindings) -> Result:
        self.runs += 1
        self.reached.set()
        assert self.opened.wait(20)
        return self.answer


def request(engine, path, *, method="POST", body=None, token=None, expect=200):
    connection = http.client.HTTPConnection("127.0.0.1", engine.port, timeout=20)
    with contextlib.closing(connection):
        connection.request(
            method,
            path,
            body=json.dumps(body) if body is not None else None,
            headers={"Authorization": f'Snowflake Token="{token or engine.token}"'},
        )
        answer = connection.getresponse()
        assert answer.status == expect
        return json.load(answer)


def one(value: Any, kind: SfType = SfType.FIXED) -> Result:
    return rowset({"A": kind}, [(value,)])


def result(columns, arrays, **more) -> Result:
    names = [column.name for column in columns]
    return Result(columns=tuple(columns), rows=pa.Table.from_arrays(arrays, names=names), **more)


class FakeOutcomes:
    """Implements `Outcomes`: what tests put in, and what is written in `repeatable`."""

    def __init__(self):
        self.known: dict[str, Result] = {}
        self.repeatable: set[str] = set()

    def outcome(self, query_id):
        return self.known.get(query_id)

    def again(self, query_id, text, session):
        return self.outcome(query_id)

    def advice(self, text):
        return f"Look at what {text} writes."

    def can_repeat(self, text):
        return text in self.repeatable


class FakeFiles:
    """Implements `SentFiles` over one directory, whose folders are the stages."""

    def __init__(self, directory: Path):
        self.directory = directory

    def path(self, stage_id, name):
        path = self.directory / stage_id / name
        return path if path.is_file() else None

    @contextlib.contextmanager
    def writing(self, stage_id, name):
        if not (self.directory / stage_id).is_dir():
            raise SqlError(f"The stage of '{name}' was dropped.")
        incoming = self.directory / "incoming"
        with incoming.open("wb") as opened:
            yield opened
        incoming.replace(self.directory / stage_id / name)


class FakeResources:
    """Implements `Resources`: tells what it was asked."""

    def __init__(self):
        self.sessions: list[Any] = []
        self.raises: Exception | None = None

    def __call__(self, call, session):
        self.sessions.append(session)
        if self.raises is not None:
            raise self.raises
        told = {"method": call.method, "path": call.path, "query": call.query}
        return RestAnswer(status=299, body={**told, "body": call.body.decode()})


class AheadClock:
    """The machine's seconds, and as many ahead of them as a test likes."""

    ahead = 0.0

    def __call__(self) -> float:
        return time.monotonic() + self.ahead


class FakeEngine:
    """An engine whose SQL is a table; `restart` keeps the directory, as a killed process would."""

    def __init__(self, directory: Path, *, databases=("DB",)):
        self.directory = directory
        self.databases = set(databases)
        self.token = "t" * 43
        self.keys = Keys(self.token)
        self.answers: dict[str, Answer] = {}
        self.opened: list[FakeSession] = []
        self.outcomes = FakeOutcomes()
        self.files = FakeFiles(directory / "stages")
        self.resources = FakeResources()
        self.ended_runs: list[str] = []
        self.patience_s = 10.0
        self.port = 0
        self.clock = AheadClock()
        self._begin()

    def open_session(self, options: SessionOptions) -> FakeSession:
        if options.database is not None and options.database not in self.databases:
            raise does_not_exist("Database", options.database)
        session = FakeSession(self.answers, options)
        self.opened.append(session)
        return session

    def _begin(self):
        self.tickets = Tickets()
        self.queries = Queries(self.clock)
        self.sessions = Sessions(
            self.open_session,
            tickets=self.tickets,
            outcomes=self.outcomes,
            notes=Notes(self.directory / "sessions"),
            clock=self.clock,
        )
        service = Service(
            keys=self.keys,
            sessions=self.sessions,
            queries=self.queries,
            files=self.files,
            resources=lambda: self.resources,
            result_of=self.outcomes.outcome,
            status=lambda: {"queries": self.queries.running()},
            end_runs=lambda: self.ended_runs.append("all"),
            patience_s=self.patience_s,
        )
        listener = listen(self.port or None)
        self.port = listener.getsockname()[1]
        door = Door(build_app(service), keys=self.keys, tickets=self.tickets, port=self.port)
        self._server = WireServer(door, listener)
        self._server.start()

    def close(self):
        self.queries.close()
        self.sessions.close()
        self._server.stop()

    def restart(self):
        self.close()
        self._begin()

    @property
    def parameters(self) -> dict[str, Any]:
        return {
            "account": "local",
            "user": "me",
            "password": self.token,
            "host": "127.0.0.1",
            "port": self.port,
            "protocol": "http",
            "network_timeout": 20,
        }


@contextlib.contextmanager
def fake_engine(directory: Path) -> Iterator[FakeEngine]:
    engine = FakeEngine(directory)
    try:
        yield engine
    finally:
        engine.close()
