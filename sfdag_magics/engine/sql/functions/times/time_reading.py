"""TO_DATE, TO_TIME, TO_TIMESTAMP, their TRY_ forms and casts: which macro reads, by which format.

A constant format is strptime's. TIMESTAMP_NTZ, DATE and TIME are as the clock of an offset shows
them. What a macro reads is `reading_macros`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial

from sqlglot import exp

from sfdag_magics.engine.borders.answers import SfType
from sfdag_magics.engine.sql.values import date_formats as formats
from sfdag_magics.engine.sql.values.calls import Call, macro
from sfdag_magics.light_classes import dataclass


@dataclass(frozen=True, slots=True)
class _Read:
    """A type that is read: the macros' name for it, and what a moment becomes it by."""

    kind: SfType
    macro: str
    takes_scale: bool = True


_DATE = _Read(SfType.DATE, "date", takes_scale=False)
_TIME = _Read(SfType.TIME, "time", takes_scale=False)
_NTZ = _Read(SfType.TIMESTAMP_NTZ, "timestamp")
_LTZ = _Read(SfType.TIMESTAMP_LTZ, "timestamp_ltz")
_TZ = _Read(SfType.TIMESTAMP_TZ, "timestamp_tz")
_READ: Mapping[SfType, _Read] = {read.kind: read for read in (_DATE, _TIME, _NTZ, _LTZ, _TZ)}
_DUCK = {
    SfType.DATE: exp.DataType.Type.DATE,
    SfType.TIME: exp.DataType.Type.TIME,
    SfType.TIMESTAMP_LTZ: exp.DataType.Type.TIMESTAMPTZ,
}
#: What DuckDB reads as it is, so that nothing has to be tried.
_CLOCK = r"(?:[01]\d|2[0-3]):\d\d:\d\d(\.\d{1,6})?"
_ISO = {
    SfType.DATE: re.compile(r"\d{4}-\d\d-\d\d"),
    SfType.TIME: re.compile(_CLOCK),
    SfType.TIMESTAMP_NTZ: re.compile(rf"\d{{4}}-\d\d-\d\d( {_CLOCK})?"),
    SfType.TIMESTAMP_LTZ: re.compile(rf"\d{{4}}-\d\d-\d\d {_CLOCK}([+-][01]\d:[0-5]\d)?"),
    SfType.TIMESTAMP_TZ: re.compile(rf"\d{{4}}-\d\d-\d\d {_CLOCK}([+-][01]\d:[0-5]\d)?"),
}


def cast_to(kind: SfType, value: exp.Expr, *, strict: bool) -> exp.Expr | None:
    """The value as a DATE, TIME or TIMESTAMP; None where DuckDB's own cast does it."""
    read = _READ.get(kind)
    if read is None or (isinstance(value, exp.Null) and strict):
        return None
    if isinstance(value, exp.Literal) and _is_iso(kind, value) and strict:
        return None
    return _read(read, value, strict=strict)


def _is_iso(kind: SfType, value: exp.Literal) -> bool:
    form = _ISO.get(kind)
    return form is not None and form.fullmatch(value.name) is not None


def _call(read: _Read, call: exp.Expr, arguments: list[exp.Expr], *, strict: bool) -> exp.Expr:
    """A call of one of the functions: a value; with a scale, or with a format."""
    value = arguments[0]
    given = arguments[1] if len(arguments) > 1 else None
    if given is None or _is_auto(given):
        return _read(read, value, strict=strict)
    if read.takes_scale and isinstance(given, exp.Literal) and not given.is_string:
        return macro(f"_sf_to_{read.macro}", value, given)
    return _formatted(read, value, given, strict=strict)


def _is_auto(given: exp.Expr) -> bool:
    return isinstance(given, exp.Literal) and given.is_string and formats.is_auto(given.name)


def _read(read: _Read, value: exp.Expr, *, strict: bool) -> exp.Expr:
    if isinstance(value, exp.Literal) and value.is_string:
        return macro(f"_sf_{'strict' if strict else 'read'}_{read.macro}", value)
    if strict:
        return macro(f"_sf_to_{read.macro}", value)
    return macro(f"_sf_read_{read.macro}", macro("_sf_text", value))


def _formatted(read: _Read, value: exp.Expr, given: exp.Expr, *, strict: bool) -> exp.Expr:
    text = macro("_sf_six_digits", macro("_sf_text", value))
    parse = "strptime" if strict else "try_strptime"
    if not isinstance(given, exp.Literal) or not given.is_string:
        moment = macro(parse, _of_1970(text), macro("_sf_strptime", given))
        moment = macro("_sf_of_century", moment, macro("_sf_has_short_year", given.copy()))
        return macro(f"_sf_to_{read.macro}", moment)
    patterns = formats.reading_patterns(given.name)
    if formats.has_zone(given.name):
        text = macro("_sf_with_offset", text)
    if not formats.has_year(given.name):
        patterns = [f"%Y {pattern}" for pattern in patterns]
        text = _of_1970(text)
    listed = macro("list_value", *(exp.Literal.string(pattern) for pattern in patterns))
    moment = macro(parse, text, listed)
    if formats.has_short_year(given.name):
        moment = macro("_sf_of_century", moment, exp.true())
    if formats.has_zone(given.name):
        moment = macro("_sf_zoned", moment, macro("_sf_text", value.copy()))
        return macro(f"_sf_to_{read.macro}", moment)
    if read is _TZ:
        return macro("_sf_to_timestamp_tz", moment)
    return moment if read is _NTZ else exp.cast(moment, _DUCK[read.kind])


def _of_1970(text: exp.Expr) -> exp.Expr:
    """What strptime takes a year from that the format has not; a later one takes its place."""
    return exp.DPipe(this=exp.Literal.string("1970 "), expression=text)


def _calls(read: _Read, *names: str) -> dict[str, Call]:
    """The strict function by its names, and the one that gives NULL for what it cannot read."""
    made: dict[str, Call] = {}
    for name in names:
        made[name] = Call(rewrite=partial(_call, read, strict=True), most=2, type=read.kind)
        if name.startswith("TO_"):
            tried = partial(_call, read, strict=False)
            made[f"TRY_{name}"] = Call(rewrite=tried, most=2, type=read.kind)
    return made


CALLS: dict[str, Call] = {
    **_calls(_DATE, "TO_DATE", "DATE"),
    **_calls(_TIME, "TO_TIME", "TIME"),
    **_calls(_NTZ, "TO_TIMESTAMP", "TO_TIMESTAMP_NTZ"),
    **_calls(_LTZ, "TO_TIMESTAMP_LTZ"),
    **_calls(_TZ, "TO_TIMESTAMP_TZ"),
}
