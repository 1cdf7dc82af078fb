"""What changes in place in a container or an object, and where in there it is. Runs nothing."""

from __future__ import annotations

import datetime
import decimal
import enum
import fractions
import logging
import pathlib
import re
import types
import uuid
from collections.abc import Callable, Iterator
from itertools import islice

from sfdag_magics.bundle.inspection import attribute_of, attributes_of, bases_of, is_a, module_of
from sfdag_magics.bundle.literals.not_a_number import is_not_itself, is_of_nobody_else
from sfdag_magics.bundle.modules import is_of_user
from sfdag_magics.bundle.written.as_written import is_plain
from sfdag_magics.bundle.written.filling import FILLABLE

#: Containers in containers that are looked into, and things in one of them.
_DEEP, _MOST = 4, 300
#: What has no state that anyone changes, or is named by the module that has it.
_FIXED = (
    *(types.ModuleType, types.FunctionType, types.BuiltinFunctionType, types.MethodType, type),
    *(str, bytes, int, float, complex, types.NoneType, range, frozenset),
    *(enum.Enum, re.Pattern, types.GenericAlias, types.UnionType, logging.Logger),
    *(datetime.date, datetime.time, datetime.timedelta, datetime.tzinfo, uuid.UUID),
    *(decimal.Decimal, fractions.Fraction, pathlib.PurePath),
)
#: Packages whose numbers, times and types have no state, though their other things do.
_WITH_SCALARS = frozenset(("numpy", "pandas", "polars", "pyarrow"))
#: Modules whose objects are nothing but attributes, or say what a type is.
_ONLY_ATTRIBUTES, _OF_TYPES = ("types", "argparse"), frozenset(("typing", "typing_extensions"))


def parts_of(value: object) -> Iterator[tuple[object, str]]:
    """`(part, path)` of what changes in place in a container, or in an object."""
    return islice(_parts(value, "", _DEEP, _is_container, _held_by), _MOST)


def deep_parts_of(value: object) -> Iterator[tuple[object, str]]:
    """The same with all that can change in there: objects, frames and arrays."""
    return islice(_parts(value, "", _DEEP, _is_own, _held_deep), _MOST)


def _is_own(value: object) -> bool:
    return can_change(value) or is_of_nobody_else(value)


def can_change(value: object) -> bool:
    """Whether a thing may be changed in place, or holds what may: not the notebook's own."""
    waiting, met = [value], set[int]()
    while waiting:
        each = waiting.pop()
        if type(each) is not tuple:
            if _can_change_alone(each):
                return True
        elif id(each) not in met:  # tuples may hold one over and over
            met.add(id(each))
            waiting += each[:_MOST]
    return False


def _can_change_alone(value: object) -> bool:
    kind = type(value)
    home = module_of(kind)
    top = home.partition(".")[0]
    if issubclass(kind, _FIXED) or top in _OF_TYPES or home == "__main__":
        return False
    return top not in _WITH_SCALARS or not _is_scalar(value)


def _is_scalar(value: object) -> bool:
    return not hasattr(type(value), "__len__") and not attributes_of(value)


def _is_container(value: object) -> bool:
    return type(value) in FILLABLE


def _parts(
    value: object,
    path: str,
    deep: int,
    is_part: Callable[[object], bool],
    held_by: Callable[[object], Iterator[tuple[object, str]]],
) -> Iterator[tuple[object, str]]:
    for part, place in held_by(value) if deep else ():
        if is_part(part):
            yield part, path + place
            yield from _parts(part, path + place, deep - 1, is_part, held_by)


def _held_by(value: object) -> Iterator[tuple[object, str]]:
    if is_a(value, dict) and type(value) in FILLABLE and len(value) <= _MOST:
        for key, part in value.items():
            if type(key) in (str, int):
                yield part, f"[{key!r}]"
    elif type(value) is list and len(value) <= _MOST:
        for number, part in enumerate(value):
            yield part, f"[{number}]"
    elif type(value) not in FILLABLE:
        for name, part in attributes_of(value).items():
            yield part, f".{name}"


def _held_deep(value: object) -> Iterator[tuple[object, str]]:
    """The same by all keys, in tuples and slots, but nothing that packages keep in objects."""
    home = module_of(type(value))
    if is_a(value, tuple):
        yield from ((part, f"[{number}]") for number, part in enumerate(value[:_MOST]))
    elif is_a(value, dict) and type(value) in FILLABLE and len(value) <= _MOST:
        for key, part in value.items():
            if type(key) in (str, int) or (is_plain(key) and not is_not_itself(key)):
                yield part, f"[{key!r}]"
    elif type(value) in FILLABLE or home in _ONLY_ATTRIBUTES:
        yield from _held_by(value)
    elif is_of_user(home):
        yield from _held_by(value)
        for kind in bases_of(type(value)):
            for name, slot in attributes_of(kind).items():
                part = attribute_of(value, name) if is_a(slot, types.MemberDescriptorType) else None
                if part is not None:
                    yield part, f".{name}"
