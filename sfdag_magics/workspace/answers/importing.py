"""A program, a script, a `DAG` or a deployed graph as graphs of the notebook.

Of files nothing runs, unless a program is to. Registers nothing.
"""

from __future__ import annotations

import os
from pathlib import Path

from sfdag_magics.client.deploying.standing import root_name
from sfdag_magics.client.importing.dag_objects import imported_dags, is_dag
from sfdag_magics.client.importing.files import imported_file, is_project
from sfdag_magics.client.importing.imported import Imported
from sfdag_magics.client.importing.ran import imported_by_running
from sfdag_magics.client.importing.there import imported_graph
from sfdag_magics.errors import InputError
from sfdag_magics.graph.arguments.option_values import shortly
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.workspace.workspace import Workspace

#: Files that are read; other names are files where one of the name is there.
_SUFFIXES = (".py", ".ipynb", ".sql")


def imported_from(
    workspace: Workspace, source: object, target: str | None = None, *, run: bool = False
) -> Imported:
    """What a source makes.

    Args:
        source: a `DAG`, a file's path, or the name of a graph that is deployed.
        run: a Python file runs, in a process of its own, and gives the `DAG`s that it made.

    Raises:
        InputError: it is none of these, cannot be read, or makes no task.
        MachineError: a file cannot be read here.
        BackendError: a graph cannot be read.
    """
    if is_dag(source):
        return imported_dags([source], f"DAG {getattr(source, 'name', '')}")
    if isinstance(source, Path) or (isinstance(source, str) and is_file(source)):
        path = Path(source)
        return imported_by_running(path) if run else imported_file(path)
    if not isinstance(source, str) or not source:
        raise InputError(
            f"an import takes a file, a DAG or a graph's name, and not {shortly(source)}",
            hint="'tasks.sql', or a DAG of snowflake.core",
        )
    if run:
        raise InputError(f"{source} is no Python file, so nothing can run", hint="without --run")
    backend, chosen = workspace.places.backend(target), workspace.places.target(target)
    place = root_name(TaskGraph("any"), backend, chosen)
    return imported_graph(backend, source, place)


def is_file(name: str) -> bool:
    """Whether a text is meant as a file, or as the folder of a project."""
    if "\0" in name or "\n" in name:
        return False
    return (
        name.endswith(_SUFFIXES) or os.sep in name or Path(name).is_file() or is_project(Path(name))
    )
