"""Native libraries survive a fork only if they have not computed before it."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from sfdag_magics.engine.workers.jobs import Code, Job, Outcome, Returned, Stopped
from sfdag_magics.engine.workers.logs import LogStore
from sfdag_magics.engine.workers.pool import WorkerPool
from sfdag_magics.engine.workers.preload import MACHINE_LEARNING, SNOWPARK, Preloading

pytestmark = pytest.mark.slow

FIT = """
import numpy as np, xgboost
def main():
    rows = np.random.default_rng(1).normal(size=(20000, 10))
    labels = rows.sum(axis=1) > 0
    model = xgboost.XGBClassifier(n_estimators=20, n_jobs=2).fit(rows, labels)
    return bool((model.predict(rows) == labels).mean() > 0.8)
"""
#: Far longer than the fit takes; only a hang is as slow.
PATIENCE_S = 60.0


def outcome_of_a_fit(directory: Path, *also_preloaded: str, patience_s: float) -> Outcome:
    preloading = Preloading(
        always=SNOWPARK, by_package={"xgboost": (*MACHINE_LEARNING, *also_preloaded)}
    )
    pool = WorkerPool(directory / "work", spawn=False, preloading=preloading)
    pool.start()
    code = Code(handler="main", source=FIT, packages=("xgboost",))
    log = LogStore(directory / "logs").open("fit", {})
    execution = pool.begin(Job(label="FIT", code=code, returns="BOOLEAN"), log)
    impatience = threading.Timer(patience_s, execution.stop)
    impatience.start()
    outcome = execution.wait()
    impatience.cancel()
    pool.close()
    return outcome


def test_a_fork_of_the_preloaded_process_trains_xgboost(tmp_path: Path) -> None:
    assert outcome_of_a_fit(tmp_path, patience_s=PATIENCE_S) == Returned(value=True)


def test_a_fork_of_a_process_that_has_computed_would_be_caught(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The test above is worth something: with one fit before the fork, the child hangs."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    computed = "warmed_by_computing"

    assert outcome_of_a_fit(tmp_path, computed, patience_s=20.0) == Stopped()
