"""Methods as they are against the text of their class: what was set since.

The names are paths below the class, as they are assigned: `m.__defaults__`.
"""

from __future__ import annotations

import ast
import enum
import functools
import types
from collections.abc import Callable, Iterator, Mapping

from sfdag_magics.bundle.inspection import attribute_of, is_a
from sfdag_magics.bundle.written.as_written import as_written
from sfdag_magics.bundle.written.called import method_called
from sfdag_magics.bundle.written.classes.field_state import default_of
from sfdag_magics.bundle.written.classes.members import Member, members
from sfdag_magics.bundle.written.computed import Computed, Fit, fit, fit_of_all
from sfdag_magics.bundle.written.decorated_state import kept_around
from sfdag_magics.bundle.written.definitions import Definition
from sfdag_magics.bundle.written.function_state import changed_defaults
from sfdag_magics.bundle.written.functions_in import functions_below
from sfdag_magics.bundle.written.generated_state import (
    defaults_by_attribute,
    generated_changes,
)
from sfdag_magics.bundle.written.same_code import codes_in, same_code

_Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def method_changes(
    kind: type, definition: Definition, namespace: Mapping[str, object]
) -> dict[str, object]:
    """`{path: value}` of what is otherwise inside of the methods of a class."""
    node = definition.node
    if not isinstance(node, ast.ClassDef):
        raise TypeError(f"{definition.place} is no class")
    written = members(node)
    found: dict[str, object] = {}
    is_own = functools.partial(_is_of_text, kind, definition)
    for name, value in vars(kind).items():
        if isinstance(written.get(name), ast.expr | ast.FunctionDef | ast.AsyncFunctionDef):
            path = name if isinstance(value, types.FunctionType) else f"__dict__[{name!r}]"
            for at, function in functions_below(path, value):
                found.update(_function(at, function, definition, namespace))
            if _is_decorated(written[name]) or _keeps_more(value, is_own):
                found.update(kept_around(path, value, is_own))
    found.update(_field_defaults(kind, node, namespace))
    found.update(generated_changes(kind, written))
    return found


def _is_decorated(node: Member) -> bool:
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and bool(node.decorator_list)


def _keeps_more(value: object, is_own: Callable[[object], bool]) -> bool:
    """Whether a call in a class body made something of a function, or answers for an attribute."""
    if is_own(value) or is_a(value, enum.Enum):
        return False
    return callable(value) or attribute_of(type(value), "__get__") is not None


def _is_of_text(kind: type, definition: Definition, value: object) -> bool:
    """Whether something is a function that stands in the text of a class, not in one of another."""
    if not is_a(value, types.FunctionType):
        return False
    _around, _, own = value.__code__.co_qualname.rpartition(f"{kind.__qualname__}.")
    return "." not in own and any(
        same_code(each, value.__code__) for each in codes_in(definition.code)
    )


def _inside(value: object) -> object:
    return value.__func__ if isinstance(value, staticmethod | classmethod) else value


def other_decorator(kind: type, node: ast.ClassDef, namespace: Mapping[str, object]) -> str | None:
    """The first decorator of a method that is not the one by now which made it."""
    for name, member in members(node).items():
        if (
            not isinstance(member, ast.FunctionDef | ast.AsyncFunctionDef)
            or not member.decorator_list
        ):
            continue
        decorator = member.decorator_list[0]
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        maker = as_written(called, namespace)
        outermost = _inner(vars(kind).get(name))
        if not isinstance(maker, types.FunctionType) or outermost is None:
            continue
        at_home = maker.__globals__ is namespace
        made = outermost.__code__ in codes_in(maker.__code__)
        if at_home and not made and outermost.__code__.co_name != member.name:
            return ast.unparse(decorator)
    return None


def _function(
    path: str, function: types.FunctionType, definition: Definition, namespace: Mapping[str, object]
) -> Iterator[tuple[str, object]]:
    """What was set in one function of a class, however it is wrapped."""
    node = _node_of(function, definition)
    if node is None:
        return
    positional, named = changed_defaults(function, node.args, namespace)
    if positional is not None:
        yield f"{path}.__defaults__", positional
    if named is not None:
        yield f"{path}.__kwdefaults__", named
    if not _decorator_lines(node):
        said = {**vars(function), **method_called(function, node, namespace)}
        yield from ((f"{path}.{key}", each) for key, each in said.items())


def _node_of(function: types.FunctionType, definition: Definition) -> _Function | None:
    """The def or lambda inside of a class that a function was compiled from."""
    code = function.__code__
    if not any(same_code(each, code) for each in codes_in(definition.code)):
        return None
    found = [
        node
        for node in ast.walk(definition.node)
        if isinstance(node, _FUNCTIONS)
        and getattr(node, "name", "<lambda>") == code.co_name
        and code.co_firstlineno in (node.lineno, *_decorator_lines(node))
    ]
    return found[0] if len(found) == 1 else None


def _decorator_lines(node: _Function) -> list[int]:
    return [] if isinstance(node, ast.Lambda) else [each.lineno for each in node.decorator_list]


def _inner(value: object) -> types.FunctionType | None:
    inner = _inside(value)
    return inner if isinstance(inner, types.FunctionType) else None


def _field_defaults(
    kind: type, node: ast.ClassDef, namespace: Mapping[str, object]
) -> Iterator[tuple[str, object]]:
    """The defaults of an `__init__` made for fields, where the text may give it others by now."""
    fields = defaults_by_attribute(kind)
    init = _inner(vars(kind).get("__init__"))
    if init is None or "__init__" in members(node):
        return
    given = {
        name: (default_of(member), fields[name])
        for name, member in members(node).items()
        if isinstance(member, ast.expr) and name in fields
    }
    how = fit_of_all(given.values(), namespace)
    nodes = tuple(member for member, _ in given.values())
    for name, (member, default) in given.items():
        is_plain_field = name in vars(kind).get("__dataclass_fields__", {})
        if is_plain_field and fit(member, default, namespace) is not Fit.SAME:
            path = f"__dataclass_fields__[{name!r}].default"
            yield path, Computed(value=default, nodes=(member,))
    for attribute in ("__defaults__", "__kwdefaults__") if how is not Fit.SAME else ():
        if now := getattr(init, attribute):
            yield f"__init__.{attribute}", Computed(value=now, nodes=nodes)
