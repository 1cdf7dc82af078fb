"""Return values as text and back. Knows JSON and annotations; knows no session and no task.

A `str` travels as it is, everything else as JSON. It is read back by the receiver's annotation,
else by the producer's, else as JSON where that is unambiguous. Ships with the code: Python 3.9.
"""

from __future__ import annotations

import base64
import dataclasses
import datetime
import decimal
import enum
import json
import math
import pathlib
import uuid
from collections.abc import Callable
from typing import Any

from .annotations import bare_type
from .typed_values import duration_text

_TIMES = (datetime.date, datetime.time)
_HINT = "write it to a table and pass the table's name"


def encode(value: Any, max_bytes: int) -> str | None:  # noqa: ANN401 - whatever a task returns
    """The text that `value` travels as; None for None.

    Raises:
        ValueError: it has a NaN or is too large.
        TypeError: it has no JSON form.
    """
    if value is None:
        return None
    if isinstance(value, str):
        text = str.__str__(value)  # the text itself, also of an enum or a numpy string
    elif (own := _own_text(value, "the return value")) is not None:
        text = own
    else:
        text = json.dumps(plain(value, "the return value"))
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > max_bytes:
        raise ValueError(
            f"the return value has {size:,} bytes, Snowflake's limit is {max_bytes:,}: {_HINT}"
        )
    return text


def plain(value: Any, where: str) -> Any:  # noqa: ANN401 - any value in, JSON's types out
    """A value in JSON's types; `where` names it in an error.

    Raises:
        ValueError: it has a NaN.
        TypeError: it has no JSON form.
    """
    if value is None or (isinstance(value, (bool, int, str)) and not isinstance(value, enum.Enum)):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(
                f"{where} is {value}, which JSON cannot carry: pass None or leave it out"
            )
        return value
    if isinstance(value, dict):
        for key in value:
            if not isinstance(key, str):
                raise TypeError(
                    f"{where} has the key {key!r}: JSON keys are strings, use str({key!r})"
                )
        return {key: plain(item, f"{where}[{key!r}]") for key, item in value.items()}
    if isinstance(value, enum.Enum):
        return plain(value.value, where)
    if isinstance(value, (list, tuple)):
        return [plain(item, f"{where}[{index}]") for index, item in enumerate(value)]
    if isinstance(value, (set, frozenset)):
        items = [plain(item, f"an item of {where}") for item in value]
        return sorted(items, key=lambda item: (str(type(item)), json.dumps(item)))
    if isinstance(value, decimal.Decimal) and value == value.to_integral_value():
        return int(value) if value.as_tuple().exponent == 0 else str(value)
    if (own := _own_text(value, where)) is not None:
        return own
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = [field.name for field in dataclasses.fields(value)]
        return {name: plain(getattr(value, name), f"{where}.{name}") for name in fields}
    if hasattr(value, "dtype") and getattr(value, "shape", None) == ():
        return plain(value.item(), where)  # a numpy scalar
    kind = type(value)
    raise TypeError(
        f"{where} is a {kind.__module__}.{kind.__qualname__}, which JSON cannot carry: {_HINT}"
    )


def _own_text(value: Any, where: str) -> str | None:  # noqa: ANN401 - any value
    """The text of a value that has an exact one of its own; None for any other."""
    if isinstance(value, decimal.Decimal):
        if not value.is_finite():
            said = str(value).lower()
            raise ValueError(
                f"{where} is {said}, which JSON cannot carry: pass None or leave it out"
            )
        return str(value)
    if isinstance(value, _TIMES) and value == value:  # pandas' NaT is none
        return value.isoformat()
    if isinstance(value, datetime.timedelta) and value == value:
        return duration_text(value)
    if isinstance(value, (bytes, bytearray)):
        return base64.b64encode(value).decode()
    return str(value) if isinstance(value, (uuid.UUID, pathlib.PurePath)) else None


def decode(text: str | None, *annotations: str | None) -> Any:  # noqa: ANN401 - what the annotation says
    """The value that `text` stands for, by the first annotation that says a type.

    Raises:
        ValueError: the text is not what the annotation says.
    """
    if text is None:
        return None
    for annotation in annotations:
        wanted = bare_type(annotation)
        if wanted in _READERS:
            try:
                return _READERS[wanted](text)
            except (ValueError, TypeError, KeyError) as exc:
                raise ValueError(f"{shortened(text)} is not {annotation}: {exc}") from exc
    return json.loads(text) if text[:1] in ("{", "[") and _is_json(text) else text


def is_ambiguous(text: str | None, *annotations: str | None) -> bool:
    """Whether `text` was kept as text although it could be a number, for want of an annotation."""
    if text is None or any(bare_type(annotation) in _READERS for annotation in annotations):
        return False
    return text[:1] not in ("{", "[") and _is_json(text)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _json_of(*kinds: type) -> Callable[[str], Any]:
    def read(text: str) -> Any:  # noqa: ANN401 - one of `kinds`
        value = json.loads(text)
        if isinstance(value, bool) is not (bool in kinds) or not isinstance(value, kinds):
            raise ValueError(f"it is a {type(value).__name__}")
        return value

    return read


def _unquoted(text: str) -> str:
    return str(json.loads(text)) if text[:1] == '"' else text


_READERS: dict[str, Callable[[str], Any]] = {
    "str": str,
    "bool": _json_of(bool),
    "int": _json_of(int),
    "float": lambda text: float(_json_of(int, float)(text)),
    "dict": _json_of(dict),
    "Dict": _json_of(dict),
    "Mapping": _json_of(dict),
    "list": _json_of(list),
    "List": _json_of(list),
    "Sequence": _json_of(list),
    "tuple": lambda text: tuple(_json_of(list)(text)),
    "Tuple": lambda text: tuple(_json_of(list)(text)),
    "Decimal": decimal.Decimal,
    "date": lambda text: datetime.date.fromisoformat(_unquoted(text)),
    "datetime": lambda text: datetime.datetime.fromisoformat(_unquoted(text)),
}


def shortened(text: str) -> str:
    """A text as an error shows it."""
    return repr(text if len(text) <= 60 else text[:57] + "...")
