"""Gives a process of the user's code back what the engine keeps itself within. Knows limits only.

The engine bounds its own memory (`sql/sessions/process_memory.py`) and raises its own number of
open files (`wire/server.py`); both are inherited by what it starts.
"""

from __future__ import annotations

import resource


def lift_memory_limit() -> None:
    """Take as much memory as the process was allowed before the engine bounded itself."""
    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))
