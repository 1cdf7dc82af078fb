"""Forms of single values: numbers, texts, moments, and those of numpy and pandas. Python 3.9."""

from __future__ import annotations

import base64
import datetime
import decimal
import pathlib
import re
import uuid
from typing import Any

from .forms import Form, Plain

_DURATION = re.compile(r"P(-?\d+)DT(\d+)\.(\d{6})S")
#: What stands behind a moment of a named zone (RFC 9557).
_ZONE = re.compile(r"(.*)\[([^\]]+)\]", re.DOTALL)
#: What stands there of a moment that a clock shows for the second time, and of a fixed zone that
#: has a name of its own. Marks that nobody else knows begin like this.
_AGAIN = "[_fold=1]"
_NAMED = re.compile(r"([^\[]*)\[_name=(.*)\]", re.DOTALL)
_NUMPY_TOKENS = {"b": "bool", "i": "int", "u": "int", "f": "real"}


def scalar_form(kind: Any) -> Form | None:  # noqa: ANN401 - any type
    """The form of a type of single values; None for any other."""
    if kind in _STANDARD_FORMS:
        return _STANDARD_FORMS[kind]
    if not isinstance(kind, type):
        return None
    if issubclass(kind, pathlib.PurePath):
        return Plain(kind, ["str"], lambda value: str(_of(value, pathlib.PurePath)), kind)
    if issubclass(kind, str):
        return Plain(kind, ["str"], lambda value: str.__str__(_of(value, kind)), kind)
    module = kind.__module__.partition(".")[0]
    if module == "numpy":
        return _of_numpy(kind)
    if module == "pandas" and issubclass(kind, (datetime.datetime, datetime.timedelta)):
        return _of_pandas(kind)
    return None


def _of_numpy(kind: Any) -> Form | None:  # noqa: ANN401 - a type of numpy
    if kind.__name__ == "datetime64":
        return Plain(kind, ["str"], lambda value: str(_of(value, kind)), kind)
    try:
        is_scalar = "generic" in [each.__name__ for each in kind.__mro__]
        letter = kind(0).dtype.kind if is_scalar else ""
    except (TypeError, ValueError):  # one of several types
        return None
    if letter not in _NUMPY_TOKENS or kind.__name__ == "longdouble":
        return None
    write, read = {"b": (_bool, _bool), "f": (_float, _read_float)}.get(letter, (_int, _read_int))
    return Plain(kind, [_NUMPY_TOKENS[letter]], write, lambda tree: kind(read(tree)))


def _of_pandas(kind: Any) -> Form:  # noqa: ANN401 - Timestamp, Timedelta
    base = datetime.datetime if issubclass(kind, datetime.datetime) else datetime.timedelta

    def read_plain(text: str) -> Any:  # noqa: ANN401 - a moment or a duration
        found = _ZONE.fullmatch(text)
        return kind(text) if found is None else kind(found[1]).tz_convert(found[2])

    def read(tree: Any) -> Any:  # noqa: ANN401 - a tree in, a moment or a duration out
        return _read_marks(tree, read_plain)

    return Plain(kind, ["str"], lambda value: _isoformat(kind(_of(value, base))), read)


def _item(value: Any) -> Any:  # noqa: ANN401 - any value
    """A numpy scalar as Python's own number; any other value as it is."""
    is_scalar = hasattr(value, "dtype") and getattr(value, "shape", None) == ()
    return value.item() if is_scalar else value


def _of(value: Any, *kinds: Any) -> Any:  # noqa: ANN401 - any value
    if not isinstance(value, kinds):
        raise TypeError
    return value


def _bool(value: Any) -> bool:  # noqa: ANN401 - any value
    return bool(_of(_item(value), bool))


def _int(value: Any) -> int:  # noqa: ANN401 - any value
    return int(_of(_item(value), int))


def _read_int(tree: Any) -> int:  # noqa: ANN401 - a tree
    if isinstance(tree, bool):
        raise TypeError
    return int(_of(tree, int))


def _float(value: Any) -> float:  # noqa: ANN401 - any value
    return float(_of(_item(value), int, float))


def _read_float(tree: Any) -> float:  # noqa: ANN401 - a tree
    if isinstance(tree, bool):
        raise TypeError
    return float(_of(tree, int, float, decimal.Decimal))


def _decimal(value: Any) -> decimal.Decimal:  # noqa: ANN401 - any value
    if isinstance(value, bool):
        raise TypeError
    number = decimal.Decimal(_of(value, int, decimal.Decimal))
    if number.is_snan() or (number.is_nan() and str(number) != "NaN"):
        raise ValueError
    return number


def _read_decimal(tree: Any) -> decimal.Decimal:  # noqa: ANN401 - a tree
    if isinstance(tree, float):  # a NaN, an infinity, or a number of a configuration
        return decimal.Decimal(str(tree))
    return decimal.Decimal(tree) if isinstance(tree, str) else _decimal(tree)


def _complex(value: Any) -> str:  # noqa: ANN401 - any value
    return str(complex(_of(_item(value), int, float, complex)))


