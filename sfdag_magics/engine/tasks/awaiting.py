"""EXECUTE TASK … AWAIT: waits until a graph run is over, its automatic retries included.

A run that did not succeed is an error, its first one, so that a script which waits for a graph
stops where that failed. Nothing notes that the statement took effect: said again with its id, when
the engine has died under it, it waits on.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Mapping
from typing import Any

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.borders.ports import SqlSession
from sfdag_magics.engine.scheduler.core import Scheduler
from sfdag_magics.engine.scheduler.loop import Decided, SchedulerLoop
from sfdag_magics.engine.store.runlog import RunLog
from sfdag_magics.engine.store.runlog_history import GraphRunQuestion, graph_runs
from sfdag_magics.engine.tasks.commands import answer_of
from sfdag_magics.graph.states import GraphRunState
from sfdag_magics.sqltext import QualifiedName

_LOOK_S = 0.05
_GROUPS = uuid.UUID("5b0f4f0e-6a0c-4f5c-8f0e-0c6f5a1de7b2")
_OVER_WELL = (GraphRunState.SUCCEEDED, GraphRunState.SKIPPED)


def group_awaited_by(query_id: str) -> str:
    """The run group that a statement with AWAIT asks for."""
    return str(uuid.uuid5(_GROUPS, query_id))


def awaited(
    name: QualifiedName, group_id: str, loop: SchedulerLoop, runlog: RunLog, session: SqlSession
) -> None:
    """Wait for a run of this root. The session can be cancelled.

    Raises:
        SqlError: it did not succeed, or the statement was cancelled; the run then goes on.
    """
    cancelled = threading.Event()
    with session.on_cancel(cancelled.set):
        while answer_of(loop, lambda scheduler: Decided(answer=_goes_on(scheduler, group_id))):
            if cancelled.wait(_LOOK_S):
                raise SqlError("SQL execution canceled", code=604, sqlstate="57014")
    run = runlog.group_runs(group_id)[-1]
    state = run.state
    if state not in _OVER_WELL:
        over = GraphRunQuestion(
            limit=1, complete_since=run.original_scheduled_time, group_ids=(group_id,)
        )
        found = graph_runs(runlog, over)
        raise _failed(name, state, found[0] if found else {})


def _goes_on(scheduler: Scheduler, group_id: str) -> bool:
    return any(
        (root.waiting is not None and root.waiting.group_id == group_id)
        or any(group == group_id for group, _attempt in root.running)
        for root in scheduler.roots.values()
    )


def _failed(name: QualifiedName, state: GraphRunState, run: Mapping[str, Any]) -> SqlError:
    message = f"The run of task {name.sql()} is {state.value}"
    if run.get("first_error_name") is None:
        return SqlError(f"{message}.")
    return SqlError(
        f"{message}. First error, in task {run['first_error_name']}: {run['first_error_message']}",
        code=run["first_error_code"] or 2,
    )
