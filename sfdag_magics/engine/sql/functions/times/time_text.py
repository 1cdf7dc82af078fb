"""TO_CHAR and TO_VARCHAR: dates and times, numbers and bytes as text. Trees and macros.

A constant format becomes strftime's; any other is taken apart for each row, and so is one with
elements that strftime has not (fractions of some lengths, the parts of an offset).
"""

from __future__ import annotations

from sqlglot import exp

from sfdag_magics.engine.borders.answers import SfType, SqlError
from sfdag_magics.engine.sql.functions.number_formats import text_of_number
from sfdag_magics.engine.sql.values import date_formats as formats
from sfdag_magics.engine.sql.values.calls import Call, macro
from sfdag_magics.engine.sql.values.let import let
from sfdag_magics.engine.sql.values.types import TZ_STRUCT

#: What strftime writes at once, the nanoseconds last.
_NAMES = (*formats.STRFTIME, "FF")
_CODES = "|".join((*formats.STRFTIME.values(), "%n"))

HELPERS: tuple[tuple[str, str], ...] = (
    # what a format is applied to: a time of day is of 1970-01-01, text is read
    (
        "_sf_moment(x)",
        let(
            "_sf_v",
            "x",
            "CASE WHEN typeof(_sf_v) IN ('DATE', 'TIMESTAMP', 'TIMESTAMP WITH TIME ZONE')"
            " THEN TRY_CAST(_sf_v AS TIMESTAMP)"
            f" WHEN typeof(_sf_v) = '{TZ_STRUCT}' THEN _sf_local(TRY_CAST(_sf_v AS {TZ_STRUCT}))"
            " WHEN typeof(_sf_v) = 'TIME'"
            " THEN CAST('1970-01-01' AS DATE) + TRY_CAST(_sf_v AS TIME)"
            " WHEN typeof(_sf_v) IN ('VARCHAR', 'JSON')"
            " THEN _sf_strict_timestamp(_sf_string(_sf_v))"
            " ELSE CAST(CAST(_sf_v AS VARCHAR) AS TIMESTAMP) END",
        ),
    ),
    (
        "_sf_offset_minutes(x)",
        f"coalesce(CASE WHEN typeof(x) = '{TZ_STRUCT}'"
        f" THEN TRY_CAST(x AS {TZ_STRUCT}).offset_minutes"
        " WHEN typeof(x) = 'TIMESTAMP WITH TIME ZONE'"
        " THEN _sf_session_minutes(TRY_CAST(x AS TIMESTAMPTZ)) END, 0)",
    ),
    (
        "_sf_time_element(fields, minutes, element)",
        f"coalesce(fields[list_position({list(_NAMES)}, element)],"
        f" CASE WHEN element LIKE 'FF_'"
        f" THEN left(fields[{len(_NAMES)}], TRY_CAST(substr(element, 3) AS INTEGER))"
        " WHEN element = 'TZH' THEN CASE WHEN minutes < 0 THEN '-' ELSE '+' END"
        " || lpad(CAST(abs(minutes) // 60 AS VARCHAR), 2, '0')"
        " WHEN element = 'TZM' THEN lpad(CAST(abs(minutes) % 60 AS VARCHAR), 2, '0') END)",
    ),
    (
        "_sf_time_text(x, f)",
        let(
            "_sf_t",
            f"struct_pack(fields := string_split(strftime(_sf_moment(x), '{_CODES}'), '|'),"
            " minutes := _sf_offset_minutes(x))",
            "CASE WHEN _sf_t.fields IS NULL OR f IS NULL THEN NULL"
            " ELSE coalesce(array_to_string(list_transform(regexp_extract_all(f,"
            f" '{formats.SQL_ELEMENT}'), lambda _sf_e: coalesce(_sf_time_element("
            "_sf_t.fields, _sf_t.minutes, upper(_sf_e)), CASE WHEN starts_with(_sf_e, '\"')"
            " AND length(_sf_e) > 1 THEN substr(_sf_e, 2, length(_sf_e) - 2) ELSE _sf_e END)),"
            " ''), '') END",
        ),
    ),
    (
        "_sf_bytes_text(x, f)",
        let(
            "_sf_b",
            "TRY_CAST(x AS BLOB)",
            "CASE upper(f) WHEN 'BASE64' THEN base64(_sf_b)"
            " WHEN 'HEX' THEN hex(_sf_b) ELSE decode(_sf_b) END",
        ),
    ),
    # a format that is no constant
    (
        "_sf_formatted(x, f)",
        let(
            "_sf_v",
            "x",
            "CASE WHEN upper(f) = 'AUTO' THEN _sf_text(_sf_v)"
            " WHEN typeof(_sf_v) = 'BLOB' THEN _sf_bytes_text(_sf_v, f)"
            " WHEN _sf_is_number(_sf_v) THEN _sf_number_text(_sf_v, f)"
            " ELSE _sf_time_text(_sf_v, f) END",
        ),
    ),
)

FUNCTIONS: dict[str, tuple[str, str, SfType | None]] = {}
ALIASES: dict[str, str] = {}


def written(call: exp.Expr, arguments: list[exp.Expr]) -> exp.Expr:
    """TO_CHAR of a value, and of a value and its format."""
    value = arguments[0]
    in_default = call.find_ancestor(exp.DefaultColumnConstraint) is not None
    if len(arguments) == 1:
        return as_text(value, in_default=in_default)
    given = arguments[1]
    if isinstance(given, exp.Literal) and not given.is_string:
        raise SqlError(
            f"SQL compilation error:\nInvalid argument types for function 'TO_CHAR': its format is"
            f" a text, and no number ({given.name})",
            code=1044,
            sqlstate="42P13",
        )
    if not isinstance(given, exp.Literal) or not given.is_string:
        return macro("_sf_formatted", value, given)
    if formats.is_auto(given.name):
        return as_text(value, in_default=in_default)
    if formats.is_binary(given.name):
        return macro("_sf_bytes_text", value, given)
    if formats.is_numeric(given.name):
        return text_of_number(value, given)
    pattern = formats.written_pattern(given.name)
    if pattern is None:
        return macro("_sf_time_text", value, given)
    moment = _plain_moment(value) if in_default else macro("_sf_moment", value)
    return macro("strftime", moment, exp.Literal.string(pattern))


def as_text(value: exp.Expr, *, in_default: bool) -> exp.Expr:
    """A value in Snowflake's text form."""
    if isinstance(value, exp.Literal) and value.is_string:
        return value
    return macro("_sf_plain_text" if in_default else "_sf_text", value)


def _plain_moment(value: exp.Expr) -> exp.Expr:
    """A column's default takes no names for values (`let`)."""
    return exp.cast(value, exp.DataType.Type.TIMESTAMP)


CALLS: dict[str, Call] = {
    name: Call(rewrite=written, most=2, type=SfType.TEXT) for name in ("TO_CHAR", "TO_VARCHAR")
}
