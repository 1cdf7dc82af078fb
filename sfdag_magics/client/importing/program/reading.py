"""From the text of a Python program to the tasks that it makes. Runs none of it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from sfdag_magics.bundle.taking.used.names_used import global_names
from sfdag_magics.client.importing.found import Findings, FoundCode, FoundTask
from sfdag_magics.client.importing.naming import name_here
from sfdag_magics.client.importing.program.codes import calling_again, code_cells, code_of
from sfdag_magics.client.importing.program.dags import stored_name
from sfdag_magics.client.importing.program.properties import Options, options_of
from sfdag_magics.client.importing.program.running import Running
from sfdag_magics.client.importing.program.values import (
    Dag,
    DagTask,
    Function,
    Library,
    Partly,
    Procedure,
    Unknown,
)
from sfdag_magics.client.importing.script import Script
from sfdag_magics.errors import InputError
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import QualifiedName

_TASK = re.compile(r"\b(?:create|alter)\b.*?\btask\b", re.IGNORECASE | re.DOTALL)
#: What dagv1 gives the root of each graph to do.
ROOT_BODY = "select 'dag dummy root'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A program that was read.

    Attributes:
        tasks: those that Snowflake's API or SQL makes.
        graphs: those that this package makes.
        code: the cells of plain Python that tasks need.
    """

    tasks: tuple[FoundTask, ...]
    graphs: tuple[TaskGraph, ...]
    code: tuple[str, ...]


def read_program(text: str, findings: Findings, folder: Path | None = None) -> Program:
    """The tasks of a program.

    Args:
        folder: where its own modules lie.

    Raises:
        InputError: it is no Python.
    """
    tree = parsed(text)
    running = Running(findings, folder)
    module = running.program(text, tree)
    tasks = [*_each_once(_tasks(running, findings)), *_of_sql(running, findings)]
    graphs = tuple(running.own.made())
    own = {*(t.code.function for t in tasks if t.code and t.code.function), *running.own.functions}
    texts = [task.source.text for graph in graphs for task in graph.tasks if task.source]
    needs = [name for task in tasks if task.code for name in task.code.needs]
    needs += [name for text in texts for name in global_names(text)]
    code = code_cells(module, needs, own, findings)
    _say_of_modules(running, tasks, code, findings)
    return Program(tasks=tuple(tasks), graphs=graphs, code=code)


def parsed(text: str) -> ast.Module:
    """A program's tree.

    Raises:
        InputError: it is no Python.
    """
    try:
        return ast.parse(text)
    except SyntaxError as error:
        raise InputError(
            f"the program is no Python: line {error.lineno}: {error.msg}", hint="correct the line"
        ) from error
    except (ValueError, RecursionError, MemoryError) as error:
        said = str(error) or "it is nested too deeply"
        raise InputError(f"the program is no Python: {said}", hint="another file") from error


def _tasks(running: Running, findings: Findings) -> Iterator[FoundTask]:
    yield from tasks_of_dags(running.dags.dags, findings)
    for task in running.dags.alone:
        yield _alone(task, findings)


def tasks_of_dags(dags: Iterable[Dag], findings: Findings) -> Iterator[FoundTask]:
    """The tasks of graphs as Snowflake's API would make them, each root first."""
    for dag in dags:
        if not isinstance(dag.name, str) or isinstance(dag.name, Partly):
            named = dag.name.text if isinstance(dag.name, Unknown) else str(dag.name)
            findings.note(f"the graph's name is known when the program runs: {named}", dag.line)
        yield from _of_dag(dag, findings)


def _each_once(tasks: Iterable[FoundTask]) -> Iterator[FoundTask]:
    """The tasks, of which the second with the same function calls that of the first."""
    met: set[str] = set()
    for task in tasks:
        if task.code is None or task.code.text not in met:
            met |= {task.code.text} if task.code else set()
            yield task
        else:
            name = name_here(task.spelled)
            yield replace(task, code=calling_again(name, task.code.text))


def _of_sql(running: Running, findings: Findings) -> tuple[FoundTask, ...]:
    """What the program sends as SQL to make tasks."""
    script = Script(findings)
    for text, line in running.sent:
        if _TASK.search(text):
            try:
                script.read(text, line, only_tasks=True)
            except InputError as error:
                findings.problem(error.message, line)
    return script.tasks


def _of_dag(dag: Dag, findings: Findings) -> Iterator[FoundTask]:
    name = _text(dag.name)
    said = options_of(dag.options)
    root = QualifiedName(_stored(name))
    yield FoundTask(
        name=root,
        spelled=_spelled(name),
        body=ROOT_BODY,
        properties=said.properties,
        condition=_condition(dag.options),
        packages=said.packages,
        line=dag.line,
        left=said.left,
    )
    _say_wrong(f"graph {name}", said, dag.line, findings)
    for task in dag.tasks.values():
        yield _of_task(task, dag, root, findings)


