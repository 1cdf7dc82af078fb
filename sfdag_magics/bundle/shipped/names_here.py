"""The names of a graph's tasks as its code says them, where they are called otherwise. Python 3.9.

A run of a part of a graph has tasks of other names, which stand for those of the graph. Code that
asks through the context need not know: it names a task, and not the graph. `'MORTGAGE$TRAIN'` in a
text of its own is read as the task that stands for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from .context import TaskContext
from .inputs import NOT_IN_A_TASK


def names_here(context: TaskContext, graph_of: Callable[[], str]) -> Callable[[str], str]:
    """What turns code into code that names tasks as they are called here.

    Args:
        graph_of: asked for the graph's name where a text may have one of its tasks.
    """

    def spelled(text: str) -> str:
        if "$" not in text:
            return text
        graph = graph_of().upper()
        if f"{graph}$" not in text.upper():
            return text
        root = _root(context)
        if root in ("", graph):
            return text
        # The procedure that runs this has a name of that kind, and no other graph has one.
        named = rf"(?<![\w$]){re.escape(graph)}\$(?!RUN\b)([A-Za-z_]\w*)(?![\w$])"
        return re.sub(named, lambda found: f"{root}${found[1]}", text, flags=re.IGNORECASE)

    return spelled


def _root(context: TaskContext) -> str:
    """The stored name of the root of the graph that runs; empty outside a task."""
    try:
        return context.get_current_root_task_name().rpartition(".")[2].strip('"')
    except Exception as exc:  # the client's error type is not ours to import
        if NOT_IN_A_TASK in str(exc):
            return ""
        raise
