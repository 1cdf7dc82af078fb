"""Processor seconds of a process and all it started: what a noisy machine does not change much.

Read from /proc, in ticks of 10 ms: measure many repetitions.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
#: Of the fields behind the program's name in /proc/PID/stat: the parent, and the times in user and
#: kernel mode of the process and of its children that have ended and were waited for.
_PARENT, _TIMES = 1, slice(11, 15)


def family_s(pid: int) -> float:
    """What `pid`, its descendants and those of them that have ended have used so far."""
    stats = dict(_stats())
    members = found = {pid}
    while found:
        found = {one for one, stat in stats.items() if int(stat[_PARENT]) in members} - members
        members = members | found
    ticks = sum(int(value) for one in members & stats.keys() for value in stats[one][_TIMES])
    return ticks / _TICKS


def own_s(pid: int) -> float:
    """What `pid` alone has used so far, by its own clock: finer than ticks, but of Linux only."""
    return time.clock_gettime((~pid << 3) | 2)


def _stats() -> Iterator[tuple[int, list[str]]]:
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                stat = (folder / "stat").read_text()
            except OSError:  # it has just ended
                continue
            yield int(folder.name), stat.rpartition(")")[2].split()
