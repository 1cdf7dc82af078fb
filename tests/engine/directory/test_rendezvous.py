"""Where an engine is found, and how a dead one is told from a living one."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading

import pytest

from sfdag_magics.engine.directory import rendezvous
from sfdag_magics.engine.directory.rendezvous import Rendezvous, process_start
from sfdag_magics.engine.directory.safe_directory import secure_directory
from sfdag_magics.errors import MachineError


def met(**more) -> Rendezvous:
    here = {"pid": os.getpid(), "started": process_start(os.getpid()), "port": 1, "token": "t"}
    return Rendezvous(**{**here, "version": "0", **more})


@pytest.fixture
def data(tmp_path):
    return secure_directory(tmp_path / "data")


@pytest.fixture
def careless_umask():
    before = os.umask(0)
    yield
    os.umask(before)


def test_what_is_written_is_read(data):
    rendezvous.write(data, met(port=4711))
    rendezvous.write(data, met(port=4712))
    assert rendezvous.read(data) == met(port=4712)
    assert [path.name for path in data.iterdir()] == ["engine.json"]


def test_nobody_else_can_read_it(careless_umask, tmp_path):
    data = secure_directory(tmp_path / "new" / "data")
    rendezvous.write(data, met())
    with rendezvous.start_lock(data):
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in data.iterdir()}
    assert modes == {"engine.json": 0o600, "start.lock": 0o600}
    assert stat.S_IMODE(data.stat().st_mode) == 0o700


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": 1}', '{"unknown": 1}', "\xff"])
def test_an_unreadable_file_is_no_rendezvous(data, text):
    (data / "engine.json").write_text(text, "latin-1")
    assert rendezvous.read(data) is None


def test_a_planted_link_is_not_followed(data, tmp_path):
    rendezvous.write(tmp_path, met())
    (data / "engine.json").symlink_to(tmp_path / "engine.json")
    assert rendezvous.read(data) is None
    rendezvous.write(data, met(port=2))
    assert rendezvous.read(tmp_path) == met()


def test_a_file_that_others_can_write_is_refused(data):
    rendezvous.write(data, met())
    (data / "engine.json").chmod(0o666)
    with pytest.raises(MachineError, match="written by somebody else"):
        rendezvous.read(data)


def test_this_process_is_alive_and_a_reused_id_is_not():
    assert met().is_alive
    assert not met(started="boot:1").is_alive


def test_an_ended_process_is_not_alive():
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    started = process_start(child.pid)
    assert started is not None
    assert met(pid=child.pid, started=started).is_alive
    child.communicate(b"\n")
    assert not met(pid=child.pid, started=started).is_alive


def test_a_process_that_nobody_has_buried_is_not_alive():
    child = subprocess.Popen([sys.executable, "-c", ""], stdout=subprocess.PIPE)
    assert child.stdout.read() == b""
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert process_start(child.pid) is None
    child.communicate()


@pytest.mark.parametrize("pid", [-1, 0, 2**22 + 1])
def test_no_such_process_is_not_alive(pid):
    assert process_start(pid) is None


def test_a_dead_engine_is_not_asked(data):
    assert rendezvous.ask_status(met(started="boot:1")) is None


def test_one_starts_at_a_time(data):
    order = []
    waiting = threading.Event()

    def second():
        waiting.set()
        with rendezvous.start_lock(data):
            order.append("second")

    with rendezvous.start_lock(data):
        thread = threading.Thread(target=second)
        thread.start()
        assert waiting.wait(10)
        order.append("first")
    thread.join(10)
    assert order == ["first", "second"]


_KILLED = """
import os, signal, sys
from pathlib import Path
from sfdag_magics.engine.directory import rendezvous
with rendezvous.engine_lock(Path(sys.argv[1])):
    if os.fork() == 0:
        sys.stdout.close()
        sys.stdin.read()
        os._exit(0)
    print("held", flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_the_lock_of_a_dead_engine_is_waited_for(data, monkeypatch):
    command = [sys.executable, "-c", _KILLED, str(data)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, **pipes) as killed:  # noqa: S603 - our own
        assert killed.stdout.readline()
        killed.wait()
        with monkeypatch.context() as patch:
            patch.setattr(rendezvous, "_LEFT_BEHIND_S", 0)
            with pytest.raises(MachineError, match="already"), rendezvous.engine_lock(data):
                pass
        later = threading.Timer(0.1, killed.stdin.close)
        later.start()
        with rendezvous.engine_lock(data):
            later.join()


def test_one_engine_serves_a_directory(data):
    with rendezvous.engine_lock(data):
        with (
            pytest.raises(MachineError, match=f"process {os.getpid()} serves") as caught,
            rendezvous.engine_lock(data),
        ):
            pass
        assert f"kill {os.getpid()}" in (caught.value.hint or "")
    with rendezvous.engine_lock(data):
        pass


def test_the_command_that_frees_a_directory_can_be_typed_whatever_its_name(tmp_path):
    data = tmp_path / "my data"
    data.mkdir()
    with (
        rendezvous.engine_lock(data),
        pytest.raises(MachineError) as refused,
        rendezvous.engine_lock(data),
    ):
        raise AssertionError("two hold one lock")
    assert refused.value.hint.startswith(f"sfdag local stop --data '{data}', or")
