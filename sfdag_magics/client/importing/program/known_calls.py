"""Functions and methods that can be carried out while reading: of plain values, without effect."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

#: Longer ranges, texts and lists are no tasks that a person describes.
MOST = 10_000


def _range(*numbers: int) -> list[int]:
    found = range(*numbers)
    if len(found) > MOST:
        raise ValueError("too long")
    return list(found)


BUILTINS: Mapping[str, Callable[..., object]] = {
    "range": _range,
    "len": len,
    "str": str,
    "int": int,
    "float": float,
    "bool": bool,
    "list": list,
    "tuple": tuple,
    "dict": dict,
    "set": set,
    "sorted": sorted,
    "min": min,
    "max": max,
    "sum": sum,
    "abs": abs,
    "repr": repr,
    "reversed": lambda values: list(reversed(values)),
    "enumerate": lambda values, start=0: list(enumerate(values, start)),
    "zip": lambda *values: list(zip(*values, strict=False)),
}
LIBRARY: Mapping[str, Callable[..., object]] = {"datetime.timedelta": timedelta}
#: `{type: the methods that are carried out}`.
METHODS: Mapping[type, frozenset[str]] = {
    str: frozenset(
        (
            *("format", "join", "upper", "lower", "strip", "lstrip", "rstrip", "replace"),
            *("split", "splitlines", "title", "capitalize", "removeprefix", "removesuffix"),
            *("startswith", "endswith", "partition", "rpartition"),
        )
    ),
    dict: frozenset(("get", "items", "keys", "values", "copy", "update", "setdefault", "pop")),
    list: frozenset(("append", "extend", "insert", "copy", "index", "count", "reverse", "pop")),
    set: frozenset(("add", "update", "union")),
    tuple: frozenset(("index", "count")),
}


def method_of(value: object, name: str) -> Callable[..., object] | None:
    """A method that is carried out, or None."""
    for kind, names in METHODS.items():
        if isinstance(value, kind) and name in names:
            found: Callable[..., object] = getattr(value, name)
            return found
    return None
