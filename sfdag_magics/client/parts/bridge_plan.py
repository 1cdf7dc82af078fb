"""What a bridge is made of: the tasks that run, and those that only give a recorded value. Pure.

It stands in the schema of the graph, beside it: unqualified names in the bodies mean what they
meant, and the Python tasks call the graph's own procedure. Nothing of the deployed graph is
touched.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import field, replace

from sfdag_magics.client.code.deployed_code import Code, DeployedCode, create_procedure
from sfdag_magics.client.observing.bridges.bridged import bridged
from sfdag_magics.client.observing.bridges.lineage import NOTED_BRIDGE, Lineage
from sfdag_magics.client.observing.deployed import (
    NOTED_OPTIONS,
    DeployedGraph,
    DeployedTask,
    marked_comment,
    procedure_of,
)
from sfdag_magics.client.parts.names import renamed
from sfdag_magics.client.parts.recorded import Recorded
from sfdag_magics.graph.grammar import AlterTask, CreateTask, ResumeTask, TaskProperties
from sfdag_magics.graph.topology import Topology
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import QualifiedName, quoted_string

#: A condition with this says by itself which states above it wants: it is part of the body's rule.
_OWN_RULE = "SYSTEM$PREDECESSORS_STATE"
#: The timeouts and sizes of tasks, which SHOW TASKS leaves out; a root's options are of its runs.
_TASK_OPTIONS = ("user_task_timeout_ms", "user_task_managed_initial_warehouse_size")
_ROOT_OPTIONS = ("user_task_timeout_ms",)


@dataclass(frozen=True, slots=True, kw_only=True)
class BridgePlan:
    """A bridge before it is made.

    Attributes:
        graph: as it is deployed.
        kept: `{task: what it gave}` of those that only give that.
        named: tasks that a person asked for: they run although somebody suspended them.
        maker: who makes it, as its root notes it.
        code: what its Python tasks run, in a procedure of its own; None where they run what is
            deployed.
    """

    graph: DeployedGraph
    lineage: Lineage
    kept: Mapping[str, Recorded] = field(default_factory=dict)
    named: frozenset[str] = frozenset()
    maker: Mapping[str, object] = field(default_factory=dict)
    code: Code | None = None

    @property
    def bridge(self) -> DeployedGraph:
        """The bridge as a graph to look at."""
        return bridged(self.graph, self.lineage)

    @property
    def below_skipped(self) -> tuple[str, ...]:
        """Those that would run and are skipped as well, for something above them is."""
        gone = {*self.lineage.skipped}
        for name in Topology(self.graph.parents).order:
            task = self.graph.tasks[name]
            decides = task.is_finalizer or _OWN_RULE in (task.condition or "").upper()
            if name in self.lineage.runs and not decides and gone & {*task.predecessors}:
                gone.add(name)
        return tuple(name for name in self.lineage.runs if name in gone)

    def statements(self) -> list[str]:
        """What makes it, in order; the first is refused where another bridge stands."""
        tasks = self.bridge.tasks
        order = sorted(tasks, key=lambda name: tasks[name].is_finalizer)
        return [
            self._root().to_sql(),
            *self._procedure(),
            *(self._task(name).to_sql() for name in order),
            *self._resumes(),
        ]

    def _procedure(self) -> list[str]:
        """What makes the procedure with the code of another time."""
        if self.code is None:
            return []
        name = procedure_of(self.bridge.root)
        return [create_procedure(name, self.code, self.lineage.archive, DeployedCode())]

    def _body(self, task: DeployedTask) -> str:
        if self.code is None or not task.is_python:
            return self._renamed(task.definition)
        own = QualifiedName(procedure_of(self.bridge.root).name)
        return f"CALL {own.sql()}{task.definition[task.definition.index('(') :]}"

    def _root(self) -> CreateTask:
        graph = self.graph
        noted = graph.mark.get(NOTED_OPTIONS, {})
        return CreateTask(
            name=self.bridge.root,
            body=f"SELECT {quoted_string(f'bridge of {graph.name}: {self.lineage.text}')}",
            properties=TaskProperties(
                warehouse=graph.warehouse,
                comment=self._comment(graph.name, {NOTED_BRIDGE: dict(self.maker)}),
                **{name: noted[name] for name in _ROOT_OPTIONS if name in noted},
            ),
        )

    def _task(self, name: str) -> CreateTask:
        task = self.graph.tasks[name]
        statement = CreateTask(
            name=self._name(self.bridge.tasks[name].stored),
            body=self._body(task),
            properties=self._properties(task),
            after=() if task.is_finalizer else self._above(name),
            condition=self._condition(task),
        )
        if name in self.kept:
            return replace(statement, body=_giving(name, self.kept[name]), condition=None)
        if name in self.lineage.skipped:
            body = f"SELECT {quoted_string(f'{name} stays skipped')}"
            return replace(statement, body=body, condition="1 = 0")
        return statement

    def _properties(self, task: DeployedTask) -> TaskProperties:
        noted = task.mark.get(NOTED_OPTIONS, {})
        return TaskProperties(
            warehouse=task.warehouse,
            comment=self._comment(task.name, {}),
            finalize=self.bridge.root if task.is_finalizer else None,
            **{name: noted[name] for name in _TASK_OPTIONS if name in noted},
        )

    def _comment(self, name: str, more: Mapping[str, object]) -> str:
        return marked_comment(None, {"name": name, **more})

    def _above(self, name: str) -> tuple[QualifiedName, ...]:
        bridge = self.bridge
        above = [
            bridge.tasks[n].stored for n in bridge.tasks[name].predecessors if n in bridge.tasks
        ]
        return tuple(map(self._name, above or [bridge.root.name]))

    def _condition(self, task: DeployedTask) -> str | None:
        condition = task.condition
        if condition is None or task.name in self.lineage.forced:
            return None
        return self._renamed(condition)

    def _renamed(self, sql: str) -> str:
        return renamed(sql, self.graph.root.name, self.bridge.root.name, self.graph.tasks)

    def _resumes(self) -> Iterator[str]:
        for name, task in self.bridge.tasks.items():
            stands = name in self.kept or name in self.lineage.skipped
            if stands or task.is_started or name in self.named:
                yield AlterTask(name=self._name(task.stored), action=ResumeTask()).to_sql()

    def _name(self, stored: str) -> QualifiedName:
        return replace(self.graph.root, name=stored)


def forced(graph: DeployedGraph, named: Collection[str]) -> tuple[str, ...]:
    """Those of the named tasks that run whatever their condition says.

    What a condition asks of those above it as a whole is no answer of one, and holds.
    """
    asked = ((name, (graph.tasks[name].condition or "").upper()) for name in named)
    return tuple(name for name, condition in asked if condition and _OWN_RULE not in condition)


def _giving(name: str, value: Recorded) -> str:
    """The body of a task that only gives what was recorded."""
    if value.value is None:
        return f"SELECT {quoted_string(f'{name} returned nothing')}"
    return f"CALL SYSTEM$SET_RETURN_VALUE({quoted_string(value.value)})"
