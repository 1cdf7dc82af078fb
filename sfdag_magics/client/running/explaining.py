"""What is asked to explain a failed run: its logs, the runs before it, the privilege it lacked.

What that means, `rootcause` knows; which run it is, the run.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from sfdag_magics.client.code.retried_code import with_ran_code
from sfdag_magics.client.connecting.backend import Backend
from sfdag_magics.client.connecting.privileges import Asked, grant_for
from sfdag_magics.client.observing.deployed import DeployedGraph
from sfdag_magics.client.observing.logs import LogLine, read_logs
from sfdag_magics.client.observing.recent import recent_snapshots
from sfdag_magics.client.observing.snapshot import RunSnapshot, TaskRun
from sfdag_magics.client.running.rootcause import RootCause, changes_since, root_cause
from sfdag_magics.errors import BackendError
from sfdag_magics.graph.states import GraphRunState

#: So many runs are looked through for the last success.
_LOOKED_BACK = 20
_NEVER = datetime.max.replace(tzinfo=UTC)


def explained(
    backend: Backend, graph: DeployedGraph, seen: RunSnapshot, failed: TaskRun | None
) -> RootCause:
    """The card for one task of a run, or for one in which nothing failed."""
    if failed is None or failed not in seen.failed:
        return root_cause(seen, failed, ())
    success = last_success(backend, graph, seen)
    then, now = _as_they_ran(backend, graph, success, seen)
    changes = changes_since(then, now)
    cause = root_cause(seen, failed, _logs_of(backend, failed), changes)
    return replace(cause, grant=_grant_for(backend, graph, failed))


def _as_they_ran(
    backend: Backend, graph: DeployedGraph, success: RunSnapshot | None, seen: RunSnapshot
) -> tuple[RunSnapshot | None, RunSnapshot]:
    """Both with the code that their tasks ran."""
    if success is None:
        return None, seen
    then, now = with_ran_code(backend, graph, [success, seen])
    return then, now


def last_success(backend: Backend, graph: DeployedGraph, seen: RunSnapshot) -> RunSnapshot | None:
    """The newest run before this one that succeeded, among the last ones."""
    for other in recent_snapshots(backend, graph, last=_LOOKED_BACK):
        earlier = (other.scheduled or _NEVER) < (seen.scheduled or _NEVER)
        if earlier and other.state is GraphRunState.SUCCEEDED:
            return other
    return None


def _logs_of(backend: Backend, failed: TaskRun) -> tuple[LogLine, ...]:
    if failed.query_id is None:
        return ()
    try:
        return read_logs(backend, failed.query_id)
    except BackendError:  # no event table to read is no reason not to explain the error
        return ()


def _grant_for(backend: Backend, graph: DeployedGraph, failed: TaskRun) -> str:
    """Whom to ask for what a task was refused; the embedded engine has no privileges."""
    if backend.is_embedded:
        return ""
    task = graph.tasks.get(failed.name)
    asked = Asked(
        sql="" if task is None or task.is_python else task.definition,
        role=graph.owner or "<the tasks' owner>",
        schema=f"{graph.root.database}.{graph.root.schema}",
        warehouse=(task.warehouse if task else None) or graph.warehouse,
    )
    return grant_for(failed.error_message or "", asked) or ""
