"""Expressions that ran once and would fail now: a name in them is gone, or another thing by now.

Follows names, attributes and items as Python keeps them; runs nothing of anybody's.
"""

from __future__ import annotations

import ast
import builtins
import types
from collections.abc import Collection, Iterable, Mapping
from typing import TypeGuard

from sfdag_magics.bundle.inspection import (
    answers_itself,
    as_kept,
    attribute_of,
    attributes_of,
    is_a,
)
from sfdag_magics.bundle.written.as_written import UNKNOWN, is_plain
from sfdag_magics.bundle.written.computed import is_fixed, makes_fixed

_COMPREHENSIONS = (ast.GeneratorExp, ast.ListComp, ast.SetComp, ast.DictComp)
_NOTHING = object()
_NO_ITEMS = (type(None), bool, int, float, types.ModuleType)
_WITH_ITEMS = (dict, list, tuple, str)


class _CannotError(Exception):
    """It would raise."""


def cannot_run(node: ast.expr, namespace: Mapping[str, object], own: Collection[str] = ()) -> bool:
    """Whether computing an expression fails for sure, with the names as they are.

    Args:
        own: names that something else sets beforehand: of the class that it stands in.
    """
    try:
        _made(node, namespace, own)
    except _CannotError:
        return True
    return False


def _made(node: ast.AST, namespace: Mapping[str, object], own: Collection[str]) -> object:
    """What an expression is, as far as that can be followed; else UNKNOWN."""
    match node:
        case ast.Constant(value=value):
            return value
        case ast.Name(id=name):
            return UNKNOWN if name in own else _named(name, namespace)
        case ast.Attribute(value=owner, attr=name):
            return _attribute(_made(owner, namespace, own), name)
        case ast.Subscript(value=owner, slice=index):
            return _item(_made(owner, namespace, own), _made(index, namespace, own))
        case ast.Call(func=called, args=args, keywords=keywords):
            maker = _made(called, namespace, own)
            given = [_made(each, namespace, own) for each in args]
            named = {each.arg: _made(each.value, namespace, own) for each in keywords}
            return _called(maker, given, named)
        case _ if isinstance(node, _COMPREHENSIONS):
            own = {*own, *(each.id for each in ast.walk(node) if _is_bound(each))}
    for inner in _computed_at_once(node):
        _made(inner, namespace, own)
    return UNKNOWN


def _computed_at_once(node: ast.AST) -> Iterable[ast.AST]:
    """The parts of an expression that were computed whatever the others were.

    All of a comprehension: where nothing went through it, its value is empty, and not lost either.
    """
    match node:
        case ast.Lambda():
            return ()
        case ast.BoolOp(values=[first, *_]) | ast.IfExp(test=first):
            return (first,)
        case ast.Compare(left=left, comparators=[first, *_]):
            return (left, first)
    return ast.iter_child_nodes(node)


def _is_bound(node: ast.AST) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)


def _named(name: str, namespace: Mapping[str, object]) -> object:
    found = namespace.get(name, vars(builtins).get(name, _NOTHING))
    if found is _NOTHING:
        raise _CannotError
    return found


def _attribute(owner: object, name: str) -> object:
    if owner is UNKNOWN:
        return UNKNOWN
    answers = "__getattr__" in attributes_of(owner) or answers_itself(owner)
    if answers or as_kept(type(owner), "__getattr__") is not None:
        return UNKNOWN
    found = attribute_of(owner, name, _NOTHING)
    if found is _NOTHING and as_kept(type(owner), name, _NOTHING) is _NOTHING:
        raise _CannotError
    return found if attributes_of(owner).get(name, _NOTHING) is found else UNKNOWN


def _item(owner: object, index: object) -> object:
    if is_a(owner, *_NO_ITEMS):
        raise _CannotError
    if type(owner) not in _WITH_ITEMS or index is UNKNOWN or not is_plain(index):
        return UNKNOWN
    try:
        return owner[index]  # type: ignore[index]  # it is one of these
    except (LookupError, TypeError):
        raise _CannotError from None


def _called(maker: object, given: Collection[object], named: Mapping[str | None, object]) -> object:
    if maker is not UNKNOWN and not callable(maker):
        raise _CannotError
    known = None not in named and all(map(is_fixed, (*given, *named.values())))
    if (
        known
        and callable(maker)
        and (any(maker is each for each in (int, float)) or makes_fixed(maker))
    ):
        try:
            return maker(*given, **{str(key): value for key, value in named.items()})
        except Exception:  # noqa: BLE001 - it would not make one, whatever it raises
            raise _CannotError from None
    return UNKNOWN
