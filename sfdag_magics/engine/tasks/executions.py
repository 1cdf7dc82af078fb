"""EXECUTE TASK: which event a request for a run or a retry is, or why it is refused. Pure rules."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.borders.runs import GraphRunRecord
from sfdag_magics.engine.scheduler.core import Scheduler
from sfdag_magics.engine.scheduler.events import (
    EarlierAttempts,
    GraphStarted,
    RetryRequested,
    RunRequested,
)
from sfdag_magics.engine.scheduler.graphs import GraphSpec
from sfdag_magics.engine.store.runlog import RunLog
from sfdag_magics.engine.tasks.defined.definition import TaskDefinition
from sfdag_magics.engine.tasks.defined.versions import Current
from sfdag_magics.graph.grammar import ExecuteTask
from sfdag_magics.graph.states import GraphRunState
from sfdag_magics.light_classes import dataclass

#: Snowflake docs, EXECUTE TASK: the first attempt was made within the last 14 days.
RETRIED_FOR = timedelta(days=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class Requested:
    """A graph that is to be started or run, as it is now."""

    root: TaskDefinition
    current: Current
    suspended: frozenset[str]
    now: datetime

    @property
    def spec(self) -> GraphSpec:
        """What the scheduler sees of its version."""
        return self.current.version.spec

    def started_event(self) -> GraphStarted:
        """The event of its schedule's beginning, in this version."""
        return GraphStarted(now=self.now, graph=self.spec, suspended=self.suspended)


def run_event(requested: Requested, statement: ExecuteTask, group_id: str) -> RunRequested:
    """The event of an EXECUTE TASK without RETRY."""
    return RunRequested(
        now=requested.now,
        graph=requested.spec,
        group_id=group_id,
        suspended=requested.suspended,
        config=statement.config,
    )


def retry_event(
    requested: Requested, statement: ExecuteTask, runlog: RunLog, scheduler: Scheduler
) -> RetryRequested:
    """The event of an EXECUTE TASK … RETRY.

    Raises:
        SqlError: there is nothing to retry, or not any more; asserted texts are Snowflake's.
    """
    last = _last_attempt(requested.root, statement.retry_group, runlog)
    for problem in _PROBLEMS:
        if said := problem(requested, last, scheduler):
            raise SqlError(f"Cannot perform retry: {said}")
    if last is None:
        raise _nothing_suitable(requested.root)
    return RetryRequested(
        now=requested.now,
        graph=requested.spec,
        suspended=requested.suspended,
        earlier=EarlierAttempts(last=last, tasks=tuple(runlog.group_tasks(last.group_id))),
    )


def _last_attempt(
    root: TaskDefinition, group_id: str | None, runlog: RunLog
) -> GraphRunRecord | None:
    if group_id is None:
        return runlog.last_run(root.task_id)
    runs = [run for run in runlog.group_runs(group_id) if run.root_id == root.task_id]
    return runs[-1] if runs else None


def _nothing_suitable(root: TaskDefinition) -> SqlError:
    return SqlError(
        f"Cannot perform retry: no suitable run of graph with root task {root.name.name} to retry."
    )


_Problem = Callable[[Requested, GraphRunRecord | None, Scheduler], str | None]


def _is_not_over(
    requested: Requested, last: GraphRunRecord | None, scheduler: Scheduler
) -> str | None:
    root = scheduler.roots.get(requested.root.task_id)
    groups = {group_id for group_id, _attempt in root.running} if root is not None else set()
    if last is None or not last.state.is_final or last.group_id in groups:
        name = requested.root.name.name
        return f"no suitable run of graph with root task {name} to retry."
    return None


def _had_no_failures(
    requested: Requested, last: GraphRunRecord | None, scheduler: Scheduler
) -> str | None:
    del scheduler
    if last is not None and last.state not in (GraphRunState.FAILED, GraphRunState.CANCELLED):
        return f"last run of graph with root task {requested.root.name.name} had no failures."
    return None


def _was_modified(
    requested: Requested, last: GraphRunRecord | None, scheduler: Scheduler
) -> str | None:
    del scheduler
    if last is not None and last.version != requested.spec.version:
        name = requested.root.name.name
        return f"graph with root task {name} has been modified since its last run."
    return None


def _is_too_old(
    requested: Requested, last: GraphRunRecord | None, scheduler: Scheduler
) -> str | None:
    del scheduler
    if last is not None and last.original_scheduled_time < requested.now - RETRIED_FOR:
        name = requested.root.name.name
        return f"last run of graph with root task {name} is more than 14 days old."
    return None


def _is_in_the_way(
    requested: Requested, last: GraphRunRecord | None, scheduler: Scheduler
) -> str | None:
    del last
    root = scheduler.roots.get(requested.root.task_id)
    if root is not None and not root.lets_start(requested.spec.overlap):
        return f"graph with root task {requested.root.name.name} is currently executing."
    return None


_PROBLEMS: Sequence[_Problem] = (
    _is_not_over,
    _had_no_failures,
    _was_modified,
    _is_too_old,
    _is_in_the_way,
)
