"""The next attempt of a run: whether it has something to do, and the statement that begins it."""

from __future__ import annotations

from sfdag_magics.client.connecting.backend import Backend
from sfdag_magics.client.observing import history
from sfdag_magics.client.observing.deployed import DeployedGraph
from sfdag_magics.client.observing.snapshot import RunSnapshot
from sfdag_magics.errors import BackendError, ConnectError, InputError
from sfdag_magics.graph.grammar import ExecuteTask
from sfdag_magics.place_words import to_type


def check_retryable(seen: RunSnapshot) -> None:
    """Raises InputError where the run is still going, or nothing in it failed."""
    if not seen.is_over:
        raise InputError(f"{seen.label} is still running", hint=to_type("status"))
    if not seen.failed:
        raise InputError(f"nothing failed in {seen.label}", hint=to_type("run"))


def check_attempt(attempt: int, seen: RunSnapshot) -> None:
    """Raises InputError where the run, seen in its newest attempt, has no such attempt."""
    if not 1 <= attempt <= seen.attempt:
        newest = "is attempt 1" if seen.attempt == 1 else f"are attempts 1 to {seen.attempt}"
        raise InputError(
            f"{seen.label} has no attempt {attempt}; there {newest}",
            hint="one of these, or no attempt: that of what is shown",
        )


def begin_after(backend: Backend, deployed: DeployedGraph, seen: RunSnapshot) -> None:
    """Begin the attempt after the one that was seen, with what is deployed.

    Raises:
        BackendError: the service refuses, for instance because the graph was modified.
    """
    try:
        backend.rows(_retry_of(backend, deployed, seen).to_sql())
    except ConnectError:
        raise
    except BackendError as refused:
        # It keeps the version of the graph that the run began with, if that is still there.
        refused.hint = refused.hint or f"{to_type('run')} starts over with what is deployed now"
        raise


def _retry_of(backend: Backend, deployed: DeployedGraph, seen: RunSnapshot) -> ExecuteTask:
    """RETRY LAST for the newest run, by its group for an older one."""
    newest = history.root_rows(backend, deployed, limit=1)
    if newest and newest[0].group_id == seen.group_id:
        return ExecuteTask(name=deployed.root, retry_last=True)
    return ExecuteTask(name=deployed.root, retry_group=seen.group_id)
