"""What a text would make, as far as one can say without running it: names and literals."""

from __future__ import annotations

import ast
import builtins
import enum
import types
from collections.abc import Mapping
from typing import Any

from sfdag_magics.bundle.inspection import attributes_of, is_a


class Unknown:
    """Stands for a value that only running would tell."""


UNKNOWN = Unknown()
_PLAIN = (bool, int, float, complex, str, bytes, type(None))
#: Types whose methods are what they are: `str.upper`.
_BUILT_IN = [kind for kind in vars(builtins).values() if type(kind) is type]
_CONTAINERS = (list, tuple, set, frozenset)


def as_written(node: ast.expr, namespace: Mapping[str, object]) -> object:
    """What an expression is in `namespace`: a literal, a name, of a module; else UNKNOWN."""
    if isinstance(node, ast.Name):
        return namespace.get(node.id, getattr(builtins, node.id, UNKNOWN))
    if isinstance(node, ast.Attribute):
        owner = as_written(node.value, namespace)
        if is_a(owner, enum.EnumMeta):
            return attributes_of(owner)["_member_map_"].get(node.attr, UNKNOWN)
        # Not getattr of anything else: a property of somebody's own would run.
        known = is_a(owner, types.ModuleType) or any(owner is kind for kind in _BUILT_IN)
        return attributes_of(owner).get(node.attr, UNKNOWN) if known else UNKNOWN
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return UNKNOWN


def is_plain(value: object) -> bool:
    """Whether a value is a literal all through, of Python's own types."""
    try:
        return _is_literal(value)
    except RecursionError:  # it holds itself, or is deeper than what Python compiles
        return False


def _is_literal(value: object) -> bool:
    kind: Any = type(value)
    if kind in _PLAIN:
        return True
    if kind in _CONTAINERS and isinstance(value, list | tuple | set | frozenset):
        return all(map(_is_literal, value))
    return (
        kind is dict
        and isinstance(value, dict)
        and all(_is_literal(key) and _is_literal(item) for key, item in value.items())
    )


def same_value(one: object, other: object) -> bool:
    """Whether two values are the same thing, or equal literals: 1, 1.0 and True differ."""
    if one is other:
        return True
    if type(one) is not type(other) or not (is_plain(one) and is_plain(other)):
        return False
    if isinstance(one, set | frozenset) and isinstance(other, set | frozenset):
        return sorted(map(repr, one)) == sorted(map(repr, other))
    return repr(one) == repr(other)
