"""What a value holds: in containers, and in attributes of objects. Runs nothing of anybody's."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice

from sfdag_magics.bundle.inspection import attributes_of, is_a

#: Containers in containers that are looked into, and things of one container.
_DEEP, _MOST = 4, 10_000


def held_values(
    value: object, is_opened: Callable[[object], bool], most: int = _MOST
) -> Iterator[object]:
    """The value, then what it holds, nearest first; each thing once, at however many places it is.

    Args:
        is_opened: whether a thing is looked into.
        most: how many things of one container are.
    """
    met, level = set[int](), [value]
    for _ in range(_DEEP + 1):
        inside: list[object] = []
        for each in level:
            if id(each) in met:
                continue
            met.add(id(each))
            yield each
            if is_opened(each):
                inside += islice(_parts(each), most)
        level = inside


def _parts(value: object) -> Iterable[object]:
    if is_a(value, dict):
        return chain(value.keys(), value.values())
    if is_a(value, list, tuple, set, frozenset):
        return value
    return attributes_of(value).values()
