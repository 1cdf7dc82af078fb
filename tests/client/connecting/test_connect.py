"""Starting, finding, sharing and stopping the engine of a data directory; with real processes."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import psutil
import pytest
import snowflake.connector
from snowflake.connector import DictCursor

import sfdag_magics
from sfdag_magics.client.connecting import connect
from sfdag_magics.client.connecting.keeper import EngineKeeper
from sfdag_magics.client.connecting.sessions import open_target
from sfdag_magics.client.connecting.targets import Target
from sfdag_magics.engine.directory import rendezvous
from sfdag_magics.errors import ConnectError, MachineError

# real engine processes are started and stopped
pytestmark = pytest.mark.slow


@pytest.fixture
def data(tmp_path):
    yield tmp_path / "data"
    connect.stop_engine(tmp_path / "data")


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """A data directory whose engine runs, for tests that leave it running."""
    directory = tmp_path_factory.mktemp("served") / "data"
    connect.local_engine(directory)
    yield directory
    connect.stop_engine(directory)


def first_value(parameters, text):
    with contextlib.closing(snowflake.connector.connect(**parameters)) as connection:
        return connection.cursor().execute(text).fetchone()[0]


def kill(met):
    os.kill(met.pid, signal.SIGKILL)
    psutil.wait_procs([psutil.Process(met.pid)], timeout=10)


def test_an_engine_is_started_found_and_stopped(data):
    assert connect.engine_status(data) is None
    parameters = connect.connection_parameters(data)
    assert json.loads(json.dumps(parameters)) == parameters
    assert set(parameters) == {
        *("account", "user", "password", "host", "port", "protocol"),
        *("database", "schema", "warehouse", "role", "network_timeout"),
    }
    names = "select current_database() || '.' || current_schema()"
    assert first_value(parameters, names) == "SFDAG.PUBLIC"
    assert connect.connection_parameters(data) == parameters
    status = connect.engine_status(data)
    processes = [psutil.Process(status["pid"])]
    processes += processes[0].children(recursive=True)
    assert connect.stop_engine(data) is True
    assert [process for process in processes if process.is_running()] == []
    assert connect.engine_status(data) is None
    assert connect.stop_engine(data) is False


def test_something_else_can_be_done_while_an_engine_starts_and_is_not_when_one_runs(data):
    seen = []
    started = connect.local_engine(data, meanwhile=lambda: seen.append(rendezvous.read(data)))
    assert seen == [None]
    assert connect.local_engine(data, meanwhile=seen.clear) == started
    assert seen == [None]


def test_the_engine_is_nobodys_child_and_keeps_its_files_to_itself(served):
    met = connect.local_engine(served)
    assert psutil.Process(met.pid).ppid() != os.getpid()
    assert os.getsid(met.pid) != os.getsid(0)
    modes = {stat.S_IMODE(path.lstat().st_mode) & 0o077 for path in (served, *served.rglob("*"))}
    assert modes == {0}


def test_after_kill_9_the_same_parameters_still_work(data):
    parameters = connect.connection_parameters(data)
    with contextlib.closing(snowflake.connector.connect(**parameters)) as connection:
        connection.cursor().execute("create table t (a int)")
        connection.cursor().execute("insert into t values (7)")
        kill(rendezvous.read(data))
        assert connect.connection_parameters(data) == parameters
        assert connect.is_served_by(parameters["port"], parameters["password"], data)
        assert connection.cursor().execute("select a from t").fetchone() == (7,)


def test_one_that_was_stopped_is_told_from_one_that_crashed(data):
    kill(connect.local_engine(data))
    assert (connect.engine_has_died(data), connect.engine_was_stopped(data)) == (True, False)
    connect.local_engine(data)
    assert (connect.engine_has_died(data), connect.engine_was_stopped(data)) == (False, False)
    connect.stop_engine(data)
    assert (connect.engine_has_died(data), connect.engine_was_stopped(data)) == (True, True)


def test_kernels_that_start_at_once_share_one_engine(data):
    script = (
        "import sys; from pathlib import Path; from sfdag_magics.client.connecting import connect;"
        "print(connect.local_engine(Path(sys.argv[1])).pid)"
    )
    command = [sys.executable, "-c", script, str(data)]

    def started(_):
        done = subprocess.run(command, capture_output=True, check=True)  # noqa: S603 - ours
        return done.stdout

    with ThreadPoolExecutor(3) as pool:
        assert len(set(pool.map(started, range(3)))) == 1


def test_a_taken_port_is_left_to_its_taker_and_the_token_changed(data):
    before = connect.local_engine(data)
    connect.stop_engine(data)
    with socket.create_server(("127.0.0.1", before.port)):
        after = connect.local_engine(data)
    assert after.port != before.port
    assert after.token != before.token


def test_a_reused_process_id_is_not_the_engine(data):
    before = connect.local_engine(data)
    connect.stop_engine(data)
    stale = {"pid": os.getpid(), "started": "another boot:1"}
    keep = {"port": before.port, "token": before.token, "version": before.version}
    rendezvous.write(data, rendezvous.Rendezvous(**stale, **keep))
    assert connect.stop_engine(data) is False
    after = connect.local_engine(data)
    assert after.pid != os.getpid()
    assert (after.port, after.token) == (before.port, before.token)


def test_a_directory_in_use_is_said_and_nothing_hangs(served):
    met = connect.local_engine(served)
    (served / "engine.json").rename(served / "elsewhere")
    with pytest.raises(MachineError, match=f"{met.pid}"):
        connect.local_engine(served)
    (served / "elsewhere").rename(served / "engine.json")


def test_a_damaged_directory_is_said_and_nothing_hangs(data):
    connect.local_engine(data)
    connect.stop_engine(data)
    (data / "data.duckdb").write_bytes(b"not a database")
    with pytest.raises(MachineError, match="data"):
        connect.local_engine(data)


@pytest.mark.skipif(os.getuid() == 0, reason="root may write everywhere")
def test_a_read_only_directory_is_said(data):
    data.mkdir(mode=0o500)
    with pytest.raises(MachineError, match="cannot be written to"):
        connect.local_engine(data)


def test_a_directory_open_to_others_is_refused(data):
    data.mkdir()
    data.chmod(0o777)
    with pytest.raises(MachineError, match="others can write"):
        connect.local_engine(data)


def test_an_engine_that_cannot_read_its_settings_says_which(data, monkeypatch):
    monkeypatch.setenv("SFDAG_IDLE_MINUTES", "abc")
    with pytest.raises(MachineError, match="cannot start with SFDAG_IDLE_MINUTES=abc"):
        connect.local_engine(data)


def test_an_engine_that_nobody_needs_stops_by_itself(data, monkeypatch):
    monkeypatch.setenv("SFDAG_IDLE_MINUTES", "0")
    met = connect.local_engine(data)
    with contextlib.suppress(psutil.NoSuchProcess):
        psutil.Process(met.pid).wait(timeout=30)
    assert not met.is_alive
    assert "nobody has needed the engine" in (data / "engine.log").read_text()


def test_a_reset_deletes_an_engines_directory_and_no_other(data, tmp_path):
    met = connect.local_engine(data)
    connect.reset_engine(data)
    assert not data.exists()
    assert not connect.is_served_by(met.port, met.token, data)
    connect.reset_engine(data)
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "file").write_text("")
    with pytest.raises(MachineError, match="nothing was deleted"):
        connect.reset_engine(tmp_path / "precious")
    assert (tmp_path / "precious" / "file").exists()


def test_a_session_needs_the_token(served):
    parameters = connect.connection_parameters(served)
    with pytest.raises(ConnectError, match="401") as caught:
        connect.open_session({**parameters, "password": "x" * 43})
    assert caught.value.hint == "sfdag local status"
    with contextlib.closing(connect.open_session(parameters)) as session:
        assert session.sql("select 1").collect()[0][0] == 1


#: What a session's own statements ask by, of Snowpark and of the connector.
ASKED = {
    "rows": lambda session: session.sql("select ? as a", params=[1]).collect(),
    "columns": lambda session: session.sql("select 1 as a").schema,
    "in the background": lambda session: session.connection.cursor().execute_async("select 1"),
    "a cursor": lambda session: session.connection.cursor().execute("select 1"),
    "a cursor of dicts": lambda session: session.connection.cursor(DictCursor).execute("select 1"),
}


def test_an_engine_is_looked_after_under_all_that_a_session_asks(served, monkeypatch):
    looked = []

    @contextlib.contextmanager
    def looking(_keeper):
        looked.append(1)
        yield

    with contextlib.ExitStack() as after:
        backend = open_target(Target(name="here", path=str(served)))
        after.callback(backend.close, "here")
        monkeypatch.setattr(EngineKeeper, "looking", looking)
        unseen = []
        for name, ask in ASKED.items():
            looked.clear()
            ask(backend.session)
            unseen += [name] if not looked else []
    assert unseen == []


def test_the_data_directory_can_be_named(monkeypatch, tmp_path):
    monkeypatch.setenv("SFDAG_DATA", str(tmp_path / "named"))
    assert connect.data_directory() == tmp_path / "named"
    assert connect.data_directory(tmp_path / "given") == tmp_path / "given"
    monkeypatch.delenv("SFDAG_DATA")
    assert "sfdag_magics" in connect.data_directory().parts


def test_clients_send_nothing_for_the_engine_to_a_proxy(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "intern.example")
    monkeypatch.setenv("no_proxy", "")
    monkeypatch.delenv("SNOWFLAKE_DISABLE_PLATFORM_DETECTION", raising=False)
    connect.stay_on_this_machine()
    connect.stay_on_this_machine()
    assert os.environ["NO_PROXY"] == "intern.example,127.0.0.1,localhost,::1"
    assert os.environ["no_proxy"] == "127.0.0.1,localhost,::1"
    assert os.environ["SNOWFLAKE_DISABLE_PLATFORM_DETECTION"] == "true"


def test_an_engine_of_another_version_or_environment_is_said_with_what_to_do(served, monkeypatch):
    met = connect.local_engine(served)
    assert connect._not_ours(met, served) == ""
    older = connect._not_ours(replace(met, version="0.0.1"), served)
    assert "runs sfdag_magics 0.0.1, and here is" in older
    monkeypatch.setattr(sys, "executable", "/elsewhere/bin/python3")
    other = connect._not_ours(met, served)
    assert "was started from" in other
    assert all(f"sfdag local stop --data {served} ends it" in said for said in (older, other))


def test_an_engine_that_began_before_its_code_was_changed_is_said(served, monkeypatch, tmp_path):
    package = tmp_path / "package" / "__init__.py"
    package.parent.mkdir()
    package.touch()
    monkeypatch.setattr(sfdag_magics, "__file__", str(package))
    met = connect.local_engine(served)
    os.utime(package, (0, 0))
    assert connect._not_ours(met, served) == ""
    package.touch()
    assert f"is older than the code here: sfdag local stop --data {served}" in connect._not_ours(
        met, served
    )


def test_a_directory_without_anything_was_served_by_no_engine(tmp_path):
    data = tmp_path / "data"
    assert not connect.engine_ever_ran(data)
    data.mkdir()
    assert not connect.engine_ever_ran(data)
    with rendezvous.start_lock(data):
        assert connect.engine_ever_ran(data)
