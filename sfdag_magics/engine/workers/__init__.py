"""Does the work: every Python job in a process of its own, forked from a preloaded one.

Knows how to run, watch, stop and bury such a process; knows nothing of SQL, catalogue or tasks.
"""

from sfdag_magics.engine.workers.execution import Execution
from sfdag_magics.engine.workers.jobs import (
    Code,
    Died,
    Job,
    LogRecord,
    NotBegun,
    Outcome,
    Raised,
    Returned,
    Stopped,
)
from sfdag_magics.engine.workers.logs import LogEntry, LogStore, entries_of
from sfdag_magics.engine.workers.pool import PoolClosedError, WorkerPool

__all__ = [
    "Code",
    "Died",
    "Execution",
    "Job",
    "LogEntry",
    "LogRecord",
    "LogStore",
    "NotBegun",
    "Outcome",
    "PoolClosedError",
    "Raised",
    "Returned",
    "Stopped",
    "WorkerPool",
    "entries_of",
]
