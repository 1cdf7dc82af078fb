"""How much memory a process and all that it started have. Knows `/proc` only; elsewhere nothing.

Forked processes share most of what they have: what is counted twice by the cheap look is asked for
exactly, by the share that each has of every page, before it counts.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

_PAGE = os.sysconf("SC_PAGE_SIZE")


def memory_above(pid: int, most: int) -> int:
    """The bytes that the process and its descendants have, if they are more than `most`; else 0."""
    pids = tuple(_tree(pid))
    if sum(map(_resident, pids)) <= most:
        return 0
    exact = sum(map(_proportional, pids))
    return exact if exact > most else 0


def _tree(pid: int) -> Iterator[int]:
    yield pid
    try:
        threads = os.listdir(f"/proc/{pid}/task")
    except OSError:  # it has just ended
        return
    for thread in threads:
        for child in _read(f"/proc/{pid}/task/{thread}/children").split():
            yield from _tree(int(child))


def _resident(pid: int) -> int:
    fields = _read(f"/proc/{pid}/statm").split()
    return int(fields[1]) * _PAGE if len(fields) > 1 else 0


def _proportional(pid: int) -> int:
    for line in _read(f"/proc/{pid}/smaps_rollup").splitlines():
        if line.startswith(b"Pss:"):
            return int(line.split()[1]) * 1024
    return 0


def _read(path: str) -> bytes:
    try:
        with open(path, "rb", buffering=0) as file:
            return file.readall()
    except OSError:
        return b""
