"""Where a cell gives a name the value that it has, for people. Reads syntax trees; runs nothing."""

from __future__ import annotations

from sfdag_magics.bundle.written.cell_texts import parsed_or_none
from sfdag_magics.bundle.written.cells import Cells
from sfdag_magics.bundle.written.names_given import lines_giving


def bound_at(name: str, cells: Cells) -> str | None:
    """The cell and line of the newest text that binds a name at its top, if one does."""
    for cell in cells.naming(name, first=None):
        tree = parsed_or_none(cell.text)
        lines = lines_giving(name, tree.body) if tree is not None else []
        if lines:
            return f"{cell.place}, line {cell.first_line + lines[-1] - 1}"
    return None
