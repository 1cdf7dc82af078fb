"""Where a replay of the event log can begin: all that was open, written between two events.

The rows are what the events before them came to, so a scheduler restored from a checkpoint stands
where the one that wrote it stood. Knows records and JSON, no rule.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from sfdag_magics.engine.borders.runs import GraphRunRecord, RootRecord, TaskRunRecord
from sfdag_magics.engine.store.runlog import LoggedEvent, RunLog
from sfdag_magics.engine.store.runlog_rows import named_row, record_from_row
from sfdag_magics.light_classes import dataclass

#: Its kind in the event log, beside those of the scheduler's events.
CHECKPOINT = "Checkpoint"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """What a scheduler is restored from.

    Attributes:
        slots: how many tasks run at once.
        holds_calls: whether tasks that call procedures wait for workers, which no record says.
        roots: all that were recorded.
        runs: those that have not ended, each with the task runs of its whole group.
    """

    slots: int
    holds_calls: bool
    roots: Sequence[RootRecord]
    runs: Sequence[tuple[GraphRunRecord, Sequence[TaskRunRecord]]]


def checkpoint_of(runlog: RunLog, *, slots: int, holds_calls: bool) -> Checkpoint:
    """What the log has now."""
    return Checkpoint(
        slots=slots, holds_calls=holds_calls, roots=runlog.roots(), runs=runlog.open_runs()
    )


def event_from_checkpoint(checkpoint: Checkpoint, at: datetime) -> LoggedEvent:
    """The checkpoint as the log keeps it."""
    values = {
        "slots": checkpoint.slots,
        "holds_calls": checkpoint.holds_calls,
        "roots": [named_row(root) for root in checkpoint.roots],
        "runs": [
            [named_row(run), [named_row(task) for task in tasks]] for run, tasks in checkpoint.runs
        ],
    }
    return LoggedEvent(at=at, kind=CHECKPOINT, document=json.dumps(values, ensure_ascii=False))


def checkpoint_from_text(document: str) -> Checkpoint:
    """The checkpoint that was written as `document`."""
    values = json.loads(document)
    return Checkpoint(
        slots=values["slots"],
        holds_calls=values["holds_calls"],
        roots=[record_from_row(RootRecord, root) for root in values["roots"]],
        runs=[
            (
                record_from_row(GraphRunRecord, run),
                [record_from_row(TaskRunRecord, task) for task in tasks],
            )
            for run, tasks in values["runs"]
        ],
    )
