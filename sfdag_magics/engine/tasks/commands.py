"""What is asked of tasks, decided on the scheduler's thread: events, what to write, the answer.

Everything is checked before anything is changed. Knows the catalogue, versions and the scheduler;
no SQL session and no text of a statement.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.borders.cloning import Cloned
from sfdag_magics.engine.borders.inherited import inherited
from sfdag_magics.engine.borders.object_facts import FactsView
from sfdag_magics.engine.scheduler.clock import Clock
from sfdag_magics.engine.scheduler.core import Scheduler
from sfdag_magics.engine.scheduler.events import CancelRequested, Event, GraphStopped
from sfdag_magics.engine.scheduler.loop import Command, Decided, SchedulerLoop
from sfdag_magics.engine.store.runlog import CatalogueWrite, RunLog
from sfdag_magics.engine.tasks.defined import changes
from sfdag_magics.engine.tasks.defined.catalogue import (
    TaskCatalogue,
    check_rooted,
    started_root_error,
)
from sfdag_magics.engine.tasks.defined.changes import Change
from sfdag_magics.engine.tasks.defined.definition import TaskDefinition
from sfdag_magics.engine.tasks.defined.ownership import given
from sfdag_magics.engine.tasks.defined.versions import Versions, committed, suspended_names
from sfdag_magics.engine.tasks.executions import Requested, retry_event, run_event
from sfdag_magics.errors import InternalError, MachineError
from sfdag_magics.graph.grammar import ExecuteTask
from sfdag_magics.sqltext import QualifiedName

_Answer = TypeVar("_Answer")


def answer_of(loop: SchedulerLoop, command: Command[_Answer]) -> _Answer:
    """The answer of a command, once what it decides is durable. Any thread but the scheduler's.

    Raises:
        SqlError: it was refused, or could not be remembered.
    """
    try:
        return loop.call(command)
    except MachineError as problem:
        raise SqlError(str(problem), code=300002, sqlstate="58030") from problem
    except InternalError as problem:
        raise SqlError(str(problem), code=300002, sqlstate="XX000") from problem


class Commands:
    """The decisions. The scheduler's thread only."""

    def __init__(
        self, catalogue: TaskCatalogue, versions: Versions, runlog: RunLog, clock: Clock
    ) -> None:
        self._catalogue = catalogue
        self._versions = versions
        self._runlog = runlog
        self._clock = clock

    def applied(self, change: Change, now: datetime) -> Decided[str]:
        """Take a change into the catalogue. Raises before anything is changed."""
        happened: list[Event] = [GraphStopped(now=now, root_id=root) for root in change.stopped]
        put = list(change.put)
        writes: list[CatalogueWrite] = []
        if change.started is not None:
            requested = self._requested(change.started, put, now)
            writes, put = self._version_writes(requested, put)
            happened.append(requested.started_event())
        return Decided(
            answer=change.message,
            events=happened,
            writes=[*self._catalogue.change(put=put, remove=change.remove), *writes],
        )

    def executed(
        self, name: QualifiedName, parsed: ExecuteTask, scheduler: Scheduler, group_id: str
    ) -> Decided[str]:
        """Let a root run, as a run of this group, or retry, as EXECUTE TASK says."""
        root = self._catalogue.get(name)
        check_rooted(self._catalogue.family(name), name.name)
        if not root.is_root:
            raise SqlError(f"Cannot execute task {name.sql()}: only a root task can be executed.")
        requested = self._requested(root, [], self._clock.now())
        event: Event
        if parsed.retry_last or parsed.retry_group is not None:
            event = retry_event(requested, parsed, self._runlog, scheduler)
        else:
            event = run_event(requested, parsed, group_id)
        writes, put = self._version_writes(requested, [])
        return Decided(
            answer=executed_answer(name),
            events=[event],
            writes=[*self._catalogue.change(put=put), *writes],
        )

    def enabled(self, name: QualifiedName) -> Decided[str]:
        """Resume what the graphs around a task have suspended."""
        self._catalogue.get(name)
        family = self._catalogue.family(name)
        check_rooted(family, name.name)
        put: list[TaskDefinition] = []
        for root in family.roots(name.name):
            finalizer = family.finalizer(root.name.name)
            members = [*family.graph(root.name.name), *([finalizer] if finalizer else [])]
            stopped = [task for task in members if not task.is_started]
            if root.is_started and stopped:
                raise started_root_error(root)
            put += [changes.resumed(task) for task in stopped]
        roots = [task for task in put if task.is_root]
        change = Change(
            message=f"{len(put)} tasks resumed.", put=put, started=roots[0] if roots else None
        )
        return self.applied(change, self._clock.now())

    def all_cancelled(self) -> Decided[None]:
        """Cancel every graph run."""
        return Decided(answer=None, events=[CancelRequested(now=self._clock.now())])

    def cancelled(self, name: QualifiedName, scheduler: Scheduler) -> Decided[str]:
        """Cancel what goes on of one task."""
        task = self._catalogue.get(name)
        ids = scheduler.ongoing(task.task_id)
        if not ids:
            return Decided(
                answer=(
                    f"Task {name.name} has no currently running executions. If the task was"
                    " dropped or replaced after a previous execution started, use"
                    " SYSTEM$CANCEL_QUERY along with the query id to cancel the run."
                )
            )
        return Decided(
            answer=(
                f"Marked {len(ids)} task runs for cancellation. It may take a few seconds for"
                f" cancellation to complete. Query ids canceled: [{', '.join(ids)}]"
            ),
            events=[CancelRequested(now=self._clock.now(), task_id=task.task_id)],
        )

    def cancelled_query(self, query_id: str, scheduler: Scheduler) -> Decided[str]:
        """Cancel one execution of one task."""
        if query_id not in scheduler.slots.attempts:
            return Decided(answer="Identified SQL statement is not currently executing.")
        return Decided(
            answer=f"query [{query_id}] terminated.",
            events=[CancelRequested(now=self._clock.now(), attempt_id=query_id)],
        )

    def cancelled_run(self, group_id: str) -> Decided[str]:
        """Cancel a graph run by its group, also one that has not begun."""
        return Decided(
            answer=f"run [{group_id}] is being cancelled.",
            events=[CancelRequested(now=self._clock.now(), group_id=group_id)],
        )

    def with_owner(self, names: Sequence[QualifiedName], owner: str) -> Decided[str]:
        """Let a role own tasks."""
        now = self._clock.now()
        return self.applied(given(self._catalogue, names, owner, now), now)

    def without_namespace(self, database: str, schema: str | None) -> Decided[None]:
        """Drop the tasks of a database or schema that was dropped."""
        now = self._clock.now()
        gone = self._inside(database, schema)
        return Decided(
            answer=None,
            events=[GraphStopped(now=now, root_id=task.task_id) for task in gone if task.is_root],
            writes=self._catalogue.change(remove=gone),
        )

    def with_renamed(self, database: str, schema: str | None, new: str) -> Decided[None]:
        """Move tasks with their namespace; a started graph goes on as a new version."""
        old = self._inside(database, schema)
        put = {task.task_id: changes.moved(task, whole=schema is None, new=new) for task in old}
        return self._in_place_of(old, put)

    def with_cloned(self, cloned: Cloned) -> Decided[Mapping[str, str]]:
        """Clone the tasks of a database or schema, suspended; the ids that grants are kept by."""
        now = self._clock.now()
        pairs = [
            (task, changes.cloned_into(task, cloned, new_id(), now))
            for task in self._inside(cloned.database, cloned.schema)
        ]
        return Decided(
            answer={task.granted_on: clone.task_id for task, clone in pairs},
            writes=self._catalogue.change(put=[clone for _task, clone in pairs]),
        )

    def with_inherited(self, facts: FactsView) -> Decided[None]:
        """Let tasks inherit what is set above them now; a started graph as a new version."""
        put = {}
        for task in self._catalogue.all():
            above = inherited(facts, task.name.database, task.name.schema)
            if above != task.inherited:
                put[task.task_id] = replace(task, inherited=above)
        return self._in_place_of((), put)

    def _in_place_of(
        self, old: Sequence[TaskDefinition], put: dict[str, TaskDefinition]
    ) -> Decided[None]:
        """Tasks as they are now, the graphs among them that are started in new versions."""
        now = self._clock.now()
        happened: list[Event] = []
        versions: list[CatalogueWrite] = []
        for root in [task for task in put.values() if task.is_root and task.is_started]:
            place = (root.name.database, root.name.schema)
            siblings = [t for t in put.values() if (t.name.database, t.name.schema) == place]
            requested = self._requested(root, siblings, now)
            writes, committed_tasks = self._version_writes(requested, [])
            versions += writes
            put |= {task.task_id: task for task in committed_tasks}
            happened.append(requested.started_event())
        writes = self._catalogue.change(put=list(put.values()), remove=old)
        return Decided(answer=None, events=happened, writes=[*writes, *versions])

    def _requested(
        self, root: TaskDefinition, put: Sequence[TaskDefinition], now: datetime
    ) -> Requested:
        """The root's graph as it is with `put` in place."""
        family = self._catalogue.family(root.name).with_changes(put)
        current = self._versions.current(family, root)
        return Requested(
            root=root, current=current, suspended=suspended_names(current.tasks), now=now
        )

    def _version_writes(
        self, requested: Requested, put: list[TaskDefinition]
    ) -> tuple[list[CatalogueWrite], list[TaskDefinition]]:
        """Set the version: what to write for it, and the tasks to put instead of `put`."""
        current = requested.current
        if not current.is_new:
            return [], put
        return [self._versions.add(current.version, requested.now)], committed(
            current.tasks, requested.now
        )

    def _inside(self, database: str, schema: str | None) -> list[TaskDefinition]:
        return [
            task
            for task in self._catalogue.all()
            if task.name.database == database and schema in (None, task.name.schema)
        ]


def executed_answer(name: QualifiedName) -> str:
    """What EXECUTE TASK answers."""
    return f"Task {name.name} is scheduled to run immediately."


def new_id() -> str:
    """A name for what is new, as Snowflake gives them."""
    return str(uuid.uuid4())
