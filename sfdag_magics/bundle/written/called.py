"""What a function says of itself against its text: where it is from, and what its hints are."""

from __future__ import annotations

import ast
import types
from collections.abc import Mapping

from sfdag_magics.bundle.inspection import is_a, module_of
from sfdag_magics.bundle.written.as_written import as_written, is_plain, same_value
from sfdag_magics.bundle.written.same_code import is_reloaded

_Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


def called(
    function: types.FunctionType, node: _Function, namespace: Mapping[str, object]
) -> dict[str, object]:
    """`{attribute: value}` of what was set, by a cell or by what made the function."""
    wrapped = getattr(function, "__wrapped__", None)  # which gives it all three
    expected = {
        "__qualname__": getattr(wrapped, "__qualname__", _place_there(function)),
        "__module__": getattr(wrapped, "__module__", function.__globals__.get("__name__")),
    }
    found = {key: getattr(function, key) for key in expected}
    found = {key: value for key, value in found.items() if value != expected[key]}
    hints = function.__annotations__
    if wrapped is not None:
        is_set = hints != getattr(wrapped, "__annotations__", {})
    else:
        is_set = _has_other_hints(hints, node, namespace)
    return {**found, "__annotations__": dict(hints)} if is_set else found


def _place_there(function: types.FunctionType) -> str:
    """What its text makes of it at the top of a module; one that encloses is made in a function."""
    return "" if function.__closure__ else function.__code__.co_name


def method_called(
    function: types.FunctionType, node: _Function, namespace: Mapping[str, object]
) -> dict[str, object]:
    """The same of a method that no decorator made."""
    code = function.__code__
    place = function.__qualname__ if is_reloaded(code) else code.co_qualname
    expected = {"__qualname__": place, "__name__": code.co_name}
    found: dict[str, object] = {
        key: now for key, was in expected.items() if (now := getattr(function, key)) != was
    }
    is_set = _has_other_hints(function.__annotations__, node, namespace)
    return {**found, "__annotations__": dict(function.__annotations__)} if is_set else found


def _has_other_hints(
    hints: Mapping[str, object], node: _Function, namespace: Mapping[str, object]
) -> bool:
    written = hints_in(node)
    return hints.keys() != written.keys() or any(
        _is_other(value, written[name], namespace) for name, value in hints.items()
    )


def hints_in(node: _Function) -> dict[str, ast.expr]:
    """`{parameter: its annotation}`, and that of what is returned, as they are written."""
    of = node.args
    every = [*of.posonlyargs, *of.args, *of.kwonlyargs, of.vararg, of.kwarg]
    found = {each.arg: each.annotation for each in every if each is not None and each.annotation}
    returns = None if isinstance(node, ast.Lambda) else node.returns
    return {**found, "return": returns} if returns is not None else found


def _is_other(value: object, node: ast.expr, namespace: Mapping[str, object]) -> bool:
    """Whether a hint is surely not what is written; a class whose cell ran again counts as it."""
    expected = as_written(node, namespace)
    if isinstance(value, str) and not isinstance(expected, str):  # they are not evaluated
        return _unparsed(value) != ast.unparse(node)
    if isinstance(value, str) or isinstance(expected, str):
        return value != expected
    here = namespace.get("__name__", "__main__")
    known = all(
        is_plain(each) or (is_a(each, type) and module_of(each) != here)
        for each in (value, expected)
    )
    return known and not same_value(expected, value)


def _unparsed(text: str) -> str:
    try:
        return ast.unparse(ast.parse(text, mode="eval"))
    except (SyntaxError, ValueError):
        return text
