"""The lines of a def, class or lambda of the notebook, as its cell has them, and what they need.

What stands in the cell is kept to the letter, so that it compiles to the same code; what surrounds
it is given by a function of ours, and what is another by now is put in.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence

from sfdag_magics.bundle.taking.lines.bench import Bench
from sfdag_magics.bundle.taking.lines.put_in import put_in
from sfdag_magics.bundle.taking.terms.pieces import Item, Made, Written
from sfdag_magics.bundle.taking.terms.refusals import REWRITE, Refused
from sfdag_magics.bundle.taking.things.circles import cells_of
from sfdag_magics.bundle.taking.things.enclosed import NOTHING, Enclosed, around, calls
from sfdag_magics.bundle.taking.things.of_environment import with_environment
from sfdag_magics.bundle.written.as_it_ran import Ran
from sfdag_magics.bundle.written.definitions import Definition


def def_pieces(
    bench: Bench,
    item: Item,
    definition: Definition,
    *,
    value: object = None,
    dropped: Sequence[ast.expr] = (),
    enclosed: Enclosed = NOTHING,
    ran: Iterable[Ran] = (),
) -> list[Written | Made]:
    """The lines of a def or class, at the left margin, and those that give it its name.

    Lines that are indented in their cell keep their columns and get a line of ours above them.
    `ran` are expressions that are another thing by now.
    """
    first_line, original = definition.text(without=dropped)
    own, indent = definition.name, _indent(original)
    if enclosed and not indent:  # nothing stands around it: these are names of defaults
        ran, enclosed = [*ran, *_defaults_by_name(definition, enclosed.values)], NOTHING
    instead = put_in(bench, own, with_environment(bench, definition, dropped, ran))
    text = definition.text(without=dropped, instead=instead)[1] if instead else original
    above_below, after = ("if True:\n", "") if indent else ("", ""), list[str]()
    if enclosed:
        maker = bench.fresh(f"make_{own}")
        above_below = around(own, maker, indent, enclosed)
        after += calls(bench, item.name, maker, enclosed)
    if not enclosed and item.name != own:
        item.overwrites = own
        after.append(f"{item.name} = {own}")
    piece = Written(
        name=own,
        text=text.join(above_below),
        place=definition.cell.place,
        first_line=first_line - above_below[0].count("\n"),
        futures=definition.futures(value),
        original=original.join(above_below) if instead else "",
    )
    return [piece, *([Made(lines=tuple(after))] if after else [])]


def lambda_pieces(
    bench: Bench,
    item: Item,
    definition: Definition,
    enclosed: Enclosed,
    ran: Iterable[Ran] = (),
) -> list[Written | Made]:
    """The line of a lambda, and those that give it what it encloses; `ran` as of a def."""
    if with_environment(bench, definition, (), ()):
        said = f"a lambda that reads an environment variable as it is made ({definition.place})"
        raise Refused(said, REWRITE)
    name, after = item.name, list[Made]()
    instead = put_in(bench, name, ran)
    original, text = (f"({definition.segment(each)})" for each in ({}, instead))
    if enclosed:
        name = bench.fresh(f"make_{item.name}")
        inner = f"lambda: {text}" if enclosed.cells else text
        text = f"lambda {', '.join(enclosed.variables)}: {inner}"
        after.append(Made(lines=calls(bench, item.name, name, enclosed)))
    piece = Written(
        name=item.name,
        text=f"{name} = {text}",
        place=definition.cell.place,
        first_line=definition.line,
        original=f"{item.name} = {original}" if instead else "",
    )
    return [piece, *after]


def _defaults_by_name(definition: Definition, values: Mapping[str, object]) -> list[Ran]:
    """The defaults that are names which nobody has any more."""
    if isinstance(definition.node, ast.ClassDef):
        return []
    arguments = definition.node.args
    return [
        Ran(path=f"{definition.name}({node.id})", node=node, value=values[node.id], is_lost=True)
        for node in (*arguments.defaults, *arguments.kw_defaults)
        if isinstance(node, ast.Name) and node.id in values
    ]


def _indent(text: str) -> str:
    """What stands before a definition; a form feed sets Python's count of columns to zero."""
    return text[: len(text) - len(text.lstrip())].rpartition("\f")[2]


def set_in_cells(
    bench: Bench,
    name: str,
    thing: object,
    enclosed: Mapping[str, object],
    variables: frozenset[str],
) -> list[str]:
    """Lines that set variables around a thing which what they hold knows in turn."""
    return [
        f"{place} = {bench.part(enclosed[variable])}"
        for variable in sorted(variables)
        for place in cells_of(name, thing, variable)
    ]
