"""snowflake.core, unmodified, over one engine; each test has a schema of its own."""

from __future__ import annotations

import time
import uuid

import pytest


@pytest.fixture
def root(connection):
    from snowflake.core import Root  # a second of imports

    connection.cursor().execute("create warehouse if not exists wh")
    connection.cursor().execute(f"create schema sfdag.s_{uuid.uuid4().hex[:12]}")
    return Root(connection)


@pytest.fixture
def schema(root):
    """The test's schema, which is the session's current one."""
    return root.databases["sfdag"].schemas[root.connection.schema]


@pytest.fixture
def rows(root):
    """Rows of a statement by their columns' names, as SHOW and DESCRIBE have them."""

    def rows(text: str) -> list[dict[str, object]]:
        cursor = root.connection.cursor()
        found = cursor.execute(text).fetchall()
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in found]

    return rows


def ended(look):
    """What `look` finds, as soon as it finds something."""
    deadline = time.monotonic() + 240
    while not (found := look()):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return found
