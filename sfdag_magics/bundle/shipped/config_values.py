"""Configuration as a task's parameters want it, whose annotations say how. Ships: Python 3.9."""

from __future__ import annotations

import ast
import datetime
import decimal
import enum
import json
from collections.abc import Callable
from typing import Any

from .annotations import bare_type_and_arguments
from .values import shortened

_CONFIG_KINDS: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "bool": (bool,),
    "int": (int,),
    "float": (int, float),
    "dict": (dict,),
    "Dict": (dict,),
    "list": (list,),
    "List": (list,),
    "tuple": (list,),
    "Tuple": (list,),
    "date": (str,),
    "datetime": (str,),
    "Decimal": (int, float, str),
}
_CONFIG_READERS: dict[str, Callable[[Any], Any]] = {
    "float": float,
    "tuple": tuple,
    "Tuple": tuple,
    "date": datetime.date.fromisoformat,
    "datetime": datetime.datetime.fromisoformat,
    "Decimal": lambda value: decimal.Decimal(str(value)),
}


def checked_config(value: Any, annotation: str | None) -> Any:  # noqa: ANN401 - a JSON value
    """A config value as its parameter's annotation wants it: an int for a float is made one.

    Raises:
        ValueError: it is of another type, or none of a `Literal`'s.
    """
    wanted, arguments = bare_type_and_arguments(annotation)
    if value is None or wanted is None:
        return value
    if not _fits(value, wanted, arguments):
        raise ValueError(f"{shortened(json.dumps(value))} is not {annotation}")
    if wanted not in _CONFIG_READERS:
        return value
    try:
        return _CONFIG_READERS[wanted](value)
    except (ValueError, decimal.InvalidOperation):
        raise ValueError(f"{shortened(json.dumps(value))} is not {annotation}") from None


def _fits(value: Any, wanted: str, arguments: list[str]) -> bool:  # noqa: ANN401 - a JSON value
    if wanted == "Literal":
        try:
            choices = [ast.literal_eval(each) for each in arguments]
        except ValueError:  # a member of an enum, which no JSON value is
            return True
        return any(type(value) is type(each) and value == each for each in choices)
    kinds = _CONFIG_KINDS.get(wanted)
    return kinds is None or (
        isinstance(value, kinds) and isinstance(value, bool) is (bool in kinds)
    )


def with_members(function: Any, inputs: dict[str, Any]) -> dict[str, Any]:  # noqa: ANN401 - the user's function
    """The inputs, those that are annotated as an enum of the notebook as its members."""
    for name, wanted in getattr(function, "__annotations__", {}).items():
        if isinstance(wanted, str):  # from __future__ import annotations
            wanted = function.__globals__.get(wanted)
        if isinstance(wanted, type) and issubclass(wanted, enum.Enum) and name in inputs:
            value = inputs[name]
            inputs[name] = None if value is None else _member(wanted, name, value)
    return inputs


def _member(kind: Any, key: str, value: Any) -> Any:  # noqa: ANN401 - an enum, and a value of it
    """The member with this value, else of this name."""
    try:
        return kind(value)
    except ValueError:
        if isinstance(value, str) and value in kind.__members__:
            return kind[value]
        known = ", ".join(repr(each.value) for each in kind)
        raise ValueError(f"{key} is {value!r}, which is no {kind.__name__}: {known}") from None