def _of_task(task: DagTask, dag: Dag, root: QualifiedName, findings: Findings) -> FoundTask:
    name = _text(task.name)
    options = {**_of_procedure(task), **task.options}
    if options.get("warehouse") is None and options.get("is_serverless") is not True:
        options["warehouse"] = dag.options.get("warehouse")
        if isinstance(options["warehouse"], Unknown | Partly):
            del options["warehouse"]
    said = options_of(options, root if task.is_finalizer else None)
    _say_wrong(f"task {name}", said, task.line, findings)
    above = [QualifiedName(_stored(f"{_text(dag.name)}${_text(t.name)}")) for t in task.above]
    code, body = _code_or_body(task, name, findings)
    return FoundTask(
        name=QualifiedName(_stored(f"{_text(dag.name)}${name}")),
        spelled=_spelled(name),
        body=body,
        code=code,
        properties=said.properties,
        after=() if task.is_finalizer else tuple(above) or (root,),
        condition=" and ".join((*task.conditions, *_conditions(options))) or None,
        branch=task.is_branch,
        root=root,
        packages=said.packages,
        line=task.line,
        left=said.left,
    )


def _alone(task: DagTask, findings: Findings) -> FoundTask:
    """A `Task` without a DAG."""
    name = _text(task.name)
    final = task.options.get("finalize")
    options = {**_of_procedure(task), **task.options}
    said = options_of(options, QualifiedName(_stored(final)) if _is_text(final) else None)
    _say_wrong(f"task {name}", said, task.line, findings)
    above = task.options.get("predecessors")
    names = above if isinstance(above, (list, tuple)) else ()
    for each in names:
        if not _is_text(each):
            findings.problem(
                f"task {name}: a predecessor is known when the program runs: {_text(each)}",
                task.line,
            )
    code, body = _code_or_body(task, name, findings)
    return FoundTask(
        name=QualifiedName(_stored(name)),
        spelled=_spelled(name),
        body=body,
        code=code,
        properties=said.properties,
        after=tuple(QualifiedName(_stored(each)) for each in names if _is_text(each)),
        condition=_condition(task.options),
        packages=said.packages,
        line=task.line,
        left=said.left,
    )


def _of_procedure(task: DagTask) -> Mapping[str, object]:
    """What a procedure's call says beside what it calls."""
    return task.definition.options if isinstance(task.definition, Procedure) else {}


def _code_or_body(task: DagTask, name: str, findings: Findings) -> tuple[FoundCode | None, str]:
    definition = task.definition
    if isinstance(definition, Procedure | Function | Library):
        return code_of(task, name_here(_spelled(name)), findings), ""
    if isinstance(definition, Unknown) or not isinstance(definition, str):
        said = definition.text if isinstance(definition, Unknown) else repr(definition)
        findings.problem(
            f"task {name}: what it does is known when the program runs: {said}", task.line
        )
        return None, f"select 'to be written: {said}'".replace("\n", " ")
    if isinstance(definition, Partly):
        said = ", ".join(dict.fromkeys(definition.unknown))
        findings.problem(
            f"task {name}: its SQL has {{{said}}}, known when the program runs", task.line
        )
    if task.is_branch and "SET_RETURN_VALUE" not in definition.upper():
        findings.problem(
            f"task {name} is a branch and returns rows: its SQL never calls "
            "SYSTEM$SET_RETURN_VALUE with the next task's name",
            task.line,
        )
    return None, str(definition)


def _conditions(options: dict[str, object]) -> list[str]:
    said = _condition(options)
    return [said] if said else []


def _condition(options: object) -> str | None:
    said = options.get("condition") if isinstance(options, dict) else None
    return str(said) if isinstance(said, str) else None


def _say_wrong(named: str, said: Options, line: int, findings: Findings) -> None:
    for each in said.wrong:
        findings.problem(f"{named}: {each}", line)


def _say_of_modules(
    running: Running, tasks: list[FoundTask], code: tuple[str, ...], findings: Findings
) -> None:
    """The program's own modules that cells import."""
    texts = [*code, *(task.code.text for task in tasks if task.code)]
    imported = {
        name
        for text in texts
        for node in ast.walk(ast.parse(text))
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for name in (
            [node.module] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
        )
    }
    for name, module in running.modules.items():
        if module is not None and name in imported:
            findings.left(f"module {name}: it has to lie beside the notebook, as it does here")


def _text(value: object) -> str:
    return value.text if isinstance(value, Unknown) else str(value)


def _is_text(value: object) -> bool:
    """Whether the last part of a name is known; what stands before it is a place."""
    return isinstance(value, str) and not (
        isinstance(value, Partly) and "{" in value.rpartition(".")[2]
    )


def _stored(name: object) -> str:
    """The last part of a name, as Snowflake stores it."""
    text = str(name)
    return stored_name(text.rpartition(".")[2] if '"' not in text else text)


def _spelled(name: str) -> str:
    return name[1:-1].replace('""', '"') if name.startswith('"') and name.endswith('"') else name
