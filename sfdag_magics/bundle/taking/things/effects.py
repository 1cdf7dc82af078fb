"""Lines that run functions of the notebook as they define something, and what these may change.

A base that counts its subclasses, a metaclass, a class body that calls a function: they ran in the
notebook already, and what they changed ships as it is by now. So that is put back once they ran.
"""

from __future__ import annotations

import ast
import dis
import types
from collections.abc import Iterable

from sfdag_magics.bundle.inspection import attribute_of, attributes_of, bases_of, is_a
from sfdag_magics.bundle.taking.terms.pieces import Item, Made, needed_by
from sfdag_magics.bundle.taking.things.bench import Bench
from sfdag_magics.bundle.written.cell_texts import first_name
from sfdag_magics.bundle.written.definitions import Definition
from sfdag_magics.bundle.written.filling import FILLING, filled
from sfdag_magics.bundle.written.same_code import codes_in


def class_has_effects(bench: Bench, kind: type, definition: Definition) -> bool:
    """Whether making a class runs a function of the notebook."""
    hooked = any(
        "__init_subclass__" in attributes_of(base) and bench.is_of_notebook(base)
        for base in bases_of(kind)[1:]
    )
    named = any(
        bench.is_of_notebook(type(value)) and attribute_of(type(value), "__set_name__") is not None
        for value in attributes_of(kind).values()
    )
    by_itself = hooked or named or bench.is_of_notebook(type(kind))
    return by_itself or has_calls(bench, definition) or _has_filling_decorators(bench, definition)


def _has_filling_decorators(bench: Bench, definition: Definition) -> bool:
    """Whether a decorator of a method may put it into something: they run with the class."""
    given = [
        decorator
        for node in ast.walk(definition.node)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for decorator in node.decorator_list
    ]
    roots = map(first_name, given)
    return any(_may_fill(bench, bench.namespace.get(name)) for name in roots)


def _may_fill(bench: Bench, decorator: object) -> bool:
    if not is_a(decorator, types.FunctionType) or not bench.is_of_notebook(decorator):
        return False
    return any(
        each.opname in ("STORE_SUBSCR", "STORE_GLOBAL") or each.argval in FILLING
        for code in (decorator.__code__, *codes_in(decorator.__code__))
        for each in dis.get_instructions(code)
    )


def has_calls(bench: Bench, definition: Definition) -> bool:
    """Whether a definition calls something of the notebook as it runs."""
    called = [
        each.func.id
        for part in _at_once(definition.node)
        for each in ast.walk(part)
        if isinstance(each, ast.Call) and isinstance(each.func, ast.Name)
    ]
    return any(bench.is_of_notebook(bench.namespace.get(name)) for name in called)


def put_back(
    made: Iterable[tuple[Item, object, str]], items: list[Item], set_there: frozenset[str]
) -> None:
    """Let what was set or filled be so after all that has effects.

    Args:
        made: `(item, value, expression)` of the data that ships.
        items: all that ships; what is put back is added.
        set_there: names that functions set.
    """
    effects = {item for item in items if item.has_effects}
    if not effects:
        return
    before = needed_by(effects)
    for item in items:
        if not item.name and item not in before:
            item.needs |= effects
    for item, value, text in made:
        lines = _again(item.name, value, text, is_set=item.name in set_there)
        if lines:
            items.append(Item(name="", pieces=[Made(lines=lines)], needs={item, *effects}))


def _again(name: str, value: object, text: str, *, is_set: bool) -> tuple[str, ...]:
    return filled(name, value, text) or ((f"{name} = {text}",) if is_set else ())


def _at_once(node: ast.AST) -> list[ast.AST]:
    """The parts of a definition that run when it does."""
    if isinstance(node, ast.ClassDef):
        inside = [part for each in node.body for part in _at_once(each)]
        return [*node.bases, *node.keywords, *inside]
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        return [node.args]
    return [node]
