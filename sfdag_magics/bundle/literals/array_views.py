"""Arrays that look into the memory of another one, and how such a view is written.

Knows numpy's arrays by their name: it imports nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any


def is_array(value: object) -> bool:
    """Whether a value is an array of numpy's."""
    return f"{type(value).__module__}.{type(value).__qualname__}" == "numpy.ndarray"


def is_read_only(value: Any) -> bool:  # noqa: ANN401 - any value
    """Whether it is an array that was locked."""
    return is_array(value) and not value.flags.writeable


def root_of(array: Any) -> Any:  # noqa: ANN401 - a numpy array
    """The array whose memory this one looks into; an array by itself is its own."""
    while is_array(array.base):
        array = array.base
    return array


def overlaps(array: Any, others: Sequence[Any]) -> bool:  # noqa: ANN401 - numpy arrays
    """Whether a change of one would be seen in another."""
    shares_memory = sys.modules["numpy"].shares_memory
    return any(shares_memory(array, each) for each in others)


def view(array: Any, root: str, numpy: str) -> str:  # noqa: ANN401 - a numpy array
    """The expression for a view of the array that is called `root`."""
    whole = root_of(array)
    offset = array.ctypes.data - whole.ctypes.data
    buffer = root if whole.flags.c_contiguous else f"{root}.T"
    place = f"{buffer}, {offset}, {array.strides!r}"
    return f"{numpy}.ndarray({array.shape!r}, {array.dtype.str!r}, {place})"
