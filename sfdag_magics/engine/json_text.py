"""JSON text of semi-structured values as the service writes it: keys by the alphabet, digits kept.

Indented where a client gets it, on one line where SQL makes text of it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

_STEP = "  "


class _Number(str):
    """A number as it is written: no digit is lost."""

    __slots__ = ()


def indented(text: str) -> str:
    """The same JSON on lines of their own; a value that holds no others stays as it is."""
    return _rewritten(text, lambda value: _lines(value, "\n"))


def compact(text: str) -> str:
    """The same JSON on one line without a space."""
    return _rewritten(text, _one_line)


def _rewritten(text: str, written: Callable[[Any], str]) -> str:
    if text[:1] not in ("{", "["):
        return text
    try:
        return written(
            json.loads(text, parse_float=_Number, parse_int=_Number, parse_constant=_Number)
        )
    except (ValueError, RecursionError):
        return text


def _lines(value: Any, line: str) -> str:  # noqa: ANN401 - any JSON
    inner = line + _STEP
    match value:
        case dict() if value:
            fields = (f"{_scalar(key)}: {_lines(value[key], inner)}" for key in sorted(value))
            return f"{{{inner}{f',{inner}'.join(fields)}{line}}}"
        case list() if value:
            elements = (_lines(element, inner) for element in value)
            return f"[{inner}{f',{inner}'.join(elements)}{line}]"
        case _:
            return _scalar(value)


def _one_line(value: Any) -> str:  # noqa: ANN401 - any JSON
    match value:
        case dict():
            fields = (f"{_scalar(key)}:{_one_line(value[key])}" for key in sorted(value))
            return f"{{{','.join(fields)}}}"
        case list():
            return f"[{','.join(_one_line(element) for element in value)}]"
        case _:
            return _scalar(value)


def _scalar(value: Any) -> str:  # noqa: ANN401 - any JSON
    return str(value) if isinstance(value, _Number) else json.dumps(value, ensure_ascii=False)
