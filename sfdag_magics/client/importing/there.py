"""A deployed graph, made here or not, as a graph of the notebook. Looks; changes nothing.

SHOW TASKS tells which tasks are of it, GET_DDL all of each. The code of Python tasks that were
made here is in the graph's archive.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from sfdag_magics.bundle import read_archive
from sfdag_magics.client.code.deployed_code import described_code, read_code
from sfdag_magics.client.connecting.backend import Backend, Row
from sfdag_magics.client.deploying.hidden_options import definition_texts
from sfdag_magics.client.importing.archived import ArchivedCode, archived_code
from sfdag_magics.client.importing.assembling import assembled
from sfdag_magics.client.importing.found import Findings, FoundTask
from sfdag_magics.client.importing.imported import Imported
from sfdag_magics.client.importing.script import Script
from sfdag_magics.client.importing.sources import imported_graphs
from sfdag_magics.client.observing.deployed import (
    DeployedGraph,
    finalized_by,
    graph_from_rows,
    is_started,
    predecessors_of,
)
from sfdag_magics.errors import BackendError, InputError
from sfdag_magics.graph.grammar import ShowScope, ShowTasks
from sfdag_magics.graph.names import did_you_mean, key_of
from sfdag_magics.place_words import to_type
from sfdag_magics.sqltext import QualifiedName

_NO_CODE = ArchivedCode(shared=(), tasks={}, more={})


def imported_graph(backend: Backend, name: str, place: QualifiedName) -> Imported:
    """A graph that is deployed beside `place`.

    Raises:
        InputError: there is none of this name.
        BackendError: it cannot be read.
    """
    scope = ShowScope(kind="SCHEMA", database=place.database, schema=place.schema)
    rows = {str(row["name"]): row for row in backend.rows(ShowTasks(scope=scope).to_sql())}
    root = _root(rows, name, backend.place)
    findings = Findings(place=lambda line: "")
    there = graph_from_rows(rows.values(), replace(place, name=root))
    names = _of_root(rows, root)
    tasks = _tasks(backend, [replace(place, name=each) for each in names], findings)
    tasks = [replace(t, is_started=is_started(rows[t.name.name])) for t in tasks]
    code = _code(backend, there, findings) if there is not None else _NO_CODE
    found = [*_with_code(tasks, there, code)]
    graphs = [*assembled(found, findings)]
    return imported_graphs(graphs, code.shared, findings, f"{root} on {backend.place}")


def _root(rows: Mapping[str, Row], name: str, place: str) -> str:
    """The stored name of a graph's root, by how it is typed."""
    roots = [n for n, row in rows.items() if not predecessors_of(row) and not finalized_by(row)]
    for wanted in (name, key_of(name)):
        if wanted in roots:
            return wanted
    if key_of(name) in rows:
        raise InputError(
            f"{name!r} is a task and no graph on {place}", hint=f"its root: {', '.join(roots)}"
        )
    raise InputError(
        f"{name!r} is no file, no DAG of the notebook and no graph on {place}",
        hint=did_you_mean(name, roots, "graphs") if roots else to_type("graphs", all=True),
    )


def _of_root(rows: Mapping[str, Row], root: str) -> list[str]:
    """The root, all below it, and its finalizer; the root first."""
    found = [root]
    grown = True
    while grown:
        new = [
            name
            for name, row in rows.items()
            if name not in found and any(above in found for above in predecessors_of(row))
        ]
        found += new
        grown = bool(new)
    return [*found, *(n for n, row in rows.items() if finalized_by(row) == root)]


def _tasks(backend: Backend, names: list[QualifiedName], findings: Findings) -> list[FoundTask]:
    script = Script(findings)
    for name, text in zip(names, definition_texts(backend, names), strict=True):
        before = len(script.tasks)
        script.read(text, 0)
        if len(script.tasks) == before:
            findings.problem(f"task {name.name}: its definition could not be read")
    return list(script.tasks)


def _code(backend: Backend, there: DeployedGraph, findings: Findings) -> ArchivedCode:
    python = {task.name: task.element for task in there.tasks.values() if task.is_python}
    if not python:
        return _NO_CODE
    try:
        code = described_code(backend, there.procedure, read_code(backend, there.procedure))
        shipped = read_archive(backend.download(code.archive or ""))
    except (BackendError, ValueError) as error:
        said = error.message if isinstance(error, BackendError) else str(error)
        findings.problem(f"the code of {', '.join(python)} cannot be read: {said}")
        return _NO_CODE
    return archived_code(shipped, python, findings)


def _with_code(
    tasks: Iterable[FoundTask], there: DeployedGraph | None, code: ArchivedCode
) -> Iterable[FoundTask]:
    names = {task.stored: task.name for task in there.tasks.values()} if there else {}
    for task in tasks:
        name = names.get(task.name.name, "")
        if name in code.tasks:
            yield replace(task, body="", code=code.tasks[name], more=code.more[name])
        else:
            yield task
