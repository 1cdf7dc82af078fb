"""Variables around a definition that a call made: given to a maker, or to several by one cell.

A definition that stands in a function ships inside a maker, whose parameters are the variables of
the call that is over. Where two definitions share a variable and one of them sets it, each maker
would have a variable of its own: so the variable ships as a cell, and both enclose that very cell.
"""

from __future__ import annotations

import types
from collections.abc import Container, Iterator, Mapping
from dataclasses import field

from sfdag_magics.bundle.inspection import attributes_of, is_a
from sfdag_magics.bundle.taking.lines.bench import Bench
from sfdag_magics.bundle.taking.terms.pieces import Item, Made
from sfdag_magics.bundle.taking.terms.refusals import Refused
from sfdag_magics.bundle.taking.things.circles import content_of, leads_to_cell
from sfdag_magics.bundle.written.function_state import sets_enclosed
from sfdag_magics.bundle.written.functions_in import functions_in
from sfdag_magics.light_classes import dataclass
from sfdag_magics.place_words import OfKernel

#: What `super()` reads is a class's own matter.
_OF_THE_CLASS = "__class__"
_RUN_AGAIN = OfKernel(", and run the cell again")


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosed:
    """What a definition takes from the function that it stands in.

    Attributes:
        values: `{variable: value}`.
        cells: the variables that something else encloses as well, and one of both sets.
        at_once: what the definition reads as it is made.
    """

    values: Mapping[str, object] = field(default_factory=dict)
    cells: Mapping[str, types.CellType] = field(default_factory=dict)
    at_once: Container[str] = ()

    def __bool__(self) -> bool:
        return bool(self.values or self.cells)

    @property
    def variables(self) -> list[str]:
        """The names of all."""
        return list(dict.fromkeys((*self.values, *self.cells)))


#: Of a definition that stands in no function.
NOTHING = Enclosed()


def shared_cells(bench: Bench, thing: object) -> dict[str, types.CellType]:
    """`{variable: cell}` of what a function or a class of a call shares with another one.

    And of what it sets itself, if that holds nothing yet, or the thing itself.
    """
    found = {}
    for function in _functions_of(thing):
        cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
        for name, cell in cells:
            is_set = sets_enclosed(function.__code__, name)
            is_shared = bench.is_shared_cell(cell, name, thing, is_set=is_set)
            if name != _OF_THE_CLASS and (
                is_shared or (is_set and (not content_of(cell) or leads_to_cell(cell)))
            ):
                found[name] = cell
    return found


def around(own: str, maker: str, indent: str, enclosed: Enclosed) -> tuple[str, str]:
    """The lines above and below a `def` or `class` that make a maker of it.

    Args:
        own: what the text calls the thing.
        maker: a name for the maker.
        indent: what stands before the text.
        enclosed: the maker's parameters.

    Raises:
        Refused: the text leaves no room for a maker inside of a maker.
    """
    head = f"def {maker}({', '.join(enclosed.variables)}):\n"
    tail = f"\n{indent}return {own}"
    if not enclosed.cells:
        return head, tail
    if len(indent) < 2 or "\t" in indent:
        raise Refused(
            f"which shares the variable {next(iter(enclosed.cells))!r} with another function, and "
            "is not indented by spaces",
            f"indent the function around it by four spaces{_RUN_AGAIN}",
        )
    return f"{head} def {maker}():\n", f"{tail}\n return {maker}"


def calls(bench: Bench, name: str, maker: str, enclosed: Enclosed) -> tuple[str, ...]:
    """The lines that let a maker make a thing: around the cells themselves, where there are some.

    Raises:
        NoExpression: a value cannot be written.
    """
    given = [
        f"{key}={'None' if key in enclosed.cells else bench.part(enclosed.values[key])}"
        for key in enclosed.variables
    ]
    if not enclosed.cells:
        return (f"{name} = {maker}({', '.join(given)})",)
    texts = [f"{key!r}: {_cell(bench, key, enclosed)}" for key in enclosed.cells]
    every = f"zip({maker}.__code__.co_freevars, {maker}.__closure__)"
    closure = f"tuple({{{', '.join(texts)}}}.get(*each) for each in {every})"
    function = f"{bench.module('types')}.FunctionType"
    return (
        f"{maker} = {maker}({', '.join(given)})",
        f"{name} = {function}({maker}.__code__, globals(), closure={closure})()",
    )


def _cell(bench: Bench, variable: str, enclosed: Enclosed) -> str:
    cell = enclosed.cells[variable]
    return bench.whole(cell) if variable in enclosed.at_once else bench.part(cell)


def take_cell(bench: Bench, cell: types.CellType, variable: str, wanted: str | None) -> Item:
    """A variable that several functions enclose; what it holds may know these in turn."""
    item = bench.begin(cell, wanted=wanted, base=variable)
    is_later = leads_to_cell(cell)
    with bench.inside(item):
        if is_later or not content_of(cell):
            line = f"{item.name} = {bench.module('types')}.CellType()"
        else:  # by its name, which says what may be a secret
            held = f"(lambda {variable}: lambda: {variable})"
            given = f"({variable}={bench.part(cell.cell_contents)})"
            line = f"{item.name} = {held}{given}.__closure__[0]"
    item.pieces.append(Made(lines=(line,)))
    bench.end(item)
    if is_later:
        bench.after(item, lambda: [f"{item.name}.cell_contents = {bench.part(cell.cell_contents)}"])
    return item


def _functions_of(thing: object) -> Iterator[types.FunctionType]:
    if is_a(thing, types.FunctionType):
        yield thing
    elif is_a(thing, type):
        for member in attributes_of(thing).values():
            yield from functions_in(member)
