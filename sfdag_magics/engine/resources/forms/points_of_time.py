"""The point of time that a clone or a stream begins at, as bodies and SQL say it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sfdag_magics.engine.resources.forms.fields import Field, Record, Union
from sfdag_magics.engine.resources.forms.shapes import OneOf, Text
from sfdag_magics.sqltext import quoted_string

_REFERENCE = Field("reference", OneOf(("at", "before")))
#: Those whose value is an expression, and those whose value is a text.
_EXPRESSIONS, _TEXTS = ("timestamp", "offset"), ("statement", "stream")
POINT_OF_TIME = Field(
    "point_of_time",
    Union(
        by="point_of_time_type",
        kinds={
            kind: Record((_REFERENCE, Field(kind, Text(), required=True)))
            for kind in (*_EXPRESSIONS, *_TEXTS)
        },
    ),
)


def at(body: Mapping[str, Any]) -> str:
    """` AT (OFFSET => …)`, as it follows a name; empty where no point is said."""
    point = body.get("point_of_time")
    if point is None:
        return ""
    kind = point["point_of_time_type"]
    value = point[kind] if kind in _EXPRESSIONS else quoted_string(point[kind])
    return f" {point.get('reference', 'at').upper()} ({kind.upper()} => {value})"
