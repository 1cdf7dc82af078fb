"""A graph run to hold on to: follow it, explain it, retry it, stop it.

A run is known by its group and attempt, never as "the most recent". Knows no notebook: who wants
to see a run asks for its snapshots.
"""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from sfdag_magics.client import history
from sfdag_magics.client.backend import Backend
from sfdag_magics.client.deployed import DeployedGraph
from sfdag_magics.client.derive import snapshot_from_rows, waiting_snapshot
from sfdag_magics.client.logs import LogLine, read_logs
from sfdag_magics.client.rootcause import RootCause, changes_since, first_failure, root_cause
from sfdag_magics.client.snapshot import RunSnapshot, TaskRun
from sfdag_magics.errors import BackendError, InputError
from sfdag_magics.graph.grammar import ExecuteTask
from sfdag_magics.graph.states import DisplayState, GraphRunState
from sfdag_magics.sqltext import QualifiedName, quoted_string

__all__ = ["Run", "RunSnapshot", "TaskRun", "start_run"]

#: Seconds between two looks: the embedded engine costs nothing, Snowflake's services do.
_EMBEDDED_POLL_S = (0.05, 0.5)
_SNOWFLAKE_POLL_S = (2.0, 30.0)
#: So many runs are looked through for the last success.
_LOOKED_BACK = 20
_NEVER = datetime.max.replace(tzinfo=UTC)
#: A cancelled run has ended when everything in flight has; how long `stop` waits for that.
_STOP_S = 60.0


