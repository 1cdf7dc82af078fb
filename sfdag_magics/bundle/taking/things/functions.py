"""Functions of the notebook as lines: plain, enclosed, changed since, and what decorators made.

A function ships as the lines that compile to its code. Decorators of the notebook are left out:
what they made is written by what it is, so that nothing is registered, counted or wrapped twice.
Decorators of others run again over there, for only they know what they keep.
"""

from __future__ import annotations

import ast
import types
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sfdag_magics.bundle.inspection import attributes_of
from sfdag_magics.bundle.literals.writing import NoExpression
from sfdag_magics.bundle.taking.terms.pieces import Item, Made, Written
from sfdag_magics.bundle.taking.terms.refusals import (
    REWRITE,
    Refused,
    given_by_a_count,
    unknown_source,
)
from sfdag_magics.bundle.taking.things.bench import Bench, innermost, names_at_once
from sfdag_magics.bundle.taking.things.circles import (
    cells_of,
    circles_inside,
    in_circles,
    path_inside,
)
from sfdag_magics.bundle.taking.things.context_decorators import (
    is_below_context,
    take_below_context,
)
from sfdag_magics.bundle.taking.things.decorator_arguments import counting_calls
from sfdag_magics.bundle.taking.things.effects import has_calls, is_beside
from sfdag_magics.bundle.taking.things.enclosed import (
    NOTHING,
    Enclosed,
    around,
    calls,
    shared_cells,
)
from sfdag_magics.bundle.taking.things.generated import class_given, take_generated
from sfdag_magics.bundle.taking.things.inner import is_foreign, is_lost, needed_when_made
from sfdag_magics.bundle.taking.things.made_by_calls import is_made_by_call, take_made_by_call
from sfdag_magics.bundle.taking.things.methods import take_of_class
from sfdag_magics.bundle.taking.things.of_environment import with_environment
from sfdag_magics.bundle.taking.things.put_in import put_in
from sfdag_magics.bundle.taking.things.registrations import of_function
from sfdag_magics.bundle.taking.things.since import line_of
from sfdag_magics.bundle.taking.things.taken_away import taken_from
from sfdag_magics.bundle.taking.things.wrapped_by_python import take_wrapped
from sfdag_magics.bundle.taking.used.scripts import check_same_names, file_of, is_of_script
from sfdag_magics.bundle.written.as_it_ran import Ran, defaults_as_they_ran
from sfdag_magics.bundle.written.cell_texts import names_in
from sfdag_magics.bundle.written.decorated_state import holds, kept_around
from sfdag_magics.bundle.written.definitions import Definition
from sfdag_magics.bundle.written.function_state import (
    FunctionState,
    function_state,
)


def take_callable(bench: Bench, value: object, wanted: str | None) -> Item:
    """A function of the notebook, or what decorators made of one.

    Raises:
        Refused: its text is not there, or is not what it is.
        NoExpression: it, or a part of it, cannot be written.
    """
    if isinstance(value, types.FunctionType):
        if (kind := class_given(bench, value)) is not None:
            return take_generated(bench, value, kind, wanted)
        if (of_class := take_of_class(bench, value, wanted)) is not None:
            return of_class
        at_home = value.__globals__ is bench.namespace or is_of_script(value, bench.namespace)
        if at_home or not hasattr(value, "__wrapped__"):
            if not at_home and is_made_by_call(value, bench.namespace):
                return take_made_by_call(bench, value, wanted)
            return _take_function(bench, value, wanted)
    if is_below_context(value):
        return take_below_context(bench, value, wanted)
    plain = innermost(value)
    if isinstance(plain, types.FunctionType):
        return take_decorated(bench, value, plain, wanted)
    raise NoExpression(value)


def take_by_text(bench: Bench, definition: Definition) -> Item:
    """What a task's cell defines and the notebook has not, or has otherwise by now."""
    item = bench.begin(definition, wanted=definition.name or None, base="function")
    dropped = [each for each in definition.decorators if bench.is_ours(each)]
    with bench.inside(item):
        if isinstance(definition.node, ast.Lambda):
            pieces = _lambda_pieces(bench, item, definition, NOTHING)
        else:
            pieces = def_pieces(bench, item, definition, dropped=dropped)
        bench.add(item, pieces, names_at_once(definition))
    return bench.end(item)


