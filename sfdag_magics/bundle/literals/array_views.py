"""Arrays that look into the memory of another one, and how such a view is written.

Knows numpy's arrays by their name: it imports nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any, TypeGuard

#: What arrays are called whose fields are attributes as well.
RECORDS = ("numpy.rec.recarray", "numpy.recarray")


def is_array(value: object) -> bool:
    """Whether a value is an array of numpy's."""
    return f"{type(value).__module__}.{type(value).__qualname__}" in ("numpy.ndarray", *RECORDS)


def has_fields(value: Any) -> TypeGuard[Any]:  # noqa: ANN401 - any value
    """Whether it is an array of records."""
    return is_array(value) and value.dtype.names is not None


def is_read_only(value: Any) -> bool:  # noqa: ANN401 - any value
    """Whether it is an array that was locked."""
    return is_array(value) and not value.flags.writeable


def root_of(array: Any) -> Any:  # noqa: ANN401 - a numpy array
    """The array whose memory this one looks into; an array by itself is its own."""
    while is_array(array.base):
        array = array.base
    return array


def axes_in_memory(array: Any) -> tuple[int, ...]:  # noqa: ANN401 - a numpy array
    """Its axes from the one with the farthest steps to the one with the nearest, as they lie."""
    axes = range(array.ndim)
    if array.flags.c_contiguous or 0 in array.strides:  # one item for many lies nowhere
        return tuple(axes)
    return tuple(sorted(axes, key=lambda axis: -abs(array.strides[axis])))


def inverse_of(axes: Sequence[int]) -> tuple[int, ...]:
    """The axes that put back what was transposed by these."""
    return tuple(sorted(range(len(axes)), key=axes.__getitem__))


def place_of_record(value: Any) -> tuple[Any, int] | None:  # noqa: ANN401 - any value
    """The array that a record is one of, and which; None where it is by itself."""
    if f"{type(value).__module__}.{type(value).__qualname__}" not in ("numpy.void", "numpy.record"):
        return None
    array = value.base
    if not is_array(array) or array.ndim != 1 or array.strides[0] <= 0:
        return None
    number, rest = divmod(
        value.__array_interface__["data"][0] - array.ctypes.data, array.strides[0]
    )
    return None if rest or not 0 <= number < len(array) else (array, number)


def is_whole(array: Any) -> bool:  # noqa: ANN401 - a numpy array
    """Whether an array shows all of the memory of the one that has it, from its beginning."""
    root = root_of(array)
    is_all = array.nbytes == root.nbytes and array.flags.c_contiguous and root.flags.c_contiguous
    return is_all and bool(array.ctypes.data == root.ctypes.data)


def overlaps(array: Any, others: Sequence[Any]) -> bool:  # noqa: ANN401 - numpy arrays
    """Whether a change of one would be seen in another."""
    shares_memory = sys.modules["numpy"].shares_memory
    return any(shares_memory(array, each) for each in others)


def view(array: Any, root: str, numpy: str, dtype: str | None) -> str:  # noqa: ANN401 - a numpy array
    """The expression for a view of the array called `root`; of records, `dtype` makes the type."""
    whole = root_of(array)
    offset = array.ctypes.data - whole.ctypes.data
    buffer = root if whole.flags.c_contiguous else f"{root}.transpose({axes_in_memory(whole)!r})"
    place = f"{buffer}, {offset}, {array.strides!r}"
    made = f"{numpy}.ndarray({array.shape!r}, {dtype or repr(array.dtype.str)}, {place})"
    return as_it_is(array, made, numpy)


def as_it_is(array: Any, plain: str, numpy: str) -> str:  # noqa: ANN401 - a numpy array
    """The expression for an array by that for a plain one: whose fields are attributes as well."""
    is_plain = f"{type(array).__module__}.{type(array).__qualname__}" not in RECORDS
    return plain if is_plain else f"{plain}.view({numpy}.recarray)"
