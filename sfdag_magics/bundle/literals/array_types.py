"""How values of numpy and pandas are written. Knows their types by name: it imports neither."""

from __future__ import annotations

import base64
import gc
from typing import Any

from sfdag_magics.bundle.literals.array_views import RECORDS, as_it_is, axes_in_memory, inverse_of
from sfdag_magics.bundle.literals.writing import NoExpression, Parts, Write, call

#: Items of an array that are written one by one; more are written as their bytes.
_MAX_ITEMS = 1_000
#: Bytes of an array; more is data, and data belongs in a table.
_MAX_BYTES = 700_000
#: The kinds of dtype whose items are numbers, texts or times.
_PLAIN_KINDS = "biufcUSMm"
_TIME_KINDS = "Mm"
_DOUBLE = 8


def _records(value: Any, parts: Parts) -> str:  # noqa: ANN401 - an array of records
    return as_it_is(value, _array(value, parts), parts.module("numpy"))


def _record(value: Any, parts: Parts) -> str:  # noqa: ANN401 - one record
    """One of an array of records, of which it may be the only one."""
    if value.dtype.names is None:
        raise NoExpression(value)
    numpy = parts.module("numpy")
    made = f"{numpy}.array([{parts.part(value.item())}], {parts.part(value.dtype)})"
    is_plain = f"{type(value).__module__}.{type(value).__qualname__}" == "numpy.void"
    return f"{made}[0]" if is_plain else f"{made}.view({numpy}.recarray)[0]"


def _ufunc(value: Any, parts: Parts) -> str:  # noqa: ANN401 - a ufunc that no module has
    """What `frompyfunc` made of a function, which it keeps where only Python's collector sees."""
    kept = [each for each in gc.get_referents(value) if callable(each)]
    if len(kept) != 1:
        raise NoExpression(value)
    return call(parts, "numpy.frompyfunc", kept[0], value.nin, value.nout, identity=value.identity)


def _array(value: Any, parts: Parts) -> str:  # noqa: ANN401 - a numpy array
    if value.nbytes > _MAX_BYTES:
        raise NoExpression(value, "more than 700 kB of numbers")
    axes = axes_in_memory(value)
    if axes == tuple(range(value.ndim)):
        return _row_by_row(value, parts)
    # Sums and products go through memory: in another order they end in other digits.
    return f"{_row_by_row(value.transpose(axes), parts)}.transpose({inverse_of(axes)!r})"


def _row_by_row(value: Any, parts: Parts) -> str:  # noqa: ANN401 - a numpy array
    """An array whose last axis is the one along which its memory goes."""
    numpy, code = parts.module("numpy"), value.dtype.str
    if value.dtype.kind == "O":
        items = f"{numpy}.fromiter({parts.part(value.ravel().tolist())}, dtype=object)"
        return items if value.ndim == 1 else f"{items}.reshape({value.shape!r})"
    if value.dtype.kind not in _PLAIN_KINDS or _is_extended(value) or value.size > _MAX_ITEMS:
        return _from_bytes(value, parts)
    if value.dtype.kind in _TIME_KINDS:
        counts = parts.part(value.astype("int64").tolist())
        return f"{numpy}.array({counts}, dtype='int64').astype({code!r})"
    made = f"{numpy}.array({parts.part(value.tolist())}, dtype={code!r})"
    return made if value.size else f"{made}.reshape({value.shape!r})"


def _from_bytes(value: Any, parts: Parts) -> str:  # noqa: ANN401 - a numpy array
    if value.dtype.hasobject:
        items = parts.part(value.ravel().tolist())
        made = f"{parts.module('numpy')}.array({items}, dtype={parts.part(value.dtype)})"
        return made if value.ndim == 1 else f"{made}.reshape({value.shape!r})"
    text = base64.b64encode(_without_gaps(value).tobytes()).decode()
    data = f"{parts.module('base64')}.b64decode({text!r})"
    flat = f"{parts.module('numpy')}.frombuffer({data}, dtype={parts.part(value.dtype)}).copy()"
    return flat if value.ndim == 1 else f"{flat}.reshape({value.shape!r})"


def _masked(value: Any, parts: Parts) -> str:  # noqa: ANN401 - a masked array
    if vars(value).keys() - vars(type(value)(0)).keys():
        raise NoExpression(value, "attributes were set on it")
    keywords: dict[str, object] = {"mask": value.mask.copy()} if value.mask.shape else {}
    if (filled := vars(value)["_fill_value"]) is not None:  # asking for it would set it
        keywords["fill_value"] = filled
    if value.hardmask:
        keywords["hard_mask"] = True
    return call(parts, "numpy.ma.array", value.data.copy(), **keywords)


