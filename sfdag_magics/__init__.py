"""Notebook cells become Snowflake task graphs. Public names; nothing happens on import.

The engine and its workers import this package too, so nothing here may load IPython, Snowpark or
the widget: what needs them is imported when IPython loads the extension, or at the first call.
"""

from __future__ import annotations

import importlib
from typing import Any

from sfdag_magics.client.running.runs import Run, RunSnapshot, TaskRun
from sfdag_magics.graph.model import GraphOptions, Task, TaskGraph, python_task, sql_task
from sfdag_magics.workspace.decorator import sftask

__all__ = [
    "GraphOptions",
    "Run",
    "RunSnapshot",
    "Task",
    "TaskGraph",
    "TaskRun",
    "load_ipython_extension",
    "python_task",
    "sftask",
    "sql_task",
    "unload_ipython_extension",
]


def load_ipython_extension(shell: Any) -> None:  # noqa: ANN401 - an InteractiveShell, not imported here
    """`%load_ext sfdag_magics`, as often as one likes."""
    importlib.import_module("sfdag_magics.magics.extension").load(shell)


def unload_ipython_extension(shell: Any) -> None:  # noqa: ANN401 - an InteractiveShell, not imported here
    """`%unload_ext sfdag_magics`."""
    importlib.import_module("sfdag_magics.magics.extension").unload(shell)
