"""Methods as they are against the text of their class: what was set since.

The names are paths below the class, as they are assigned: `m.__defaults__`.
"""

from __future__ import annotations

import ast
import dataclasses
import types
from collections.abc import Iterator, Mapping

from sfdag_magics.bundle.written.as_written import as_written
from sfdag_magics.bundle.written.called import method_called
from sfdag_magics.bundle.written.computed import Computed, Fit, fit, fit_of_all
from sfdag_magics.bundle.written.field_state import default_of
from sfdag_magics.bundle.written.function_state import changed_defaults
from sfdag_magics.bundle.written.members import members
from sfdag_magics.bundle.written.same_code import codes_in

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_NONE = dataclasses.MISSING


def method_changes(
    kind: type, node: ast.ClassDef, namespace: Mapping[str, object]
) -> dict[str, object]:
    """`{path: value}` of what is otherwise inside of the methods of a class."""
    found: dict[str, object] = {}
    for name, member in members(node).items():
        if isinstance(member, _Function):
            found.update(_method(name, vars(kind).get(name), member, namespace))
    found.update(_field_defaults(kind, node, namespace))
    return found


def other_decorator(kind: type, node: ast.ClassDef, namespace: Mapping[str, object]) -> str | None:
    """The first decorator of a method that is not the one by now which made it."""
    for name, member in members(node).items():
        if not isinstance(member, _Function) or not member.decorator_list:
            continue
        decorator = member.decorator_list[0]
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        maker = as_written(called, namespace)
        outermost = _function(vars(kind).get(name))
        if not isinstance(maker, types.FunctionType) or outermost is None:
            continue
        at_home = maker.__globals__ is namespace
        made = outermost.__code__ in codes_in(maker.__code__)
        if at_home and not made and outermost.__code__.co_name != member.name:
            return ast.unparse(decorator)
    return None


def _method(
    name: str, value: object, node: _Function, namespace: Mapping[str, object]
) -> Iterator[tuple[str, object]]:
    function = _function(value)
    if function is None or function.__code__.co_name != node.name:
        return  # a decorator's, which makes it anew over there
    path = name if isinstance(value, types.FunctionType) else f"__dict__[{name!r}].__func__"
    positional, named = changed_defaults(function, node.args, namespace)
    if positional is not None:
        yield f"{path}.__defaults__", positional
    if named is not None:
        yield f"{path}.__kwdefaults__", named
    if not node.decorator_list:
        said = {**vars(function), **method_called(function, node, namespace)}
        yield from ((f"{path}.{key}", each) for key, each in said.items())


def _function(value: object) -> types.FunctionType | None:
    inner = value.__func__ if isinstance(value, staticmethod | classmethod) else value
    return inner if isinstance(inner, types.FunctionType) else None


def _field_defaults(
    kind: type, node: ast.ClassDef, namespace: Mapping[str, object]
) -> Iterator[tuple[str, object]]:
    """The defaults of a dataclass's own `__init__`, where its text may give it others by now."""
    fields = vars(kind).get("__dataclass_fields__", {})
    init = _function(vars(kind).get("__init__"))
    if init is None or "__init__" in members(node):
        return
    given = {
        name: (default_of(member), default)
        for name, member in members(node).items()
        if isinstance(member, ast.expr)
        and (default := getattr(fields.get(name), "default", _NONE)) is not _NONE
    }
    how = fit_of_all(given.values(), namespace)
    nodes = tuple(member for member, _ in given.values())
    for name, (member, default) in given.items():
        if fit(member, default, namespace) is not Fit.SAME:
            path = f"__dataclass_fields__[{name!r}].default"
            yield path, Computed(value=default, nodes=(member,))
    for attribute in ("__defaults__", "__kwdefaults__") if how is not Fit.SAME else ():
        if now := getattr(init, attribute):
            yield f"__init__.{attribute}", Computed(value=now, nodes=nodes)
