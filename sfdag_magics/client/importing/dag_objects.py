"""A `DAG` of `snowflake.core` that there is as an object. Imports none of that package.

Functions are taken by their text, and what they use by its name here: a module, a function or
class of one, another function, or plain data.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterable, Mapping
from types import FunctionType, ModuleType
from typing import Any

from sfdag_magics.bundle.taking.used.names_used import global_names
from sfdag_magics.client.exporting.python_text import value_text
from sfdag_magics.client.importing.assembling import assembled
from sfdag_magics.client.importing.found import Findings, FoundTask
from sfdag_magics.client.importing.imported import Imported
from sfdag_magics.client.importing.program import values
from sfdag_magics.client.importing.program.reading import tasks_of_dags
from sfdag_magics.client.importing.sources import imported_graphs

_HOME = "snowflake.core.task.dagv1"
_OF_DAGS = (
    *("schedule", "warehouse", "error_integration", "comment", "task_auto_retry_attempts"),
    *("overlap_policy", "user_task_timeout_ms", "suspend_task_after_num_failures", "config"),
    *("session_parameters", "stage_location", "imports", "packages", "use_func_return_value"),
    "condition",
)
_OF_TASKS = (
    *("warehouse", "session_parameters", "comment", "user_task_managed_initial_warehouse_size"),
    *("target_completion_interval", "serverless_task_min_statement_size", "condition"),
    *("serverless_task_max_statement_size", "user_task_timeout_ms", "success_integration"),
    "execute_as_user",
)


def is_dag(value: object) -> bool:
    """Whether a value is a `DAG`."""
    return any(kind.__module__ == _HOME and kind.__name__ == "DAG" for kind in type(value).__mro__)


def imported_dags(dags: Iterable[Any], source: str) -> Imported:
    """What `DAG` objects are, as graphs here; none of their functions is called.

    Raises:
        InputError: they have no task.
    """
    findings = Findings(place=lambda line: "")
    objects = _Objects(findings)
    read = [objects.dag(dag) for dag in dags]
    tasks: tuple[FoundTask, ...] = tuple(tasks_of_dags(read, findings))
    graphs = [*assembled(tasks, findings)]
    needs = [name for task in tasks if task.code for name in task.code.needs]
    own = {task.code.function for task in tasks if task.code and task.code.function}
    return imported_graphs(graphs, objects.code(needs, own), findings, source)


class _Objects:
    """The objects of one import, and what their functions see."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._sees: dict[str, Any] = {}
        self._texts: dict[str, str] = {}

    def dag(self, dag: Any) -> values.Dag:  # noqa: ANN401 - an object of a package that is optional
        """A graph with its tasks and edges."""
        found = values.Dag(str(dag.name), _said(dag, _OF_DAGS), 0)
        made = {id(task): self._task(task, found) for task in dag.tasks}
        for task in dag.tasks:
            known = [made[id(p)] for p in task.predecessors if id(p) in made]
            for lost in (p for p in task.predecessors if id(p) not in made):
                same = next((t for t in dag.tasks if t.name == lost.name), None)
                self._findings.problem(
                    f"task {lost.name} was made twice: the first is lost, with what it waited for"
                )
                known += [made[id(same)]] if same is not None else []
            made[id(task)].above = known
            found.tasks[str(task.name).upper()] = made[id(task)]
        return found

    def _task(self, task: Any, dag: values.Dag) -> values.DagTask:  # noqa: ANN401 - as above
        options = _said(task, _OF_TASKS)
        options["is_finalizer"] = bool(getattr(task, "_is_finalizer", False))
        kinds = [kind.__name__ for kind in type(task).__mro__]
        definition = self._definition(task.definition)
        is_branch = "DAGTaskBranch" in kinds
        options["is_serverless"] = options["warehouse"] is None
        return values.DagTask(str(task.name), definition, options, dag, 0, is_branch=is_branch)

    def _definition(self, value: Any) -> object:  # noqa: ANN401 - as above
        if isinstance(value, str):
            return value
        if type(value).__name__ == "StoredProcedureCall":
            options = {
                name: getattr(value, f"_{name}", None)
                for name in ("args", "packages", "imports", "stage_location")
            }
            called = value.func
            if not inspect.isfunction(called):
                given = ", ".join(map(repr, options["args"] or ()))
                return f"CALL {getattr(called, 'name', called)}({given})"
            return values.Procedure(self._function(called), options)
        if hasattr(value, "to_sql"):
            return str(value.to_sql())
        return self._function(value) if inspect.isfunction(value) else values.Unknown(repr(value))

    def _function(self, function: FunctionType) -> object:
        """A function by its text; one that is imported by its name."""
        try:
            text = textwrap.dedent(inspect.getsource(function))
            node = ast.parse(text).body[0]
        except (OSError, SyntaxError, TypeError, IndexError):
            return values.Library(f"{function.__module__}.{function.__qualname__}")
        if not isinstance(node, ast.FunctionDef):
            return values.Unknown(text.strip())
        self._sees |= _seen_by(function)
        self._texts[node.name] = text
        module = values.Module("", text, ast.Module([node], []), values.Scope())
        return values.Function(node, module, module.scope)

    def code(self, needs: Iterable[str], own: Iterable[str]) -> tuple[str, ...]:
        """One cell of what functions use.

        Args:
            own: those that have cells of their own.
        """
        imports: list[str] = []
        others: list[str] = []
        wanted, met = [*needs], set(own)
        while wanted:
            name = wanted.pop(0)
            if name in met or name not in self._sees | self._texts:
                continue
            met.add(name)
            text = self._texts.get(name) or self._line(name, self._sees[name])
            if text.startswith(("import ", "from ")):
                imports.append(text)
            elif text:
                others.insert(0, text)
                wanted += global_names(text)
        parts = ["\n".join(lines).strip("\n") for lines in (imports, others) if lines]
        return ("\n\n".join(parts),) if parts else ()

    def _line(self, name: str, value: Any) -> str:  # noqa: ANN401 - any value of a notebook
        """What makes a name stand for the same thing."""
        if isinstance(value, ModuleType):
            own = value.__name__
            return f"import {own}" if own == name else f"import {own} as {name}"
        home, called = getattr(value, "__module__", None), getattr(value, "__qualname__", None)
        if isinstance(called, str) and home not in (None, "__main__") and "." not in called:
            return f"from {home} import {called}" + ("" if called == name else f" as {name}")
        if isinstance(value, (FunctionType, type)):
            try:
                text = textwrap.dedent(inspect.getsource(value))
            except (OSError, TypeError):
                self._findings.problem(f"tasks use {name}, whose text is not known")
                return ""
            if isinstance(value, FunctionType):
                self._sees |= {k: v for k, v in _seen_by(value).items() if k not in self._sees}
            return f"\n\n{text}\n"
        if values.is_known(value):
            return f"{name} = {value_text(value)}"
        kind = type(value).__name__
        self._findings.problem(f"tasks use {name}, a {kind}: make it in a cell of its own")
        return ""


def _seen_by(function: FunctionType) -> dict[str, Any]:
    """The names that a function sees, those that it encloses first."""
    try:
        enclosed: Mapping[str, Any] = inspect.getclosurevars(function).nonlocals
    except (TypeError, ValueError):
        enclosed = {}
    return {**function.__globals__, **enclosed}


def _said(value: Any, names: Iterable[str]) -> dict[str, object]:  # noqa: ANN401 - as above
    """What is said of an object, in the values of a program that is read."""
    found: dict[str, object] = {}
    for name in names:
        said: Any = getattr(value, name, None)
        if type(said).__name__ == "Cron":
            said = values.Cron(said.expr, said.timezone)
        found[name] = str(said) if name == "overlap_policy" and said is not None else said
    return found
