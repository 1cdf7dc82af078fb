"""A small engine for tests of tasks: sessions whose bodies are Python functions, and no DuckDB."""

from __future__ import annotations

import re
import threading
import uuid
from contextlib import contextmanager
from datetime import UTC, datetime
from types import SimpleNamespace

import pyarrow as pa

from sfdag_magics.engine.borders.answers import Column, Result, SfType, SqlError, does_not_exist
from sfdag_magics.engine.borders.ports import Arguments, SessionOptions
from sfdag_magics.engine.borders.rowset import status
from sfdag_magics.engine.scheduler.clock import ManualClock
from sfdag_magics.engine.sql.reading.gate import classify
from sfdag_magics.engine.tasks.service import TaskService
from sfdag_magics.sqltext import QualifiedName

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
#: Only against a hang: nothing here takes that long.
PATIENCE_S = 60

_FUNCTION = re.compile(r"SELECT \(?(SYSTEM\$\w+)\((.*?)\)( = '(.*)')?\)?", re.IGNORECASE)


class NoFacts:
    """A catalogue without anything, but for the integrations and users that anybody names."""

    def find(self, kind, name, *, arguments=None):
        if kind == "USER":
            return SimpleNamespace()
        return SimpleNamespace(detail={"type": "QUEUE"}) if kind == "INTEGRATION" else None

    def require_schema(self, database, schema):
        """All are there."""

    def listed(self, kind, *, database=None, schema=None):
        return ()


class FakeSession:
    """Carries out task statements, SYSTEM$ functions, and `CALL name()` as a Python function."""

    def __init__(self, engine: FakeEngine, options: SessionOptions) -> None:
        self.engine = engine
        self.id = str(uuid.uuid4())
        self.user, self.role = options.user, options.role
        self.warehouse, self.database, self.schema = (
            options.warehouse, options.database, options.schema,
        )  # fmt: skip
        self.parameters = dict(options.parameters)
        self.attempt_id = options.attempt_id
        self.cancelled = threading.Event()

    def execute(self, text, *, bindings=(), query_id=None, noted=False, unheard=None):
        self.unheard = unheard
        statement = classify(text, query_id or str(uuid.uuid4()), bindings)
        feature = self.engine.feature
        if handler := feature.statements.get(statement.kind):
            return handler(statement, self)
        if called := _FUNCTION.fullmatch(text):
            value = self.ask(called[1], *_arguments(called[2]))
            return _one(value if called[4] is None else value == called[4])
        if statement.kind == "CALL":
            name = text.split()[1].removesuffix("()")
            self.engine.bodies[name](self)
        elif text.upper().startswith("SELECT ("):
            left, right = text[8:-1].split("=")
            return _one(left.strip() == right.strip())
        return status("done")

    def ask(self, function, *values):
        return self.engine.feature.functions[function.upper()](values, self)

    def check(self, text):
        classify(text, "")

    def resolve(self, name):
        return name.within(self.database, self.schema)

    def has_of_account(self, kind, name):
        return True

    def catalogue(self):
        return NoFacts()

    @contextmanager
    def facts(self):
        yield NoFacts()

    def cancel(self, query_id=None):
        self.cancelled.set()

    def close(self):
        self.engine.closed += 1

    def wait(self, event: threading.Event) -> None:
        """Run until the test says so, or until cancelled."""
        for _turn in range(PATIENCE_S * 100):
            if self.cancelled.is_set():
                raise SqlError("SQL execution canceled", code=604, sqlstate="57014")
            if event.wait(0.01):
                return
        raise TimeoutError("nobody let this body go on")


def _one(value):
    return Result(
        columns=(Column(name="V", type=SfType.TEXT),), rows=pa.table({"V": pa.array([value])})
    )


def _arguments(text):
    return tuple(part.strip().strip("'") for part in text.split(",") if part.strip())


class FakeEngine:
    """A task service over fake sessions, in one directory that outlives it."""

    def __init__(self, path, *, clock=None, slots=8, bodies=None, **options) -> None:
        self.path = path
        self.clock = clock or ManualClock(NOON)
        self.bodies = bodies or {}
        self.slots = slots
        self.options = options
        self.schemas = {("DB", "PUBLIC"), ("DB", "OTHER"), ("OTHER", "PUBLIC")}
        self.closed = 0
        self._start()

    def _start(self):
        self.service = TaskService(
            self.path / "runs.sqlite", clock=self.clock, slots=self.slots, **self.options
        )
        self.feature = self.service.feature()
        self.service.start(self.open_session)
        self.session = self.open_session(SessionOptions(database="DB", schema="PUBLIC"))

    def open_session(self, options):
        place = (options.database, options.schema or "PUBLIC")
        if options.database is not None and place not in self.schemas:
            raise does_not_exist("Schema", ".".join(place))
        return FakeSession(self, options)

    def restart(self):
        self.service.close()
        self._start()

    def sql(self, *statements):
        """Run statements; the rows of the last one as dicts."""
        for text in statements:
            result = self.session.execute(text)
        return result.rows.to_pylist()

    def ask(self, function, *values):
        return self.session.ask(function, *values)

    def table(self, function, *positional, **named):
        found = self.feature.table_functions[function.upper()]
        arguments = Arguments(positional=positional, named={k.upper(): v for k, v in named.items()})
        return found(arguments, self.session).rows.to_pylist()

    def history(self, **named):
        return self.table("TASK_HISTORY", **named)

    def states(self):
        """{task: state} of the latest run group and attempt."""
        rows = self.history()
        latest = max((row["ATTEMPT_NUMBER"], row["RUN_ID"]) for row in rows)
        return {
            row["NAME"]: row["STATE"]
            for row in rows
            if (row["ATTEMPT_NUMBER"], row["RUN_ID"]) == latest
        }

    def wait_until(self, condition, what="it"):
        """Look again after each thing the scheduler has taken in."""
        looked = threading.Event()
        for _turn in range(PATIENCE_S * 50):
            if condition():
                return
            looked.wait(0.02)
        raise TimeoutError(f"{what} did not come to be: {self.history()}")

    def wait_for_runs(self):
        """Until nothing is in flight."""
        self.wait_until(
            lambda: not [r for r in self.table("CURRENT_TASK_GRAPHS") if r["STATE"] == "EXECUTING"],
            "the end of all runs",
        )

    def run(self, statement="EXECUTE TASK r"):
        """Run a graph to its end; {task: state}."""
        self.sql(statement)
        self.wait_for_runs()
        return self.states()

    def drop_schema(self, database, schema):
        self.feature.namespace_dropped(database, schema)

    def close(self):
        self.service.close()


def name(text):
    return QualifiedName(text, "PUBLIC", "DB")
