"""The data directory: who may open it, what survives, what is refused."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from sfdag_magics.engine.borders.ports import SessionOptions
from sfdag_magics.engine.limits.budget import Budget
from sfdag_magics.engine.sql.sql_engine import open_engine
from sfdag_magics.engine.store.duck import not_usable, open_store
from sfdag_magics.errors import MachineError
from sfdag_magics.sqltext import QualifiedName

_BUDGET = Budget(memory=1024**3)
_HERE = SessionOptions(database="SFDAG", schema="PUBLIC")


def test_a_second_opening_names_the_process_that_has_it(tmp_path: Path):
    store = open_store(tmp_path, _BUDGET)
    with pytest.raises(MachineError, match=f"in use by the engine process {os.getpid()}") as error:
        open_store(tmp_path, _BUDGET)
    assert str(tmp_path) in error.value.message
    store.close()
    open_store(tmp_path, _BUDGET).close()


def test_a_closed_directory_is_free_whoever_has_a_copy_of_its_files(tmp_path: Path):
    store = open_store(tmp_path, _BUDGET)
    copy = os.dup(store._lock.fileno())  # as a process has that is being started meanwhile
    store.close()
    open_store(tmp_path, _BUDGET).close()
    os.close(copy)


def test_the_files_are_this_users_only(tmp_path: Path):
    before = os.umask(0)
    try:
        store = open_store(tmp_path / "data", _BUDGET)
        store.close()
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700
    for file in (tmp_path / "data").iterdir():
        assert not stat.S_IMODE(file.stat().st_mode) & 0o077, file.name


def test_a_newer_format_is_refused_and_left_alone(tmp_path: Path):
    open_store(tmp_path, _BUDGET).close()
    with duckdb.connect(str(tmp_path / "data.duckdb")) as raw:
        raw.execute("UPDATE registry.format SET version = 99")
    with pytest.raises(MachineError, match="newer version"):
        open_store(tmp_path, _BUDGET)
    with duckdb.connect(str(tmp_path / "data.duckdb")) as raw:
        assert raw.execute("SELECT version FROM registry.format").fetchall() == [(99,)]


def test_a_damaged_file_is_an_error_that_names_the_directory(tmp_path: Path):
    (tmp_path / "data.duckdb").write_bytes(b"this is no database" * 1000)
    with pytest.raises(MachineError, match="cannot be opened") as error:
        open_store(tmp_path, _BUDGET)
    assert str(tmp_path) in error.value.message


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_directory_that_cannot_be_written_is_an_error(tmp_path: Path):
    tmp_path.chmod(0o500)
    with pytest.raises(MachineError, match="cannot be written"):
        open_store(tmp_path, _BUDGET)


def test_duckdb_takes_no_more_than_its_part(tmp_path: Path):
    store = open_store(tmp_path / "data", _BUDGET)
    connection = store.connect()
    asked = "SELECT value FROM duckdb_settings() WHERE name = 'memory_limit'"
    assert connection.execute(asked).fetchall() == [("512.0 MiB",)]
    with pytest.raises(duckdb.OutOfMemoryException):
        connection.execute("SELECT len(list(i)) FROM range(200000000) t(i)").fetchall()
    assert connection.execute("SELECT 1").fetchall() == [(1,)]
    connection.close()
    store.close()


def test_duckdb_reaches_nothing_of_this_machine(tmp_path: Path):
    store = open_store(tmp_path / "data", _BUDGET)
    secret = tmp_path / "secret.txt"
    secret.write_text("x")
    connection = store.connect()
    for statement in (
        f"FROM read_text('{secret}')",
        f"COPY (SELECT 1) TO '{tmp_path / 'out.csv'}'",
        f"ATTACH '{tmp_path / 'other.db'}'",
        "SET enable_external_access = true",
        "INSTALL httpfs",
    ):
        with pytest.raises(duckdb.Error):
            connection.execute(statement)
    connection.close()
    store.close()


def test_everything_is_there_after_a_restart(tmp_path: Path):
    engine = open_engine(tmp_path)
    session = engine.open_session(_HERE)
    for statement in (
        "create database other",
        "create schema s",
        "create table t (s varchar(3) not null, n number(10,2) default 1.5)",
        "insert into t (s) values ('abc')",
        "create view v as select s from t",
        "create sequence q start 7",
    ):
        session.execute(statement)
    with session.facts() as facts:
        facts.add("STAGE", QualifiedName("ST", "S", "OTHER"), detail={"k": [1]}, comment="c")
    session.close()
    engine.close()

    engine = open_engine(tmp_path)
    session = engine.open_session(SessionOptions(database="OTHER", schema="S"))
    assert session.execute("select s, n from t").rows.num_rows == 1
    assert session.execute("select * from v").columns[0].length == 3
    assert session.execute("select q.nextval").rows.column(0).to_pylist() == [7]
    stage = session.catalogue().find("STAGE", QualifiedName("ST", "S", "OTHER"))
    assert stage is not None
    assert (stage.detail, stage.comment) == ({"k": [1]}, "c")
    with pytest.raises(Exception, match="too long"):
        session.execute("insert into t (s) values ('longer')")
    session.close()
    engine.close()


_WRITER = """
import os, signal, sys
from pathlib import Path
from sfdag_magics.engine.limits.budget import Budget
from sfdag_magics.engine.borders.ports import (SessionOptions)
from sfdag_magics.engine.sql.sql_engine import open_engine

session = open_engine(Path(sys.argv[1])).open_session(
    SessionOptions(database="SFDAG", schema="PUBLIC")
)
session.execute("create table if not exists t (n int)")
number = 0
while True:
    session.execute("insert into t values (?)", bindings=(number,))
    if number % 10 == 0:
        session.execute(f"create table t{number} (s varchar({number + 1}))")
    print(number, flush=True)
    number += 1
"""


@pytest.mark.slow
def test_killed_at_any_moment_it_loses_nothing_it_acknowledged(tmp_path: Path):
    for count in (1, 7, 40):
        data = tmp_path / str(count)
        writer = subprocess.Popen(  # noqa: S603 - our own program in our own Python
            [sys.executable, "-c", _WRITER, str(data)], stdout=subprocess.PIPE, text=True
        )
        assert writer.stdout is not None
        acknowledged = [int(writer.stdout.readline()) for _ in range(count)]
        writer.kill()
        acknowledged += [int(line) for line in writer.stdout.read().split()]
        writer.wait()
        writer.stdout.close()

        engine = open_engine(data)
        session = engine.open_session(_HERE)
        kept = session.execute("select n from t order by n").rows.column(0).to_pylist()
        assert kept[: len(acknowledged)] == acknowledged
        assert len(kept) <= len(acknowledged) + 1
        for number in range(0, len(acknowledged), 10):
            described = session.execute(f"describe table t{number}").rows.column("type")
            assert described.to_pylist() == [f"VARCHAR({number + 1})"]
        session.close()
        engine.close()


@pytest.mark.parametrize(
    "problem",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        # measured: what DuckDB says on a full tmpfs
        duckdb.TransactionException("Could not write file: No space left on device"),
    ],
)
def test_a_full_disk_is_told_as_one_and_nobody_is_sent_to_reset(tmp_path, problem):
    told = not_usable(tmp_path, problem)
    assert "is full" in told.message
    assert "reset" not in str(told.hint)
