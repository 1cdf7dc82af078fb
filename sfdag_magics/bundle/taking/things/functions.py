"""Functions of the notebook as lines: plain, enclosed, and what was set on them since.

A function ships as the lines that compile to its code. Decorators of the notebook are left out:
what they made is written by what it is, so that nothing is registered, counted or wrapped twice.
"""

from __future__ import annotations

import ast
import types
from collections.abc import Sequence
from dataclasses import replace

from sfdag_magics.bundle.inspection import attributes_of
from sfdag_magics.bundle.taking.lines.bench import Bench, names_at_once
from sfdag_magics.bundle.taking.lines.side_effects import has_calls, is_beside
from sfdag_magics.bundle.taking.lines.since import line_of
from sfdag_magics.bundle.taking.lines.taken_away import taken_from
from sfdag_magics.bundle.taking.terms.pieces import Item
from sfdag_magics.bundle.taking.terms.refusals import unknown_source
from sfdag_magics.bundle.taking.things.circles import in_circles
from sfdag_magics.bundle.taking.things.decorator_arguments import check_no_count
from sfdag_magics.bundle.taking.things.definition_lines import (
    def_pieces,
    lambda_pieces,
    set_in_cells,
)
from sfdag_magics.bundle.taking.things.enclosed import NOTHING, Enclosed, shared_cells
from sfdag_magics.bundle.taking.things.inner import (
    is_foreign,
    is_lost,
    needed_when_made,
    takes_what_stays,
)
from sfdag_magics.bundle.taking.used.scripts import check_same_names, file_of
from sfdag_magics.bundle.written.as_it_ran import (
    Ran,
    defaults_as_they_ran,
    hints_as_they_ran,
)
from sfdag_magics.bundle.written.cannot_run import cannot_run
from sfdag_magics.bundle.written.cell_texts import names_in
from sfdag_magics.bundle.written.decorated_state import holds
from sfdag_magics.bundle.written.definitions import Definition
from sfdag_magics.bundle.written.function_state import FunctionState, function_state


def take_function(bench: Bench, function: types.FunctionType, wanted: str | None) -> Item:
    """A function of the notebook that is as its text makes it, but for what was set since.

    Raises:
        Refused: its text is not there, or its decorators cannot run again.
        NoExpression: a part of it cannot be written.
    """
    definition = definition_of(bench, function)
    state = function_state(function, definition, bench.namespace)
    own = definition.name
    item = bench.begin(function, wanted=wanted, base=own or wanted or "function", written=own)
    dropped = _dropped(bench, function, definition, state)
    kept = [each for each in definition.decorators if each not in dropped]
    check_no_count(bench, kept, definition.place)
    enclosed = given_around(bench, item, definition, state, dropped)
    at_once = _read_when_made(definition, function, dropped)
    outer = {k: v for k, v in enclosed.items() if k in state.enclosed}
    circles = in_circles(function, outer, at_once)
    enclosed |= dict.fromkeys(circles)
    given = Enclosed(values=enclosed, cells=shared_cells(bench, function), at_once=at_once)
    with bench.inside(item):
        if isinstance(definition.node, ast.Lambda):
            known = {name: enclosed[name] for name in outer}
            lost = _failing(bench, function, definition, state)
            pieces = lambda_pieces(bench, item, definition, replace(given, values=known), lost)
        else:
            pieces = def_pieces(
                bench,
                item,
                definition,
                value=function,
                dropped=dropped,
                enclosed=given,
                ran=[
                    *_lost_defaults(bench, function, definition, state),
                    *_failing(bench, function, definition, state),
                ],
            )
        bench.add(item, pieces, names_at_once(definition, function))
    item.has_effects = has_calls(bench, definition)
    bench.end(item)
    later = circles - given.cells.keys()  # of a cell it is the cell's own matter
    bench.after(item, lambda: set_in_cells(bench, item.name, function, state.enclosed, later))
    bench.after(item, lambda: state_lines(bench, item.name, function, state))
    if any(is_beside(bench, each) for each in kept):
        bench.after(item, lambda: taken_from(bench, item.name, function))
    return item


def _dropped(
    bench: Bench, function: types.FunctionType, definition: Definition, state: FunctionState
) -> list[ast.expr]:
    """The decorators that do not run again where the function is made."""
    there = (bench.namespace.get(definition.name), _at_its_place(bench, function))
    if any(holds(each, function) for each in there):  # of what its decorators made
        return [*definition.decorators]
    return [
        each
        for each in definition.decorators
        if _makes_a_descriptor(each)
        or not is_foreign(bench, each, state.inside)
        or is_lost(each, state.inside, state.enclosed)  # it gave the function back as it is
    ]


def take_by_text(bench: Bench, definition: Definition) -> Item:
    """What a task's cell defines and the notebook has not, or has otherwise by now."""
    item = bench.begin(definition, wanted=definition.name or None, base="function")
    dropped = [each for each in definition.decorators if bench.is_ours(each)]
    with bench.inside(item):
        if isinstance(definition.node, ast.Lambda):
            pieces = lambda_pieces(bench, item, definition, NOTHING)
        else:
            pieces = def_pieces(bench, item, definition, dropped=dropped)
        bench.add(item, pieces, names_at_once(definition))
    return bench.end(item)


