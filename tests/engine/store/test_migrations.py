"""An older data file: brought up to date at once, with a copy beside it, or left as it is."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from sfdag_magics.engine.store.migrations import FIRST_VERSION, open_up_to_date
from sfdag_magics.errors import MachineError


def doubled(root: duckdb.DuckDBPyConnection) -> None:
    root.execute("UPDATE t SET a = 2 * a")


def renamed(root: duckdb.DuckDBPyConnection) -> None:
    root.execute("ALTER TABLE t RENAME COLUMN a TO b")


def failing(root: duckdb.DuckDBPyConnection) -> None:
    doubled(root)
    root.execute("SELECT 1 FROM is_not_there")


NEXT = FIRST_VERSION + 1
BACKUP = f"data.duckdb.format{FIRST_VERSION}"


@pytest.fixture
def older(tmp_path: Path) -> Path:
    path = tmp_path / "data.duckdb"
    with open_up_to_date(path, {}) as root:
        root.execute("CREATE TABLE t AS SELECT 21 AS a")
    return path


def asked(path: Path, query: str) -> list[Any]:
    with duckdb.connect(str(path), read_only=True) as root:
        return root.execute(query).fetchall()


def names(path: Path) -> Iterable[str]:
    return {file.name for file in path.parent.iterdir()}


def test_all_steps_run_in_order_and_once(older: Path):
    steps = {NEXT: doubled, NEXT + 1: renamed}
    open_up_to_date(older, steps).close()
    open_up_to_date(older, steps).close()
    assert asked(older, "SELECT b FROM t") == [(42,)]
    assert asked(older, "SELECT version FROM registry.format") == [(NEXT + 1,)]


def test_a_copy_of_the_older_file_stays_beside_it(older: Path):
    open_up_to_date(older, {NEXT: doubled}).close()
    backup = older.with_name(BACKUP)
    assert asked(backup, "SELECT a, version FROM t, registry.format") == [(21, FIRST_VERSION)]
    assert not backup.stat().st_mode & 0o077


def test_a_file_of_today_is_opened_without_a_copy(older: Path):
    open_up_to_date(older, {}).close()
    assert names(older) == {"data.duckdb"}


def test_what_is_in_the_write_ahead_log_is_migrated_and_copied_too(older: Path):
    program = f"""
import duckdb, os
root = duckdb.connect({str(older)!r})
root.execute("PRAGMA disable_checkpoint_on_shutdown")
root.execute("INSERT INTO t VALUES (1)")
os._exit(0)
"""
    subprocess.run([sys.executable, "-c", program], check=True)  # noqa: S603 - our own interpreter
    assert "data.duckdb.wal" in names(older)
    open_up_to_date(older, {NEXT: doubled}).close()
    assert asked(older, "SELECT a FROM t ORDER BY a") == [(2,), (42,)]
    assert asked(older.with_name(BACKUP), "SELECT a FROM t ORDER BY a") == [(1,), (21,)]


def test_a_step_that_fails_leaves_the_older_file(older: Path):
    with pytest.raises(duckdb.Error):
        open_up_to_date(older, {NEXT: failing})
    assert asked(older, "SELECT a, version FROM t, registry.format") == [(21, FIRST_VERSION)]
    open_up_to_date(older, {NEXT: doubled}).close()
    assert asked(older, "SELECT a FROM t") == [(42,)]


_KILLED = """
import os, signal, sys
from pathlib import Path
from sfdag_magics.engine.store import migrations

def die(*given):
    os.kill(os.getpid(), signal.SIGKILL)

def step(root):
    root.execute("UPDATE t SET a = 2 * a")
    if sys.argv[2] == "in a step":
        die()

if sys.argv[2] == "in the copy":
    migrations.shutil.copyfileobj = lambda source, target: (
        target.write(source.read(100)), target.flush(), die())
if sys.argv[2] == "after the copy":
    migrations._migrate = die
root = migrations.open_up_to_date(Path(sys.argv[1]), {2: step})
die()
"""


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["in the copy", "after the copy", "in a step", "at the end"])
def test_killed_at_any_moment_it_opens_again(older: Path, moment: str):
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", _KILLED, str(older), moment], check=False
    )
    assert done.returncode == -signal.SIGKILL
    with open_up_to_date(older, {NEXT: doubled}) as root:
        assert root.execute("SELECT a, version FROM t, registry.format").fetchall() == [(42, NEXT)]
    assert asked(older.with_name(BACKUP), "SELECT a FROM t") == [(21,)]
    assert BACKUP + ".partial" not in names(older)


def test_a_newer_file_is_refused_and_left_alone(older: Path):
    open_up_to_date(older, {NEXT: doubled}).close()
    with pytest.raises(MachineError, match=f"format {NEXT}, this one knows {FIRST_VERSION}"):
        open_up_to_date(older, {})
    assert asked(older, "SELECT a, version FROM t, registry.format") == [(42, NEXT)]
