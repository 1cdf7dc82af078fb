"""Who cancelled a task: found by the statement that did, in the history of statements.

The history of tasks says that one was cancelled and not by whom. What was done by REST or by a
button of Snowsight is no statement, and of others' statements not every role is told.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sfdag_magics.client.connecting.backend import Backend, utc
from sfdag_magics.client.observing.history_arguments import (
    KEPT,
    MOST_ROWS,
    information,
    moment_argument,
)
from sfdag_magics.client.observing.snapshot import RunSnapshot, TaskRun
from sfdag_magics.errors import BackendError, ConnectError
from sfdag_magics.graph.states import DisplayState
from sfdag_magics.graph.times.moments import dated_text
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import QualifiedName, quoted_string

#: A statement ends the task that it cancels within this time.
_BEFORE = timedelta(minutes=2)
#: Functions that cancel: one execution, a whole run (the embedded engine's), all of a task.
_OF_EXECUTION, _OF_RUN = "SYSTEM$CANCEL_QUERY", "SYSTEM$SFDAG_CANCEL_RUN"
_OF_TASK = "SYSTEM$USER_TASK_CANCEL_ONGOING_EXECUTIONS"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelled:
    """By whom a task was cancelled, and when the statement that did began."""

    by: str
    at: datetime | None

    def __str__(self) -> str:
        when = f" at {dated_text(self.at)}" if self.at is not None else ""
        return f"cancelled by {self.by}{when}"


def who_cancelled(
    backend: Backend, root: QualifiedName, seen: RunSnapshot, task: TaskRun
) -> Cancelled | None:
    """Who cancelled a task and when; None where it was not, or nobody tells. One request."""
    if task.state is not DisplayState.CANCELLED or task.completed is None:
        return None
    try:
        rows = backend.rows(_statement(backend, root, seen, task, task.completed))
    except ConnectError:
        raise
    except BackendError:  # what may be asked differs by role; the error is told without it
        return None
    if not rows:
        return None
    return Cancelled(by=str(rows[0]["USER_NAME"]), at=utc(rows[0]["START_TIME"]))


def _statement(
    backend: Backend, root: QualifiedName, seen: RunSnapshot, task: TaskRun, ended: datetime
) -> str:
    since = max(ended - _BEFORE, datetime.now(UTC) - KEPT)
    start = moment_argument(since, is_embedded=backend.is_embedded)
    said = {_OF_EXECUTION: task.query_id, _OF_RUN: seen.group_id, _OF_TASK: root.name}
    cancels = " OR ".join(
        f"(CONTAINS(QUERY_TEXT, {quoted_string(function)}) AND CONTAINS(QUERY_TEXT, "
        f"{quoted_string(named)}))"
        for function, named in said.items()
        if named
    )
    until = moment_argument(ended, is_embedded=False)
    return (
        f"SELECT USER_NAME, START_TIME FROM TABLE({information(root, 'QUERY_HISTORY')}"  # noqa: S608 - all is quoted
        f"(END_TIME_RANGE_START => {start}, RESULT_LIMIT => {MOST_ROWS})) "
        f"WHERE START_TIME <= {until} AND ({cancels}) "
        "ORDER BY START_TIME DESC LIMIT 1"
    )
