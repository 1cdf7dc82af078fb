"""How type hints that are values are written: `dict[str, int]`, `int | float`, a TypeVar."""

from __future__ import annotations

import collections.abc
import types
import typing
from typing import Any

from sfdag_magics.bundle.literals.writing import NoExpression, Parts, call

_GENERIC = type(typing.List[int])  # noqa: UP006 - the form itself is what is looked at
_ANNOTATED = type(typing.Annotated[int, 0])
_VARIABLES = (typing.TypeVar, typing.ParamSpec)


def is_type_form(value: object) -> bool:
    """Whether `value` is a hint and no class."""
    forms = (types.GenericAlias, types.UnionType, typing.NewType, typing.ForwardRef, *_VARIABLES)
    return isinstance(value, (*forms, _GENERIC, _ANNOTATED))


def type_form(value: Any, parts: Parts) -> str:  # noqa: ANN401 - one of the forms
    """The hint as one writes it."""
    if isinstance(value, typing.NewType):
        return call(parts, "typing.NewType", value.__name__, value.__supertype__)
    if isinstance(value, typing.ForwardRef):
        return call(parts, "typing.ForwardRef", value.__forward_arg__)
    if isinstance(value, _VARIABLES):
        return _variable(value, parts)
    if isinstance(value, types.UnionType):
        return " | ".join(parts.part(each) for each in typing.get_args(value))
    return _subscripted(value, parts)


def _variable(value: Any, parts: Parts) -> str:  # noqa: ANN401 - a TypeVar or ParamSpec
    said: dict[str, object] = {}
    if value.__bound__ is not None:
        said["bound"] = value.__bound__
    said |= {name: True for name in ("covariant", "contravariant") if getattr(value, f"__{name}__")}
    limits = getattr(value, "__constraints__", ())
    return call(parts, f"typing.{type(value).__name__}", value.__name__, *limits, **said)


def _subscripted(value: Any, parts: Parts) -> str:  # noqa: ANN401 - a form in brackets
    origin, arguments = typing.get_origin(value), typing.get_args(value)
    if origin is None:
        raise NoExpression(value)
    inside = ", ".join(_argument(each, parts) for each in arguments) or "()"
    if origin is collections.abc.Callable:
        return f"{parts.module('typing')}.Callable[{inside}]"
    if not isinstance(origin, type):
        name = str(origin).removeprefix("typing.")
        return f"{parts.module('typing')}.{name}[{inside}]"
    if isinstance(value, _ANNOTATED):
        return f"{parts.module('typing')}.Annotated[{inside}]"
    return f"{parts.part(origin)}[{inside}]"


def _argument(value: object, parts: Parts) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_argument(each, parts) for each in value)}]"
    if value is ...:
        return "..."
    return parts.part(value)
