"""A function as it is against its text: defaults, attributes, what it encloses."""

from __future__ import annotations

import ast
import dis
import inspect
import types
from collections.abc import Mapping
from dataclasses import dataclass

from sfdag_magics.bundle.written.as_written import UNKNOWN, as_written, is_plain, same_value
from sfdag_magics.bundle.written.called import called
from sfdag_magics.bundle.written.definitions import Definition
from sfdag_magics.bundle.written.same_code import codes_in


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionState:
    """What has to be set after a function's text has run.

    Attributes:
        defaults: `__defaults__`, or None where the text makes the same.
        keyword_defaults: `__kwdefaults__`, or None where the text makes the same.
        attributes: what was set on the function itself.
        text: `__doc__`, or None where it is what is written, or was taken away.
        called: `{attribute: value}` of what it says of itself, where that was set: `__qualname__`,
            `__module__`, `__annotations__`.
        enclosed: `{name: value}` of the variables around it that it uses.
    """

    defaults: tuple[object, ...] | None
    keyword_defaults: Mapping[str, object] | None
    attributes: Mapping[str, object]
    text: str | None
    called: Mapping[str, object]
    enclosed: Mapping[str, object]


#: Of a function that is as its text makes it.
UNCHANGED = FunctionState(
    defaults=None, keyword_defaults=None, attributes={}, text=None, called={}, enclosed={}
)


def function_state(
    function: types.FunctionType, definition: Definition, namespace: Mapping[str, object]
) -> FunctionState:
    """How `function` differs from what its text would make now."""
    if isinstance(definition.node, ast.ClassDef):
        raise TypeError(f"{definition.place} is no function")
    defaults, keyword_defaults = changed_defaults(function, definition.node.args, namespace)
    return FunctionState(
        defaults=defaults,
        keyword_defaults=keyword_defaults,
        text=_other_text(function, definition.node),
        called=called(function, definition.node, namespace),
        attributes={k: v for k, v in vars(function).items() if k != "__wrapped__"},
        enclosed={
            **names_of_defaults(function, definition.node.args, namespace),
            **_enclosed(function),
        },
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
) -> tuple[tuple[object, ...] | None, Mapping[str, object] | None]:
    """The defaults of a function, those by position and by name; None where its text makes them."""
    positional = function.__defaults__ or ()
    named = function.__kwdefaults__ or {}
    said = [argument.arg for argument in arguments.kwonlyargs]
    nodes = {name: node for name, node in zip(said, arguments.kw_defaults, strict=True) if node}
    keeps_positional = len(arguments.defaults) == len(positional) and all(
        _is_as_written(node, value, namespace)
        for node, value in zip(arguments.defaults, positional, strict=True)
    )
    keeps_named = nodes.keys() == named.keys() and all(
        _is_as_written(nodes[name], named[name], namespace) for name in nodes
    )
    return (None if keeps_positional else positional), (None if keeps_named else named)


def names_of_defaults(
    function: types.FunctionType, arguments: ast.arguments, namespace: Mapping[str, object]
) -> dict[str, object]:
    """`{name: its value}` of defaults that are names the notebook does not have: a loop's, say."""
    pairs = [*zip(arguments.defaults, function.__defaults__ or (), strict=False)]
    named = function.__kwdefaults__ or {}
    for argument, node in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if node is not None and argument.arg in named:
            pairs.append((node, named[argument.arg]))
    return {
        node.id: value
        for node, value in pairs
        if isinstance(node, ast.Name) and node.id not in namespace
    }


def sets_enclosed(code: types.CodeType, name: str) -> bool:
    """Whether a function sets a variable around it, itself or in what is inside of it."""
    return any(
        each.opname in ("STORE_DEREF", "DELETE_DEREF") and each.argval == name
        for inner in (code, *codes_in(code))
        for each in dis.get_instructions(inner)
    )


def _is_as_written(node: ast.expr, value: object, namespace: Mapping[str, object]) -> bool:
    expected = as_written(node, namespace)
    if expected is UNKNOWN:
        # Made by running something: data is carried, anything else is made anew there.
        return not is_plain(value)
    return same_value(expected, value)


def _enclosed(function: types.FunctionType) -> dict[str, object]:
    found = {}
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        try:
            found[name] = cell.cell_contents
        except ValueError:  # not set yet
            continue
    return found
