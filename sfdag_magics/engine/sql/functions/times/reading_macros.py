"""What a text, a number or another moment is read as, without a format or with one: the macros.

Without a format Snowflake tries the forms that it documents as "AUTO detection", and takes a text
of digits as time since 1970 (seconds to nanoseconds, by its size). A strict macro ends with a cast
that fails: `error()` would keep a constant from being computed once. Only data.
"""

from __future__ import annotations

from sfdag_magics.engine.borders.answers import SfType
from sfdag_magics.engine.sql.functions.times.session_zone import SESSION_ZONE
from sfdag_magics.engine.sql.values import date_formats as formats
from sfdag_magics.engine.sql.values.duck_words import UNREAD
from sfdag_magics.engine.sql.values.let import let
from sfdag_magics.engine.sql.values.types import TZ_STRUCT

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
_IS_LTZ = "typeof(_sf_v) = 'TIMESTAMP WITH TIME ZONE'"
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
    *SESSION_ZONE,
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
    # minutes from UTC, as an offset behind a time of day says; NULL where there is none
    (
        "_sf_written_minutes(s)",
        let(
            "_sf_z",
            f"regexp_extract(s, '{_ZONE}', ['hours', 'minutes'])",
            "CASE WHEN _sf_z.hours <> '' THEN TRY_CAST(_sf_z.hours AS INTEGER) * 60"
            " + CASE WHEN _sf_z.hours LIKE '-%' THEN -1 ELSE 1 END"
            " * coalesce(TRY_CAST(_sf_z.minutes AS INTEGER), 0)"
            " WHEN regexp_matches(s, '\\d\\s*[Zz]\\s*$') THEN 0 END",
        ),
    ),
    ("_sf_zone_minutes(s)", "coalesce(_sf_written_minutes(s), 0)"),
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
            f" timezone('UTC', try_strptime(_sf_with_offset(_sf_s), {_list(_ZONED_FORMS)}))"
            " + to_minutes(_sf_zone_minutes(_sf_s))) END",
        ),
    ),
    (
        "_sf_read_timestamp_tz(s)",
        let(
            "_sf_z",
            "struct_pack(wall := _sf_read_timestamp(s), minutes := _sf_written_minutes(s),"
            " is_instant := regexp_full_match(s, '\\s*[+-]?\\d+\\s*'))",
            "CASE WHEN _sf_z.minutes IS NOT NULL AND _sf_z.wall IS NOT NULL THEN struct_pack("
            "utc := _sf_z.wall - to_minutes(_sf_z.minutes), offset_minutes := _sf_z.minutes)"
            " WHEN _sf_z.is_instant THEN _sf_of_utc(_sf_z.wall) ELSE _sf_of_wall(_sf_z.wall) END",
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
    ("_sf_read_timestamp_ltz(s)", "_sf_instant(_sf_read_timestamp_tz(s))"),
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
    ("_sf_strict_timestamp_ltz(s)", "_sf_instant(_sf_strict_timestamp_tz(s))"),
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
            "CASE WHEN typeof(_sf_v) IN ('TIME', 'TIMESTAMP') THEN TRY_CAST(_sf_v AS TIME)"
            f" WHEN {_IS_LTZ} THEN CAST(TRY_CAST(_sf_v AS TIMESTAMP) AS TIME)"
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
            f" WHEN {_IS_NUMBER} THEN _sf_of_utc(_sf_typed_timestamp(_sf_v, scale))"
            f" WHEN {_IS_LTZ} THEN _sf_of_instant(TRY_CAST(_sf_v AS TIMESTAMPTZ))"
            " ELSE _sf_of_wall(_sf_typed_timestamp(_sf_v, scale)) END",
        ),
    ),
    (
        "_sf_to_timestamp_ltz(x, scale := 0)",
        "_sf_instant(_sf_to_timestamp_tz(x, scale, kind := 'TIMESTAMP_LTZ'))",
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
            f" WHEN {_IS_MOMENT} THEN _sf_of_instant(TRY_CAST(_sf_v AS TIMESTAMPTZ))"
            f" ELSE struct_pack(utc := CAST({_NO_MOMENT} AS TIMESTAMP), offset_minutes := 0) END",
        ),
    ),
    # a text by the session's own format, NULL where it is another; see `session_formats`
    *(
        (
            f"_sf_{name}_by_patterns(x, patterns, before)",
            "CASE WHEN typeof(x) = 'VARCHAR' THEN "
            + of.format("try_strptime(before || CAST(x AS VARCHAR), patterns)")
            + " END",
        )
        for name, of in (
            ("date", "CAST({0} AS DATE)"),
            ("time", "CAST({0} AS TIME)"),
            ("timestamp", "{0}"),
            ("timestamp_ltz", "CAST({0} AS TIMESTAMPTZ)"),
            ("timestamp_tz", "_sf_of_wall({0})"),
        )
    ),
    # what strptime reads with an offset, as it was written
    (
        "_sf_zoned(instant, s)",
        "CASE WHEN instant IS NOT NULL THEN struct_pack(utc := timezone('UTC', instant),"
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
    # docs, TWO_DIGIT_CENTURY_START: a year of two digits is from 1970 on; to DuckDB from 1969
    (
        "_sf_of_century(m, is_short)",
        let(
            "_sf_m",
            "m",
            "CASE WHEN is_short AND year(_sf_m) = 1969 THEN _sf_m + to_years(100) ELSE _sf_m END",
        ),
    ),
    (
        "_sf_has_short_year(f)",
        "list_contains(list_transform("
        f"regexp_extract_all(f, '{_SQL_ELEMENT}'), lambda _sf_e: upper(_sf_e)), 'YY')",
    ),
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
