"""An engine on a fresh directory, and a session that asks it in one line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sfdag_magics.engine.borders.answers import Result, SqlError
from sfdag_magics.engine.borders.ports import Bindings, SessionOptions, SqlSession
from sfdag_magics.engine.sql.sql_engine import SqlEngine, open_engine
from tests.engine.emptied import empty
from tests.engine.furnished import furnished


class Asker:
    """A session with the answers in the form tests compare."""

    def __init__(self, session: SqlSession) -> None:
        self.session = session

    def __call__(self, text: str, *bindings: Any) -> list[tuple[Any, ...]]:
        """The rows of a statement."""
        return rows_of(self.result(text, bindings))

    def result(self, text: str, bindings: Bindings = ()) -> Result:
        """The whole answer of a statement."""
        return self.session.execute(text, bindings=bindings)

    def columns(self, text: str) -> list[str]:
        """The names of a statement's columns."""
        return [column.name for column in self.result(text).columns]

    def error(self, text: str, *bindings: Any) -> SqlError:
        """The error of a statement that must fail."""
        with pytest.raises(SqlError) as caught:
            self.session.execute(text, bindings=bindings)
        return caught.value


class EndlessMemory:
    """A process that holds nothing and may take everything: the test's own memory is not ours."""

    def own(self) -> int:
        return 0

    def taken_here(self) -> tuple[int, int]:
        return 0, 0

    def taken_by(self, thread: int) -> int:
        del thread
        return 0

    def allow(self, more: int) -> None:
        assert more > 0

    def allow_all(self) -> None:
        """Nothing was bounded."""

    def release(self) -> None:
        """Nothing is kept."""


def rows_of(result: Result) -> list[tuple[Any, ...]]:
    """A result's rows as tuples, whatever its columns are called."""
    return list(zip(*(column.to_pylist() for column in result.rows.columns), strict=True))


def in_every_form(ask: Asker, function: str, *arguments: str) -> set[Any]:
    """What a function gives for constants, for columns, and for functions of columns."""
    row = ", ".join(arguments)
    columns = [f"column{number}" for number in range(1, len(arguments) + 1)]
    computed = ", ".join(f"nvl({column}, {column})" for column in columns)
    found = [
        *ask(f"select {function}({row})"),
        *ask(f"select {function}({', '.join(columns)}) from values ({row}), ({row})"),
        *ask(f"select {function}({computed}) from (select * from values ({row}))"),
    ]
    assert ask(f"select {function}({', '.join(columns)}) from values ({row}) where 1 = 0") == []
    return {value for (value,) in found}


@pytest.fixture(scope="module")
def calculator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    """One session for a module's expressions, on an engine that nobody empties."""
    opened = open_engine(furnished(tmp_path_factory.mktemp("calculator")))
    session = opened.open_session(SessionOptions(database="SFDAG", schema="PUBLIC"))
    yield Asker(session)
    session.close()
    opened.close()


@pytest.fixture(scope="module")
def lasting_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlEngine]:
    """The engine of all the module's tests; `engine` is the one to ask for."""
    opened = open_engine(furnished(tmp_path_factory.mktemp("engine")))
    yield opened
    opened.close()


@pytest.fixture
def engine(lasting_engine: SqlEngine) -> Iterator[SqlEngine]:
    """An engine with nothing in it."""
    yield lasting_engine
    empty(lasting_engine)


@pytest.fixture
def connect(engine: SqlEngine) -> Iterator[Callable[..., Asker]]:
    opened: list[SqlSession] = []

    def connect(**options: Any) -> Asker:
        given = {"database": "SFDAG", "schema": "PUBLIC", **options}
        session = engine.open_session(SessionOptions(**given))
        opened.append(session)
        return Asker(session)

    yield connect
    for session in opened:
        session.close()


@pytest.fixture
def sql(connect: Callable[..., Asker]) -> Asker:
    return connect()
