"""Whether a text makes a callable, or what wraps one, as it is now. Compares code; runs none."""

from __future__ import annotations
import __future__

import ast
import functools
import types
from collections.abc import Mapping

from sfdag_magics.bundle.inspection import is_a, name_of
from sfdag_magics.bundle.written.as_written import as_written
from sfdag_magics.bundle.written.same_code import codes_in, same_code

#: What a class wraps callables in, and where each keeps those that it was given, in order.
WRAPPERS: Mapping[type, tuple[str, ...]] = {
    staticmethod: ("__func__",),
    classmethod: ("__func__",),
    property: ("fget", "fset", "fdel"),
    functools.cached_property: ("func",),
    functools.partialmethod: ("func",),
}


def parts_of(value: object) -> list[object]:
    """What a wrapper was given; nothing of what is none."""
    kept = [getattr(value, name) for name in WRAPPERS.get(type(value), ())]
    if isinstance(value, functools.partialmethod):
        kept += [*value.args, *value.keywords.values()]
    return kept


def wrapped_parts(
    node: ast.expr, value: object, namespace: Mapping[str, object]
) -> list[tuple[ast.expr, object]] | None:
    """`[(expression, part)]` of a wrapper that is written as a call; None where it is not."""
    match node:
        case ast.Call(func=called, args=given, keywords=[]) if as_written(
            called, namespace
        ) is type(value):
            parts = parts_of(value)
            if len(given) <= len(parts) and all(each is None for each in parts[len(given) :]):
                return list(zip(given, parts, strict=False))
    return None


def shows_lambda(node: ast.expr, function: types.FunctionType) -> bool:
    """Whether an expression has the lambda in it that a function was compiled from."""
    code = function.__code__
    if code.co_freevars or any(name.startswith("_") and "__" in name for name in code.co_names):
        # Compiled alone it has other names for what stands around it: only its place is known.
        return any(
            isinstance(each, ast.Lambda) and each.lineno == code.co_firstlineno
            for each in ast.walk(node)
        )
    flags = code.co_flags & __future__.annotations.compiler_flag
    alone = ast.Expression(body=node)
    made = compile(alone, "<expression>", "eval", flags=flags, dont_inherit=True)
    return any(same_code(each, code) for each in codes_in(made))


def is_named_alike(node: ast.expr, value: object) -> bool:
    """Whether an attribute that is written has the name of what it is now: `Base.run`."""
    return isinstance(node, ast.Attribute) and node.attr == name_of(value)


def is_bound(value: object) -> bool:
    """Whether a built-in function belongs to an object: `", ".join`."""
    return is_a(value, types.BuiltinFunctionType) and not isinstance(
        value.__self__, types.ModuleType | types.NoneType
    )
