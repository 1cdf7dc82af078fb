"""Return values as the receiver's own types, read from the annotations themselves. Python 3.9.

An annotation may be an alias, `Annotated`, a class of the notebook: what counts is what it is where
the task runs, not how it is spelled. What has no reader here is left to the text of annotations.
"""

from __future__ import annotations

import base64
import collections.abc
import dataclasses
import datetime
import decimal
import enum
import json
import pathlib
import re
import types
import typing
import uuid
from typing import Any

_DURATION = re.compile(r"P(-?\d+)DT(\d+)\.(\d{6})S")
_LISTS = (list, collections.abc.Sequence, collections.abc.Iterable)
_SETS = (set, collections.abc.Set)
_MAPPINGS = (dict, collections.abc.Mapping)


class Unread(Exception):  # noqa: N818 - an answer, no fault
    """There is no reader for a type."""


def hints_of(function: Any) -> dict[str, Any]:  # noqa: ANN401 - the user's function or class
    """`{parameter: its type}`, as far as the names in its annotations are there."""
    try:
        return typing.get_type_hints(function)
    except Exception:  # noqa: BLE001 - an annotation is the user's code; its text is read instead
        return _hints_one_by_one(function)


def _hints_one_by_one(function: Any) -> dict[str, Any]:  # noqa: ANN401 - the user's function
    found: dict[str, Any] = {}
    names = getattr(function, "__globals__", {})
    for name, kind in getattr(function, "__annotations__", {}).items():
        alone = types.SimpleNamespace(__annotations__={name: kind})
        try:
            found.update(typing.get_type_hints(alone, globalns=names))
        except Exception:  # noqa: BLE001, S112 - this one is left to its text
            continue
    return found


def read_text(text: str, kind: Any) -> Any:  # noqa: ANN401 - any annotation, any value
    """The value of a type that `text` stands for.

    Raises:
        Unread: there is no reader for the type.
        ValueError: the text is none of its values.
    """
    arms = _arms(kind)
    if len(arms) > 1:
        return _first_that_fits(arms, lambda arm: read_text(text, arm))
    (kind,) = arms
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return _member(kind, text)
    if typing.get_origin(kind) is typing.Literal and text in typing.get_args(kind):
        return text
    if kind in _FROM_TEXT:
        return _FROM_TEXT[kind](_unquoted(text) if kind is not str else text)
    if isinstance(kind, type) and issubclass(kind, (str, pathlib.PurePath)):
        return kind(text)
    if isinstance(kind, type) and issubclass(kind, (datetime.date, datetime.time)):
        made: Any = kind  # pandas' Timestamp
        return made(_unquoted(text))
    _must_be_known(kind)
    return build(json.loads(text), kind)


def build(value: Any, kind: Any) -> Any:  # noqa: ANN401 - a JSON value, any annotation
    """A value of a type from its JSON form; raises as `read_text` does."""
    arms = _arms(kind)
    if value is None and type(None) in typing.get_args(kind):
        return None
    if len(arms) > 1:
        return _first_that_fits(arms, lambda arm: build(value, arm))
    (kind,) = arms
    _must_be_known(kind)
    if kind is Any:
        return value
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Literal:
        return _choice(value, arguments)
    plain = origin or kind
    if plain in _NUMBERS:
        return _number(value, plain)
    if plain is tuple:
        return _tuple(value, arguments)
    if plain in _LISTS or plain in _SETS or plain is frozenset:
        items = [build(each, arguments[0] if arguments else Any) for each in _of(value, list)]
        return items if plain in _LISTS else (frozenset if plain is frozenset else set)(items)
    if plain in _MAPPINGS:
        wanted = arguments[1] if len(arguments) == 2 else Any
        return {key: build(each, wanted) for key, each in _of(value, dict).items()}
    return _of_class(value, plain)


def _of_class(value: Any, kind: Any) -> Any:  # noqa: ANN401 - a JSON value, a class
    if issubclass(kind, enum.Enum):
        return _member(kind, value)
    if dataclasses.is_dataclass(kind):
        hints = hints_of(kind)
        given, made = _of(value, dict), typing.cast("Any", kind)
        return made(**{name: build(each, hints.get(name, Any)) for name, each in given.items()})
    if issubclass(kind, tuple):  # a NamedTuple
        hints, items = hints_of(kind), _of(value, list)
        kinds = [hints.get(field, Any) for field in getattr(kind, "_fields", ())]
        return kind(*map(build, items, kinds))
    if hasattr(kind, "__total__"):  # a TypedDict
        hints = hints_of(kind)
        return {name: build(each, hints.get(name, Any)) for name, each in _of(value, dict).items()}
    if hasattr(kind, "model_validate"):  # pydantic
        return kind.model_validate(value)
    if kind is str:
        return _of(value, str)
    return read_text(value if isinstance(value, str) else json.dumps(value), kind)


