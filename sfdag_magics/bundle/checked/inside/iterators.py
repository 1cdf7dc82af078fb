"""How far an iterator of Python's own was read. Reads nothing of it."""

from __future__ import annotations

import operator
import types
import warnings
from typing import Any

from .look import AN_ITERATOR, MAYBE, Look
from .static import called

#: What copying one says of these depends on how a process hashes texts.
_UNORDERED: type = type(iter(set()))


def of_iterator(value: Any) -> Look:  # noqa: ANN401 - of builtins or itertools
    """What is left in an iterator, or how far its code is."""
    if type(value) is types.GeneratorType:
        frame = value.gi_frame
        return Look(AN_ITERATOR, f"of {value.__qualname__}, {_place(frame)}", is_one=True)
    kind = called(type(value))
    if type(value) is _UNORDERED:
        return Look(AN_ITERATOR, f"{kind} of {operator.length_hint(value)} more", is_one=True)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # newer releases of Python mean to copy no iterators
            said = value.__reduce__()
    except (AttributeError, TypeError):
        return Look(AN_ITERATOR, None)
    if _is_told(said[1:]):
        text = repr(value)
        return Look(AN_ITERATOR, f"{kind} {said[1:]}" if " at 0x" in text else text, is_one=True)
    parts = ((f"{MAYBE} over", list(said[1])), (f"{MAYBE} at", list(said[2:])))
    return Look(AN_ITERATOR, kind, parts, is_one=True)


def _place(frame: types.FrameType | None) -> str:
    """Where a generator waits."""
    return "over" if frame is None else f"at {frame.f_lasti}"


def _is_told(parts: tuple[object, ...]) -> bool:
    """Whether these are numbers and texts only, in tuples."""
    return all(
        _is_told(each) if type(each) is tuple else type(each) in (int, float, str, type(None))
        for each in parts
    )
