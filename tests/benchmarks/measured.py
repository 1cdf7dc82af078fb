"""One line of the table, and the stopwatch."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A work with its floor.

    Attributes:
        floor: what the floor does, in a few words.
        ours_cpu_s, floor_cpu_s: processor seconds, where they were measured: of ours those of the
            engine with its workers, unless `work` says otherwise.
    """

    work: str
    ours_s: float
    floor_s: float
    target: str
    floor: str
    ours_cpu_s: float | None = None
    floor_cpu_s: float | None = None


def median_s(work: Callable[[], object], *, times: int = 5) -> float:
    """The median of some repetitions, in seconds."""
    measured = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        measured.append(time.perf_counter() - start)
    return statistics.median(measured)
