"""Functions that `dataclass` gave a class of the notebook and that a name kept: `P.__init__`."""

from __future__ import annotations

import types

from sfdag_magics.bundle.inspection import is_a
from sfdag_magics.bundle.taking.lines.bench import Bench
from sfdag_magics.bundle.taking.terms.pieces import Item, Made
from sfdag_magics.bundle.written.generated_state import got_from_dataclass


def class_given(bench: Bench, function: types.FunctionType) -> type | None:
    """The class that got a function for its fields; None where none did."""
    name, _, method = function.__qualname__.rpartition(".")
    kind = bench.namespace.get(name)
    if method != function.__name__ or not is_a(kind, type) or not bench.is_of_notebook(kind):
        return None
    return kind if got_from_dataclass(kind, function) else None


def take_generated(
    bench: Bench, function: types.FunctionType, kind: type, wanted: str | None
) -> Item:
    """Such a function, from its class right behind its text: a cell may have put another there.

    Raises:
        NoExpression: the class cannot be written.
    """
    item = bench.begin(function, wanted=wanted, base=function.__name__.strip("_"))
    with bench.inside(item):
        owner = bench.part(kind)
    line = f"{item.name} = {owner}.{function.__name__}"
    for holder in item.needs:
        holder.pieces.append(Made(lines=(line,)))
    return bench.end(item, None, line)
