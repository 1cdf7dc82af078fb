"""Which code a run's tasks ran, beside what is deployed and what stands in the notebook's cells."""

from __future__ import annotations

from collections.abc import Mapping

from sfdag_magics.client.code.code_that_ran import RanCode, code_that_ran
from sfdag_magics.client.deploying.standing import Standing
from sfdag_magics.client.observing.snapshot import RunSnapshot
from sfdag_magics.errors import CaptureError, InputError
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.workspace.workspace import Workspace


def ran_code(
    workspace: Workspace, graph: TaskGraph, seen: RunSnapshot, target: str | None
) -> Mapping[str, RanCode]:
    """`{task: what it ran}` for the tasks that would run other code now. Two requests."""
    standing = workspace.deploys.standing(graph, target, schedule_waits=True)
    return code_that_ran(seen, standing.code, _here(workspace, graph, standing))


def newer_here(workspace: Workspace, graph: TaskGraph, target: str | None) -> tuple[str, ...]:
    """The Python tasks of the notebook whose code is not what is deployed.

    Raises:
        CaptureError, InputError: what a cell takes cannot be shipped as it stands.
    """
    standing = workspace.deploys.standing(graph, target, schedule_waits=True)
    code = workspace.deploys.code(standing.whole)
    here = code.tasks if code is not None else {}
    there = standing.code.tasks
    return tuple(name for name in here if name in graph and here[name] != there.get(name))


def _here(workspace: Workspace, graph: TaskGraph, standing: Standing) -> Mapping[str, str]:
    try:
        code = workspace.deploys.code(standing.whole)
    except (CaptureError, InputError):  # what a cell needs is not there yet: nothing to compare
        return {}
    tasks = code.tasks if code is not None else {}
    return {name: digest for name, digest in tasks.items() if name in graph}
