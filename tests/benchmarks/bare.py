"""What a task costs at the very least, measured in a small process: nothing heavy is imported here.

A fork's price grows with the memory of the process that forks, so the floor must not be measured
inside the benchmark itself. `python bare.py forks|commits N DIRECTORY` prints the median seconds of
a repetition and the processor seconds of one.
"""

from __future__ import annotations

import os
import sqlite3
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path


def forks(record: Callable[[int, str], object], tasks: int) -> None:
    """A fork per task, and a durable commit when it starts and when it has ended."""
    for task in range(tasks):
        record(task, "started")
        child = os.fork()
        if child == 0:
            os._exit(0)
        os.waitpid(child, 0)
        record(task, "ended")


def commits(record: Callable[[int, str], object], tasks: int) -> None:
    """The two commits alone."""
    for task in range(tasks):
        record(task, "started")
        record(task, "ended")


def main(work: str, tasks: int, directory: Path, times: int = 5) -> tuple[float, float]:
    connection = sqlite3.connect(directory / "floor.sqlite", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE IF NOT EXISTS changes (task INTEGER, state TEXT)")

    def record(task: int, state: str) -> None:
        connection.execute("INSERT INTO changes VALUES (?, ?)", [task, state])

    took = []
    used = os.times()
    for _ in range(times):
        start = time.perf_counter()
        {"forks": forks, "commits": commits}[work](record, tasks)
        took.append(time.perf_counter() - start)
    processor_s = sum(now - before for now, before in zip(os.times()[:4], used[:4], strict=True))
    connection.close()
    return statistics.median(took), processor_s / times


if __name__ == "__main__":
    measured = main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
    sys.stdout.write(" ".join(map(str, measured)))
