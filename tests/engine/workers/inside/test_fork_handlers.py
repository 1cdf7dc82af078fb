"""Which handlers of forks wait for a worker, and that those who ask for them work in one."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from sfdag_magics.engine.workers.inside import fork_handlers
from sfdag_magics.engine.workers.jobs import Code, Job, Returned
from sfdag_magics.engine.workers.logs import LogStore
from sfdag_magics.engine.workers.pool import WorkerPool
from sfdag_magics.engine.workers.preload import Preloading

#: Two processes after each other, and a child of the user's, hold the lock; none finds it held.
LOCKS = """
import os, filelock
def main(path):
    lock = filelock.FileLock(path, timeout=5)
    with lock:
        child = os.fork()
        if child == 0:
            os._exit(0 if not lock.is_locked else 1)
        return os.waitpid(child, 0)[1] == 0 and lock.is_locked
"""
#: A child of the user's forked while another thread logs: it is alone, may log, and draws others.
FORKS = """
import logging, os, random, threading
def main(_path):
    held, done = threading.Event(), threading.Event()
    def hold():
        with logging._lock:
            held.set()
            done.wait()
    other = threading.Thread(target=hold)
    other.start()
    held.wait()
    threading.Timer(0.3, done.set).start()  # a fork waits for the lock of `logging`
    random.seed(1)
    first = random.random()
    random.seed(1)
    child = os.fork()
    if child == 0:
        logging.getLogger("new").setLevel("INFO")
        os._exit(0 if threading.active_count() == 1 and random.random() != first else 1)
    return os.waitpid(child, 0)[1] == 0
"""
NAMES = {
    "filelock._core._fork": True,
    "importlib_metadata": True,
    "filelocks": False,
    "other.filelock": False,
    "random": True,
    "concurrent.futures.thread": False,
}
OF_ONE_THREAD = {"logging": True, "threading": True}


@pytest.mark.parametrize(
    ("waits", "threads"),
    [(NAMES | OF_ONE_THREAD, 0), (NAMES | dict.fromkeys(OF_ONE_THREAD, False), 1)],
)
def test_only_needless_handlers_wait(
    monkeypatch: pytest.MonkeyPatch, waits: dict[str, bool], threads: int
) -> None:
    registered: list[object] = []
    monkeypatch.setattr(os, "register_at_fork", lambda **handlers: registered.append(handlers))
    monkeypatch.setattr(threading, "active_count", lambda: 1 + threads)

    aside = fork_handlers.settled([(name, {"before": name}) for name in waits])

    assert aside == [{"before": name} for name, each in waits.items() if each]
    assert registered == [{"before": name} for name, each in waits.items() if not each]
    fork_handlers.take_up(aside)
    assert registered[-len(aside) :] == aside


@pytest.mark.parametrize("source", [LOCKS, FORKS])
def test_what_a_worker_forks_has_the_handlers(tmp_path: Path, source: str) -> None:
    pool = WorkerPool(
        tmp_path / "work", spawn=False, preloading=Preloading(always=("filelock",), by_package={})
    )
    pool.start()
    job = Job(
        label="FORKS",
        code=Code(handler="main", source=source),
        argument_types=("VARCHAR",),
        arguments=(str(tmp_path / "lock"),),
        returns="BOOLEAN",
    )
    outcomes = [pool.run(job, LogStore(tmp_path / "logs").open(each, {})) for each in "ab"]
    pool.close()

    assert outcomes == [Returned(value=True)] * 2
