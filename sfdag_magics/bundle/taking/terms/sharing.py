"""Which data several things hold: what is changed through one of them is changed for all.

Data that was met at two places gets a name of its own in what ships; see `walk.capture`.
"""

from __future__ import annotations

import types

from sfdag_magics.bundle.inspection import is_a, module_of
from sfdag_magics.bundle.literals.array_views import is_array, overlaps, root_of
from sfdag_magics.bundle.literals.not_a_number import is_not_itself, module_that_has
from sfdag_magics.bundle.literals.standard_types import is_one


class Sharing:
    """What one walk has met.

    Args:
        shared: ids of what an earlier walk met twice.
    """

    def __init__(self, shared: frozenset[int]) -> None:
        self._shared = shared
        self._met: set[int] = set()
        self._arrays: dict[int, list[object]] = {}
        self._cells: dict[int, tuple[str, object, bool]] = {}
        self._kept: list[object] = []  # so that no id is given away again
        #: Ids of things that change and were met at two places.
        self.met_twice: set[int] = set()

    def meet(self, value: object) -> None:
        """Take note that something holds `value`."""
        self._kept.append(value)
        if not changes(value):
            return
        if id(value) in self._met:
            self.met_twice.add(id(value))
        elif is_array(value):
            root = root_of(value)
            others = self._arrays.setdefault(id(root), [])
            if overlaps(value, others):
                self._kept.append(root)
                self.met_twice.add(id(root))
            others.append(value)
        self._met.add(id(value))

    def is_shared(self, value: object) -> bool:
        """Whether something else holds `value` too, or the memory that it looks into."""
        return id(value) in self._shared or (is_array(value) and id(root_of(value)) in self._shared)

    def looked_into(self, value: object) -> object:
        """The shared array whose memory `value` looks into, else None."""
        root = root_of(value) if is_array(value) else None
        return root if root is not value and id(root) in self._shared else None

    def meet_cell(
        self, cell: types.CellType, variable: str, holder: object, *, is_set: bool
    ) -> None:
        """Take note that a function or class encloses a variable, and whether it sets it."""
        self._kept.append(cell)
        _name, first, was_set = self._cells.setdefault(id(cell), (variable, holder, is_set))
        self._cells[id(cell)] = variable, first, was_set or is_set
        if first is not holder and (was_set or is_set):
            self.met_twice.add(id(cell))

    def is_shared_cell(self, cell: types.CellType) -> bool:
        """Whether several things enclose a variable that one of them sets."""
        return id(cell) in self._shared

    def variable_of(self, cell: types.CellType) -> str:
        """What the variable is called that a cell was met as."""
        return self._cells[id(cell)][0]


def changes(value: object) -> bool:
    """Whether it matters that two have the same value: it changes in place, or is no number."""
    if is_not_itself(value):
        return not module_that_has(value)
    at_home = module_of(type(value)) in ("builtins", "collections", "numpy")
    fixed = is_a(value, str, bytes, tuple, frozenset, range, type)
    return (at_home and not fixed and hasattr(value, "__len__")) or is_array(value) or is_one(value)
