"""Arrays, frames, their parts and generators: numpy's and pandas', by what they hold.

Imports neither: what is of them is there. What they compute when they are asked stays uncomputed.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from .look import Look, data_said, in_short
from .static import called, kept_in

OF_NUMBERS = frozenset(("numpy", "pandas"))
#: Bytes of an array; more are not read at each deploy.
_MOST_BYTES = 10_000_000


def of_numbers(value: Any, kind: str) -> Look | None:  # noqa: ANN401 - of numpy or pandas
    """Arrays, frames and numbers, as what their class, or its base, is; None for anything else."""
    if kind == "numpy.ndarray":
        return _array_of(value)
    if kind.endswith(".MaskedArray"):
        return Look(kind, "", ((".data", value.data), (".mask", value.mask)), is_one=True)
    if kind in _FRAMES:
        return _FRAMES[kind](value)
    if kind.startswith("numpy.random."):
        return _generator(value)
    if kind == "numpy.ufunc":
        return Look("a ufunc", value.__name__)
    if kind.startswith("pandas._libs."):  # what they show, they first compute and keep
        said = repr(value.__reduce__()[1:])
        return Look(kind, in_short(said) if " at 0x" not in said else None)
    if kind.startswith("numpy.") and not kept_in(value):
        return Look(kind, in_short(repr(value)) if " at 0x" not in repr(value) else None)
    if kind.startswith("pandas.core.arrays.") and hasattr(value, "tolist"):
        numbers = value.asi8 if hasattr(value, "asi8") else value.tolist()
        return Look(kind, str(value.dtype), (("[…]", numbers),))
    if kind.startswith("pandas."):
        return Look(kind, None)
    return None


def _array_of(value: Any) -> Look:  # noqa: ANN401 - numpy's
    flags = value.flags
    said = f"{value.dtype} {value.shape} {'' if flags.writeable else 'read-only '}"
    if value.nbytes > _MOST_BYTES:
        return Look("array", said, is_one=True)
    if value.dtype.hasobject:
        return Look("array", said, (("[…]", value.tolist()),), is_one=True)
    if value.dtype.names:
        return Look("array", said + in_short(repr(value.tolist())), is_one=True)
    shown = in_short(repr(value.tolist())) if value.size <= 20 else ""
    return Look("array", f"{shown} {said}{data_said(value.tobytes())}", is_one=True)


def _frame(value: Any) -> Look:  # noqa: ANN401 - pandas'
    columns = value.columns
    parts = [(".columns", columns), (".index", value.index), (".attrs", value.attrs)]
    parts += [(f".iloc[:, {n}]", each) for n, each in enumerate(value._iter_column_arrays())]  # noqa: SLF001 - what is asked for, it keeps
    return Look("DataFrame", "", tuple(parts), is_one=True)


def _series(value: Any) -> Look:  # noqa: ANN401 - pandas'
    parts = ((".index", value.index), (".name", value.name), (".array", value._values))  # noqa: SLF001 - as above
    return Look("Series", "", parts, is_one=True)


def _index(value: Any) -> Look:  # noqa: ANN401 - pandas'
    kind, names = called(type(value)), (".names", list(value.names))
    if hasattr(value, "step"):
        return Look(kind, f"{value.start}:{value.stop}:{value.step}", (names,))
    items = value.tolist() if hasattr(value, "levels") else value._values  # noqa: SLF001 - as above
    return Look(kind, str(value.dtype), (names, (".items", items)))


def _generator(value: Any) -> Look:  # noqa: ANN401 - numpy's
    kind = called(type(value))
    if value is getattr(sys.modules.get("numpy.random.mtrand"), "_rand", None):
        return Look(kind, "of the module")  # each process has its own
    if hasattr(value, "get_state"):
        return Look(kind, in_short(_state_said(value.get_state(legacy=False))), is_one=True)
    source = getattr(value, "bit_generator", value)
    state = getattr(source, "state", None)
    return Look(kind, None if state is None else in_short(_state_said(state)), is_one=True)


def _state_said(state: Any) -> str:  # noqa: ANN401 - dicts of numbers and arrays
    if isinstance(state, dict):
        return repr({key: _state_said(each) for key, each in state.items()})
    return repr(state.tolist()) if hasattr(state, "tolist") else repr(state)


_FRAMES: dict[str, Callable[[Any], Look]] = {
    "pandas.core.frame.DataFrame": _frame,
    "pandas.core.series.Series": _series,
    "pandas.core.indexes.base.Index": _index,
    "pandas.core.indexes.range.RangeIndex": _index,
    "pandas.core.indexes.multi.MultiIndex": _index,
    "pandas.core.indexes.datetimes.DatetimeIndex": _index,
    "pandas.DataFrame": _frame,
    "pandas.Series": _series,
    "pandas.Index": _index,
    "pandas.RangeIndex": _index,
    "pandas.MultiIndex": _index,
    "pandas.DatetimeIndex": _index,
}
