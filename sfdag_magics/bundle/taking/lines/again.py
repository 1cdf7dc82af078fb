"""Lines that let a thing be what it was before code changed it. Knows things and their lines."""

from __future__ import annotations

import dis
import re
import types
from collections.abc import Iterator

from sfdag_magics.bundle.inspection import is_a
from sfdag_magics.bundle.literals.array_views import is_array, is_read_only, root_of
from sfdag_magics.bundle.taking.terms.pieces import Item, Made
from sfdag_magics.bundle.written.as_written import is_plain
from sfdag_magics.bundle.written.filling import filled


def again(item: Item, value: object, text: str) -> Iterator[str]:
    """Lines for what an item made, or for the state that it set.

    Args:
        value: what it made, if anything.
        text: the expression for it, where it is data.
    """
    if text:
        yield from in_place(item.name, value, text)
    elif not item.name:
        lines = [line for piece in item.pieces if isinstance(piece, Made) for line in piece.lines]
        yield from _cleared(item.follows.name if item.follows is not None else "", lines)
        yield from lines
    elif isinstance(value, types.FunctionType):
        yield from _enclosed_again(item.name, value)


def in_place(name: str, value: object, text: str) -> tuple[str, ...]:
    """Lines that let data hold what `text` makes; none where it is not changed in place."""
    if is_array(value):
        is_whole = root_of(value) is value and not is_read_only(value)
        return (f"{name}[...] = {text}",) if is_whole else ()
    return (f"{name}[:] = {text}",) if is_a(value, bytearray) else filled(name, value, text)


def _cleared(name: str, lines: list[str]) -> Iterator[str]:
    """Lines that empty what these fill without emptying it."""
    if any(line.startswith(f"{name}.append(") for line in lines):
        yield f"{name}.clear()"
    base = re.match(rf"(.+)\.__init__\({re.escape(name)}, ", lines[0] if lines else "")
    if base and base[1].endswith(("dict", "Dict", "Counter")):
        yield f"{base[1]}.clear({name})"


def _enclosed_again(name: str, function: types.FunctionType) -> Iterator[str]:
    """Variables that a function shares with what is inside of it, where they are plain data."""
    cells = function.__closure__ or ()
    for number, (variable, cell) in enumerate(
        zip(function.__code__.co_freevars, cells, strict=True)
    ):
        value = _content_of(cell)
        place = f"{name}.__closure__[{number}].cell_contents"
        if is_plain(value) and value is not None:
            is_set = _sets(function.__code__, variable)
            yield from filled(place, value, repr(value)) or (
                (f"{place} = {value!r}",) if is_set else ()
            )


def _content_of(cell: types.CellType) -> object:
    try:
        return cell.cell_contents
    except ValueError:  # not set yet
        return None


def _sets(code: types.CodeType, name: str) -> bool:
    return any(
        each.opname == "STORE_DEREF" and each.argval == name for each in dis.get_instructions(code)
    )