def take_decorated(
    bench: Bench,
    value: Any,  # noqa: ANN401 - what a decorator made
    plain: types.FunctionType,
    wanted: str | None,
) -> Item:
    """What decorators of somebody else made of a function of the notebook."""
    definition = _definition_of(bench, plain)
    decorators = [each for each in definition.decorators if not bench.is_ours(each)]
    state = function_state(plain, definition, bench.namespace)
    lost = [each for each in decorators if is_lost(each, state.inside, state.enclosed)]
    counting = [call for each in decorators for call in counting_calls(each, bench)]
    is_cache = hasattr(value, "cache_parameters") and not (counting and len(decorators) > 1)
    if not decorators or ((lost or counting) and is_cache):
        return take_wrapped(bench, value, plain, wanted, definition)
    if bench.namespace.get(definition.name) is not value:
        decorators = decorators[-_layers(value) :]  # it is what the inner ones made
    is_function = isinstance(value, types.FunctionType)
    foreign = [is_foreign(bench, each, state.inside, of_objects=is_function) for each in decorators]
    can_be_peeled = all(foreign) or hasattr(value, "__wrapped__")
    if counting and all(foreign):
        raise given_by_a_count(counting[0], definition.place)
    if not foreign[0] or _layers(value) > len(decorators) or not can_be_peeled:
        return take_wrapped(bench, value, plain, wanted, definition)
    own = definition.name
    item = bench.begin(value, wanted=wanted, base=own, written=own)
    dropped = [each for each in definition.decorators if each not in decorators]
    enclosed = _given(bench, item, definition, state, dropped)
    at_once = names_at_once(definition, plain)
    circles = circles_inside(item.name, value, enclosed, at_once)
    with bench.inside(item):
        if all(foreign):
            pieces = def_pieces(
                bench,
                item,
                definition,
                value=plain,
                dropped=dropped,
                enclosed=Enclosed(
                    values={**enclosed, **dict.fromkeys(circles)},
                    cells=shared_cells(bench, plain),
                    at_once=at_once,
                ),
                ran=_defaults_as_they_ran(bench, plain, definition),
            )
            bench.add(item, pieces, at_once)
        else:
            text = f"{item.name} = ({ast.unparse(decorators[0])})({bench.part(value.__wrapped__)})"
            piece = Written(
                name=item.name,
                text=text,
                place=definition.cell.place,
                first_line=definition.line,
            )
            bench.add(item, [piece], names_in(decorators[0]))
    item.has_effects = has_calls(bench, definition) or not all(map(bench.is_foreign, decorators))
    bench.end(item)
    core = plain if all(foreign) else value.__wrapped__
    if all(foreign):
        bench.after(item, lambda: _lines_inside(bench, item.name, value, state, circles))
    bench.after(item, lambda: _lines_around(bench, item.name, value, core))
    bench.after(item, lambda: of_function(bench, item.name, value))
    return item


def _defaults_as_they_ran(
    bench: Bench, plain: types.FunctionType, definition: Definition
) -> list[Ran]:
    """The defaults of a function that nobody can set from outside, below decorators of others."""
    if isinstance(definition.node, ast.ClassDef):
        return []
    return defaults_as_they_ran(definition.name, plain, definition.node, bench.namespace)


def _lines_inside(
    bench: Bench,
    name: str,
    value: Any,  # noqa: ANN401 - what a decorator made
    state: FunctionState,
    circles: frozenset[str],
) -> list[str]:
    """What was set on the function inside, as far as what holds it leads to it."""
    plain, path = innermost(value), path_inside(name, value)
    if not path or not isinstance(plain, types.FunctionType):
        return []
    kept = replace(state, attributes={}, called={}, text=None)  # its decorators may have set these
    later = circles - shared_cells(bench, plain).keys()
    return [
        *set_in_cells(bench, path, plain, state.enclosed, later),
        *_state_lines(bench, path, plain, kept),
    ]


