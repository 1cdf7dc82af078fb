"""What is asked to explain a failed run: its logs, the runs before it, the privilege it lacked.

What that means, `rootcause` knows; which run it is, the run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from sfdag_magics.client.code.retried_code import with_all_that_ran
from sfdag_magics.client.connecting.backend import Backend
from sfdag_magics.client.connecting.privileges import Asked, grant_for
from sfdag_magics.client.observing.deployed import DeployedGraph
from sfdag_magics.client.observing.recent import recent_snapshots, with_bridges
from sfdag_magics.client.observing.snapshot import RunSnapshot, TaskRun
from sfdag_magics.client.observing.traces.logs import LogLine, read_logs
from sfdag_magics.client.observing.traces.rows import with_rows
from sfdag_magics.client.observing.usual import empty_text, green_but_empty, usual_times
from sfdag_magics.client.running.cancelled import who_cancelled
from sfdag_magics.client.running.ran_lines import is_as_it_ran
from sfdag_magics.client.running.rootcause import RootCause, changes_since, root_cause
from sfdag_magics.client.running.waits import backing_off, why_waiting
from sfdag_magics.errors import BackendError
from sfdag_magics.graph.states import DisplayState, GraphRunState

#: So many runs are looked through for the last success.
_LOOKED_BACK = 20
_NEVER = datetime.max.replace(tzinfo=UTC)


def explained(
    backend: Backend, graph: DeployedGraph, seen: RunSnapshot, failed: TaskRun | None
) -> RootCause:
    """The card for one task of a run, or for one in which nothing failed."""
    before = _runs_before(backend, graph, seen)
    success = _newest_success(before)
    first = [seen, *([success] if success is not None else [])]
    others = [run for run in before if run is not success]
    seen, *before = with_rows(backend, graph.root, [*first, *others])
    success = before[0] if success is not None else None
    empty = green_but_empty(seen, usual_times(before))
    told = tuple(empty_text(name, usually) for name, usually in empty.items())
    failed = seen.tasks[failed.name] if failed is not None else None
    if failed is None or failed not in seen.failed:
        waits = _waits(backend, seen, failed) if failed is not None else ""
        return replace(root_cause(seen, failed, ()), empty=told, waits=waits)
    then, now = _as_they_ran(backend, graph, success, seen)
    many = len(before) if len(before) >= _LOOKED_BACK - 1 else 0
    changes = changes_since(then, now, failed.name, looked_through=many)
    cause = root_cause(seen, failed, _logs_of(backend, failed), changes)
    return replace(
        cause,
        grant=_grant_for(backend, graph, failed),
        empty=told,
        sql=_sql_of(graph, seen, failed),
        cancelled=who_cancelled(backend, graph.root, seen, failed),
    )


def _sql_of(graph: DeployedGraph, seen: RunSnapshot, failed: TaskRun) -> str:
    """What a SQL task ran; empty where that is Python's, or may have been replaced since."""
    task = graph.tasks.get(failed.name)
    if task is None or task.is_python or not is_as_it_ran(task, seen):
        return ""
    return task.definition


def _waits(backend: Backend, seen: RunSnapshot, task: TaskRun) -> str:
    if task.state is DisplayState.RUNNING:
        return backing_off(_logs_of(backend, task), datetime.now(UTC))
    return why_waiting(seen, task.name)


def _as_they_ran(
    backend: Backend, graph: DeployedGraph, success: RunSnapshot | None, seen: RunSnapshot
) -> tuple[RunSnapshot | None, RunSnapshot]:
    """Both with the code that their tasks ran, and the packages that these had."""
    if success is None:
        return None, seen
    then, now = with_all_that_ran(backend, graph, [success, seen])
    return then, now


def last_success(backend: Backend, graph: DeployedGraph, seen: RunSnapshot) -> RunSnapshot | None:
    """The newest run before this one that succeeded, among the last ones."""
    return _newest_success(_runs_before(backend, graph, seen))


def _newest_success(runs: Sequence[RunSnapshot]) -> RunSnapshot | None:
    return next((run for run in runs if run.state is GraphRunState.SUCCEEDED), None)


def _runs_before(
    backend: Backend, graph: DeployedGraph, seen: RunSnapshot
) -> Sequence[RunSnapshot]:
    """The last runs that are older, the newest first; those of parts where no whole one tells."""
    whole = graph.origin or graph
    found = recent_snapshots(backend, whole, last=_LOOKED_BACK)
    if seen.lineage is not None or _newest_success(found) is None:
        found = with_bridges(backend, whole, found, last=_LOOKED_BACK)
    return [run for run in found if (run.scheduled or _NEVER) < (seen.scheduled or _NEVER)]


def _logs_of(backend: Backend, failed: TaskRun) -> tuple[LogLine, ...]:
    if failed.query_id is None:
        return ()
    try:
        return read_logs(backend, {failed.query_id: failed.name})
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