def _isoformat(value: Any) -> str:  # noqa: ANN401 - a moment
    found = getattr(value, "tzinfo", None)
    zone = getattr(found, "key", None) or getattr(found, "zone", None)
    return f"{value.isoformat()}{f'[{zone}]' if zone else ''}{_marks(value)}"


def _marks(value: Any) -> str:  # noqa: ANN401 - a moment, a time or a duration
    """What its text does not tell: the name of a fixed zone, and which of two hours it is."""
    zone, marks = getattr(value, "tzinfo", None), ""
    if type(zone) is datetime.timezone:
        name = zone.tzname(None)
        if name != datetime.timezone(zone.utcoffset(None)).tzname(None):
            marks = f"[_name={name}]"
    is_again = getattr(value, "fold", 0) and value.utcoffset() == value.replace(fold=0).utcoffset()
    return f"{marks}{_AGAIN if is_again else ''}"


def _read_marks(text: str, read: Any) -> Any:  # noqa: ANN401 - whatever `read` makes of the rest
    rest = text[: -len(_AGAIN)] if text.endswith(_AGAIN) else text
    named = _NAMED.fullmatch(rest)
    found = read(rest if named is None else named[1])
    if named is not None:
        found = found.replace(tzinfo=datetime.timezone(found.utcoffset(), named[2]))
    return found if rest == text else found.replace(fold=1)


def _moment(value: Any) -> str:  # noqa: ANN401 - any value
    if getattr(value, "nanosecond", 0):  # pandas' Timestamp
        raise ValueError
    return _isoformat(_of(value, datetime.datetime))


def _time(value: Any) -> str:  # noqa: ANN401 - any value
    if _of(value, datetime.time).tzinfo is not None and value.utcoffset() is None:
        raise ValueError  # of a zone, whose offset depends on the day
    return f"{value.isoformat()}{_marks(value)}"


def _read_time(text: Any) -> datetime.time:  # noqa: ANN401 - a tree
    found: datetime.time = _read_marks(text, datetime.time.fromisoformat)
    return found


def _date(value: Any) -> str:  # noqa: ANN401 - any value
    if isinstance(value, datetime.datetime):
        raise TypeError
    return str(_of(value, datetime.date).isoformat())


def _read_moment(text: Any) -> datetime.datetime:  # noqa: ANN401 - a tree
    found: datetime.datetime = _read_marks(text, _read_plain_moment)
    return found


def _read_plain_moment(text: str) -> datetime.datetime:
    found = _ZONE.fullmatch(text)
    if found is None:
        return datetime.datetime.fromisoformat(text)
    import zoneinfo  # only where a zone is named

    exact = datetime.datetime.fromisoformat(found[1])
    there = exact.replace(tzinfo=zoneinfo.ZoneInfo(found[2]))
    return there if there.utcoffset() == exact.utcoffset() else there.replace(fold=1)


def _duration(value: Any) -> str:  # noqa: ANN401 - any value
    """A duration to the microsecond, as ISO 8601 writes one: `P1DT3600.000000S`."""
    if getattr(_of(value, datetime.timedelta), "nanoseconds", 0):  # pandas' Timedelta
        raise ValueError
    return f"P{value.days}DT{value.seconds}.{value.microseconds:06d}S"


def _read_duration(text: str) -> datetime.timedelta:
    found = _DURATION.fullmatch(text)
    if found is None:
        raise ValueError
    return datetime.timedelta(int(found[1]), int(found[2]), int(found[3]))


def _base64(value: Any) -> str:  # noqa: ANN401 - any value
    return base64.b64encode(_of(value, bytes, bytearray)).decode()


_STANDARD_FORMS: dict[Any, Form] = {
    str: Plain(
        str, ["str"], lambda value: str.__str__(_of(value, str)), lambda text: _of(text, str)
    ),
    bool: Plain(bool, ["bool"], _bool, _bool),
    int: Plain(int, ["int"], _int, _read_int),
    float: Plain(float, ["real"], _float, _read_float),
    decimal.Decimal: Plain(decimal.Decimal, ["int", "real"], _decimal, _read_decimal),
    complex: Plain(complex, ["str"], _complex, lambda text: complex(_of(text, str))),
    bytes: Plain(bytes, ["str"], _base64, lambda text: base64.b64decode(text, validate=True)),
    bytearray: Plain(
        bytearray,
        ["str"],
        _base64,
        lambda text: bytearray(base64.b64decode(text, validate=True)),
    ),
    datetime.date: Plain(datetime.date, ["str"], _date, datetime.date.fromisoformat),
    datetime.datetime: Plain(
        datetime.datetime,
        ["str"],
        _moment,
        _read_moment,
    ),
    datetime.time: Plain(
        datetime.time,
        ["str"],
        _time,
        _read_time,
    ),
    datetime.timedelta: Plain(
        datetime.timedelta,
        ["str"],
        _duration,
        _read_duration,
    ),
    uuid.UUID: Plain(uuid.UUID, ["str"], lambda value: str(_of(value, uuid.UUID)), uuid.UUID),
}
