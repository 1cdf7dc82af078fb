"""What a text would make, as far as one can say without running it: names and literals."""

from __future__ import annotations

import ast
import builtins
import enum
import types
from collections.abc import Collection, Mapping

from sfdag_magics.bundle.inspection import attributes_of, is_a


class Unknown:
    """Stands for a value that only running would tell."""


UNKNOWN = Unknown()
_PLAIN = frozenset((bool, int, float, complex, str, bytes, type(None)))
#: Types whose methods are what they are: `str.upper`.
_BUILT_IN = [kind for kind in vars(builtins).values() if type(kind) is type]
_CONTAINERS = (list, tuple, set, frozenset)
#: Deeper than what Python compiles; and more things than any text has.
_DEEPEST, _MOST = 100, 10_000_000
_Extent = tuple[int, int]


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
    """Whether a value is a literal all through, of Python's own types, that could be written."""
    return _extent(value, {}) is not None


def _extent(value: object, known: dict[int, _Extent], above: int = 0) -> _Extent | None:
    """How many things a literal has where it is written out, and how deep it goes.

    None for what is none, or has no end: it holds itself, or the same things over and over.
    """
    kind = type(value)
    if kind in _PLAIN:
        return 1, 0
    if id(value) in known:
        return known[id(value)]
    if kind is dict and isinstance(value, dict):
        parts: Collection[object] = [*value.keys(), *value.values()]
    elif kind in _CONTAINERS and isinstance(value, list | tuple | set | frozenset):
        parts = value
    else:
        return None
    size, deep = 1 + len(parts), 1
    for part in () if _PLAIN.issuperset(map(type, parts)) else parts:
        inside = _extent(part, known, above + 1) if above < _DEEPEST else None
        if inside is None:
            return None
        size, deep = size + inside[0], max(deep, 1 + inside[1])
    if size > _MOST or deep > _DEEPEST:
        return None
    known[id(value)] = size, deep
    return size, deep


def same_value(one: object, other: object) -> bool:
    """Whether two values are the same thing, or equal literals: 1, 1.0 and True differ."""
    if one is other:
        return True
    if type(one) is not type(other) or not (is_plain(one) and is_plain(other)):
        return False
    if isinstance(one, set | frozenset) and isinstance(other, set | frozenset):
        return sorted(map(repr, one)) == sorted(map(repr, other))
    return repr(one) == repr(other)
