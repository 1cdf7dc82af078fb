"""A function as it is against its text: defaults, attributes, what it encloses."""

from __future__ import annotations

import ast
import dis
import inspect
import types
from collections.abc import Iterable, Mapping
from typing import TypeVar

from sfdag_magics.bundle.written.as_it_ran import defaults_in
from sfdag_magics.bundle.written.as_written import is_plain
from sfdag_magics.bundle.written.called import called
from sfdag_magics.bundle.written.computed import Computed, Fit, fit_of_all
from sfdag_magics.bundle.written.definitions import Definition
from sfdag_magics.bundle.written.made_inside import MadeInside, made_inside
from sfdag_magics.bundle.written.same_code import codes_in
from sfdag_magics.light_classes import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionState:
    """What has to be set after a function's text has run.

    Attributes:
        defaults: `__defaults__`, `Computed` where the text may make the same; None where it does.
        keyword_defaults: `__kwdefaults__` in the same way.
        attributes: what was set on the function itself.
        text: `__doc__`, or None where it is what is written, or was taken away.
        called: `{attribute: value}` of what it says of itself, where that was set: `__qualname__`,
            `__module__`, `__annotations__`.
        enclosed: `{name: value}` of the variables around it that it uses.
        inside: what the function that it stands in binds, for when it is made.
    """

    defaults: tuple[object, ...] | Computed | None
    keyword_defaults: Mapping[str, object] | Computed | None
    attributes: Mapping[str, object]
    text: str | None
    called: Mapping[str, object]
    enclosed: Mapping[str, object]
    inside: MadeInside


_Given = TypeVar("_Given", tuple[object, ...], Mapping[str, object])


def function_state(
    function: types.FunctionType, definition: Definition, namespace: Mapping[str, object]
) -> FunctionState:
    """How `function` differs from what its text would make now."""
    if isinstance(definition.node, ast.ClassDef):
        raise TypeError(f"{definition.place} is no function")
    inside = made_inside(function, definition)
    namespace = inside.over(namespace)
    defaults, keyword_defaults = changed_defaults(function, definition.node.args, namespace)
    return FunctionState(
        defaults=defaults,
        keyword_defaults=keyword_defaults,
        text=_other_text(function, definition.node),
        called=called(function, definition.node, namespace),
        attributes={k: v for k, v in vars(function).items() if k != "__wrapped__"},
        enclosed={
            **names_of_defaults(function, definition, namespace),
            **_enclosed(function),
        },
        inside=inside,
    )


def _other_text(
    function: types.FunctionType, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
) -> str | None:
    written = None if isinstance(node, ast.Lambda) else ast.get_docstring(node)
    now = function.__doc__
    same = now is None or (written is not None and inspect.cleandoc(now) == written)
    return None if same else now


def changed_defaults(
    function: types.FunctionType, arguments: ast.arguments, namespace: Mapping[str, object]
) -> tuple[tuple[object, ...] | Computed | None, Mapping[str, object] | Computed | None]:
    """The defaults of a function, those by position and by name; None where its text makes them."""
    positional = function.__defaults__ or ()
    named = function.__kwdefaults__ or {}
    said = [argument.arg for argument in arguments.kwonlyargs]
    nodes = {name: node for name, node in zip(said, arguments.kw_defaults, strict=True) if node}
    by_position = Fit.OTHER
    if len(arguments.defaults) == len(positional):
        pairs = list(zip(arguments.defaults, positional, strict=True))
        by_position = fit_of_all(pairs, namespace)
    by_name = Fit.OTHER
    if nodes.keys() == named.keys():
        by_name = fit_of_all([(nodes[name], named[name]) for name in nodes], namespace)
    return (
        _unless_same(by_position, positional, arguments.defaults),
        _unless_same(by_name, named, nodes.values()),
    )


def _unless_same(how: Fit, value: _Given, nodes: Iterable[ast.expr]) -> _Given | Computed | None:
    if how is Fit.UNSURE:
        return Computed(value=value, nodes=tuple(nodes))
    return None if how is Fit.SAME else value


def names_of_defaults(
    function: types.FunctionType, definition: Definition, namespace: Mapping[str, object]
) -> dict[str, object]:
    """`{name: its value}` of defaults that are names the notebook has not, or not as these.

    A loop's, say, or the function's own: what had its name before it.
    """
    if isinstance(definition.node, ast.ClassDef):
        return {}
    return {
        node.id: value
        for node, value in defaults_in(function, definition.node.args)
        if isinstance(node, ast.Name)
        and (
            node.id not in namespace
            or node.id == definition.name
            or (isinstance(definition.node, ast.Lambda) and _is_former(value, namespace[node.id]))
        )
    }


def _is_former(value: object, now: object) -> bool:
    """Whether a thing with a name of its own lost it to another one."""
    return value is not now and not is_plain(value)


def sets_enclosed(code: types.CodeType, name: str) -> bool:
    """Whether a function sets a variable around it, itself or in what is inside of it."""
    return any(
        each.opname in ("STORE_DEREF", "DELETE_DEREF") and each.argval == name
        for inner in (code, *codes_in(code))
        for each in dis.get_instructions(inner)
    )


def _enclosed(function: types.FunctionType) -> dict[str, object]:
    found = {}
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        try:
            found[name] = cell.cell_contents
        except ValueError:  # not set yet
            continue
    return found
