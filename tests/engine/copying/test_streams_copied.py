"""Streams of tables that COPY fills, and streams that COPY takes out of the engine."""

from __future__ import annotations

import gzip

import pytest

from sfdag_magics.engine.borders.answers import SqlError
from tests.engine.stage_room import StageRoom

UNLOADED = "COPY INTO @~/{}/ FROM (SELECT n FROM s ORDER BY n) FILE_FORMAT = (TYPE = CSV)"


@pytest.fixture
def t(room: StageRoom) -> StageRoom:
    room.run("CREATE TABLE t (n INT)")
    room.run("CREATE STREAM s ON TABLE t")
    room.run("INSERT INTO t VALUES (1), (2)")
    return room


def content(room: StageRoom, place: str) -> str:
    return gzip.decompress(room.content(f"@~/{place}/data_0_0_0.csv.gz")).decode()


def test_what_is_unloaded_is_read_for_good(t: StageRoom):
    t.run(UNLOADED.format("out"))
    assert content(t, "out") == "1\n2\n"
    assert t.rows("SELECT n FROM s") == []


def test_a_transaction_that_unloads_reads_with_its_commit(t: StageRoom):
    for end, left in (("ROLLBACK", 2), ("COMMIT", 0)):
        t.run("BEGIN")
        t.run(UNLOADED.format(end))
        t.run(end)
        assert len(t.rows("SELECT n FROM s")) == left


def test_a_copy_that_fails_reads_nothing(t: StageRoom):
    t.run(UNLOADED.format("out"))
    t.run("INSERT INTO t VALUES (3)")
    with pytest.raises(SqlError, match="Files already existing"):
        t.run(UNLOADED.format("out"))
    assert t.rows("SELECT n FROM s") == [(3,)]


def test_loaded_rows_are_inserted(t: StageRoom):
    t.run("CREATE TABLE other (n INT)")
    t.run("INSERT INTO other VALUES (7), (8)")
    t.run("COPY INTO @~/more/ FROM other FILE_FORMAT = (TYPE = CSV)")
    t.run("TRUNCATE TABLE t")
    t.run("COPY INTO t FROM @~/more/ FILE_FORMAT = (TYPE = CSV)")
    shown = t.rows("SELECT n, METADATA$ACTION FROM s ORDER BY n")
    assert shown == [(7, "INSERT"), (8, "INSERT")]