def _lines_around(bench: Bench, name: str, value: object, core: object) -> list[str]:
    """What is kept in what decorators made of a function, as far as the user's code does."""
    kept = kept_around(name, value, lambda each: each is core)
    lines = [line for path, each in kept for line in line_of(bench, path, each)]
    return lines + taken_from(bench, name, value)


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


def _take_function(bench: Bench, function: types.FunctionType, wanted: str | None) -> Item:
    definition = _definition_of(bench, function)
    state = function_state(function, definition, bench.namespace)
    own = definition.name
    item = bench.begin(function, wanted=wanted, base=own or wanted or "function", written=own)
    there = (bench.namespace.get(own), _at_its_place(bench, function))
    is_inside = any(holds(each, function) for each in there)
    dropped = [
        each
        for each in definition.decorators
        if is_inside  # of what its decorators made
        or _makes_a_descriptor(each)
        or not is_foreign(bench, each, state.inside)
        or is_lost(each, state.inside, state.enclosed)  # it gave the function back as it is
    ]
    for each in definition.decorators if not is_inside else ():
        for call in counting_calls(each, bench) if each not in dropped else ():
            raise given_by_a_count(call, definition.place)
    enclosed = _given(bench, item, definition, state, dropped)
    at_once = _read_when_made(definition, function, dropped)
    outer = {k: v for k, v in enclosed.items() if k in state.enclosed}
    circles = in_circles(function, outer, at_once)
    enclosed |= dict.fromkeys(circles)
    given = Enclosed(values=enclosed, cells=shared_cells(bench, function), at_once=at_once)
    with bench.inside(item):
        if isinstance(definition.node, ast.Lambda):
            known = {name: enclosed[name] for name in outer}
            pieces = _lambda_pieces(bench, item, definition, replace(given, values=known))
        else:
            pieces = def_pieces(
                bench,
                item,
                definition,
                value=function,
                dropped=dropped,
                enclosed=given,
                ran=_lost_defaults(bench, function, definition, state),
            )
        bench.add(item, pieces, names_at_once(definition, function))
    item.has_effects = has_calls(bench, definition)
    bench.end(item)
    later = circles - given.cells.keys()  # of a cell it is the cell's own matter
    bench.after(item, lambda: set_in_cells(bench, item.name, function, state.enclosed, later))
    bench.after(item, lambda: _state_lines(bench, item.name, function, state))
    if any(is_beside(bench, each) for each in definition.decorators if each not in dropped):
        bench.after(item, lambda: taken_from(bench, item.name, function))
    return item


def _at_its_place(bench: Bench, function: types.FunctionType) -> object:
    """What the notebook has where a function says it is: of a method, in its class."""
    first, *rest = function.__code__.co_qualname.split(".")
    found: object = bench.namespace.get(first)
    for name in rest:
        found = attributes_of(found).get(name)
    return found


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


def _lost_defaults(
    bench: Bench, function: types.FunctionType, definition: Definition, state: FunctionState
) -> list[Ran]:
    """Defaults that were computed of what only the call around the definition knew: `x=k + 1`."""
    if isinstance(definition.node, ast.ClassDef):
        return []
    seen, lost = state.inside.over(bench.namespace), state.inside.lost - set(state.enclosed)
    ran = defaults_as_they_ran(definition.name, function, definition.node, seen)
    return [each for each in ran if not lost.isdisjoint(names_in(each.node))]


def _given(
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


def _definition_of(bench: Bench, function: types.FunctionType) -> Definition:
    found = bench.definitions.of_code(function.__code__)
    if found is None:
        raise unknown_source(file_of(function))
    check_same_names(function, found, bench.namespace)
    return found


def _lambda_pieces(
    bench: Bench, item: Item, definition: Definition, enclosed: Enclosed
) -> list[Written | Made]:
    if with_environment(bench, definition, (), ()):
        said = f"a lambda that reads an environment variable as it is made ({definition.place})"
        raise Refused(said, REWRITE)
    name, text, after = item.name, f"({definition.segment})", []
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
    )
    return [piece, *after]


def _state_lines(
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


def _layers(value: object) -> int:
    """How many decorators a thing shows; one that does not say what it wraps counts as one."""
    count = 0
    while hasattr(value, "__wrapped__"):
        value, count = value.__wrapped__, count + 1
    return max(count, 1)
