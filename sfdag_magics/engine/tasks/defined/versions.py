"""Graph versions: what a run goes by, frozen when the root is resumed or executed.

A version holds the whole definition of every task, so that a run goes on with what it began with
whatever is altered meanwhile. A new number is given only when something other than the started or
suspended state of tasks has changed (Snowflake docs leave that open; "each increase represents one
or more modifications").
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.scheduler.graphs import GraphSpec, TaskSpec
from sfdag_magics.engine.store.runlog import RunLog, StoredVersion
from sfdag_magics.engine.tasks.defined.catalogue import Family, check_no_cycle
from sfdag_magics.engine.tasks.defined.definition import TaskDefinition, definition_from_json
from sfdag_magics.graph.grammar import OverlapPolicy
from sfdag_magics.graph.rules import (
    DEFAULT_SUSPEND_AFTER_FAILURES,
    DEFAULT_TRIGGER_INTERVAL_S,
    children_problem,
    graph_size_problem,
    predecessors_problem,
)
from sfdag_magics.graph.sql.predecessor_states import needs_any_outcome
from sfdag_magics.graph.sql.when import asks_stream
from sfdag_magics.graph.topology import Topology
from sfdag_magics.light_classes import dataclass

#: Versions kept parsed; each run in flight uses one.
_KEPT = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphVersion:
    """One version: what the scheduler sees of it, and the definitions by task name."""

    spec: GraphSpec
    tasks: dict[str, TaskDefinition]

    @property
    def root(self) -> TaskDefinition:
        """The root's definition."""
        return self.tasks[self.spec.root.name]


@dataclass(frozen=True, slots=True, kw_only=True)
class Current:
    """A graph as it is defined now.

    Attributes:
        tasks: all of it, the finalizer last.
        is_new: the version is not known yet.
    """

    tasks: Sequence[TaskDefinition]
    version: GraphVersion
    is_new: bool


class Versions:
    """The versions of all graphs, read from the run log and kept for a while."""

    def __init__(self, runlog: RunLog) -> None:
        self._runlog = runlog
        self._kept: OrderedDict[tuple[str, int], GraphVersion] = OrderedDict()
        #: The latest number by root id, also of versions that are about to be written.
        self._numbers: dict[str, int | None] = {}
        #: By root id what was found last, and in which family: a graph that runs again and again
        #: is looked through when its schema has changed.
        self._found: OrderedDict[str, tuple[Family, Current]] = OrderedDict()

    def get(self, root_id: str, version: int) -> GraphVersion:
        """A version that was written. Any thread."""
        found = self._kept.get((root_id, version))
        if found is None:
            found = self._keep(_read(version, self._runlog.version(root_id, version)))
        return found

    def forget(self) -> None:
        """Keep nothing that may not have been written."""
        self._kept = OrderedDict()
        self._numbers = {}
        self._found = OrderedDict()

    def current(self, family: Family, root: TaskDefinition) -> Current:
        """The graph as it is defined now, with its version.

        A new one is nowhere known before it is added. Scheduler thread only.

        Raises:
            SqlError: the graph has a cycle, another root, or more tasks than it may have.
        """
        of_family, found = self._found.get(root.task_id, (None, None))
        if found is not None and of_family is family:
            return found
        tasks = graph_tasks(family, root)
        latest = self._latest_number(root.task_id)
        known = None if latest is None else self.get(root.task_id, latest)
        if known is None or _content(known.tasks.values()) != _content(tasks):
            version = _version((latest or 0) + 1, root.name.name, tasks)
            return Current(tasks=tasks, version=version, is_new=True)
        found = Current(tasks=tasks, version=known, is_new=False)
        self._found[root.task_id] = family, found
        while len(self._found) > _KEPT:
            self._found.popitem(last=False)
        return found

    def add(self, version: GraphVersion, now: datetime) -> StoredVersion:
        """Know a new version, made now; what is to be written for it. Scheduler thread only."""
        self._numbers[version.spec.root_id] = version.spec.version
        self._keep(version)
        return _stored(version, now)

    def _latest_number(self, root_id: str) -> int | None:
        if root_id not in self._numbers:
            self._numbers[root_id] = self._runlog.latest_version(root_id)
        return self._numbers[root_id]

    def _keep(self, version: GraphVersion) -> GraphVersion:
        kept = self._kept
        kept[version.spec.root_id, version.spec.version] = version
        while len(kept) > _KEPT:
            kept.popitem(last=False)
        return version


def _stored(version: GraphVersion, now: datetime) -> StoredVersion:
    root = version.root
    document = {
        "root": root.name.name,
        "created_on": now.isoformat(),
        "tasks": [task.to_json() for task in version.tasks.values()],
    }
    return StoredVersion(
        root_id=root.task_id,
        version=version.spec.version,
        root_name=root.name.name,
        database=version.spec.database,
        schema=version.spec.schema,
        document=json.dumps(document, ensure_ascii=False),
        tasks=tuple((name, task.body, task.condition) for name, task in version.tasks.items()),
    )


