"""The unmodified connector against a fake engine behind the real door."""

from __future__ import annotations

import pytest
import snowflake.connector

from .fakes import fake_engine


@pytest.fixture(autouse=True)
def _clients_stay_on_this_machine(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    monkeypatch.setenv("SNOWFLAKE_DISABLE_PLATFORM_DETECTION", "true")


@pytest.fixture
def engine(tmp_path):
    with fake_engine(tmp_path) as engine:
        yield engine


@pytest.fixture
def connect(engine):
    """Opens connections with the real connector and closes them."""
    opened = []

    def connect(**more):
        connection = snowflake.connector.connect(**engine.parameters | more)
        opened.append(connection)
        return connection

    yield connect
    for connection in opened:
        connection.close()


@pytest.fixture
def cursor(connect):
    return connect().cursor()
