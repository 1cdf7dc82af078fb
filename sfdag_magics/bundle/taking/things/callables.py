"""What can be called in the notebook: functions, and what decorators made of them.

Decorators of others run again over there, for only they know what they keep.
"""

from __future__ import annotations

import ast
import types
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sfdag_magics.bundle.literals.writing import NoExpression
from sfdag_magics.bundle.taking.lines.bench import Bench, innermost, names_at_once
from sfdag_magics.bundle.taking.lines.registrations import of_function
from sfdag_magics.bundle.taking.lines.side_effects import has_calls
from sfdag_magics.bundle.taking.lines.since import line_of
from sfdag_magics.bundle.taking.lines.taken_away import taken_from
from sfdag_magics.bundle.taking.terms.pieces import Item, Written
from sfdag_magics.bundle.taking.terms.refusals import given_by_a_count
from sfdag_magics.bundle.taking.things.circles import circles_inside, path_inside
from sfdag_magics.bundle.taking.things.context_decorators import (
    is_below_context,
    take_below_context,
)
from sfdag_magics.bundle.taking.things.decorator_arguments import counting_calls
from sfdag_magics.bundle.taking.things.definition_lines import def_pieces, set_in_cells
from sfdag_magics.bundle.taking.things.enclosed import Enclosed, shared_cells
from sfdag_magics.bundle.taking.things.functions import (
    definition_of,
    given_around,
    state_lines,
    take_function,
)
from sfdag_magics.bundle.taking.things.generated import class_given, take_generated
from sfdag_magics.bundle.taking.things.inner import is_foreign, is_lost
from sfdag_magics.bundle.taking.things.made_by_calls import is_made_by_call, take_made_by_call
from sfdag_magics.bundle.taking.things.methods import take_of_class
from sfdag_magics.bundle.taking.things.wrapped_by_python import take_wrapped
from sfdag_magics.bundle.taking.used.scripts import is_of_script
from sfdag_magics.bundle.written.as_it_ran import Ran, defaults_as_they_ran
from sfdag_magics.bundle.written.cell_texts import names_in
from sfdag_magics.bundle.written.decorated_state import kept_around
from sfdag_magics.bundle.written.definitions import Definition
from sfdag_magics.bundle.written.function_state import FunctionState, function_state
from sfdag_magics.light_classes import dataclass


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
            return take_function(bench, value, wanted)
    if is_below_context(value):
        return take_below_context(bench, value, wanted)
    plain = innermost(value)
    if isinstance(plain, types.FunctionType):
        return take_decorated(bench, value, plain, wanted)
    raise NoExpression(value)


def take_decorated(
    bench: Bench,
    value: Any,  # noqa: ANN401 - what a decorator made
    plain: types.FunctionType,
    wanted: str | None,
) -> Item:
    """What decorators of somebody else made of a function of the notebook."""
    definition = definition_of(bench, plain)
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
    made = _Decorated(
        value=value, plain=plain, definition=definition, decorators=decorators, state=state
    )
    if all(foreign):
        _run_again(bench, item, made)
    else:
        _call_again(bench, item, made)
    bench.after(item, lambda: of_function(bench, item.name, value))
    return item


@dataclass(frozen=True, slots=True, kw_only=True)
class _Decorated:
    """What decorators made of a function.

    Attributes:
        plain: the function inside.
        decorators: those that made it, the outermost first.
    """

    value: Any
    plain: types.FunctionType
    definition: Definition
    decorators: Sequence[ast.expr]
    state: FunctionState

    def end(self, bench: Bench, item: Item) -> None:
        """Close its lines, and say whether they do more than make it."""
        is_all_foreign = all(map(bench.is_foreign, self.decorators))
        item.has_effects = has_calls(bench, self.definition) or not is_all_foreign
        bench.end(item)


def _run_again(bench: Bench, item: Item, made: _Decorated) -> None:
    """The definition with its decorators."""
    value, plain, definition, state = made.value, made.plain, made.definition, made.state
    dropped = [each for each in definition.decorators if each not in made.decorators]
    enclosed = given_around(bench, item, definition, state, dropped)
    at_once = names_at_once(definition, plain)
    circles = circles_inside(item.name, value, enclosed, at_once)
    with bench.inside(item):
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
    made.end(bench, item)
    bench.after(item, lambda: _lines_inside(bench, item.name, value, state, circles))
    bench.after(item, lambda: _lines_around(bench, item.name, value, plain))


def _call_again(bench: Bench, item: Item, made: _Decorated) -> None:
    """A call of the outermost decorator with what the inner ones made."""
    decorator, inside = made.decorators[0], made.value.__wrapped__
    with bench.inside(item):
        piece = Written(
            name=item.name,
            text=f"{item.name} = ({ast.unparse(decorator)})({bench.part(inside)})",
            place=made.definition.cell.place,
            first_line=made.definition.line,
        )
        bench.add(item, [piece], names_in(decorator))
    made.end(bench, item)
    bench.after(item, lambda: _lines_around(bench, item.name, made.value, inside))


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
        *state_lines(bench, path, plain, kept),
    ]


def _lines_around(bench: Bench, name: str, value: object, core: object) -> list[str]:
    """What is kept in what decorators made of a function, as far as the user's code does."""
    kept = kept_around(name, value, lambda each: each is core)
    lines = [line for path, each in kept for line in line_of(bench, path, each)]
    return lines + taken_from(bench, name, value)


def _layers(value: object) -> int:
    """How many decorators a thing shows; one that does not say what it wraps counts as one."""
    count = 0
    while hasattr(value, "__wrapped__"):
        value, count = value.__wrapped__, count + 1
    return max(count, 1)