class Run:
    """One graph run over its attempts. Any thread may call; every call but `snapshot` asks.

    Attributes:
        graph: the graph's name.
        before_retry: called before a retry, to ship corrected code; set by who knows the code.
    """

    def __init__(
        self,
        backend: Backend,
        deployed: DeployedGraph,
        *,
        group_id: str | None = None,
        token: str | None = None,
        attempt: int | None = None,
        before_retry: Callable[[], None] | None = None,
    ) -> None:
        self._backend = backend
        self._deployed = deployed
        self._token = token
        self._attempt = attempt
        self._since: datetime | None = None
        self._changed = threading.Condition()  # guards the four below
        self._group_id = group_id
        self._snapshot: RunSnapshot | None = None
        self._asked = 0
        self._answered = 0
        self.graph = deployed.name
        self.before_retry = before_retry

    def __repr__(self) -> str:
        seen = self._snapshot
        if seen is None:
            return f"Run({self.graph}, not looked at yet)"
        done = sum(1 for task in seen.tasks.values() if task.completed is not None)
        return f"Run({seen.label}: {seen.state}, {done}/{len(seen.tasks)} tasks)"

    @property
    def snapshot(self) -> RunSnapshot:
        """The run as it was last seen; asks once when it never was."""
        return self._snapshot or self.refresh()

    @property
    def group_id(self) -> str | None:
        """Snowflake's id of the run; None while it waits behind another run."""
        return self.snapshot.group_id

    @property
    def attempt(self) -> int:
        """The attempt that is shown, from 1."""
        return self.snapshot.attempt

    @property
    def state(self) -> GraphRunState:
        """The state of the shown attempt, as last seen."""
        return self.snapshot.state

    @property
    def tasks(self) -> Mapping[str, TaskRun]:
        """`{task name: TaskRun}` as last seen, in topological order."""
        return self.snapshot.tasks

    @property
    def place(self) -> str:
        """Where it runs, for people: `embedded engine (DB.SCHEMA)`."""
        return self._backend.place

    def refresh(self) -> RunSnapshot:
        """Ask for the run's present state and keep it.

        Raises:
            BackendError: the question failed; what was last seen stays.
        """
        with self._changed:
            self._asked += 1
            ticket = self._asked
        seen = self._look()
        with self._changed:
            if ticket > self._answered:  # an answer that overtook this one is newer
                self._answered, self._snapshot = ticket, seen
                self._group_id = seen.group_id
            return self._snapshot or seen

    def _look(self) -> RunSnapshot:
        group_id = self._group_id or self._found_by_token()
        if group_id is None:
            return waiting_snapshot(self._deployed)
        # The state first: rows read after it can only be newer, so a final state has all its rows.
        told = history.graph_state(self._backend, self._deployed, group_id)
        rows = history.rows_of_group(self._backend, self._deployed, group_id, since=self._since)
        if not rows:
            return waiting_snapshot(self._deployed)
        self._since = min((row.scheduled for row in rows if row.scheduled), default=None)
        return snapshot_from_rows(self._deployed, rows, told, attempt=self._attempt)

    def _found_by_token(self) -> str | None:
        if self._token is None:
            return None
        rows = history.rows_of_token(self._backend, self._deployed, self._token)
        return rows[0].group_id if rows else None

    def wait(
        self,
        timeout: float | None = None,
        on_change: Callable[[RunSnapshot], None] | None = None,
    ) -> RunSnapshot:
        """Block until the attempt is over; Ctrl-C stops the waiting and not the run.

        Args:
            timeout: seconds, after which the last snapshot is returned all the same.
            on_change: called in this thread with the first snapshot and each different one.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        shortest, longest = _EMBEDDED_POLL_S if self._backend.is_embedded else _SNOWFLAKE_POLL_S
        pause, last = shortest, None
        while True:
            seen = self.refresh()
            if seen != last:
                pause, last = shortest, seen
                if on_change is not None:
                    on_change(seen)
            if seen.is_over or (deadline is not None and time.monotonic() >= deadline):
                return seen
            with self._changed:
                self._changed.wait(pause)
            pause = min(pause * 1.3, longest)

    def retry(self, *, current_code: bool = True) -> RunSnapshot:
        """Start the next attempt: what failed runs again, what succeeded is kept.

        Args:
            current_code: ship the notebook's code first; else what is deployed runs again.

        Raises:
            InputError: the run is still going, or nothing in it failed.
            BackendError: the service refuses, for instance because the graph was modified.
        """
        seen = self.refresh()
        if not seen.is_over:
            raise InputError(f"{seen.label} is still running", hint="%sfdag status")
        if not seen.failed:
            raise InputError(f"nothing failed in {seen.label}", hint="%sfdag run")
        if current_code and self.before_retry is not None:
            self.before_retry()
        self._backend.rows(self._retry_of(seen).to_sql())
        self._attempt = seen.attempt + 1
        return self.refresh()

    def _retry_of(self, seen: RunSnapshot) -> ExecuteTask:
        """RETRY LAST for the newest run, by its group for an older one."""
        newest = history.recent_rows(self._backend, self._deployed, limit=1)
        if newest and newest[0].group_id == seen.group_id:
            return ExecuteTask(name=self._deployed.root, retry_last=True)
        return ExecuteTask(name=self._deployed.root, retry_group=seen.group_id)

    def stop(self) -> RunSnapshot:
        """Cancel what runs, and what starts meanwhile, until the attempt is over.

        The finalizer still runs: it is there to clean up.
        """
        deadline = time.monotonic() + _STOP_S
        seen = self.refresh()
        while not seen.is_over and time.monotonic() < deadline:
            for task in seen.tasks.values():
                if task.state is DisplayState.RUNNING and not task.is_finalizer:
                    self._cancel(task.name)
            with self._changed:
                self._changed.wait(_EMBEDDED_POLL_S[0])
            seen = self.refresh()
        return seen

    def _cancel(self, task: str) -> None:
        root = self._deployed.root
        name = QualifiedName(self._deployed.tasks[task].stored, root.schema, root.database)
        function = f"SYSTEM$USER_TASK_CANCEL_ONGOING_EXECUTIONS({quoted_string(name.sql())})"
        self._backend.rows(f"SELECT {function}")

    def logs(self, task: str, attempt: int | None = None) -> tuple[LogLine, ...]:
        """What the task printed and logged, oldest first; empty for one that did not run.

        Args:
            task: its name in the notebook.
            attempt: an earlier attempt; else the one that produced the shown state.
        """
        query_id = self._task(self._at(attempt), task).query_id
        return read_logs(self._backend, query_id) if query_id else ()

    def why(self, task: str | None = None) -> RootCause:
        """The first task that failed itself, where, and what did not run because of it."""
        seen = self.refresh()
        failed = self._task(seen, task) if task else first_failure(seen)
        changes = changes_since(self._last_success(seen), seen) if failed else ()
        return root_cause(seen, failed, self._logs_of(failed), changes)

    def _last_success(self, seen: RunSnapshot) -> RunSnapshot | None:
        """The newest run before this one that succeeded, among the last ones."""
        for other in recent_snapshots(self._backend, self._deployed, last=_LOOKED_BACK):
            earlier = (other.scheduled or _NEVER) < (seen.scheduled or _NEVER)
            if earlier and other.state is GraphRunState.SUCCEEDED:
                return other
        return None

    def _logs_of(self, failed: TaskRun | None) -> tuple[LogLine, ...]:
        if failed is None or failed.query_id is None:
            return ()
        try:
            return read_logs(self._backend, failed.query_id)
        except BackendError:  # no event table to read is no reason not to explain the error
            return ()

    def _at(self, attempt: int | None) -> RunSnapshot:
        if attempt is None or attempt == self.snapshot.attempt:
            return self.snapshot
        earlier = Run(self._backend, self._deployed, group_id=self.group_id, attempt=attempt)
        return earlier.refresh()

    def _task(self, seen: RunSnapshot, task: str) -> TaskRun:
        if task not in seen.tasks:
            known = ", ".join(seen.tasks)
            raise InputError(f"{task!r} is not a task of {seen.label}", hint=f"one of: {known}")
        return seen.tasks[task]


def start_run(
    backend: Backend,
    deployed: DeployedGraph,
    *,
    config: Mapping[str, Any] | None = None,
    code: Mapping[str, str] | None = None,
    before_retry: Callable[[], None] | None = None,
) -> Run:
    """Start a run of a deployed graph and return it; does not wait for it to end.

    Args:
        config: merged over the root's config for this run only.
        code: `{task: hash of its code}` that the run starts with, noted in its config.
    """
    token = secrets.token_hex(8)
    own = {"run": token, **({"code": dict(code)} if code else {})}
    text = json.dumps({**(config or {}), history.OWN_CONFIG_KEY: own}, sort_keys=True)
    backend.rows(ExecuteTask(name=deployed.root, config=text).to_sql())
    run = Run(backend, deployed, token=token, before_retry=before_retry)
    run.refresh()
    return run


def recent_snapshots(backend: Backend, deployed: DeployedGraph, *, last: int) -> list[RunSnapshot]:
    """The last attempts of the last runs, the newest run first."""
    told = {
        state.group_id: state
        for state in sorted(
            history.graph_states(backend, deployed, "TRUE"), key=lambda state: state.attempt
        )
    }
    # Twice the tasks: attempts have rows of their own.
    limit = last * (len(deployed.tasks) + 1) * 2
    found = history.groups(history.recent_rows(backend, deployed, limit=limit))
    return [
        snapshot_from_rows(deployed, rows, told.get(group_id))
        for group_id, rows in list(found.items())[:last]
    ]
