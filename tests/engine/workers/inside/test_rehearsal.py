"""What the preloaded process rehearsed is nowhere to be seen for a job."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sfdag_magics.engine.workers.jobs import Code, Job, Returned
from sfdag_magics.engine.workers.logs import LogStore
from sfdag_magics.engine.workers.pool import WorkerPool
from sfdag_magics.engine.workers.preload import NOTHING, PRELOADING, Preloading

LOOK = """
import json, linecache, logging, os, sys, tempfile, threading

def main():
    snowpark = vars(sys.modules.get("snowflake.snowpark.session", json))
    own = [each for each in sys.path if "sfdag" in each and not os.path.exists(each)]
    return json.dumps({
        "modules": [name for name in sys.modules if name.startswith("sfdag_bundle")],
        "path": own,
        "main": [name for name in vars(sys.modules["__main__"]) if not name.startswith("__")],
        "directory": os.getcwd() == os.environ["TMPDIR"] == tempfile.gettempdir(),
        "in it": os.listdir(),
        "handlers": len(logging.getLogger().handlers),
        "lines": [name for name in linecache.cache if name == "cell"],
        "threads": threading.active_count(),
        "sessions": len(snowpark.get("_active_sessions", ())),
    })
"""


@pytest.mark.parametrize("preloading", [NOTHING, pytest.param(PRELOADING, marks=pytest.mark.slow)])
def test_a_job_finds_nothing_of_the_rehearsed_one(tmp_path: Path, preloading: Preloading) -> None:
    pool = WorkerPool(tmp_path / "work", spawn=False, preloading=preloading)
    pool.start()
    job = Job(label="LOOK", code=Code(handler="main", source=LOOK), returns="VARCHAR")
    outcome = pool.run(job, LogStore(tmp_path / "logs").open("query", {}))
    pool.close()

    assert isinstance(outcome, Returned), outcome
    assert json.loads(outcome.value) == {
        "modules": [],
        "path": [],
        "main": [],
        "directory": True,
        "in it": [],
        "handlers": 1,
        "lines": [],
        "threads": 1,
        "sessions": 0,
    }
