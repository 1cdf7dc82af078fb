"""Functions that a call of a module made and that have no name there: `memoize(f)`, a type's `key`.

The code is the module's and stands in that of the function around, where it is found over there as
well; the variables of the call that is over ship with it. Runs nothing; knows no decorator.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Iterator, Mapping

from sfdag_magics.bundle.inspection import attribute_of, attributes_of, is_a
from sfdag_magics.bundle.taking.lines.bench import Bench, innermost
from sfdag_magics.bundle.taking.terms.pieces import Item, Made
from sfdag_magics.bundle.taking.terms.refusals import not_in_its_module
from sfdag_magics.bundle.taking.things.circles import content_of, leads_to_cell
from sfdag_magics.bundle.written.function_state import sets_enclosed
from sfdag_magics.bundle.written.functions_in import functions_in

#: What stands between a function and those that it makes.
_INSIDE = ".<locals>."
#: What a function says of itself, and a new one of its code does not.
_SAID = ("__name__", "__qualname__", "__doc__", "__module__")


def take_made_by_call(bench: Bench, function: types.FunctionType, wanted: str | None) -> Item:
    """A function of a module, made anew of the code that the module has.

    Raises:
        Refused: the module has no such code, or not by a path that lines can follow.
        NoExpression: what it encloses, or what was set on it, cannot be written.
    """
    home = _home_of(function)
    around = None if home is None else _around(function.__code__, home)
    if home is None or around is None:
        raise not_in_its_module(function)
    owner, codes = around
    item = bench.begin(function, wanted=wanted, base=function.__code__.co_name.strip("<>"))
    with bench.inside(item):
        text = _code(f"{bench.part(owner)}.__code__", codes)
        given = [text, f"vars({bench.module(home.__name__)})", repr(function.__code__.co_name)]
        given += [f"argdefs={bench.part(function.__defaults__)}"] if function.__defaults__ else []
        cells = ", ".join(_cells(bench, function))
        given += [f"closure=({cells},)"] if cells else []
        made = f"{bench.module('types')}.FunctionType({', '.join(given)})"
    bench.add(item, [Made(lines=(f"{item.name} = {made}",))], frozenset())
    bench.end(item, function, made if wanted else None)
    bench.after(item, lambda: _state_lines(bench, item.name, function, home))
    return item


def is_made_by_call(value: object, namespace: Mapping[str, object]) -> bool:
    """Whether a thing is a function of a module, whatever it says of itself, and so its code."""
    if not is_a(value, types.FunctionType) or value.__globals__ is namespace:
        return False
    home = _home_of(value)
    return home is not None and _around(value.__code__, home) is not None


def _home_of(function: types.FunctionType) -> types.ModuleType | None:
    """The module whose names a function uses."""
    name = function.__globals__.get("__name__")
    found = sys.modules.get(name) if type(name) is str else None
    is_it = is_a(found, types.ModuleType) and attributes_of(found) is function.__globals__
    return found if is_it else None


def _around(
    code: types.CodeType, home: types.ModuleType
) -> tuple[types.FunctionType, list[tuple[str, int]]] | None:
    """The function that has a name and in whose code it stands, and which one of each it is in."""
    path, *inner = code.co_qualname.split(_INSIDE)
    for owner in _functions_at(path.split("."), home):
        for codes in _ways(owner.__code__, code, inner):
            return owner, codes
    return None


def _functions_at(path: list[str], home: types.ModuleType) -> Iterator[types.FunctionType]:
    """What a module has at a place, if an import, or a class, gives that very function."""
    found: object = home
    for name in path:
        found = attributes_of(found).get(name)
    for each in functions_in(found) if not is_a(found, types.FunctionType) else (found,):
        function = innermost(each)
        if is_a(function, types.FunctionType) and function.__globals__ is vars(home):
            yield function


def _ways(
    around: types.CodeType, wanted: types.CodeType, names: list[str]
) -> Iterator[list[tuple[str, int]]]:
    """`(name, which of that name)` from code to code, down to the wanted one."""
    if not names:
        yield from [[]] if around is wanted else []
        return
    alike = [each for each in _inner(around) if each.co_name == names[0].rpartition(".")[2]]
    for number, each in enumerate(alike):
        for rest in _ways(each, wanted, names[1:]):
            yield [(each.co_name, number), *rest]


def _inner(code: types.CodeType) -> list[types.CodeType]:
    return [each for each in code.co_consts if is_a(each, types.CodeType)]


def _code(text: str, codes: list[tuple[str, int]]) -> str:
    for name, number in codes:
        found = f"each for each in {text}.co_consts if getattr(each, 'co_name', '') == {name!r}"
        text = f"[{found}][{number}]"
    return text


def _cells(bench: Bench, function: types.FunctionType) -> Iterator[str]:
    """Its variables: by what they hold, where nothing else may set them or lead back to them."""
    names = function.__code__.co_freevars
    for name, cell in zip(names, function.__closure__ or (), strict=True):
        is_set = sets_enclosed(function.__code__, name)
        is_shared = bench.is_shared_cell(cell, name, function, is_set=is_set)
        if is_shared or not content_of(cell) or leads_to_cell(cell):
            yield bench.part(cell)
        else:
            held = f"(lambda {name}: lambda: {name})({name}={bench.part(cell.cell_contents)})"
            yield f"{held}.__closure__[0]"


def _state_lines(
    bench: Bench, name: str, function: types.FunctionType, home: types.ModuleType
) -> list[str]:
    """What was set on it, and what it says of itself."""
    code = function.__code__
    doc = code.co_consts[0] if code.co_consts and type(code.co_consts[0]) is str else None
    made = dict(zip(_SAID, (code.co_name, code.co_qualname, doc, home.__name__), strict=True))
    said = {each: attribute_of(function, each) for each in _SAID}
    lines = [
        f"{name}.{each} = {bench.part(said[each])}" for each in _SAID if said[each] != made[each]
    ]
    if function.__kwdefaults__:
        lines.append(f"{name}.__kwdefaults__ = {bench.part(dict(function.__kwdefaults__))}")
    kept = attributes_of(function)
    return [*lines, *([f"vars({name}).update({bench.part(dict(kept))})"] if kept else [])]
