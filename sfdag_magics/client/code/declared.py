"""Which keys of the configuration deployed tasks read whose cells were not run here.

By the archive that is deployed, which says what each function takes and has the texts of their
defaults, and by the SQL of the tasks.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sfdag_magics.bundle import Shipped, read_archive
from sfdag_magics.client.code.deployed_code import DeployedCode
from sfdag_magics.client.connecting.backend import Backend
from sfdag_magics.errors import BackendError, ConnectError
from sfdag_magics.graph.model import Parameter, ParameterKind, Task, TaskKind
from sfdag_magics.graph.values.signature import UNKNOWN_DEFAULT, parameters_of


def with_declared(backend: Backend, tasks: Sequence[Task], there: DeployedCode) -> tuple[Task, ...]:
    """The tasks, those that are not loaded with what they are deployed to read.

    One of which that cannot be told, as it hands the context on, stays as it is.
    """
    absent = {task.name for task in tasks if task.kind is TaskKind.NOT_LOADED}
    shipped = _shipped(backend, there) if absent & there.tasks.keys() else None
    return tuple(
        _declared(task, shipped, is_python=task.name in there.tasks)
        if task.name in absent
        else task
        for task in tasks
    )


def default_texts(shipped: Shipped, task: str) -> Mapping[str, str | None]:
    """`{config key: the text of its default}` of a task of an archive; None of one without."""
    _, text = shipped.module(task)
    name = shipped.tasks[task.upper()]["function"]
    made = (each for each in ast.parse(text).body if isinstance(each, ast.FunctionDef))
    function = next((each for each in made if each.name == name), None)
    taken = parameters_of(function) if function is not None else ()
    return {each.name: each.default for each in taken if each.kind is ParameterKind.CONFIG}


def _shipped(backend: Backend, there: DeployedCode) -> Shipped | None:
    """The archive; None where it cannot be read."""
    try:
        return read_archive(backend.download(there.archive)) if there.archive else None
    except ConnectError:
        raise
    except (BackendError, ValueError):
        return None


def _declared(task: Task, shipped: Shipped | None, *, is_python: bool) -> Task:
    if not is_python:
        return replace(task, kind=TaskKind.SQL)  # its body is what is deployed
    entry = shipped.tasks.get(task.name.upper()) if shipped is not None else None
    if shipped is None or entry is None:
        return task
    said = entry["parameters"]
    if any(each["kind"] == ParameterKind.CONTEXT for each in said):
        return task
    defaults = _known_defaults(shipped, task.name)
    taken = tuple(_parameter(each, defaults.get(each["name"])) for each in said)
    return replace(task, kind=TaskKind.PYTHON, body="", parameters=taken)


def _known_defaults(shipped: Shipped, task: str) -> Mapping[str, str | None]:
    try:
        return default_texts(shipped, task)
    except (ValueError, KeyError):  # of an archive whose code cannot be read its keys are known
        return {}


def _parameter(said: Mapping[str, Any], default: str | None) -> Parameter:
    return Parameter(
        name=said["name"],
        kind=ParameterKind(said["kind"]),
        annotation=said["annotation"],
        default=None if said["required"] else default or UNKNOWN_DEFAULT,
    )
