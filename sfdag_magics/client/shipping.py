"""From a graph's Python tasks to the code that is deployed: what `bundle` makes, as `Code`."""

from __future__ import annotations

import sys

from sfdag_magics.bundle import build
from sfdag_magics.client.code import Code
from sfdag_magics.graph.model import TaskGraph, TaskKind

#: What a procedure's handler needs to get a session.
_SNOWPARK = "snowflake-snowpark-python"


def code_of(graph: TaskGraph) -> Code | None:
    """The code of the graph's Python tasks; None where it has none.

    Raises:
        CaptureError: something cannot be shipped; lists everything, with the ways out.
    """
    python_tasks = [task for task in graph.tasks if task.kind is TaskKind.PYTHON]
    if not python_tasks:
        return None
    bundle = build(graph)
    bundle.check()
    named = [*graph.options.packages, *(name for task in python_tasks for name in task.packages)]
    return Code(
        archive=bundle.archive,
        digest=bundle.digest,
        code_hash=bundle.code_hash,
        handler=bundle.handler,
        python=f"{sys.version_info.major}.{sys.version_info.minor}",
        packages=tuple(dict.fromkeys([_SNOWPARK, *named])),
        tasks=bundle.hashes,
    )
