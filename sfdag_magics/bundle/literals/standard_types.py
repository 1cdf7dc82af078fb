"""How values of the standard library's types are written. Knows how each is made, no notebook."""

from __future__ import annotations

import ast
import collections
import datetime
import decimal
import fractions
import functools
import gc
import ipaddress
import itertools
import logging
import operator
import re
import struct
import threading
import types
import uuid
import zoneinfo
from pathlib import PurePath
from typing import Any

from sfdag_magics.bundle.literals.writing import NoExpression, Parts, Write, call

#: The default context of a new process; here, `decimal.DefaultContext` may have been changed.
_NEW_CONTEXT = decimal.Context(
    prec=28,
    rounding=decimal.ROUND_HALF_EVEN,
    Emin=-999_999,
    Emax=999_999,
    capitals=1,
    clamp=0,
    flags=[],
    traps=[decimal.InvalidOperation, decimal.DivisionByZero, decimal.Overflow],
)


def _by_text(function: str) -> Write:
    """A type whose text makes it anew."""
    return lambda value, parts: call(parts, function, str(value))


def _moment(value: Any, parts: Parts) -> str:  # noqa: ANN401 - a date, a time or both
    keywords: dict[str, object] = {}
    if getattr(value, "tzinfo", None) is not None:
        keywords["tzinfo"] = value.tzinfo
    if getattr(value, "fold", 0):
        keywords["fold"] = value.fold
    numbers: list[int] = []
    if isinstance(value, datetime.date):
        numbers += (value.year, value.month, value.day)
    if not isinstance(value, datetime.date) or isinstance(value, datetime.datetime):
        clock = [value.hour, value.minute, value.second, value.microsecond]
        while len(clock) > 2 and not clock[-1]:
            clock.pop()
        numbers += clock
    return call(parts, f"datetime.{type(value).__name__}", *numbers, **keywords)


def _timezone(value: datetime.timezone, parts: Parts) -> str:
    if value is datetime.UTC:
        return f"{parts.module('datetime')}.timezone.utc"
    offset, name = value.utcoffset(None), value.tzname(None)
    named = () if name == datetime.timezone(offset).tzname(None) else (name,)
    return call(parts, "datetime.timezone", offset, *named)


def _timedelta(value: datetime.timedelta, parts: Parts) -> str:
    return call(parts, "datetime.timedelta", value.days, value.seconds, value.microseconds)


def _zone(value: zoneinfo.ZoneInfo, parts: Parts) -> str:
    if value.key is None:  # read from a file of somebody's
        raise NoExpression(value)
    return call(parts, "zoneinfo.ZoneInfo", value.key)


def _pattern(value: re.Pattern[Any], parts: Parts) -> str:
    flags = () if re.compile(value.pattern).flags == value.flags else (value.flags,)
    return call(parts, "re.compile", value.pattern, *flags)


def _partial(value: functools.partial[Any], parts: Parts) -> str:
    return call(parts, "functools.partial", value.func, *value.args, **value.keywords)


def _method(value: Any, parts: Parts) -> str:  # noqa: ANN401 - a static or class method
    return call(parts, type(value).__name__, value.__func__)


def _of_type(value: types.MethodDescriptorType, parts: Parts) -> str:
    return f"{parts.part(value.__objclass__)}.{value.__name__}"


def _property(value: property, parts: Parts) -> str:
    return call(parts, "property", value.fget, value.fset, value.fdel, value.__doc__)


def _counter(value: collections.Counter[Any], parts: Parts) -> str:
    return call(parts, "collections.Counter", dict(value))


def _ordered(value: collections.OrderedDict[Any, Any], parts: Parts) -> str:
    return call(parts, "collections.OrderedDict", list(value.items()))


def _defaultdict(value: collections.defaultdict[Any, Any], parts: Parts) -> str:
    return call(parts, "collections.defaultdict", value.default_factory, dict(value))


def _deque(value: collections.deque[Any], parts: Parts) -> str:
    longest = () if value.maxlen is None else (value.maxlen,)
    return call(parts, "collections.deque", list(value), *longest)


def _range(value: range | slice, parts: Parts) -> str:
    return call(parts, type(value).__name__, value.start, value.stop, value.step)


def _bytearray(value: bytearray, parts: Parts) -> str:
    return call(parts, "bytearray", bytes(value))