def _must_be_known(kind: Any) -> None:  # noqa: ANN401 - any annotation
    plain = typing.get_origin(kind) or kind
    known = (
        plain in (Any, typing.Literal, tuple, frozenset, str)
        or plain in _NUMBERS
        or plain in _LISTS
        or plain in _SETS
        or plain in _MAPPINGS
        or plain in _FROM_TEXT
    )
    if known:
        return
    classes = (enum.Enum, tuple, str, datetime.date, datetime.time, pathlib.PurePath)
    is_class = isinstance(plain, type) and (
        issubclass(plain, classes)
        or dataclasses.is_dataclass(plain)
        or hasattr(plain, "__total__")
        or hasattr(plain, "model_validate")
    )
    if not is_class:
        raise Unread(str(kind))


def _arms(kind: Any) -> tuple[Any, ...]:  # noqa: ANN401 - any annotation
    """The types of a union without None, or the one type; inside `Annotated` and NewType too."""
    while hasattr(kind, "__supertype__"):
        kind = kind.__supertype__
    if hasattr(kind, "__metadata__"):
        kind = kind.__origin__
    is_union = typing.get_origin(kind) is typing.Union or type(kind).__name__ == "UnionType"
    if not is_union:
        return (kind,)
    return tuple(each for each in typing.get_args(kind) if each is not type(None))


def _first_that_fits(arms: tuple[Any, ...], read: Any) -> Any:  # noqa: ANN401 - what `read` gives
    # Text last: everything is one.
    for arm in sorted(arms, key=lambda arm: arm is str):
        try:
            return read(arm)
        except (ValueError, TypeError, KeyError):
            continue
    names = [getattr(arm, "__name__", str(arm)) for arm in arms]
    raise ValueError(f"it is none of {', '.join(names)}")


def _member(kind: Any, value: Any) -> Any:  # noqa: ANN401 - an enum, a JSON value or its text
    for member in kind:
        own = member.value
        if type(own) is type(value) and own == value:
            return member
    for member in kind:
        if json.dumps(member.value, default=str) == value or str(member.value) == value:
            return member
    raise ValueError(f"it is no {kind.__name__}")


def _choice(value: Any, choices: tuple[Any, ...]) -> Any:  # noqa: ANN401 - a JSON value
    for choice in choices:
        if type(choice) is type(value) and choice == value:
            return choice
    raise ValueError("it is none of " + ", ".join(map(repr, choices)))


def _number(value: Any, kind: Any) -> Any:  # noqa: ANN401 - a JSON value, a number's type
    fits = (int, float) if kind in (float, complex) else kind
    if not isinstance(value, fits) or isinstance(value, bool) is not (kind is bool):
        raise ValueError(f"it is a {type(value).__name__}")
    return kind(value)


def _tuple(value: Any, arguments: tuple[Any, ...]) -> Any:  # noqa: ANN401 - a JSON value
    items = _of(value, list)
    if not arguments or arguments == ((),):
        return tuple(items)
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        return tuple(build(each, arguments[0]) for each in items)
    if len(items) != len(arguments):
        raise ValueError(f"it has {len(items)} items")
    return tuple(map(build, items, arguments))


def _of(value: Any, kind: type) -> Any:  # noqa: ANN401 - a JSON value
    if not isinstance(value, kind):
        raise TypeError(f"it is a {type(value).__name__}")
    return value


def _unquoted(text: str) -> str:
    return str(json.loads(text)) if text[:1] == '"' else text


def duration_text(value: datetime.timedelta) -> str:
    """A duration to the microsecond, as ISO 8601 writes one: `P1DT3600.000000S`."""
    return f"P{value.days}DT{value.seconds}.{value.microseconds:06d}S"


def _duration(text: str) -> datetime.timedelta:
    found = _DURATION.fullmatch(text)
    if found is None:
        raise ValueError("it is no duration")
    return datetime.timedelta(int(found[1]), int(found[2]), int(found[3]))


def _decimal(text: str) -> decimal.Decimal:
    try:
        return decimal.Decimal(text)
    except decimal.InvalidOperation:
        raise ValueError("it is no number") from None


_NUMBERS = (bool, int, float)
_FROM_TEXT: dict[Any, Any] = {
    str: str,
    bytes: lambda text: base64.b64decode(text, validate=True),
    decimal.Decimal: _decimal,
    datetime.date: datetime.date.fromisoformat,
    datetime.datetime: datetime.datetime.fromisoformat,
    datetime.time: datetime.time.fromisoformat,
    datetime.timedelta: _duration,
    uuid.UUID: uuid.UUID,
}
