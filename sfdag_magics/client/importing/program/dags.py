"""What `snowflake.core.task.dagv1` does with what a program says, and what it would get wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

from sfdag_magics.client.importing.found import Findings
from sfdag_magics.client.importing.program.values import (
    Cron,
    Dag,
    DagTask,
    Function,
    Library,
    Procedure,
    Unknown,
)
from sfdag_magics.graph.names import key_of
from sfdag_magics.sqltext import identifier_from_sql, quoted_string, sql_identifier

#: `{full name: the names of the parameters that may stand without one}`.
_POSITIONAL = {
    "snowflake.core.task.dagv1.DAG": ("name",),
    "snowflake.core.task.dagv1.DAGTask": ("name", "definition"),
    "snowflake.core.task.dagv1.DAGTaskBranch": ("name", "definition"),
    "snowflake.core.task.Task": ("name", "definition"),
    "snowflake.core.task.StoredProcedureCall": ("func", "args"),
    "snowflake.core.task.Cron": ("expr", "timezone"),
}
_PLACES = ("snowflake.core.task.dagv1.", "snowflake.core.task.", "snowflake.core.task._task.")


def full_name(path: str) -> str:
    """The name by which something is known here; dagv1 hands on what it imports itself."""
    name = path.rpartition(".")[2]
    if path.startswith(_PLACES):
        for known in _POSITIONAL:
            if known.rpartition(".")[2] == name:
                return known
    return path


def stored_name(text: str) -> str:
    """A name as Snowflake stores it: what is no identifier is one in quotes, as it is written."""
    try:
        return identifier_from_sql(text)
    except ValueError:
        return text


class Dags:
    """The graphs and tasks that a program makes. Filled while it is read."""

    def __init__(self, findings: Findings) -> None:
        self.dags: list[Dag] = []
        self.alone: list[DagTask] = []
        self._findings = findings
        self._around: list[Dag] = []

    @property
    def made(self) -> int:
        """How much there is by now: it changes with each task and edge."""
        tasks = [task for dag in self.dags for task in dag.tasks.values()]
        return len(self.dags) + sum(1 + len(t.above) for t in (*tasks, *self.alone))

    def enter(self, dag: Dag) -> None:
        """`with dag:` begins."""
        self._around.append(dag)

    def leave(self) -> None:
        """`with dag:` ends."""
        self._around.pop()

    def called(
        self, path: str, given: Sequence[object], named: Mapping[str, object], line: int
    ) -> object:
        """What a call makes; None where it is none of these."""
        if path not in _POSITIONAL:
            return None
        names = _POSITIONAL[path]
        if len(given) > len(names):
            self._findings.problem(f"{path.rpartition('.')[2]} takes {len(names)} values", line)
        said: dict[str, object] = {**dict(zip(names, given, strict=False)), **named}
        return self._makers[path](self, said, line)

    def _dag(self, said: dict[str, object], line: int) -> Dag:
        dag = Dag(said.pop("name", Unknown("its name")), said, line)
        self.dags.append(dag)
        return dag

    def _task(self, said: dict[str, object], line: int) -> DagTask:
        return self._made(said, line, is_branch=False)

    def _branch(self, said: dict[str, object], line: int) -> DagTask:
        return self._made(said, line, is_branch=True)

    def _alone(self, said: dict[str, object], line: int) -> DagTask:
        task = DagTask(said.pop("name", ""), said.pop("definition", ""), said, None, line)
        self.alone.append(task)
        return task

    def _procedure(self, said: dict[str, object], line: int) -> Procedure:
        del line
        return Procedure(said.pop("func", Unknown("its function")), said)

    def _cron(self, said: dict[str, object], line: int) -> Cron:
        del line
        return Cron(said.get("expr", ""), said.get("timezone", "UTC"))

    def _made(self, said: dict[str, object], line: int, *, is_branch: bool) -> DagTask:
        name, definition = said.pop("name", Unknown("its name")), said.pop("definition", "")
        dag = said.pop("dag", None) or (self._around[-1] if self._around else None)
        if not isinstance(dag, Dag):
            self._findings.problem(f"task {_text(name)} stands in no DAG", line)
            dag = None
        task = DagTask(name, definition, said, dag, line, is_branch=is_branch)
        if dag is not None:
            self._add(dag, task)
        return task

    def _add(self, dag: Dag, task: DagTask) -> None:
        name = _text(task.name)
        before = dag.tasks.pop(key_of(name), None)
        if before is not None:
            lost = f", with {len(before.above)} of its edges" if before.above else ""
            self._findings.problem(
                f"task {name} is made twice: what line {before.line} made is lost{lost}", task.line
            )
            self._move_edges(dag, before, task)
        finalizers = [t for t in dag.tasks.values() if t.is_finalizer]
        if task.is_finalizer and finalizers:
            self._findings.problem(
                f"task {name} is a second finalizer beside {_text(finalizers[0].name)}", task.line
            )
        if task.options.get("is_serverless") is True and task.options.get("warehouse") is not None:
            self._findings.problem(f"task {name} is serverless and has a warehouse", task.line)
        dag.tasks[key_of(name)] = task

    def _move_edges(self, dag: Dag, before: DagTask, task: DagTask) -> None:
        """Who waits for the first of two of one name waits for the second: names are all it has."""
        for other in dag.tasks.values():
            other.above = [task if each is before else each for each in other.above]

    def edge(self, above: object, below: object, line: int) -> object:
        """`above >> below`; what it gives is below."""
        first, second = self._tasks(above, line), self._tasks(below, line)
        for lower in second:
            for upper in first:
                self._join(upper, lower, line)
        return second[0] if not isinstance(below, (list, tuple)) and second else second

    def put_above(self, below: object, above: object, line: int) -> object:
        """`below << above`; what it gives is above."""
        first = self._tasks(above, line)
        for lower in self._tasks(below, line):
            for upper in first:
                self._join(upper, lower, line)
        return first[0] if not isinstance(above, (list, tuple)) and first else first

    def _join(self, upper: DagTask, lower: DagTask, line: int) -> None:
        if upper.is_finalizer or lower.is_finalizer:
            which = upper if upper.is_finalizer else lower
            self._findings.problem(f"finalizer {_text(which.name)} has an edge", line)
            return
        if upper.dag is not lower.dag:
            names = f"{_text(upper.name)} and {_text(lower.name)}"
            self._findings.problem(f"tasks {names} are of different graphs", line)
            return
        if upper.is_branch and upper.dag is not None:
            stored = stored_name(f"{_text(upper.dag.name)}${_text(upper.name)}")
            asked = quoted_string(sql_identifier(stored))
            lower.conditions.insert(
                0,
                f"SYSTEM$GET_PREDECESSOR_RETURN_VALUE({asked}) = "
                f"{quoted_string(_text(lower.name))}",
            )
        if upper not in lower.above:
            lower.above.append(upper)

    def _tasks(self, value: object, line: int) -> list[DagTask]:
        """The tasks of one side; a function becomes a task of its name."""
        if isinstance(value, DagTask):
            return [value]
        if isinstance(value, (list, tuple, set)):
            return [task for each in value for task in self._tasks(each, line)]
        if isinstance(value, (Function, Library)):
            return [self._made({"name": value.name, "definition": value}, line, is_branch=False)]
        said = value.text if isinstance(value, Unknown) else repr(value)
        self._findings.problem(f"an edge of {said}, which is known when the program runs", line)
        return []

    _makers: ClassVar[Mapping[str, Callable[[Dags, dict[str, object], int], object]]] = {
        "snowflake.core.task.dagv1.DAG": _dag,
        "snowflake.core.task.dagv1.DAGTask": _task,
        "snowflake.core.task.dagv1.DAGTaskBranch": _branch,
        "snowflake.core.task.Task": _alone,
        "snowflake.core.task.StoredProcedureCall": _procedure,
        "snowflake.core.task.Cron": _cron,
    }


def _text(value: object) -> str:
    return value.text if isinstance(value, Unknown) else str(value)
