"""A task graph as it is deployed, read from SHOW TASKS. Knows how we mark what we deployed.

What the notebook knows and Snowflake has no place for (a task's spelling, the hash of its
definition) stands as one line of JSON at the end of the task's comment. Graphs that were not made
here have no such line and are read all the same.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import field, replace
from datetime import datetime
from json import dumps  # as it is now: a cell may put its own in the module
from typing import Any

from sfdag_magics.client.connecting.backend import Answering, Backend, Row, utc
from sfdag_magics.client.observing.bridges.lineage import (
    NOTED_BRIDGE,
    Lineage,
    bridge_name,
    bridged_root,
)
from sfdag_magics.errors import BackendError
from sfdag_magics.graph.grammar import ShowScope, ShowTasks
from sfdag_magics.graph.names import branch_condition
from sfdag_magics.graph.topology import Topology
from sfdag_magics.graph.values.element import Element
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import QualifiedName, TokenReader

_MARK = re.compile(r"(?:\A|\n)sfdag: (\{[^\n]*\})\s*\Z")
#: Up to the last part of the procedure's name, which is stored in upper case.
_CALL = re.compile(r'\s*CALL\s+(?:[^()\s]+\.)?"?([^()\s".]+)"?\s*\(', re.IGNORECASE)
#: What the mark says of properties that SHOW TASKS leaves out, by the names of `TaskProperties`.
NOTED_OPTIONS = "options"
#: What the root's mark says of a schedule that is not to start before a deploy.
NOTED_WAITING = "off"
#: What the mark says of when the definition was deployed, and of what it replaced.
NOTED_TIME, NOTED_VERSIONS = "at", "was"
#: What a task does, as those versions name it among its properties.
BODY = "body"
#: What a task's mark says of the group it is drawn, run and retried with.
NOTED_GROUP = "group"
#: And of which map it is, and at which place: `["score", 2]`.
NOTED_MAP = "map"
#: What the root's mark says of tasks that are no longer there.
NOTED_DROPPED = "dropped"
#: Snowflake's codes for "does not exist or not authorized" and "already exists".
DOES_NOT_EXIST, ALREADY_EXISTS = 2003, 2002


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployedTask:
    """One task of a deployed graph.

    Attributes:
        name: as the notebook spells it.
        stored: its name in Snowflake, such as `MORTGAGE$TRAIN`.
        predecessors: the names of the tasks above, without the root, as the notebook spells them.
        mark: what the comment says for this package; empty for a task that was not made here.
        was_never_started: a deploy made it and did not come to starting it; nobody suspended it.
        created: when it was made; of a task that is made again it is another.
        origin: of a task of a bridge the root whose procedure it calls.
        altered: its `options` where somebody altered them since it was deployed; None also where
            nobody looked.
    """

    name: str
    stored: str
    predecessors: tuple[str, ...]
    is_finalizer: bool
    is_started: bool
    definition: str
    condition: str | None
    comment: str
    mark: Mapping[str, Any]
    warehouse: str | None = None
    was_never_started: bool = False
    created: datetime | None = field(default=None, compare=False)
    origin: str = ""
    altered: Mapping[str, Any] | None = field(default=None, compare=False)

    @property
    def options(self) -> Mapping[str, Any]:
        """Its properties that SHOW TASKS leaves out."""
        return _options(self.altered, self.mark)

    @property
    def is_python(self) -> bool:
        """Whether it calls the procedure with the code of the graph's Python tasks.

        A SQL task may be a CALL of another procedure.
        """
        called = _CALL.match(self.definition)
        procedure = f"{self.origin or self.stored.rpartition('$')[0]}$RUN"
        return called is not None and called[1] == procedure

    @property
    def group(self) -> str | None:
        """The group that it folds, runs and retries with."""
        said = self.mark.get(NOTED_GROUP)
        return said if isinstance(said, str) else None

    @property
    def element(self) -> Element | None:
        """Which element of a map it is of, without that."""
        match self.mark.get(NOTED_MAP):
            case [str(name), int(place)]:
                return Element(map=name, place=place)
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Leftover:
    """A bridge that stands beside the graph: its run goes on, or nobody has dropped it yet.

    Attributes:
        stored: the names of its tasks, without its root.
        mark: what its root notes: who made it.
    """

    root: QualifiedName
    root_id: str
    stored: tuple[str, ...]
    mark: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployedGraph:
    """A deployed graph: its root and its tasks in topological order, the finalizer last.

    Attributes:
        warehouse: the root's, as it is stored.
        comment: the root's, without our mark.
        definition: the root's body.
        overlaps: whether runs may overlap, in whatever way.
        owner: the role with whose privileges its tasks run; None where that is not told.
        created: when its root was made; None where that is not told.
        leftover: the bridge that stands beside it.
        origin: of a bridge the graph that it stands for; else None.
        lineage: of a bridge what it runs and what stands for the rest; else None.
        altered: as a task's.
    """

    name: str
    root: QualifiedName
    root_id: str
    is_started: bool
    schedule: str | None
    config: Mapping[str, Any]
    mark: Mapping[str, Any]
    tasks: Mapping[str, DeployedTask] = field(default_factory=dict)
    warehouse: str | None = None
    comment: str = ""
    overlaps: bool = False
    definition: str = ""
    owner: str | None = field(default=None, compare=False)
    created: datetime | None = field(default=None, compare=False)
    leftover: Leftover | None = field(default=None, compare=False)
    origin: DeployedGraph | None = None
    lineage: Lineage | None = None
    altered: Mapping[str, Any] | None = field(default=None, compare=False)

    @property
    def options(self) -> Mapping[str, Any]:
        """Its root's properties that SHOW TASKS leaves out."""
        return _options(self.altered, self.mark)

    @property
    def kept(self) -> frozenset[str]:
        """The tasks of a bridge that give recorded values instead of running."""
        return frozenset(self.lineage.kept) if self.lineage is not None else frozenset()

    @property
    def procedure(self) -> QualifiedName:
        """What runs its Python tasks; a bridge has none of its own."""
        return procedure_of((self.origin or self).root)

    @property
    def parents(self) -> dict[str, tuple[str, ...]]:
        """`{task: tasks above it}` in topological order."""
        return {name: task.predecessors for name, task in self.tasks.items()}

    @property
    def finalizers(self) -> frozenset[str]:
        """The tasks that run when all others have ended."""
        return frozenset(name for name, task in self.tasks.items() if task.is_finalizer)

    def is_answer(self, branch: str, task: str) -> bool:
        """Whether `task` runs only if `branch` answers with it: nothing else tells a branch."""
        return branch_condition(self.name, branch, task) in (self.tasks[task].condition or "")

    @property
    def is_past(self) -> bool:
        """Whether only its runs tell of it: it was dropped, or nobody deployed it from here."""
        return not self.mark and not self.tasks

    @property
    def schedule_waits(self) -> bool:
        """Whether nobody has said yet that its schedule is to start: a run made it."""
        return bool(self.mark.get(NOTED_WAITING)) and not self.is_started


