"""Values whose text only running would tell: whether it makes them again, nobody can say."""

from __future__ import annotations

import ast
import datetime
import decimal
import enum
import fractions
import operator
import os
import pathlib
import types
import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sfdag_magics.bundle.inspection import is_a, module_of
from sfdag_magics.bundle.written.as_written import UNKNOWN, as_written, is_plain, same_value
from sfdag_magics.bundle.written.callables import (
    WRAPPERS,
    is_bound,
    is_named_alike,
    shows_lambda,
    wrapped_parts,
)
from sfdag_magics.light_classes import dataclass

_BUILT_IN = (types.BuiltinFunctionType, types.MethodDescriptorType)
#: What ships by a text of its own, whoever holds it.
_BY_TEXT = (*_BUILT_IN, types.ModuleType, type)
#: Classes whose objects never change, and whose calls do nothing else.
_FIXED: tuple[type, ...] = (
    datetime.date,
    datetime.datetime,
    datetime.time,
    datetime.timedelta,
    datetime.timezone,
    decimal.Decimal,
    fractions.Fraction,
    uuid.UUID,
    pathlib.Path,
    pathlib.PurePath,
    pathlib.PosixPath,
    pathlib.PurePosixPath,
)
_CONTAINERS = (dict, list, set, frozenset, tuple)
#: Functions that make nothing but a text of others.
_OF_TEXTS = (str, os.path.join)
_SIGNS: dict[type[ast.operator], Callable[..., object]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Div: operator.truediv,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Computed:
    """A value that its text may make as it is now, or otherwise.

    Attributes:
        nodes: what is written; nothing where a decorator of others gave it.
    """

    value: object
    nodes: tuple[ast.expr, ...]


class Fit(enum.IntEnum):
    """How sure it is that a text makes a value as it is now; the greatest counts for several."""

    SAME = 0
    UNSURE = 1
    OTHER = 2


def fit(node: ast.expr, value: object, namespace: Mapping[str, object]) -> Fit:
    """How `value` is against the expression that is written for it."""
    expected = as_written(node, namespace)
    if expected is not UNKNOWN:
        return Fit.SAME if same_value(expected, value) else Fit.OTHER
    if is_plain(value):  # data is carried
        return Fit.SAME if _makes_empty(node, value, namespace) else Fit.OTHER
    made = fixed_value(node, namespace)
    if made is not UNKNOWN and type(made) is type(value) and repr(made) == repr(value):
        return Fit.SAME
    if type(value) in WRAPPERS:
        parts = wrapped_parts(node, value, namespace)
        return Fit.UNSURE if parts is None else fit_of_all(parts, namespace)
    if is_a(value, types.FunctionType):
        return _fit_of_function(node, value)
    by_text = is_a(value, *_BY_TEXT) or module_of(type(value)) == "typing"
    is_given = isinstance(node, ast.Call) and is_a(value, *_BUILT_IN)
    return Fit.SAME if by_text and not is_given and not is_bound(value) else Fit.UNSURE


def _fit_of_function(node: ast.expr, function: types.FunctionType) -> Fit:
    if isinstance(node, ast.Lambda):
        return Fit.SAME if shows_lambda(node, function) else Fit.OTHER
    is_there = shows_lambda(node, function) or is_named_alike(node, function)
    return Fit.SAME if is_there and not isinstance(node, ast.Call) else Fit.UNSURE


def _makes_empty(node: ast.expr, value: object, namespace: Mapping[str, object]) -> bool:
    """Whether a value is the empty container that is written: `dict()`."""
    match node:
        case ast.Call(func=called, args=[], keywords=[]):
            return not value and as_written(called, namespace) is type(value) in _CONTAINERS
    return False


def fit_of_all(pairs: Iterable[tuple[ast.expr, object]], namespace: Mapping[str, object]) -> Fit:
    """How values are against what is written for them."""
    return max((fit(node, value, namespace) for node, value in pairs), default=Fit.SAME)


def fixed_value(node: ast.expr, namespace: Mapping[str, object]) -> object:
    """What an expression is that only makes values which never change; else UNKNOWN."""
    known = as_written(node, namespace)
    if known is not UNKNOWN:
        return known
    try:
        match node:
            case ast.Call(func=called, args=args, keywords=keywords):
                return _called(as_written(called, namespace), args, keywords, namespace)
            case ast.BinOp(left=left, op=sign, right=right) if type(sign) in _SIGNS:
                pair = [fixed_value(each, namespace) for each in (left, right)]
                return _SIGNS[type(sign)](*pair) if all(map(is_fixed, pair)) else UNKNOWN
            case ast.JoinedStr(values=parts):
                held = [_held(part, namespace) for part in parts]
                return "".join(map(str, held)) if all(map(is_fixed, held)) else UNKNOWN
    except Exception:  # noqa: BLE001 - it would not run now, whatever it raises
        return UNKNOWN
    return UNKNOWN


def _held(part: ast.expr, namespace: Mapping[str, object]) -> object:
    """A part of an f-string, where nothing is said of how it is shown."""
    if not isinstance(part, ast.FormattedValue):
        return fixed_value(part, namespace)
    is_as_it_is = part.conversion < 0 and part.format_spec is None
    return fixed_value(part.value, namespace) if is_as_it_is else UNKNOWN


def _called(
    maker: Any,  # noqa: ANN401 - whatever the name is
    args: Iterable[ast.expr],
    keywords: Iterable[ast.keyword],
    namespace: Mapping[str, object],
) -> object:
    given = [fixed_value(each, namespace) for each in args]
    named = {each.arg: fixed_value(each.value, namespace) for each in keywords}
    plain = {key: value for key, value in named.items() if key is not None}
    known = len(plain) == len(named) and all(map(is_fixed, (*given, *plain.values())))
    return maker(*given, **plain) if known and makes_fixed(maker) else UNKNOWN


def makes_fixed(maker: object) -> bool:
    """Whether what it makes never changes, and making it does nothing else."""
    return any(maker is each for each in (*_FIXED, *_OF_TEXTS))


def made_fixed(kind: type, given: Iterable[object]) -> object:
    """What a class whose objects never change makes of these; else UNKNOWN."""
    try:
        return kind(*given) if kind in _FIXED else UNKNOWN
    except Exception:  # noqa: BLE001 - it would not make one, whatever it raises
        return UNKNOWN


def is_fixed(value: object) -> bool:
    """Whether a value never changes, whoever holds it."""
    return type(value) in (*_FIXED, int, float, str, bool, type(None))
