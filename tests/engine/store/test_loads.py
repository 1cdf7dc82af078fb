"""The load history of a data file of format 1, which had it among the objects."""

from __future__ import annotations

import json
from datetime import datetime

import duckdb
import pytest

from sfdag_magics.engine.store import loads

FILES = {
    "st/a": ["m1", "2026-01-02T03:04:05+00:00"],
    "st/b": ["m2", "2026-01-02T04:00:00+01:00"],
}


@pytest.fixture
def older():
    with duckdb.connect() as root:
        root.execute("CREATE SCHEMA registry")
        root.execute("CREATE TABLE registry.objects(id VARCHAR, kind VARCHAR, detail VARCHAR)")
        for number, files in enumerate((FILES, {})):
            detail = json.dumps({"table": f"t{number}", "files": files})
            root.execute(
                "INSERT INTO registry.objects VALUES (?, 'LOAD HISTORY', ?)", [f"h{number}", detail]
            )
        root.execute("INSERT INTO registry.objects VALUES ('t0', 'TABLE', '{}')")
        yield root


def test_it_becomes_a_table_of_its_own(older):
    loads.taken_from_objects(older)
    older.execute("SELECT * FROM registry.loads ORDER BY file")
    assert older.fetchall() == [
        ("t0", "st/a", "m1", datetime.fromisoformat("2026-01-02 03:04:05")),
        ("t0", "st/b", "m2", datetime.fromisoformat("2026-01-02 03:00:00")),
    ]
    assert older.execute("SELECT kind FROM registry.objects").fetchall() == [("TABLE",)]
