"""From a source of any kind to graphs, and what is to be said of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sfdag_magics.client.importing.assembling import assembled
from sfdag_magics.client.importing.found import Findings
from sfdag_magics.client.importing.imported import Imported, ImportedGraph, no_task
from sfdag_magics.client.importing.program.reading import read_program
from sfdag_magics.client.importing.script import tasks_of_script
from sfdag_magics.graph.model import TaskGraph


def imported_script(text: str, source: str) -> Imported:
    """What a SQL script makes.

    Raises:
        InputError: it is no SQL, or makes no task.
    """
    findings = Findings()
    graphs = [*assembled(tasks_of_script(text, findings), findings)]
    return imported_graphs(graphs, (), findings, source)


def imported_program(text: str, source: str, folder: Path | None = None) -> Imported:
    """What a Python program makes; it does not run.

    Args:
        folder: where its own modules lie.

    Raises:
        InputError: it is no Python, or makes no task.
    """
    findings = Findings()
    program = read_program(text, findings, folder)
    graphs = (*program.graphs, *assembled(program.tasks, findings))
    return imported_graphs(graphs, program.code, findings, source)


def imported_graphs(
    graphs: Sequence[TaskGraph], code: tuple[str, ...], findings: Findings, source: str
) -> Imported:
    """Graphs that were read, with all that is wrong with them.

    Args:
        code: the cells of plain Python that tasks need.

    Raises:
        InputError: they have no task.
    """
    if not any(graph.tasks for graph in graphs):
        if findings.problems:
            listed = "".join(f"\n  {each}" for each in findings.problems)
            error = no_task(source)
            error.message += listed
            raise error
        raise no_task(source)
    for graph in graphs:
        for problem in graph.validate():
            findings.problem(f"graph {graph.name}: {problem.in_a_line}")
    made = [
        ImportedGraph(graph=graph, code=code if not index else ())
        for index, graph in enumerate(graphs)
    ]
    return Imported(
        source=source,
        graphs=tuple(made),
        problems=tuple(findings.problems),
        not_carried=tuple(findings.not_carried),
        notes=tuple(findings.notes),
    )
