"""A kill at any moment of a statement leaves what was there before it or what it makes.

Before each step in DuckDB the data directory is copied as a kill would leave it; a commit that was
cut off is its write-ahead log without the end. The next engine must open each copy and find one of
the two states whole.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sfdag_magics.engine.borders.answers import SqlError
from tests.engine.stage_room import StageRoom, stage_room

pytestmark = pytest.mark.slow

_LOG = "data.duckdb.wal"
#: How much of a commit's log is there when it is cut off.
_SHARES = (0.1, 0.5, 0.9, 0.999)

BEFORE = (
    "CREATE TABLE t AS SELECT 1 AS a",
    "CREATE TABLE u AS SELECT 2 AS b",
    "CREATE VIEW v AS SELECT a FROM t",
    "CREATE SEQUENCE q",
    "CREATE SCHEMA s",
    "CREATE TABLE s.x AS SELECT 3 AS a",
    "CREATE DATABASE d",
    "CREATE TABLE d.public.x AS SELECT 4 AS a",
    "USE SCHEMA sfdag.public",
    "CREATE STAGE st COMMENT = 'old'",
    "CREATE FILE FORMAT f TYPE = CSV",
)
#: What is looked at; an error is a state as well.
LOOKS = (
    "SELECT * FROM t",
    "SELECT * FROM t2",
    "SELECT * FROM u",
    "SELECT * FROM v",
    "SELECT * FROM v2",
    "SELECT * FROM s.x",
    "SELECT * FROM s2.x",
    "SELECT * FROM d.public.x",
    "SELECT * FROM d2.public.x",
    "DESCRIBE TABLE t",
    "DESCRIBE FILE FORMAT f",
    "SELECT COUNT(*) FROM INFORMATION_SCHEMA.STAGES",
    "LIST @st",
    "SELECT q.NEXTVAL",
    "COPY INTO t FROM @st",
    "SELECT COUNT(*) FROM t",
)
STATEMENTS = (
    "CREATE OR REPLACE TABLE t AS SELECT 5 AS c",
    "CREATE OR REPLACE TABLE t CLONE u",
    "CREATE OR REPLACE TABLE t LIKE u",
    "CREATE TABLE t2 CLONE t",
    "CREATE OR REPLACE VIEW v AS SELECT 6 AS a",
    "CREATE OR REPLACE SEQUENCE q START 100",
    "CREATE OR REPLACE SCHEMA s",
    "CREATE OR REPLACE DATABASE d",
    "CREATE OR REPLACE STAGE st",
    "CREATE OR REPLACE FILE FORMAT f TYPE = JSON",
    "ALTER TABLE t RENAME TO t2",
    "ALTER TABLE t SWAP WITH u",
    "ALTER TABLE t ADD COLUMN c INT",
    "ALTER VIEW v RENAME TO v2",
    "ALTER SCHEMA s RENAME TO s2",
    "ALTER DATABASE d RENAME TO d2",
    "DROP TABLE t",
    "DROP SCHEMA s",
    "DROP DATABASE d",
    "DROP STAGE st",
    "INSERT OVERWRITE INTO t SELECT 7",
    "TRUNCATE TABLE t",
    "COPY INTO t FROM @st",
    "COPY INTO t FROM (SELECT $1 FROM @st)",
)
#: The rest takes the same paths.
FAST = {
    "CREATE OR REPLACE TABLE t AS SELECT 5 AS c",
    "ALTER TABLE t SWAP WITH u",
    "COPY INTO t FROM @st",
}


class Copying:
    """A connection before each of whose statements the directory is copied, if it has changed."""

    def __init__(self, connection: Any, source: Path, target: Path) -> None:
        self._connection = connection
        self._source = source
        self._target = target
        self._last: bytes | None = None
        self.copies: list[Path] = []

    def __getattr__(self, name: str) -> Any:
        self.copy()
        return getattr(self._connection, name)

    def copy(self) -> None:
        """As a kill would leave it now."""
        files = sorted(path for path in self._source.rglob("*") if path.is_file())
        state = b"".join(str(path).encode() + path.read_bytes() for path in files)
        if state != self._last:
            self._last = state
            self.copies.append(self._target / str(len(self.copies)))
            shutil.copytree(self._source, self.copies[-1])


def copies_of(room: StageRoom, statement: str, target: Path) -> list[Path]:
    """Copies from before the statement to after it, with those of cut off commits between."""
    copying = Copying(room.session.connection, room.engine._store.directory, target)
    room.session.connection = room.session.transaction._connection = copying
    copying.copy()
    room.run(statement)
    copying.copy()
    room.session.connection = room.session.transaction._connection = copying._connection
    return [*copying.copies, *cut_off(copying.copies, target)]


def cut_off(copies: list[Path], target: Path) -> Iterator[Path]:
    before, *later = copies
    known = (before / _LOG).stat().st_size
    whole = next(copy for copy in later if (copy / _LOG).stat().st_size > known)
    content = (whole / _LOG).read_bytes()
    for share in _SHARES:
        copy = target / f"cut_off_{share}"
        shutil.copytree(before, copy)
        (copy / _LOG).write_bytes(content[: known + int((len(content) - known) * share)])
        yield copy


def state(directory: Path) -> list[object]:
    with stage_room(directory) as room:
        return [looked(room, text) for text in LOOKS]


def looked(room: StageRoom, text: str) -> object:
    try:
        return [row[:2] for row in room.rows(text)]
    except SqlError as problem:
        return problem.code


@pytest.mark.parametrize(
    "statement",
    [pytest.param(text, marks=[] if text in FAST else pytest.mark.slow) for text in STATEMENTS],
)
def test_a_kill_leaves_the_old_or_the_new(tmp_path: Path, statement: str):
    with stage_room(tmp_path / "data") as room:
        for text in BEFORE:
            room.run(text)
        room.put("@st/1.csv", "8\n")
        first, *others = copies_of(room, statement, tmp_path / "copies")
    after = tmp_path / "data"
    old, new = state(first), state(after)
    assert old != new
    found = [state(each) for each in others]
    assert [each for each in found if each not in (old, new)] == []
    assert old in found
    assert new in found
