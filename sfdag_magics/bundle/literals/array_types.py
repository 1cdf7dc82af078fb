"""How values of numpy and pandas are written. Knows their types by name: it imports neither."""

from __future__ import annotations

from typing import Any

from sfdag_magics.bundle.literals.writing import NoExpression, Parts, Write, call

#: Items of an array; more is data, and data belongs in a table.
MAX_ITEMS = 1_000
#: The kinds of dtype whose items are numbers, texts or times.
_PLAIN_KINDS = "biufcUSMm"
_TIME_KINDS = "Mm"
_DOUBLE = 8


def _array(value: Any, parts: Parts) -> str:  # noqa: ANN401 - a numpy array
    if value.dtype.kind not in _PLAIN_KINDS or value.size > MAX_ITEMS or _is_extended(value):
        raise NoExpression(value)
    numpy, code = parts.module("numpy"), value.dtype.str
    if value.dtype.kind in _TIME_KINDS:
        counts = parts.part(value.astype("int64").tolist())
        return f"{numpy}.array({counts}, dtype='int64').astype({code!r})"
    order = ", order='F'" if value.flags.f_contiguous and not value.flags.c_contiguous else ""
    made = f"{numpy}.array({parts.part(value.tolist())}, dtype={code!r}{order})"
    return made if value.size else f"{made}.reshape({value.shape!r})"


def numpy_scalar(value: Any, parts: Parts) -> str:  # noqa: ANN401 - a numpy scalar
    """A number, text or time of numpy's."""
    if value.dtype.kind not in _PLAIN_KINDS or _is_extended(value):
        raise NoExpression(value)
    kind = type(value).__name__
    if value.dtype.kind in _TIME_KINDS:
        count, unit = int(value.astype("int64")), value.dtype.str.partition("[")[2].rstrip("]")
        return call(parts, f"numpy.{kind}", count, unit)
    return call(parts, f"numpy.{kind}", value.item())


def _is_extended(value: Any) -> bool:  # noqa: ANN401 - of numpy
    """Whether it has more digits than Python's numbers."""
    wide = 2 * _DOUBLE if value.dtype.kind == "c" else _DOUBLE
    return value.dtype.kind in "fc" and value.dtype.itemsize > wide


def pytz_zone(value: Any, parts: Parts) -> str:  # noqa: ANN401 - a zone of pytz, which pandas may use
    """A zone by its name."""
    return call(parts, "pytz.timezone", value.zone)


def _timestamp(value: Any, parts: Parts) -> str:  # noqa: ANN401 - a pandas Timestamp
    zone = {} if value.tz is None else {"tz": value.tz}
    made = call(parts, "pandas.Timestamp", value.value, **zone)
    return made if value.unit == "ns" else f"{made}.as_unit({value.unit!r})"


def _timedelta(value: Any, parts: Parts) -> str:  # noqa: ANN401 - a pandas Timedelta
    made = call(parts, "pandas.Timedelta", value.value)
    return made if value.unit == "ns" else f"{made}.as_unit({value.unit!r})"


def _missing(value: Any, parts: Parts) -> str:  # noqa: ANN401 - pandas' NaT, NA
    return f"{parts.module('pandas')}.{'NA' if type(value).__name__ == 'NAType' else 'NaT'}"


#: By the full name of the type.
ARRAY_TYPES: dict[str, Write] = {
    "numpy.ndarray": _array,
    "pandas._libs.tslibs.timestamps.Timestamp": _timestamp,
    "pandas.Timestamp": _timestamp,
    "pandas._libs.tslibs.timedeltas.Timedelta": _timedelta,
    "pandas.Timedelta": _timedelta,
    "pandas._libs.tslibs.nattype.NaTType": _missing,
    "pandas._libs.missing.NAType": _missing,
}
