"""A real engine process for a module, and for each test a Snowpark session in its own schema."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from snowflake.snowpark import Session

from sfdag_magics.client.connecting.connect import connection_parameters, stop_engine

Rows = list[tuple[Any, ...]]
Run = Callable[..., Rows]


@pytest.fixture(scope="module")
def parameters(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    data = tmp_path_factory.mktemp("engine") / "data"
    yield connection_parameters(data)
    stop_engine(data)


@pytest.fixture
def session(parameters: dict[str, Any]) -> Iterator[Session]:
    opened = Session.builder.configs(parameters).create()
    opened.sql(f"create schema S_{uuid.uuid4().hex}").collect()
    yield opened
    opened.close()


@pytest.fixture
def run(session: Session) -> Run:
    """Runs one statement and gives its rows."""

    def execute(text: str, *bound: object) -> Rows:
        cursor = session.connection.cursor()
        return list(cursor.execute(text, bound or None).fetchall())

    return execute
