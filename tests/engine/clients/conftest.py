"""The unmodified clients against a real engine, one engine for the whole folder."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest
import snowflake.connector
from snowflake.snowpark import Session

from sfdag_magics.client.connecting import connect


@pytest.fixture(scope="package")
def parameters(tmp_path_factory) -> Iterator[dict[str, Any]]:
    data = tmp_path_factory.mktemp("engine") / "data"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NO_PROXY", "127.0.0.1,localhost")
        patch.setenv("SNOWFLAKE_DISABLE_PLATFORM_DETECTION", "true")
        yield connect.connection_parameters(data)
        connect.stop_engine(data)


@pytest.fixture
def connection(parameters):
    with contextlib.closing(snowflake.connector.connect(**parameters)) as opened:
        yield opened


@pytest.fixture
def session(parameters) -> Iterator[Session]:
    opened = Session.builder.configs(parameters).create()
    yield opened
    opened.close()
