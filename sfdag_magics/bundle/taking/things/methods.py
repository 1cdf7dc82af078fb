"""Methods of things as lines: `thing.method`, or what binds a function by hand."""

from __future__ import annotations

import sys
import types

from sfdag_magics.bundle.inspection import attribute_of, attributes_of, is_a
from sfdag_magics.bundle.taking.terms.pieces import Item, Made
from sfdag_magics.bundle.taking.terms.refusals import not_in_its_module
from sfdag_magics.bundle.taking.things.bench import Bench


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


def _class_with(function: types.FunctionType) -> type | None:
    """The class of a module that has this function as a method; None where none has."""
    first, *rest = function.__qualname__.split(".")[:-1] or [""]
    found = vars(sys.modules.get(function.__module__ or "", _EMPTY)).get(first)
    for name in rest:
        found = attributes_of(found).get(name)
    has_it = is_a(found, type) and attributes_of(found).get(function.__name__) is function
    return found if has_it else None


def take_unbound(bench: Bench, function: types.FunctionType, wanted: str | None) -> Item:
    """A method as its imported class has it: `pd.DataFrame.dropna`.

    Raises:
        Refused: no class of a module has it.
    """
    kind = _class_with(function)
    if kind is None:
        raise not_in_its_module(function)
    item = bench.begin(function, wanted=wanted, base=function.__name__)
    with bench.inside(item):
        text = f"{bench.part(kind)}.{function.__name__}"
    item.pieces.append(Made(lines=(f"{item.name} = {text}",)))
    return bench.end(item, function, text)


_EMPTY = types.ModuleType("empty")
