"""The module a task's code runs in: `__main__`, as in the notebook. Python 3.9.

So a model that is pickled in one task, in another or in the notebook itself is found by the same
name in each of them. Knows no task and no manifest.
"""

from __future__ import annotations

import contextlib
import linecache
import os
import sys
import types
from collections.abc import Callable, Iterator
from importlib.machinery import ModuleSpec
from typing import Any

#: The variable that names the task whose code a spawned process is to have.
SPAWNED_BY = "SFDAG_SPAWNED_BY"


class MainModule(types.ModuleType):
    """What pickle looks for by a name that this task does not have, another may.

    Only lookups in the module ask there: the code's own names stay what they are.
    """

    __slots__ = ("_elsewhere", "_task")

    def __init__(self, task: str, elsewhere: Callable[[str], Any]) -> None:
        """`elsewhere` finds a name in other tasks, or raises AttributeError."""
        super().__init__("__main__")
        self._task = task
        self._elsewhere = elsewhere

    @property
    def __spec__(self) -> ModuleSpec:  # type: ignore[override]  # nobody sets it
        """What `multiprocessing` asks before it spawns: the module to run there as `__main__`."""
        os.environ[SPAWNED_BY] = self._task
        return ModuleSpec(f"{__package__}.spawned_main", None)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever another task has by this name
        if name.startswith("__"):
            raise AttributeError(f"module '__main__' has no attribute {name!r}")
        return self._elsewhere(name)


@contextlib.contextmanager
def main_put_back() -> Iterator[None]:
    """Afterwards, `__main__` is what it was: an interpreter may do other things than tasks."""
    before = sys.modules.get("__main__")
    try:
        yield
    finally:
        if before is not None:
            sys.modules["__main__"] = before


def remember_lines(cell: str, first_line: int, lines: list[str]) -> None:
    """Give tracebacks the source lines of a cell, as far as they are shipped.

    Args:
        first_line: from 1; less where lines of ours stand above the cell's first.
    """
    lines, first_line = lines[max(1 - first_line, 0) :], max(first_line, 1)
    known = linecache.cache.get(cell)
    shown = list(known[2]) if known is not None and len(known) == 4 else []
    last = first_line - 1 + len(lines)
    shown.extend(["\n"] * (last - len(shown)))
    shown[first_line - 1 : last] = [line + "\n" for line in lines]
    # No modification time: the entry is never checked against a file.
    linecache.cache[cell] = (sum(map(len, shown)), None, shown, cell)
