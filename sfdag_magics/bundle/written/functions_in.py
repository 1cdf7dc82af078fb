"""The functions inside of an attribute of a class. Looks at values; runs none."""

from __future__ import annotations

import types
from collections.abc import Iterator
from typing import Any


def functions_in(value: Any) -> Iterator[types.FunctionType]:  # noqa: ANN401 - any attribute
    """The functions of a method, a property, or what a decorator made that says what it wraps."""
    seen: set[int] = set()
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        if isinstance(each, types.FunctionType):
            yield each
        own = getattr(each, "__dict__", {}) if not isinstance(each, type) else {}
        waiting += [own.get("__wrapped__"), own.get("func")]
        if isinstance(each, staticmethod | classmethod):
            waiting.append(each.__func__)
        if isinstance(each, property):
            waiting += [each.fget, each.fset, each.fdel]
