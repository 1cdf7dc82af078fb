"""Whether a task's function is what its own cell says, or another cell defined the name again."""

from __future__ import annotations

import types

from sfdag_magics.bundle.inspection import attribute_of, is_a
from sfdag_magics.bundle.taking.lines.bench import innermost
from sfdag_magics.bundle.written.cell_texts import CellText
from sfdag_magics.bundle.written.definitions import Definition, Definitions
from sfdag_magics.bundle.written.same_code import same_code
from sfdag_magics.light_classes import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Stands:
    """Whether what the notebook calls so is the definition of the task's cell, and else what is."""

    is_so: bool = False
    notes: tuple[str, ...] = ()


def as_its_cell_says(
    name: str, there: object, definition: Definition, own: CellText, definitions: Definitions
) -> Stands:
    """What the notebook has by the name of the task's function, held against its cell.

    Args:
        name: of the task's function.
        there: what the notebook calls so.
        definition: the last of this name in the task's cell.
        own: that cell.
    """
    code = attribute_of(innermost(there), "__code__")
    if not is_a(code, types.CodeType):
        return Stands()
    found = definitions.of_code(code)
    is_own = found is not None and found.cell.place == own.place
    # A file may define the name once more, where that is another task.
    again = code.co_qualname == name and not own.has_line(code.co_firstlineno)
    if (is_own and not again) or same_code(definition.code, code):
        return Stands(is_so=True)
    if found is None:
        return Stands()
    said = (
        f"{name!r} was defined again in {found.cell.place}: the task is what its own "
        "cell says; run that one again"
    )
    return Stands(notes=(said,))
