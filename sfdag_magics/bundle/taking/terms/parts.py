"""What changes in place in a container or an object, and where in there it is. Runs nothing."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from sfdag_magics.bundle.inspection import attributes_of, is_a
from sfdag_magics.bundle.written.filling import FILLABLE

#: Containers in containers that are looked into, and things in one of them.
_DEEP, _MOST = 4, 300


def parts_of(value: object) -> Iterator[tuple[object, str]]:
    """`(part, path)` of what changes in place in a container, or in an object."""
    return islice(_parts(value, "", _DEEP), _MOST)


def _parts(value: object, path: str, deep: int) -> Iterator[tuple[object, str]]:
    for part, place in _held_by(value) if deep else ():
        if type(part) in FILLABLE:
            yield part, path + place
            yield from _parts(part, path + place, deep - 1)


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
