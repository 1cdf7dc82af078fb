"""TO_DATE, TO_TIME, TO_TIMESTAMP, their TRY_ forms and casts: what is read, and by which format.

Without a format Snowflake tries the forms that it documents as "AUTO detection", and takes a text
of digits as time since 1970 (seconds to nanoseconds, by its size). A constant format is strptime's.
TIMESTAMP_NTZ, DATE and TIME are as the clock of an offset shows them. A strict macro ends with a
cast that fails: `error()` would keep a constant from being computed once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial

from sqlglot import exp

from sfdag_magics.engine.answers import SfType
from sfdag_magics.engine.sql.values import date_formats as formats
from sfdag_magics.engine.sql.values.calls import Call, macro
from sfdag_magics.engine.sql.values.duck_words import UNREAD
from sfdag_magics.engine.sql.values.let import let
from sfdag_magics.engine.sql.values.types import TZ_STRUCT
from sfdag_magics.light_classes import dataclass

#: Docs, "Supported formats for AUTO detection", besides the ISO forms that DuckDB casts.
_PLAIN_FORMS = (
    "%d-%b-%Y",
    "%d-%b-%Y %H:%M:%S",
    "%m/%d/%Y",
    "%m/%d/%Y %H:%M:%S",
    "%a, %d %b %Y %H:%M:%S",
    "%a, %d %b %Y %H:%M:%S.%f",
    "%a, %d %b %Y %I:%M:%S %p",
    "%a %b %d %H:%M:%S %Y",
)
_ISO_HOURS = ("%Y-%m-%d %H", "%Y-%m-%dT%H")
#: Offsets that clients take: less than a day.
_OFFSET = r"[+-](?:[01]?\d|2[0-3])(?::?[0-5]\d)?"
#: DuckDB takes 24 for an hour too, which clients then cannot show.
_HOUR = r"(?:[01]?\d|2[0-3])"
#: DuckDB takes years of any length and sign, and any word behind a time of day for the name of a
#: zone, which it forgets.
_ISO_FORM = (
    r"\s*\d{1,4}-\d{1,2}-\d{1,2}"
    rf"(?:(?:[Tt]|\s+){_HOUR}(?::\d{{1,2}}(?::\d{{1,2}}(?:\.\d*)?)?)?\s*(?:[Zz]|{_OFFSET})?)?\s*"
)
_ZONED_FORMS = (
    "%a, %d %b %Y %H:%M:%S %z",
    "%a, %d %b %Y %H:%M:%S.%f %z",
    "%a, %d %b %Y %I:%M:%S %p %z",
    "%a %b %d %H:%M:%S %z %Y",
)
_NUMBERS = (
    "'TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT', 'HUGEINT', 'UTINYINT', 'USMALLINT', 'UINTEGER',"
    " 'UBIGINT', 'FLOAT', 'DOUBLE'"
)
_IS_NUMBER = f"(typeof(_sf_v) IN ({_NUMBERS}) OR typeof(_sf_v) LIKE 'DECIMAL%')"
_IS_TZ = f"typeof(_sf_v) = '{TZ_STRUCT}'"
_AS_TZ = f"TRY_CAST(_sf_v AS {TZ_STRUCT})"
_IS_TEXT = "typeof(_sf_v) = 'VARCHAR'"
_AS_TEXT = "_sf_string(_sf_v)"
_IS_VARIANT = "typeof(_sf_v) = 'JSON'"
_IS_MOMENT = "typeof(_sf_v) IN ('DATE', 'TIMESTAMP', 'TIMESTAMP WITH TIME ZONE')"
_SQL_ELEMENT = formats.SQL_ELEMENT.replace("TZH|", "TZH:TZM|TZHTZM|TZH|")
_ELEMENTS = " ".join(
    f"WHEN '{name}' THEN '{code}'" for name, code in formats.STRFTIME.items() if name != "MON"
)
_ZONE = r":\d{1,2}(?:\.\d*)?(?:\s*[AaPp][Mm])?\s*([+-]\d{1,2}):?(\d{2})?(?:\s+\d{4})?\s*$"


#: What is cast to fail: DuckDB reads more than Snowflake does. Errors leave the mark out.
_REFUSED = f"'{UNREAD}' || _sf_s"
_NO_MOMENT = f"'{UNREAD}' || CAST(_sf_v AS VARCHAR)"
_IS_TOO_FAR = r":\d{2}(?:\.\d+)?\s*[+-](?:2[4-9]|[3-9]\d|\d{2}:?[6-9]\d)"


def _read_variant(name: str, kind: str) -> str:
    """A VARIANT that holds a text of a moment; `kind` is SQL for the word of an error."""
    return (
        f" WHEN {_IS_VARIANT} THEN coalesce(_sf_read_{name}({_AS_TEXT}), _sf_unfit(_sf_v, {kind}))"
    )


def _list(forms: tuple[str, ...]) -> str:
    return "[" + ", ".join(f"'{form}'" for form in forms) + "]"


HELPERS: tuple[tuple[str, str], ...] = (
    ("_sf_local(z)", "CAST(z.utc AS TIMESTAMP) + to_minutes(CAST(z.offset_minutes AS INTEGER))"),
    (
        "_sf_string(v)",
        "CASE typeof(v) WHEN 'JSON' THEN json_extract_string(to_json(v), '$')"
        " ELSE CAST(v AS VARCHAR) END",
    ),
    # a number of seconds, or of what is 10 to the power of -scale of one
    (
        "_sf_epoch(n, scale)",
        "make_timestamp(CAST(floor(CAST(n AS DECIMAL(38, 9)) * CAST(1000000 AS HUGEINT)"
        " / power(10, scale)) AS BIGINT))",
    ),
    (
        "_sf_epoch_of_digits(n)",
        "_sf_epoch(n, CASE WHEN abs(n) < 31536000000 THEN 0 WHEN abs(n) < 31536000000000 THEN 3"
        " WHEN abs(n) < 31536000000000000 THEN 6 ELSE 9 END)",
    ),
    # minutes from UTC, as an offset behind a time of day says
    (
        "_sf_zone_minutes(s)",
        let(
            "_sf_z",
            f"regexp_extract(s, '{_ZONE}', ['hours', 'minutes'])",
            "coalesce(TRY_CAST(_sf_z.hours AS INTEGER) * 60 + CASE WHEN _sf_z.hours LIKE '-%'"
            " THEN -1 ELSE 1 END * coalesce(TRY_CAST(_sf_z.minutes AS INTEGER), 0), 0)",
        ),
    ),
    # what strptime then refuses, where the offset is no offset
    (
        "_sf_with_offset(s)",
        f"CASE WHEN regexp_matches(s, '{_IS_TOO_FAR}') THEN '{UNREAD}' || s ELSE s END",
    ),
    # NULL where the text is no moment
    (
        "_sf_read_timestamp(s)",
        let(
            "_sf_s",
            "s",
            "CASE WHEN regexp_full_match(_sf_s, '\\s*[+-]?\\d+\\s*')"
            " THEN _sf_epoch_of_digits(TRY_CAST(_sf_s AS BIGINT))"
            f" WHEN regexp_full_match(_sf_s, '{_ISO_FORM}')"
            " THEN coalesce(TRY_CAST(_sf_s AS TIMESTAMP),"
            f" try_strptime(_sf_s, {_list(_ISO_HOURS)}))"
            " WHEN regexp_matches(_sf_s, '\\d')"
            f" THEN coalesce(try_strptime(_sf_s, {_list(_PLAIN_FORMS)}),"
            f" CAST(try_strptime(_sf_with_offset(_sf_s), {_list(_ZONED_FORMS)}) AS TIMESTAMP)"
            " + to_minutes(_sf_zone_minutes(_sf_s))) END",
        ),
    ),
    (
        "_sf_read_timestamp_tz(s)",
        let(
            "_sf_z",
            "struct_pack(wall := _sf_read_timestamp(s), minutes := _sf_zone_minutes(s))",
            "CASE WHEN _sf_z.wall IS NOT NULL THEN struct_pack("
            "utc := _sf_z.wall - to_minutes(_sf_z.minutes), offset_minutes := _sf_z.minutes) END",
        ),
    ),
    (
        "_sf_read_time(s)",
        let(
            "_sf_s",
            "s",
            "CASE WHEN regexp_full_match(_sf_s, '\\s*[+-]?\\d+\\s*')"
            " THEN CAST(_sf_epoch_of_digits(TRY_CAST(_sf_s AS BIGINT)) AS TIME)"
            " WHEN regexp_matches(_sf_s, '^\\s*[+-]?\\d+-\\d')"
            " THEN CAST(_sf_read_timestamp(_sf_s) AS TIME)"
            f" WHEN regexp_matches(_sf_s, '^\\s*{_HOUR}:') THEN TRY_CAST(_sf_s AS TIME) END",
        ),
    ),
    ("_sf_read_date(s)", "CAST(_sf_read_timestamp(s) AS DATE)"),
    ("_sf_read_timestamp_ltz(s)", "CAST(_sf_read_timestamp_tz(s).utc AS TIMESTAMPTZ)"),
    # an error where it is none
    *(
        (
            f"_sf_strict_{name}(s)",
            let("_sf_s", "s", f"coalesce(_sf_read_{name}(_sf_s), CAST({_REFUSED} AS {cast}))"),
        )
        for name, cast in (("date", "DATE"), ("time", "TIME"), ("timestamp", "TIMESTAMP"))
    ),
    (
        "_sf_strict_timestamp_tz(s)",
        let(
            "_sf_s",
            "s",
            "coalesce(_sf_read_timestamp_tz(_sf_s), CASE WHEN _sf_s IS NOT NULL THEN"
            f" struct_pack(utc := CAST({_REFUSED} AS TIMESTAMP), offset_minutes := 0) END)",
        ),
    ),
    ("_sf_strict_timestamp_ltz(s)", "CAST(_sf_strict_timestamp_tz(s).utc AS TIMESTAMPTZ)"),
    # of any value; what is of another type is an error
    (
        "_sf_to_date(x)",
        let(
            "_sf_v",
            "x",
            f"CASE WHEN {_IS_MOMENT} THEN TRY_CAST(_sf_v AS DATE)"
            f" WHEN {_IS_TZ} THEN CAST(_sf_local({_AS_TZ}) AS DATE)"
            + _read_variant("date", "'DATE'")
            + f" WHEN {_IS_TEXT} THEN _sf_strict_date({_AS_TEXT})"
            " ELSE CAST(CAST(_sf_v AS VARCHAR) AS DATE) END",
        ),
    ),
    (
        "_sf_to_time(x)",
        let(
            "_sf_v",
            "x",
            "CASE WHEN typeof(_sf_v) IN ('TIME', 'TIMESTAMP', 'TIMESTAMP WITH TIME ZONE')"
            " THEN TRY_CAST(_sf_v AS TIME)"
            f" WHEN {_IS_TZ} THEN CAST(_sf_local({_AS_TZ}) AS TIME)"
            + _read_variant("time", "'TIME'")
            + f" WHEN {_IS_TEXT} THEN _sf_strict_time({_AS_TEXT})"
            f" ELSE CAST({_NO_MOMENT} AS TIME) END",
        ),
    ),
    (
        "_sf_typed_timestamp(_sf_v, scale)",
        f"CASE WHEN {_IS_MOMENT} THEN TRY_CAST(_sf_v AS TIMESTAMP)"
        f" WHEN {_IS_TZ} THEN _sf_local({_AS_TZ})"
        f" WHEN {_IS_NUMBER} THEN _sf_epoch(TRY_CAST(_sf_v AS DECIMAL(38, 9)), scale)"
        " ELSE CAST(CAST(_sf_v AS VARCHAR) AS TIMESTAMP) END",
    ),
    (
        "_sf_to_timestamp(x, scale := 0)",
        let(
            "_sf_v",
            "x",
            "CASE"
            + _read_variant("timestamp", "'TIMESTAMP_NTZ'")
            + f" WHEN {_IS_TEXT} THEN _sf_strict_timestamp({_AS_TEXT})"
            " ELSE _sf_typed_timestamp(_sf_v, scale) END",
        ),
    ),
    (
        "_sf_to_timestamp_tz(x, scale := 0, kind := 'TIMESTAMP_TZ')",
        let(
            "_sf_v",
            "x",
            f"CASE WHEN {_IS_TZ} THEN {_AS_TZ} WHEN _sf_v IS NULL THEN NULL"
            + _read_variant("timestamp_tz", "kind")
            + f" WHEN {_IS_TEXT} THEN _sf_strict_timestamp_tz({_AS_TEXT})"
            " ELSE struct_pack(utc := _sf_typed_timestamp(_sf_v, scale), offset_minutes := 0) END",
        ),
    ),
    (
        "_sf_to_timestamp_ltz(x, scale := 0)",
        "CAST(_sf_to_timestamp_tz(x, scale, kind := 'TIMESTAMP_LTZ').utc AS TIMESTAMPTZ)",
    ),
    # what is written into a column: a text is read, of the rest DuckDB casts what it would cast
    *(
        (
            f"_sf_as_{name}(x)",
            let(
                "_sf_v",
                "x",
                f"CASE{_read_variant(name, word)} WHEN {_IS_TEXT}"
                f" THEN _sf_strict_{name}({_AS_TEXT})"
                f" WHEN {_IS_TZ} THEN _sf_to_{name}(_sf_v) ELSE CAST(_sf_v AS {cast}) END",
            ),
        )
        for name, word, cast in (
            ("date", "'DATE'", "DATE"),
            ("time", "'TIME'", "TIME"),
            ("timestamp", "'TIMESTAMP_NTZ'", "TIMESTAMP"),
            ("timestamp_ltz", "'TIMESTAMP_LTZ'", "TIMESTAMPTZ"),
        )
    ),
    (
        "_sf_as_timestamp_tz(x)",
        let(
            "_sf_v",
            "x",
            f"CASE WHEN {_IS_TZ} THEN {_AS_TZ} WHEN _sf_v IS NULL THEN NULL"
            + _read_variant("timestamp_tz", "'TIMESTAMP_TZ'")
            + f" WHEN {_IS_TEXT} THEN _sf_strict_timestamp_tz({_AS_TEXT})"
            f" WHEN {_IS_MOMENT} THEN"
            " struct_pack(utc := CAST(TRY_CAST(_sf_v AS TIMESTAMPTZ) AS TIMESTAMP),"
            " offset_minutes := 0)"
            f" ELSE struct_pack(utc := CAST({_NO_MOMENT} AS TIMESTAMP), offset_minutes := 0) END",
        ),
    ),
    # what strptime reads with an offset, as it was written
    (
        "_sf_zoned(instant, s)",
        "CASE WHEN instant IS NOT NULL THEN struct_pack(utc := CAST(instant AS TIMESTAMP),"
        " offset_minutes := CAST(_sf_zone_minutes(s) AS INTEGER)) END",
    ),
    # a moment or time that is a multiple of so many microseconds: the rest is cut off
    (
        "_sf_cut(x, unit)",
        let("_sf_m", "x", "_sf_m - to_microseconds(microsecond(_sf_m) % unit)"),
    ),
    (
        "_sf_cut_offset(z, unit)",
        let(
            "_sf_z",
            "z",
            "CASE WHEN _sf_z IS NOT NULL THEN struct_pack("
            "utc := _sf_z.utc - to_microseconds(microsecond(_sf_z.utc) % unit),"
            " offset_minutes := _sf_z.offset_minutes) END",
        ),
    ),
    # strptime reads no more than six digits of a fraction
    ("_sf_six_digits(s)", "regexp_replace(s, '([.,]\\d{6})\\d+', '\\1')"),
    # the patterns of a format that is bound; they have a year before them
    (
        "_sf_strptime(f)",
        "list_transform(['%b', '%B'], lambda _sf_month: '%Y ' || array_to_string("
        f"list_transform(regexp_extract_all(f, '{_SQL_ELEMENT}'),"
        f" lambda _sf_e: CASE upper(_sf_e) {_ELEMENTS} ELSE CASE WHEN upper(_sf_e) LIKE 'FF%'"
        " THEN '%f' WHEN upper(_sf_e) LIKE 'TZ%' THEN '%z'"
        " WHEN upper(_sf_e) = 'MON' THEN _sf_month"
        " ELSE replace(trim(_sf_e, '\"'), '%', '%%') END END), ''))",
    ),
)

FUNCTIONS: dict[str, tuple[str, str, SfType | None]] = {}
ALIASES: dict[str, str] = {}


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
        return macro(f"_sf_to_{read.macro}", moment)
    patterns = formats.reading_patterns(given.name)
    if formats.has_zone(given.name):
        text = macro("_sf_with_offset", text)
    if not formats.has_year(given.name):
        patterns = [f"%Y {pattern}" for pattern in patterns]
        text = _of_1970(text)
    listed = macro("list_value", *(exp.Literal.string(pattern) for pattern in patterns))
    moment = macro(parse, text, listed)
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
