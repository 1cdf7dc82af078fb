"""The pool tells when jobs would wait for imports: once before the first, once when it is over."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from sfdag_magics.engine.workers.jobs import Code, Job
from sfdag_magics.engine.workers.logs import LogStore
from sfdag_magics.engine.workers.pool import WorkerPool
from sfdag_magics.engine.workers.preload import Preloading

IMPORTS = Preloading(always=("decimal",), by_package={"more": ("fractions",)})
PATIENCE_S = 60.0


class Told:
    """What a pool told, and a way to wait for it."""

    def __init__(self) -> None:
        self.all: list[bool] = []
        self.is_ready = threading.Event()

    def __call__(self, *, ready: bool) -> None:
        self.all.append(ready)
        if ready:
            self.is_ready.set()


def test_a_pool_tells_when_it_warms_up_and_when_it_is_warm(tmp_path: Path) -> None:
    told = Told()
    pool = WorkerPool(tmp_path / "work", spawn=False, preloading=IMPORTS, on_warmth=told)
    pool.start()
    assert pool.is_warm
    pool.warm([])
    pool.warm([])
    assert told.is_ready.wait(PATIENCE_S)
    assert told.all == [False, True]
    assert pool.is_warm
    job = Job(
        label="P", code=Code(handler="main", source="def main():\n    return 1"), returns="INT"
    )
    pool.run(job, LogStore(tmp_path / "logs").open("q", {}))
    assert told.all == [False, True]
    pool.close()


def test_a_preloaded_process_that_dies_holds_nobody_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    told = Told()
    dying = Preloading(always=("ends_itself",), by_package={})
    pool = WorkerPool(tmp_path / "work", spawn=False, preloading=dying, on_warmth=told)
    pool.start()
    pool.warm([])
    assert told.is_ready.wait(PATIENCE_S)
    pool.close()


@pytest.mark.parametrize("packages", [(), ("more",)])
def test_a_spawned_worker_waits_for_nobody(tmp_path: Path, packages: tuple[str, ...]) -> None:
    told = Told()
    pool = WorkerPool(tmp_path / "work", spawn=True, preloading=IMPORTS, on_warmth=told)
    pool.start()
    pool.warm(packages)
    assert told.all == []
    pool.close()
