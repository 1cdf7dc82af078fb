"""Which keys of the configuration deployed tasks read whose cells were not run here.

By the archive that is deployed, which says what each function takes, and by the SQL of the tasks.
Of the code itself nothing is read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sfdag_magics.bundle import read_archive
from sfdag_magics.client.code.deployed_code import DeployedCode
from sfdag_magics.client.connecting.backend import Backend
from sfdag_magics.errors import BackendError, ConnectError
from sfdag_magics.graph.model import Parameter, ParameterKind, Task, TaskKind
from sfdag_magics.graph.values.signature import UNKNOWN_DEFAULT


def with_declared(backend: Backend, tasks: Sequence[Task], there: DeployedCode) -> tuple[Task, ...]:
    """The tasks, those that are not loaded with what they are deployed to read.

    One of which that cannot be told, as it hands the context on, stays as it is.
    """
    absent = {task.name for task in tasks if task.kind is TaskKind.NOT_LOADED}
    entries = _entries(backend, there) if absent & there.tasks.keys() else {}
    return tuple(
        _declared(task, entries.get(task.name.upper()), is_python=task.name in there.tasks)
        if task.name in absent
        else task
        for task in tasks
    )


def _entries(backend: Backend, there: DeployedCode) -> Mapping[str, Mapping[str, Any]]:
    """What the archive says of each task; nothing where it cannot be read."""
    try:
        return read_archive(backend.download(there.archive)).tasks if there.archive else {}
    except ConnectError:
        raise
    except (BackendError, ValueError):
        return {}


def _declared(task: Task, entry: Mapping[str, Any] | None, *, is_python: bool) -> Task:
    if not is_python:
        return replace(task, kind=TaskKind.SQL)  # its body is what is deployed
    taken = tuple(map(_parameter, entry["parameters"])) if entry is not None else None
    if taken is None or any(each.kind is ParameterKind.CONTEXT for each in taken):
        return task
    return replace(task, kind=TaskKind.PYTHON, body="", parameters=taken)


def _parameter(said: Mapping[str, Any]) -> Parameter:
    return Parameter(
        name=said["name"],
        kind=ParameterKind(said["kind"]),
        annotation=said["annotation"],
        default=None if said["required"] else UNKNOWN_DEFAULT,
    )