def suspended_names(tasks: Sequence[TaskDefinition]) -> frozenset[str]:
    """The tasks of a graph that will not run; the root is none of them."""
    return frozenset(task.name.name for task in tasks if not task.is_started and not task.is_root)


def graph_tasks(family: Family, root: TaskDefinition) -> list[TaskDefinition]:
    """The tasks of a graph in topological order, the finalizer last.

    Raises:
        SqlError: the graph cannot run as it is defined.
    """
    tasks = {task.name.name: task for task in family.graph(root.name.name)}
    topology = Topology({name: task.predecessors for name, task in tasks.items()})
    check_no_cycle(topology, family)
    for name, task in tasks.items():
        if not set(task.predecessors) <= tasks.keys():
            others = ", ".join(other.name.sql() for other in family.roots(name))
            raise SqlError(
                f"The graph has more than one root task (one without predecessors): {others}."
            )
    for name, task in tasks.items():
        problem = (
            predecessors_problem(len(task.predecessors))
            or children_problem(len(topology.children[name]))
            or graph_size_problem(len(tasks))
        )
        if problem:
            raise SqlError(f"Task {task.name.sql()}: {problem}.")
    finalizer = family.finalizer(root.name.name)
    ordered = [tasks[name] for name in topology.order]
    return [*ordered, *([finalizer] if finalizer else [])]


def _content(tasks: Any) -> list[TaskDefinition]:  # noqa: ANN401 - any iterable of definitions
    """What makes a version: everything but the states, which a run notes for itself."""
    return [
        replace(
            task,
            is_started=False,
            last_committed_on=None,
            last_suspended_on=None,
            last_suspended_reason=None,
            tags={},
            grants_id=None,
        )
        for task in sorted(tasks, key=lambda task: task.name.name)
    ]


def stored_version(number: int, document: str) -> tuple[GraphVersion, datetime | None]:
    """A version that was written, and when; the first ones did not say."""
    created_on = json.loads(document).get("created_on")
    moment = None if created_on is None else datetime.fromisoformat(created_on)
    return _read(number, document), moment


def _read(version: int, document: str) -> GraphVersion:
    values = json.loads(document)
    tasks = [definition_from_json(task) for task in values["tasks"]]
    return _version(version, values["root"], tasks)


def _version(number: int, root_name: str, tasks: Sequence[TaskDefinition]) -> GraphVersion:
    by_name = {task.name.name: task for task in tasks}
    root = by_name[root_name]
    specs = {task.name.name: _task_spec(task, root) for task in tasks}
    finalizer = next((task.name.name for task in tasks if task.finalizes is not None), None)
    properties = root.properties
    after_failures = root.parameter("SUSPEND_TASK_AFTER_NUM_FAILURES")
    whole_ms = properties.user_task_timeout_ms
    spec = GraphSpec(
        root_id=root.task_id,
        version=number,
        database=str(root.name.database),
        schema=str(root.name.schema),
        tasks={name: spec for name, spec in specs.items() if name != finalizer},
        finalizer=specs[finalizer] if finalizer else None,
        schedule=properties.schedule,
        trigger_interval=_trigger_interval(root),
        config=properties.config,
        overlap=properties.overlap_policy or OverlapPolicy.NO_OVERLAP,
        automatic_retries=root.parameter("TASK_AUTO_RETRY_ATTEMPTS") or 0,
        suspend_after_failures=(
            DEFAULT_SUSPEND_AFTER_FAILURES if after_failures is None else after_failures
        ),
        timeout=timedelta(milliseconds=whole_ms) if whole_ms else None,
    )
    return GraphVersion(spec=spec, tasks=by_name)


def _trigger_interval(root: TaskDefinition) -> timedelta | None:
    """The least time between two runs of a root that data starts; None where it does not."""
    properties = root.properties
    if properties.schedule is not None or not asks_stream(root.condition):
        return None
    said = properties.user_task_minimum_trigger_interval_in_seconds
    return timedelta(seconds=DEFAULT_TRIGGER_INTERVAL_S if said is None else said)


def _task_spec(task: TaskDefinition, root: TaskDefinition) -> TaskSpec:
    return TaskSpec(
        name=task.name.name,
        task_id=task.task_id,
        predecessors=task.predecessors,
        condition=task.condition,
        timeout=task.timeout(root),
        shares_timeout=task.properties.user_task_timeout_ms is None and task.finalizes is None,
        runs_after_any_outcome=needs_any_outcome(task.condition),
        calls=task.calls_procedure,
    )


def committed(tasks: Sequence[TaskDefinition], now: datetime) -> list[TaskDefinition]:
    """The tasks as of a version set now."""
    return [replace(task, last_committed_on=now) for task in tasks]
