"""Objects built once more in this kernel from the lines that ship, and compared with what they are.

Runs import lines and lines that make objects of imported classes; of the notebook's own functions
and classes it runs none, they stand for themselves.
"""

from __future__ import annotations

import warnings

from sfdag_magics.bundle.literals.writing import NoExpression
from sfdag_magics.bundle.taking.terms.alike import is_alike
from sfdag_magics.bundle.taking.terms.pieces import Item, Made

#: Characters of the lines that make one object; more is data, and no code.
_MOST_TEXT = 1_000_000


class BuiltAgain:
    """The names of a task's module, as far as its objects were built."""

    def __init__(self) -> None:
        self._names: dict[str, object] = {}
        self._values: dict[Item, object] = {}
        self._built: set[Item] = set()
        self._imports: list[str] = []
        self._lines: list[str] = []
        self._waiting: list[Item] = []
        self._size = 0
        #: Whether any of it ran.
        self.has_run = False

    def run(self, line: str) -> None:
        """An import line that what is built may need, this or what comes later."""
        self._imports.append(line)

    def stands_for(self, item: Item, value: object) -> None:
        """What an item makes, in this kernel."""
        self._values[item] = value
        self._names[item.name] = value

    def is_built(self, item: Item) -> None:
        """Its lines are built again."""
        self._built.add(item)
        self._waiting.append(item)

    def made(self, item: Item) -> None:
        """The lines of an item, or of the state of the one that it follows, are written.

        What was set on a thing of the notebook is not: it would be set on that very thing.

        Raises:
            NoExpression: they are too many.
        """
        if (item.follows or item) not in self._built:
            return
        lines = [line for piece in item.pieces if isinstance(piece, Made) for line in piece.lines]
        self._lines += lines
        self._size += sum(map(len, lines))
        if self._size > _MOST_TEXT and self._waiting:
            raise NoExpression(
                self._values[self._waiting[0]], "more than 1 MB of code would make it"
            )

    def forget(self) -> None:
        """What was written so far is not built: a part of it cannot travel."""
        self._waiting, self._lines, self._size = [], [], 0

    def compare(self) -> None:
        """Build what was not built yet.

        Raises:
            NoExpression: what came of it is not what the notebook has.
        """
        if not self._waiting:
            return
        waiting, lines = self._waiting, [*self._imports, *self._lines]
        self.forget()
        self._imports = []
        value = self._values[waiting[0]]
        self.has_run = True
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                exec("\n".join(lines), self._names)  # noqa: S102 - constructors of imported classes
        except Exception as failed:
            said = f"making it anew gives {type(failed).__name__}: {failed}"
            raise NoExpression(value, said) from failed
        for item in waiting:
            value = self._values[item]
            if not is_alike(value, self._names[item.name]):
                raise NoExpression(value, "made anew, it is another one")
