"""Hints of a class's fields against its text: types whose names mean other types by now.

Evaluates hints made of names, of types of others, and of nothing else.
"""

from __future__ import annotations

import ast
import typing
from collections.abc import Iterator, Mapping
from typing import Any

from sfdag_magics.bundle.inspection import attributes_of, is_a, module_of
from sfdag_magics.bundle.written.as_written import UNKNOWN, as_written
from sfdag_magics.bundle.written.classes.field_state import pydantic_fields
from sfdag_magics.bundle.written.classes.members import statements


def other_hints(
    kind: type, node: ast.ClassDef, namespace: Mapping[str, object]
) -> Iterator[tuple[str, ast.expr, object]]:
    """`(field, what is written, what it was)` of hints that are surely others by now.

    A class of the notebook whose cell ran again counts as the same, but where it decides what a
    model takes.
    """
    hints: Mapping[str, object] = attributes_of(kind).get("__annotations__", {})
    models = pydantic_fields(kind)
    here = namespace.get("__name__", "__main__")
    for each in statements(node):
        if not isinstance(each, ast.AnnAssign) or not isinstance(each.target, ast.Name):
            continue
        name, said = each.target.id, each.annotation
        now = hints.get(name, UNKNOWN)
        if isinstance(now, str) and name in models and "Annotated" not in now:
            now = models[name].annotation
        expected = _evaluated(said, namespace)
        if now is UNKNOWN or expected is UNKNOWN or isinstance(now, str | typing.ForwardRef):
            continue
        both = (now, expected)
        if not _same(now, expected) and (
            name in models or not any(_is_of(part, here) for hint in both for part in _parts(hint))
        ):
            yield name, said, now


def _same(one: object, other: object) -> bool:
    return one is other or (type(one) is type(other) and bool(one == other))


def _parts(hint: object) -> Iterator[object]:
    yield hint
    for each in typing.get_args(hint):
        yield from _parts(each)


def _is_of(hint: object, module: object) -> bool:
    return is_a(hint, type) and module_of(hint) == module


def _evaluated(node: ast.expr, namespace: Mapping[str, object]) -> object:
    """What a hint is by now; UNKNOWN where it is a text, or would run something of somebody."""
    match node:
        case ast.Name() | ast.Attribute():
            return as_written(node, namespace)
        case ast.Constant(value=None):
            return None
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return _subscripted(typing.Union, [left, right], namespace, as_union=True)
        case ast.Subscript(value=owner, slice=ast.Tuple(elts=parts)):
            return _subscripted(as_written(owner, namespace), parts, namespace)
        case ast.Subscript(value=owner, slice=part):
            return _subscripted(as_written(owner, namespace), [part], namespace)
    return UNKNOWN


def _subscripted(
    owner: Any,  # noqa: ANN401 - a form, or a type
    nodes: list[ast.expr],
    namespace: Mapping[str, object],
    *,
    as_union: bool = False,
) -> object:
    parts: list[Any] = [_evaluated(each, namespace) for each in nodes]
    home = module_of(owner) if is_a(owner, type) else type(owner).__module__
    if any(each is UNKNOWN for each in parts) or home not in ("builtins", "typing", _ABSTRACT):
        return UNKNOWN
    try:
        if as_union:
            return parts[0] | parts[1]
        return owner[tuple(parts) if len(parts) > 1 else parts[0]]
    except TypeError:  # it would not run now
        return UNKNOWN


_ABSTRACT = "collections.abc"
