"""The functions inside of an attribute of a class. Looks at values; runs none."""

from __future__ import annotations

import types
from collections.abc import Iterator
from typing import Any

#: Where what a decorator made keeps what it was given, `cached_property` among them.
_KEPT = ("__wrapped__", "func")
_OF_PROPERTY = ("fget", "fset", "fdel")


def functions_in(value: Any) -> Iterator[types.FunctionType]:  # noqa: ANN401 - any attribute
    """The functions of a method, a property, or what a decorator made that says what it wraps."""
    yield from (function for _path, function in functions_below("", value))


def functions_below(
    path: str,
    value: Any,  # noqa: ANN401 - any attribute
) -> Iterator[tuple[str, types.FunctionType]]:
    """The same with the path that leads to each: `p.fget`."""
    seen: set[int] = set()
    waiting = [(path, value)]
    while waiting:
        at, each = waiting.pop()
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        if isinstance(each, types.FunctionType):
            yield at, each
        own = getattr(each, "__dict__", {}) if not isinstance(each, type) else {}
        waiting += [(f"{at}.{name}", own[name]) for name in _KEPT if name in own]
        if isinstance(each, staticmethod | classmethod):
            waiting.append((f"{at}.__func__", each.__func__))
        if isinstance(each, property):
            waiting += [(f"{at}.{name}", getattr(each, name)) for name in _OF_PROPERTY]
