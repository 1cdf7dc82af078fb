"""All that is within a semi-structured value, each as a row of FLATTEN with RECURSIVE. Pure.

A value comes before what is in it, keys by the alphabet. Numbers stay as they are written.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from sfdag_magics.engine.limits.hearing import hear

_PLAIN_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_QUOTED = json.JSONEncoder(ensure_ascii=False).encode


class _Digits(str):
    """A number as it is written."""

    __slots__ = ()


_EXACT = json.JSONDecoder(parse_float=_Digits, parse_int=_Digits, parse_constant=_Digits)
#: A key or an index, the path to it, and the value there.
_Place = tuple[str | None, int | None, str, Any]


def rows_within(text: str, prefix: str, mode: str) -> str:
    """A JSON array of `[key, path, index, value, what the value is in]`.

    Args:
        text: JSON.
        prefix: the path to it.
        mode: OBJECT or ARRAY, where only such values are gone into; BOTH else.
    """
    return f"[{','.join(_rows(_EXACT.decode(text), prefix, mode))}]"


def _rows(value: Any, prefix: str, mode: str) -> Iterator[str]:  # noqa: ANN401 - any JSON
    open_ = [(_written(value), _places(value, prefix, mode))]
    while open_:
        whole, places = open_[-1]
        place = next(places, None)
        if place is None:
            open_.pop()
            continue
        hear()
        key, index, path, inner = place
        written = _written(inner)
        yield f"[{_QUOTED(key)},{_QUOTED(path)},{_QUOTED(index)},{written},{whole}]"
        open_.append((written, _places(inner, path, mode)))


def _places(value: Any, prefix: str, mode: str) -> Iterator[_Place]:  # noqa: ANN401 - any JSON
    if isinstance(value, dict) and mode != "ARRAY":
        for key in sorted(value):
            yield key, None, _path(prefix, key), value[key]
    elif isinstance(value, list) and mode != "OBJECT":
        for index, inner in enumerate(value):
            yield None, index, f"{prefix}[{index}]", inner


def _path(prefix: str, name: str) -> str:
    if _PLAIN_NAME.fullmatch(name) is None:
        return f"{prefix}['{name}']"
    return f"{prefix}.{name}" if prefix else name


def _written(value: Any) -> str:  # noqa: ANN401 - any JSON
    match value:
        case dict():
            return f"{{{','.join(f'{_QUOTED(key)}:{_written(value[key])}' for key in value)}}}"
        case list():
            return f"[{','.join(map(_written, value))}]"
        case _Digits():
            return str(value)
        case _:
            return _QUOTED(value)
