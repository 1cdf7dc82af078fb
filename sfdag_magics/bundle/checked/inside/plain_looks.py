"""Plain things of Python: values, containers, wrappers, and what the standard library gives."""

from __future__ import annotations

import array
import collections
import datetime
import decimal
import fractions
import functools
import logging
import pathlib
import random
import re
import types
import uuid
import zoneinfo
from collections.abc import Callable, Iterable
from typing import Any

from .look import A_HINT, Look, Parts, hashed, in_short
from .static import called, kept_in

_ATOMS: tuple[type, ...] = (type(None), bool, int, float, complex, type(...), type(NotImplemented))
_PLAIN = frozenset((*_ATOMS, str, bytes))
_REPRESENTED = (
    *(datetime.date, datetime.timedelta, datetime.timezone),
    *(decimal.Decimal, fractions.Fraction, uuid.UUID, range),
    *(pathlib.PosixPath, pathlib.WindowsPath, pathlib.PurePosixPath, pathlib.PureWindowsPath),
)
_HINTS = (types.GenericAlias, types.UnionType)
_KEYS = (str, int, bool, float, type(None), bytes)
#: Plain things in a container, more of which are one text.
_MANY = 200


def of_plain(value: Any) -> Look | None:  # noqa: ANN401 - anything there is
    """What a plain thing is; None for what is none."""
    kind = type(value)
    if kind in _ATOMS:
        return Look(kind.__name__, repr(value))
    if kind is str or kind is bytes:
        return Look(kind.__name__, in_short(repr(value)))
    if kind in _REPRESENTED:
        return Look(called(kind), in_short(repr(value)))
    if kind in _HINTS:
        return Look(A_HINT, None)
    found = _module if issubclass(kind, types.ModuleType) else _BY_TYPE.get(kind)
    return None if found is None else found(value)


def _is_plain(values: Iterable[object]) -> bool:
    return all(type(each) in _PLAIN for each in values)


def _dict(value: dict[Any, Any]) -> Look:
    if len(value) > _MANY and _is_plain(value) and _is_plain(value.values()):
        return Look("dict", hashed(repr(value)), is_one=True)
    parts = []
    for number, (key, each) in enumerate(value.items()):
        if type(key) in _KEYS or (type(key) is tuple and all(type(p) in _KEYS for p in key)):
            parts.append((f"[{in_short(repr(key))}]", each))
        else:
            parts += [(f" key {number}", key), (f" value {number}", each)]
    return Look("dict", "", tuple(parts), is_one=True)


def _sequence(value: Any) -> Look:  # noqa: ANN401 - a list or a tuple
    if len(value) > _MANY and _is_plain(value):
        said = hashed(repr(value))
        return Look(type(value).__name__, said, is_one=type(value) is list)
    parts = tuple((f"[{number}]", each) for number, each in enumerate(value))
    return Look(type(value).__name__, "", parts, is_one=type(value) is list)


def _set(value: Any) -> Look:  # noqa: ANN401 - a set or a frozenset
    is_told = _is_plain(value)
    said = in_short(repr(sorted(map(repr, value)))) if is_told else f"{len(value)} things"
    return Look(type(value).__name__, said, is_one=type(value) is set)


def _module(value: types.ModuleType) -> Look:
    return Look("a module", str(value.__dict__.get("__name__")))


def _wrapped(value: Any) -> Look:  # noqa: ANN401 - what it wraps has no type of its own
    return Look(called(type(value)), "", ((".__func__", value.__func__),))


def _property(value: property) -> Look:
    parts = ((".fget", value.fget), (".fset", value.fset), (".fdel", value.fdel))
    return Look("property", "", parts)


def _partial(value: functools.partial[Any]) -> Look:
    parts: Parts = (
        (".func", value.func),
        (".args", value.args),
        (".keywords", dict(value.keywords)),
    )
    kept = ((f".{name}", each) for name, each in kept_in(value).items())
    return Look("partial", "", (*parts, *kept), is_one=True)


def _cache(value: Any) -> Look:  # noqa: ANN401 - typeshed has no such type
    kept = kept_in(value)
    parts = tuple(
        (f".{n}", v) for n, v in kept.items() if n not in ("cache_parameters", "__qualname__")
    )
    return Look("lru_cache", repr(value.cache_parameters()), parts, is_one=True)


def _moment(value: Any) -> Look:  # noqa: ANN401 - a datetime or a time
    """Its zone is a part: it may be an object of the user's, which Python would show by itself."""
    bare = repr(value.replace(tzinfo=None))
    return Look(called(type(value)), bare, ((".tzinfo", value.tzinfo),))


def _zone(value: zoneinfo.ZoneInfo) -> Look:
    return Look("zoneinfo.ZoneInfo", str(value.key))


def _slice(value: slice) -> Look:
    parts = ((".start", value.start), (".stop", value.stop), (".step", value.step))
    return Look("slice", "", parts)


def _pattern(value: re.Pattern[Any]) -> Look:
    return Look("re.Pattern", in_short(repr((value.pattern, value.flags))))


def _random(value: random.Random) -> Look:
    if value is random._inst:  # noqa: SLF001 - each process has its own
        return Look("random.Random", "of the module")
    return Look("random.Random", in_short(repr(value.getstate())), is_one=True)


def _deque(value: collections.deque[Any]) -> Look:
    parts = tuple((f"[{number}]", each) for number, each in enumerate(value))
    return Look("deque", repr(value.maxlen), parts, is_one=True)


def _array(value: Any) -> Look:  # noqa: ANN401 - array.array, of any numbers
    return Look("array", value.typecode + hashed(repr(value)), is_one=True)


def _bytes(value: bytearray) -> Look:
    return Look("bytearray", in_short(repr(bytes(value))), is_one=True)


def _logger(value: logging.Logger) -> Look:
    return Look("logging.Logger", value.name)


_BY_TYPE: dict[type, Callable[[Any], Look]] = {
    dict: _dict,
    list: _sequence,
    tuple: _sequence,
    set: _set,
    frozenset: _set,
    staticmethod: _wrapped,
    classmethod: _wrapped,
    property: _property,
    functools.partial: _partial,
    functools._lru_cache_wrapper: _cache,  # noqa: SLF001 - it has no other name
    datetime.datetime: _moment,
    datetime.time: _moment,
    zoneinfo.ZoneInfo: _zone,
    slice: _slice,
    re.Pattern: _pattern,
    random.Random: _random,
    collections.deque: _deque,
    array.array: _array,
    bytearray: _bytes,
    logging.Logger: _logger,
}