def _options(altered: Mapping[str, Any] | None, mark: Mapping[str, Any]) -> Mapping[str, Any]:
    noted: Mapping[str, Any] = mark.get(NOTED_OPTIONS, {})
    return noted if altered is None else altered


def procedure_of(root: QualifiedName) -> QualifiedName:
    """The one procedure that runs the Python tasks of this root's graph."""
    return QualifiedName(f"{root.name}$RUN", root.schema, root.database)


def marked_comment(comment: str | None, mark: Mapping[str, Any]) -> str:
    """The comment to deploy: the user's own, and below it our line."""
    line = "sfdag: " + dumps(mark, separators=(",", ":"), sort_keys=True)
    return f"{comment}\n{line}" if comment else line


def split_comment(comment: str) -> tuple[str, Mapping[str, Any]]:
    """The user's own comment, and our mark (empty where there is none)."""
    found = _MARK.search(comment)
    if found is None:
        return comment, {}
    try:
        mark = json.loads(found[1])
    except ValueError:
        return comment, {}
    return comment[: found.start()], mark


def show_graph(root: QualifiedName) -> str:
    """The statement that `read_graph` asks."""
    scope = ShowScope(kind="SCHEMA", database=root.database, schema=root.schema)
    # `_` matches any character, so other graphs' tasks may be among them.
    return ShowTasks(like=f"{root.name}%", scope=scope).to_sql()


def read_graph(backend: Answering, root: QualifiedName) -> DeployedGraph | None:
    """The deployed graph of this fully qualified root, or None where there is none. One request."""
    try:
        rows = backend.rows(show_graph(root))
    except BackendError as error:
        if error.code == DOES_NOT_EXIST:
            return None
        raise
    return graph_from_rows(rows, root)


def deployed_names(backend: Backend, place: QualifiedName) -> tuple[str, ...]:
    """The graphs that are deployed beside `place`, by their names. One request."""
    scope = ShowScope(kind="SCHEMA", database=place.database, schema=place.schema)
    rows = backend.rows(ShowTasks(scope=scope, root_only=True).to_sql())
    return tuple(graph.name for graph in graphs_from_rows(rows))


def graphs_from_rows(rows: Iterable[Row]) -> tuple[DeployedGraph, ...]:
    """The graphs out of the rows of SHOW TASKS, by place and name."""
    places: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        places.setdefault((str(row["database_name"]), str(row["schema_name"])), []).append(row)
    found = [
        graph_from_rows(there, QualifiedName(str(row["name"]), schema, database))
        for (database, schema), there in sorted(places.items())
        for row in there
        if not predecessors_of(row) and not finalized_by(row) and not _is_bridge(row)
    ]
    graphs = [graph for graph in found if graph is not None]
    return tuple(
        sorted(
            graphs, key=lambda graph: (str(graph.root.database), str(graph.root.schema), graph.name)
        )
    )