def _context(value: decimal.Context, parts: Parts) -> str:
    """A context of decimals, by what is not as in a new process, or as a new context has it."""
    names = {**other_in_context(decimal.DefaultContext), **other_in_context(value)}
    given: dict[str, object] = {name: getattr(value, name) for name in names}
    if "traps" in given:
        given["traps"] = [signal for signal, is_on in value.traps.items() if is_on]
    return call(parts, "decimal.Context", **given)


def other_in_context(value: decimal.Context) -> dict[str, Any]:
    """What a context has otherwise than one of a new process."""
    names = ("prec", "rounding", "Emin", "Emax", "capitals", "clamp", "traps")
    found = {name: getattr(value, name) for name in names}
    return {key: each for key, each in found.items() if each != getattr(_NEW_CONTEXT, key)}


def _proxy(value: types.MappingProxyType[Any, Any], parts: Parts) -> str:
    """A view: what it shows may have a name of its own, or be no dict."""
    return call(parts, "types.MappingProxyType", *gc.get_referents(value))


def _getter(value: Any, parts: Parts) -> str:  # noqa: ANN401 - an operator's getter
    made, arguments = value.__reduce__()[:2]
    return call(parts, f"operator.{made.__name__}", *arguments)


def _logger(value: logging.Logger, parts: Parts) -> str:
    return call(parts, "logging.getLogger", value.name)


def _lock(value: Any, parts: Parts) -> str:  # noqa: ANN401 - a lock, of either kind
    """A lock that nobody holds is as good as a new one."""
    if not repr(value).startswith("<unlocked"):
        raise NoExpression(value, "it is held")
    return f"{parts.module('threading')}.{'Lock' if type(value) is _LOCK else 'RLock'}()"


def _count(value: itertools.count[Any], parts: Parts) -> str:
    """A counter, from the number that it gives next: what it says of itself takes none of it."""
    said = ast.parse(repr(value), mode="eval").body
    try:
        numbers = [ast.literal_eval(each) for each in getattr(said, "args", ())]
    except ValueError:  # of a class of its own
        raise NoExpression(value) from None
    return call(parts, "itertools.count", *numbers)


def is_one(value: object) -> bool:
    """Whether it matters which one a value is, though it holds nothing: a lock, a counter."""
    return STANDARD_TYPES.get(type(value)) in (_lock, _count)


def _path(value: PurePath, parts: Parts) -> str:
    return call(parts, f"pathlib.{type(value).__name__}", str(value))


_LOCK = type(threading.Lock())
#: By the very type: a pandas Timestamp is a datetime too, and is not made like one.
STANDARD_TYPES: dict[type, Write] = {
    datetime.date: _moment,
    datetime.datetime: _moment,
    datetime.time: _moment,
    datetime.timezone: _timezone,
    datetime.timedelta: _timedelta,
    zoneinfo.ZoneInfo: _zone,
    decimal.Context: _context,
    decimal.Decimal: _by_text("decimal.Decimal"),
    fractions.Fraction: _by_text("fractions.Fraction"),
    uuid.UUID: _by_text("uuid.UUID"),
    ipaddress.IPv4Address: _by_text("ipaddress.IPv4Address"),
    ipaddress.IPv6Address: _by_text("ipaddress.IPv6Address"),
    ipaddress.IPv4Network: _by_text("ipaddress.IPv4Network"),
    ipaddress.IPv6Network: _by_text("ipaddress.IPv6Network"),
    re.Pattern: _pattern,
    struct.Struct: lambda value, parts: call(parts, "struct.Struct", value.format),
    functools.partial: _partial,
    staticmethod: _method,
    classmethod: _method,
    property: _property,
    types.MethodDescriptorType: _of_type,
    collections.Counter: _counter,
    collections.OrderedDict: _ordered,
    collections.defaultdict: _defaultdict,
    collections.deque: _deque,
    operator.itemgetter: _getter,
    operator.attrgetter: _getter,
    operator.methodcaller: _getter,
    range: _range,
    slice: _range,
    bytearray: _bytearray,
    type(threading.Lock()): _lock,
    type(threading.RLock()): _lock,
    itertools.count: _count,
    types.MappingProxyType: _proxy,
}
#: Whose objects take attributes, which no call that makes them sets.
WITH_ATTRIBUTES = (collections.Counter, collections.OrderedDict, functools.partial)
#: By a base, where the type itself is one of its module's.
STANDARD_BASES: tuple[tuple[type, Write], ...] = ((logging.Logger, _logger), (PurePath, _path))
