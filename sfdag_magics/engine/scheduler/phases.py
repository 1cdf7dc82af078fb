"""The phases of a task run and every legal move between them. All that affects moves is here.

`TaskState` is what users see; a phase is finer, because the scheduler must tell what it waits for.
An event the table does not have is our error and is raised by the caller with the run's story.
A task run begins WAITING, or where its record says that it stood; nothing else sets a phase.
"""

from __future__ import annotations

from enum import StrEnum

from sfdag_magics.graph.states import TaskState


class Phase(StrEnum):
    """Where a task stands in one attempt of a graph run."""

    WAITING = "WAITING"  # for its predecessors
    EVALUATING = "EVALUATING"  # its WHEN was asked
    QUEUED = "QUEUED"  # for a free slot
    EXECUTING = "EXECUTING"
    CANCELLING = "CANCELLING"  # told to stop, not yet stopped
    TIMING_OUT = "TIMING_OUT"  # told to stop because of its timeout, not yet stopped
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
    SKIPPED = "SKIPPED"  # its WHEN was false
    NOT_RUN = "NOT_RUN"  # suspended, or what it waits for did not succeed; no record


class Move(StrEnum):
    """What can happen to a task run."""

    ASK = "ask"
    MET = "met"
    NOT_MET = "not met"
    QUEUE = "queue"
    START = "start"
    SUCCEED = "succeed"
    FAIL = "fail"
    STOPPED = "stopped"
    CANCEL = "cancel"
    TIME_OUT = "time out"
    BLOCK = "block"
    INTERRUPT = "interrupt"  # the engine died
    GIVE_UP = "give up"  # … once too often


_P, _M = Phase, Move

MOVES: dict[tuple[Phase, Move], Phase] = {
    (_P.WAITING, _M.ASK): _P.EVALUATING,
    (_P.WAITING, _M.QUEUE): _P.QUEUED,
    (_P.WAITING, _M.BLOCK): _P.NOT_RUN,  # also before its run begins: a suspended task
    (_P.EVALUATING, _M.MET): _P.QUEUED,
    (_P.EVALUATING, _M.NOT_MET): _P.SKIPPED,
    (_P.EVALUATING, _M.FAIL): _P.FAILED,
    (_P.EVALUATING, _M.CANCEL): _P.CANCELLED,
    (_P.EVALUATING, _M.INTERRUPT): _P.EVALUATING,
    (_P.QUEUED, _M.START): _P.EXECUTING,
    (_P.QUEUED, _M.CANCEL): _P.CANCELLED,
    (_P.QUEUED, _M.TIME_OUT): _P.FAILED,  # nothing is left of its run's time
    (_P.EXECUTING, _M.SUCCEED): _P.SUCCEEDED,
    (_P.EXECUTING, _M.FAIL): _P.FAILED,
    (_P.EXECUTING, _M.STOPPED): _P.CANCELLED,
    (_P.EXECUTING, _M.CANCEL): _P.CANCELLING,
    (_P.EXECUTING, _M.TIME_OUT): _P.TIMING_OUT,
    (_P.EXECUTING, _M.INTERRUPT): _P.QUEUED,
    (_P.EXECUTING, _M.GIVE_UP): _P.FAILED,
    # What was told to stop may have ended by itself before it heard.
    (_P.CANCELLING, _M.SUCCEED): _P.SUCCEEDED,
    (_P.CANCELLING, _M.FAIL): _P.CANCELLED,
    (_P.CANCELLING, _M.STOPPED): _P.CANCELLED,
    (_P.CANCELLING, _M.CANCEL): _P.CANCELLING,
    (_P.CANCELLING, _M.INTERRUPT): _P.CANCELLED,
    (_P.TIMING_OUT, _M.SUCCEED): _P.SUCCEEDED,
    (_P.TIMING_OUT, _M.FAIL): _P.FAILED,
    (_P.TIMING_OUT, _M.STOPPED): _P.FAILED,
    (_P.TIMING_OUT, _M.CANCEL): _P.TIMING_OUT,
    (_P.TIMING_OUT, _M.INTERRUPT): _P.FAILED,
}

#: Nothing follows in this attempt.
FINAL = frozenset({_P.SUCCEEDED, _P.FAILED, _P.CANCELLED, _P.SKIPPED, _P.NOT_RUN})
#: An execution is alive and holds a slot.
LIVE = frozenset({_P.EXECUTING, _P.CANCELLING, _P.TIMING_OUT})
#: A retry keeps it.
KEPT_BY_RETRY = frozenset({_P.SUCCEEDED, _P.SKIPPED})

#: What users see; phases without an entry have no row in the history.
SHOWN: dict[Phase, TaskState] = {
    _P.EVALUATING: TaskState.SCHEDULED,
    _P.QUEUED: TaskState.SCHEDULED,
    _P.EXECUTING: TaskState.EXECUTING,
    _P.CANCELLING: TaskState.EXECUTING,
    _P.TIMING_OUT: TaskState.EXECUTING,
    _P.SUCCEEDED: TaskState.SUCCEEDED,
    _P.FAILED: TaskState.FAILED,
    _P.CANCELLED: TaskState.CANCELLED,
    _P.SKIPPED: TaskState.SKIPPED,
}