def graph_from_rows(rows: Iterable[Row], root: QualifiedName) -> DeployedGraph | None:
    """The graph of `root` out of the rows of SHOW TASKS; other graphs' rows are left out."""
    by_stored = {str(row["name"]): row for row in rows}
    root_row = by_stored.get(root.name)
    if root_row is None:
        return None
    tasks = {stored: row for stored, row in by_stored.items() if _is_of(stored, row, root)}
    marks = {stored: split_comment(str(row["comment"] or "")) for stored, row in by_stored.items()}
    names = {stored: _spelled(stored, marks[stored][1], root) for stored in tasks}
    read = {names[stored]: _task(row, names, marks[stored], root) for stored, row in tasks.items()}
    return DeployedGraph(
        name=str(marks[root.name][1].get("name", root.name)),
        root=root,
        root_id=str(root_row["id"]),
        is_started=is_started(root_row),
        schedule=root_row["schedule"] or None,
        config=_json_object(root_row.get("config")),
        mark=marks[root.name][1],
        tasks=_in_order(read),
        warehouse=root_row.get("warehouse") or None,
        comment=marks[root.name][0],
        definition=str(root_row["definition"]),
        owner=root_row.get("owner") or None,
        created=utc(root_row.get("created_on")),
        overlaps=str(root_row.get("allow_overlapping_execution")).lower() == "true",
        leftover=_leftover(by_stored, root),
    )


def _is_bridge(row: Row) -> bool:
    is_named = bridged_root(str(row["name"])) is not None
    return is_named and NOTED_BRIDGE in split_comment(str(row["comment"] or ""))[1]


def _leftover(by_stored: Mapping[str, Row], root: QualifiedName) -> Leftover | None:
    name = bridge_name(root.name)
    row = by_stored.get(name)
    if row is None or not _is_bridge(row):
        return None
    return Leftover(
        root=replace(root, name=name),
        root_id=str(row["id"]),
        stored=tuple(sorted(stored for stored in by_stored if stored.startswith(f"{name}$"))),
        mark=split_comment(str(row["comment"] or ""))[1][NOTED_BRIDGE],
    )


def _is_of(stored: str, row: Row, root: QualifiedName) -> bool:
    return stored.startswith(f"{root.name}$") and (
        bool(predecessors_of(row)) or finalized_by(row) == root.name
    )


def _task(
    row: Row,
    names: Mapping[str, str],
    marked: tuple[str, Mapping[str, Any]],
    root: QualifiedName,
) -> DeployedTask:
    stored = str(row["name"])
    return DeployedTask(
        name=names[stored],
        stored=stored,
        predecessors=tuple(names[above] for above in predecessors_of(row) if above in names),
        is_finalizer=finalized_by(row) == root.name,
        is_started=is_started(row),
        definition=str(row["definition"]),
        condition=row["condition"] or None,
        comment=marked[0],
        mark=marked[1],
        warehouse=row.get("warehouse") or None,
        was_never_started=_was_never_started(row) and "hash" in marked[1],
        created=utc(row.get("created_on")),
    )


def _spelled(stored: str, mark: Mapping[str, Any], root: QualifiedName) -> str:
    return str(mark.get("name", stored.removeprefix(f"{root.name}$").lower()))


def is_started(row: Row) -> bool:
    """Whether a task is resumed."""
    return str(row["state"]).lower() == "started"


def _was_never_started(row: Row) -> bool:
    # A column that a service does not give says nothing.
    return not is_started(row) and row.get("last_suspended_on", "not told") is None


def predecessors_of(row: Row) -> list[str]:
    """The stored names of the tasks above, out of a row of SHOW TASKS."""
    listed = row["predecessors"] or "[]"
    names = json.loads(listed) if isinstance(listed, str) else listed
    return [_last_part(str(name)) for name in names]


def finalized_by(row: Row) -> str | None:
    """The stored name of the root that a task is the finalizer of."""
    relations = _json_object(row.get("task_relations"))
    finalized = relations.get("FinalizedRootTask")
    return _last_part(str(finalized)) if finalized else None


def _last_part(name: str) -> str:
    return TokenReader(name).qualified_name().name


def _json_object(text: object) -> Mapping[str, Any]:
    if isinstance(text, Mapping):
        return text
    read = json.loads(text) if isinstance(text, str) and text else {}
    return read if isinstance(read, dict) else {}


def _in_order(tasks: dict[str, DeployedTask]) -> dict[str, DeployedTask]:
    """Predecessors before what waits for them, the finalizer last; a cyclic graph as it comes."""
    topology = Topology({name: task.predecessors for name, task in sorted(tasks.items())})
    order = topology.order if topology.cycle is None else topology.parents
    return {name: tasks[name] for name in sorted(order, key=lambda n: tasks[n].is_finalizer)}