def definition_of(bench: Bench, function: types.FunctionType) -> Definition:
    """Where a function is written.

    Raises:
        Refused: its text is not there, or its names are others by now.
    """
    found = bench.definitions.of_code(function.__code__)
    if found is None:
        raise unknown_source(file_of(function))
    check_same_names(function, found, bench.namespace)
    return found


def given_around(
    bench: Bench,
    item: Item,
    definition: Definition,
    state: FunctionState,
    dropped: Sequence[ast.expr],
) -> dict[str, object]:
    """What a definition takes from the function that it stands in.

    But for itself, where it has the name there that its text calls it by.
    """
    given = {**needed_when_made(definition, state.inside, dropped), **state.enclosed}
    return {
        name: value
        for name, value in given.items()
        if name != item.name or not bench.is_known(value, item)
    }


def state_lines(
    bench: Bench, name: str, function: types.FunctionType, state: FunctionState
) -> list[str]:
    """What was set on a function, or by the call that made it."""
    lines = []
    positional, named = function.__defaults__ or (), function.__kwdefaults__ or {}
    if state.defaults is not None:
        lines += line_of(bench, f"{name}.__defaults__", state.defaults)
    elif any(map(bench.is_shared, positional)):
        lines.append(f"{name}.__defaults__ = {bench.part(positional)}")
    if state.keyword_defaults is not None:
        lines += line_of(bench, f"{name}.__kwdefaults__", state.keyword_defaults)
    elif any(map(bench.is_shared, named.values())):
        lines.append(f"{name}.__kwdefaults__ = {bench.part(dict(named))}")
    wrapped = getattr(function, "__wrapped__", None)
    if wrapped is not None:
        update = f"{bench.module('functools')}.update_wrapper"
        lines.append(f"{update}({name}, {bench.part(wrapped)})")
    called = getattr(wrapped, "__name__", function.__code__.co_name)
    if function.__name__ != called:
        lines.append(f"{name}.__name__ = {function.__name__!r}")
    if state.text is not None and wrapped is None:
        lines.append(f"{name}.__doc__ = {bench.part(state.text)}")
    lines += [f"{name}.{key} = {bench.part(value)}" for key, value in state.called.items()]
    copied = getattr(wrapped, "__dict__", {})
    lines += [
        f"{name}.{attribute} = {bench.part(value)}"
        for attribute, value in state.attributes.items()
        if copied.get(attribute) is not value
    ]
    return lines


def _at_its_place(bench: Bench, function: types.FunctionType) -> object:
    """What the notebook has where a function says it is: of a method, in its class."""
    first, *rest = function.__code__.co_qualname.split(".")
    found: object = bench.namespace.get(first)
    for name in rest:
        found = attributes_of(found).get(name)
    return found


def _lost_defaults(
    bench: Bench, function: types.FunctionType, definition: Definition, state: FunctionState
) -> list[Ran]:
    """Defaults that were computed of what only the call around the definition knew: `x=k + 1`."""
    if isinstance(definition.node, ast.ClassDef):
        return []
    seen, lost = state.inside.over(bench.namespace), state.inside.lost - set(state.enclosed)
    ran = defaults_as_they_ran(definition.name, function, definition.node, seen)
    return [each for each in ran if not lost.isdisjoint(names_in(each.node))]


def _failing(
    bench: Bench, function: types.FunctionType, definition: Definition, state: FunctionState
) -> list[Ran]:
    """Defaults and hints that cannot be computed there: of what is gone, or cannot travel.

    A default that is a name alone has a way of its own: see `names_of_defaults`.
    """
    node = definition.node
    if isinstance(node, ast.ClassDef):
        return []
    seen = state.inside.over(bench.namespace)
    found = defaults_as_they_ran(definition.name, function, node, seen)
    ran = [each for each in found if not isinstance(each.node, ast.Name)]
    ran += hints_as_they_ran(function, node)
    return [
        replace(each, is_lost=True)
        for each in ran
        if cannot_run(each.node, seen) or takes_what_stays(bench, each.node, function)
    ]


def _read_when_made(
    definition: Definition, function: types.FunctionType, dropped: Sequence[ast.expr]
) -> frozenset[str]:
    """The names that a definition reads as it is made, without some of its decorators."""
    above = [each for each in definition.decorators if each in dropped]
    kept = [each for each in definition.decorators if each not in dropped]
    left = frozenset().union(*map(names_in, above)) - frozenset().union(*map(names_in, kept))
    return names_at_once(definition, function) - left


def _makes_a_descriptor(decorator: ast.expr) -> bool:
    """Whether it makes something of a method that is no function, as this one is."""
    name = decorator.attr if isinstance(decorator, ast.Attribute) else ast.unparse(decorator)
    return name in ("property", "staticmethod", "classmethod", "getter", "setter", "deleter")
