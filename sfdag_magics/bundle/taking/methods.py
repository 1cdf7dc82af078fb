"""Methods of things as lines: `thing.method`, or what binds a function by hand."""

from __future__ import annotations

import types

from sfdag_magics.bundle.inspection import attribute_of, is_a
from sfdag_magics.bundle.taking.bench import Bench
from sfdag_magics.bundle.taking.pieces import Item, Made


def take_method(
    bench: Bench, value: types.MethodType | types.BuiltinMethodType, wanted: str | None
) -> Item:
    """A method of a thing, with the thing.

    Raises:
        NoExpression: the thing cannot be written.
    """
    item = bench.begin(value, wanted=wanted, base=value.__name__)
    with bench.inside(item):
        text = _bound(bench, value)
    item.pieces.append(Made(lines=(f"{item.name} = {text}",)))
    return bench.end(item, value, text)


def _bound(bench: Bench, value: types.MethodType | types.BuiltinMethodType) -> str:
    """`thing.method`, or what binds a function that the thing's class does not have."""
    owner = bench.part(value.__self__)
    if is_a(value, types.MethodType):
        kind = value.__self__ if is_a(value.__self__, type) else type(value.__self__)
        own = attribute_of(kind, value.__name__)
        if value.__func__ not in (own, attribute_of(own, "__func__")):
            return f"{bench.module('types')}.MethodType({bench.part(value.__func__)}, {owner})"
    return f"{owner}.{value.__name__}"
