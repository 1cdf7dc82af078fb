"""The least that the same work could cost on this machine."""

from __future__ import annotations

import http.client
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.measured import median_s

#: As many rows, columns and trees as the example trains with, without any of Snowflake.
PLAIN_TRAINING = """
import numpy as np
from sklearn.metrics import f1_score
from xgboost import XGBClassifier

rng = np.random.default_rng(1)
rows = rng.random((14_000, 11))
labels = (rows[:, 0] * rows[:, 1] > 0.7).astype(int)
model = XGBClassifier(n_estimators=80, max_depth=5, learning_rate=0.2).fit(rows, labels)
f1_score(labels, model.predict(rows))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bare:
    """What the least took: the median of its repetitions, and the processor seconds of one."""

    wall_s: float
    processor_s: float


def bare(work: str, directory: Path, tasks: int) -> Bare:
    """See `bare.py`: the work in a small process of its own."""
    command = [sys.executable, str(Path(__file__).with_name("bare.py")), work, str(tasks)]
    done = subprocess.run(  # noqa: S603 - our own program
        [*command, str(directory)], check=True, capture_output=True, text=True
    )
    wall_s, processor_s = map(float, done.stdout.split())
    return Bare(wall_s=wall_s, processor_s=processor_s)


def python(code: str) -> None:
    """A fresh interpreter that runs `code`."""
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)  # noqa: S603 - ours


def http_round_trip_s(host: str, port: int) -> float:
    """A request over an open connection, answered without looking at it (the door refuses it)."""
    connection = http.client.HTTPConnection(host, port)

    def once() -> None:
        connection.request("GET", "/")
        connection.getresponse().read()

    once()
    took = median_s(once, times=50)
    connection.close()
    return took