def _without_gaps(value: Any) -> Any:  # noqa: ANN401 - a numpy array
    """With zeros between the fields of its records, where nobody wrote: else texts would differ."""
    if not value.dtype.names:
        return value
    cleared = value.copy(order="C")
    cleared.view("u1")[...] = 0
    for name in value.dtype.names:
        cleared[name] = _without_gaps(value[name])
    return cleared


def is_dtype(value: object) -> bool:
    """Whether a value is a type of numpy's items that its code says whole."""
    of_numpy = any(
        f"{each.__module__}.{each.__name__}" == "numpy.dtype" for each in type(value).__mro__
    )
    return of_numpy and getattr(value, "kind", "") in f"{_PLAIN_KINDS}O"


def plain_dtype(value: Any, parts: Parts) -> str:  # noqa: ANN401 - a numpy dtype
    """A dtype by its code."""
    return call(parts, "numpy.dtype", value.str)


def numpy_scalar(value: Any, parts: Parts) -> str:  # noqa: ANN401 - a numpy scalar
    """A number, text or time of numpy's."""
    if value.dtype.kind not in _PLAIN_KINDS or _is_extended(value):
        raise NoExpression(value)
    kind = type(value).__name__
    if value.dtype.kind in _TIME_KINDS:
        count, unit = int(value.astype("int64")), value.dtype.str.partition("[")[2].rstrip("]")
        if not unit:  # of which there is no moment but none
            return call(parts, f"numpy.{kind}", "NaT" if value != value else count)
        return call(parts, f"numpy.{kind}", count, unit)
    return call(parts, f"numpy.{kind}", value.item())


def _is_extended(value: Any) -> bool:  # noqa: ANN401 - of numpy
    """Whether it has more digits than Python's numbers."""
    wide = 2 * _DOUBLE if value.dtype.kind == "c" else _DOUBLE
    return value.dtype.kind in "fc" and value.dtype.itemsize > wide


def _timestamp(value: Any, parts: Parts) -> str:  # noqa: ANN401 - a pandas Timestamp
    zone = {} if value.tz is None else {"tz": value.tz}
    made = call(parts, "pandas.Timestamp", value.value, **zone)
    return made if value.unit == "ns" else f"{made}.as_unit({value.unit!r})"


def _timedelta(value: Any, parts: Parts) -> str:  # noqa: ANN401 - a pandas Timedelta
    made = call(parts, "pandas.Timedelta", value.value)
    return made if value.unit == "ns" else f"{made}.as_unit({value.unit!r})"


def _missing(value: Any, parts: Parts) -> str:  # noqa: ANN401 - pandas' NaT, NA
    return f"{parts.module('pandas')}.{'NA' if type(value).__name__ == 'NAType' else 'NaT'}"


def _lines(value: Any, parts: Parts) -> str:  # noqa: ANN401 - what `files = !ls` gives
    """The list of texts that it is; what IPython adds is not there where tasks run."""
    return parts.part(list(value))


#: Of these, one may have attributes of its own: then it is no literal.
MAY_HAVE_ATTRIBUTES = frozenset(
    (
        *RECORDS,
        "pandas._libs.tslibs.timestamps.Timestamp",
        "pandas.Timestamp",
        "pandas._libs.tslibs.timedeltas.Timedelta",
        "pandas.Timedelta",
    )
)
#: By the full name of the type.
ARRAY_TYPES: dict[str, Write] = {
    "numpy.ndarray": _array,
    **dict.fromkeys(RECORDS, _records),
    **dict.fromkeys(("numpy.void", "numpy.record", "numpy.rec.record"), _record),
    "numpy.ufunc": _ufunc,
    "numpy.ma.MaskedArray": _masked,
    "numpy.ma.core.MaskedArray": _masked,
    "pandas._libs.tslibs.timestamps.Timestamp": _timestamp,
    "pandas.Timestamp": _timestamp,
    "pandas._libs.tslibs.timedeltas.Timedelta": _timedelta,
    "pandas.Timedelta": _timedelta,
    "pandas._libs.tslibs.nattype.NaTType": _missing,
    "pandas._libs.missing.NAType": _missing,
    "IPython.utils.text.SList": _lines,
}
