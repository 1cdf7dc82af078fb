"""What is deployed in a place, graph by graph: its schedule, its next run and its last one.

Asks the same on both engines; the history functions tell when a graph is due.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sfdag_magics.client.connecting.backend import Backend
from sfdag_magics.client.observing import history
from sfdag_magics.client.observing.attempts import following_run
from sfdag_magics.client.observing.deployed import DOES_NOT_EXIST, DeployedGraph, graphs_from_rows
from sfdag_magics.client.observing.derive import snapshot_from_rows
from sfdag_magics.client.observing.recent import newest_run
from sfdag_magics.client.observing.snapshot import RunSnapshot
from sfdag_magics.errors import BackendError, InputError
from sfdag_magics.graph.grammar import ShowScope, ShowTasks
from sfdag_magics.graph.times.cron import CronSchedule
from sfdag_magics.graph.times.schedule import parse_schedule
from sfdag_magics.light_classes import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """One deployed graph: when it runs next, and how it ran last.

    Attributes:
        due: None where no schedule starts it, or nobody says when it does.
        last: its newest run; None where it has none.
    """

    graph: DeployedGraph
    due: datetime | None = None
    last: RunSnapshot | None = None

    @property
    def task_names(self) -> tuple[str, ...]:
        """The graph's tasks; of one that was not made here, its root among them."""
        own = self.graph.root.name.lower()
        return tuple(self.graph.tasks) if self.graph.mark else (own, *self.graph.tasks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """A deployed graph's schedule.

    Attributes:
        text: as it is deployed.
        due: when it starts the next run; None where it starts none, or nobody knows.
    """

    text: str
    is_on: bool
    due: datetime | None = None


def schedule_of(backend: Backend, graph: DeployedGraph) -> Schedule | None:
    """The graph's schedule; None where it has none."""
    if graph.schedule is None:
        return None
    return Schedule(text=graph.schedule, is_on=graph.is_started, due=next_run(backend, graph))


def outlooks(backend: Backend, *, everywhere: bool = False) -> tuple[Outlook, ...]:
    """The graphs of the session's schema, or of every one that it may see.

    Raises:
        BackendError: the place cannot be asked.
    """
    database, schema = backend.namespace
    scope = ShowScope(kind="SCHEMA", database=database, schema=schema)
    if everywhere or schema is None:
        scope = ShowScope(kind="ACCOUNT")
    try:
        rows = backend.rows(ShowTasks(scope=scope).to_sql())
    except BackendError as error:
        if error.code == DOES_NOT_EXIST:
            return ()
        raise
    return tuple(
        Outlook(graph=graph, due=next_run(backend, graph), last=_last_run(backend, graph))
        for graph in graphs_from_rows(rows)
    )


def next_run(backend: Backend, graph: DeployedGraph) -> datetime | None:
    """When the graph's schedule starts its next run, in UTC; None where it starts none."""
    if not graph.is_started or graph.schedule is None:
        return None
    due = history.due_row(backend, graph)
    if due is not None:
        return due.scheduled
    try:
        schedule = parse_schedule(graph.schedule)
    except InputError:  # a service may know more schedules than we do
        return None
    now = datetime.now(UTC)
    if isinstance(schedule, CronSchedule):
        return schedule.next_after(now)
    # An interval counts from a moment that only the service knows, who lists no next run while one
    # is going, and says with that one when it is due.
    told = following_run(backend, graph)
    return schedule.next_after(now, since=told) if told is not None and told <= now else told


def _last_run(backend: Backend, graph: DeployedGraph) -> RunSnapshot | None:
    newest = newest_run(backend, graph, begun=True)  # also of a part, which runs in a bridge
    if newest is None:
        return None
    group, row = newest.row.group_id, newest.row
    rows = history.rows_of_group(backend, newest.graph, group, since=row.scheduled)
    return snapshot_from_rows(newest.graph, rows or [row], None)
