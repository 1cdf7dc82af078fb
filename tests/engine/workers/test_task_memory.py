"""A worker that takes more memory than it may, with all that it started, is ended by name."""

import sys

import pytest

from sfdag_magics.engine.workers.jobs import Died, Returned
from sfdag_magics.engine.workers.logs import LogStore
from sfdag_magics.engine.workers.pool import WorkerPool
from sfdag_magics.engine.workers.preload import NOTHING
from tests.engine.workers.conftest import Bench

MB = 1024**2
ITSELF = """
def main(megabytes):
    import time
    taken = bytearray(int(megabytes) * 1024**2)
    time.sleep(0.6)
    return str(len(taken))
"""
BY_ANOTHER = f"""
def main(megabytes):
    import subprocess, sys
    code = {ITSELF!r} + "main(" + repr(megabytes) + ")"
    subprocess.run([sys.executable, "-c", code], check=False)
    return "done"
"""


@pytest.fixture
def bench(tmp_path):
    pool = WorkerPool(tmp_path / "work", spawn=False, preloading=NOTHING, task_memory=300 * MB)
    pool.start()
    yield Bench(pool, LogStore(tmp_path / "logs"))
    pool.close()


@pytest.mark.skipif(sys.platform != "linux", reason="workers are forked, and looked at, on Linux")
@pytest.mark.parametrize("source", [ITSELF, BY_ANOTHER], ids=["itself", "a process of it"])
def test_one_that_takes_too_much_is_ended_and_another_is_not(source, bench):
    outcome = bench.run(source, "400")
    assert isinstance(outcome, Died)
    assert outcome.reason.startswith("it took more memory than a task may have (")
    assert " of 300 MB); SFDAG_TASK_MEMORY, or task_memory in [local]" in outcome.reason
    assert isinstance(bench.run(source, "20"), Returned)
