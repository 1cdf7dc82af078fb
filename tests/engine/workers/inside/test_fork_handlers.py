"""Which handlers of forks wait for a worker, and that those who ask for them work in one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sfdag_magics.engine.workers import Code, Job, LogStore, Returned, WorkerPool
from sfdag_magics.engine.workers.inside import fork_handlers
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


def imported(name: str) -> None:
    """As a module of that name does when it is imported."""
    exec("import os; os.register_at_fork(before=print)", {"__name__": name})  # noqa: S102 - as above


@pytest.mark.parametrize(
    ("name", "waits"),
    [
        ("filelock._core._fork", True),
        ("importlib_metadata", True),
        ("filelocks", False),
        ("other.filelock", False),
        ("random", False),
    ],
)
def test_only_handlers_of_modules_that_notice_wait(
    monkeypatch: pytest.MonkeyPatch, name: str, *, waits: bool
) -> None:
    registered: list[object] = []
    monkeypatch.setattr(os, "register_at_fork", lambda **handlers: registered.append(handlers))

    with fork_handlers.setting_aside() as aside:
        imported(name)

    handlers = {"before": print}
    assert (aside, registered) == (([handlers], []) if waits else ([], [handlers]))
    fork_handlers.take_up(aside)
    assert registered == [handlers]


def test_locks_of_files_are_a_workers_own(tmp_path: Path) -> None:
    pool = WorkerPool(
        tmp_path / "work", spawn=False, preloading=Preloading(always=("filelock",), by_package={})
    )
    pool.start()
    job = Job(
        label="LOCKS",
        code=Code(handler="main", source=LOCKS),
        argument_types=("VARCHAR",),
        arguments=(str(tmp_path / "lock"),),
        returns="BOOLEAN",
    )
    outcomes = [pool.run(job, LogStore(tmp_path / "logs").open(each, {})) for each in "ab"]
    pool.close()

    assert outcomes == [Returned(value=True)] * 2
