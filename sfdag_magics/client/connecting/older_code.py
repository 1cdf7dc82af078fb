"""Whether a running engine began before the installed code was changed. Starts nothing.

A clone is used in place, under one release number: after a `git pull` an engine goes on with the
code that it began with.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

import sfdag_magics


def runs_older_code(process: int) -> bool:
    """Whether a process of ours began before the package was last installed or edited."""
    return _began(process) < _newest_module()


def _began(process: int) -> float:
    try:
        return float(psutil.Process(process).create_time())
    except psutil.Error:  # it has ended since
        return float("inf")


def _newest_module() -> float:
    """When the newest one was written; one that is dated ahead of this clock tells nothing."""
    now = time.time()
    return max((when for when in _written() if when <= now), default=0.0)


def _written() -> Iterator[float]:
    for folder, _, files in os.walk(Path(sfdag_magics.__file__).parent):
        for file in files:
            if file.endswith(".py"):
                with contextlib.suppress(OSError):  # gone since, or an editor's link to nothing
                    yield os.stat(f"{folder}/{file}").st_mtime  # a `Path` of each is half the time
