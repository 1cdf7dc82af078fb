"""One line that makes a task of one name twice: a loop without names, of which the last would win.

A line is told by its code and by the cell or module that it ran in: who runs a cell again, or calls
a function once more, makes its tasks anew and means it. Reads frames; runs nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from types import CodeType, FrameType
from weakref import WeakKeyDictionary

from sfdag_magics.errors import InputError
from sfdag_magics.graph.model import Task, TaskGraph
from sfdag_magics.graph.names import key_of

#: `(the code that calls, the instruction in it, the cell or module that ran it)`.
Line = tuple[CodeType, int, CodeType]
#: How the code of a module and of a notebook's cell is called.
_RAN_ALONE = ("<module>", "<cell line")


class MadeByLines:
    """By which line each task was made last. The notebook's thread only."""

    def __init__(self) -> None:
        self._by_name: dict[tuple[str | None, str], Line] = {}
        self._by_graph: WeakKeyDictionary[TaskGraph, dict[tuple[str | None, str], Line]] = (
            WeakKeyDictionary()
        )

    def check(
        self, line: Line | None, tasks: Iterable[Task], graph: str | TaskGraph | None
    ) -> None:
        """Remember what a line makes.

        Raises:
            InputError: it has just made a task of that name.
        """
        if line is None:
            return
        if isinstance(graph, TaskGraph):
            made, home = self._by_graph.setdefault(graph, {}), None
        else:
            made, home = self._by_name, key_of(graph) if isinstance(graph, str) else None
        for task in tasks:
            place = (home, key_of(task.name))
            if _is_same(made.get(place), line):
                raise InputError(
                    f"{task.name}: this line made a task of that name already, and a graph has one "
                    "task of a name",
                    hint=f"a name for each: sftask(f, name=f'{task.name}_{{each}}'), or "
                    "sftask.map(f, over=[…]), which numbers them",
                )
            made[place] = line


def _is_same(one: Line | None, other: Line) -> bool:
    """By what they are: the code of a cell that is run again is equal, and another."""
    return one is not None and (one[0] is other[0] and one[1] == other[1] and one[2] is other[2])


def line_that_calls() -> Line | None:
    """The line that called who asks; None where no cell or module of its own ran it."""
    frame = _caller()
    if frame is None:
        return None
    ran: FrameType | None = frame
    while ran is not None and not (
        ran.f_code.co_name.startswith(_RAN_ALONE) and ran.f_globals is frame.f_globals
    ):
        ran = ran.f_back
    return (frame.f_code, frame.f_lasti, ran.f_code) if ran is not None else None


def _caller() -> FrameType | None:
    """The first frame that is none of the decorator's."""
    frame = sys._getframe(1)  # noqa: SLF001 - the one way to a frame that does not read files
    found: FrameType | None = frame
    own = {__name__, "sfdag_magics.workspace.decorator"}
    while found is not None and found.f_globals.get("__name__") in own:
        found = found.f_back
    return found
