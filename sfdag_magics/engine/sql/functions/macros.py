"""Snowflake's functions that sqlglot does not give DuckDB, as macros. Only data.

Semi-structured values are JSON text throughout.
"""

from __future__ import annotations

import re
from graphlib import TopologicalSorter

from sfdag_magics.engine.borders.answers import SfType
from sfdag_magics.engine.sql.functions import (
    aggregates,
    array_functions,
    binary_functions,
    conversions,
    digests,
    flatten,
    hashes,
    number_formats,
    random_rewrites,
    regexp,
    semistructured,
    text_bounds,
    text_functions,
    url_functions,
    variants,
)
from sfdag_magics.engine.sql.functions.exact_division import NUMBERS
from sfdag_magics.engine.sql.functions.times import (
    date_functions,
    reading_macros,
    time_reading,
    time_text,
)
from sfdag_magics.engine.sql.values.calls import Call
from sfdag_magics.engine.sql.values.let import let

#: A field of what a lambda goes through, which DuckDB takes for a column's name in a HAVING.
_FIELD, _EXTRACTED = re.compile(r"\b(_sf_[a-z_]+)\.([a-z_]+)\b"), r"struct_extract(\1, '\2')"
#: The macros that a body calls.
_CALLED = re.compile(r"\b(_sf_[a-z0-9_]+)\(")
_ARRAY, _OBJECT, _VARIANT = SfType.ARRAY, SfType.OBJECT, SfType.VARIANT

#: Text as Snowflake writes it: 1 for 1.0, milliseconds but none of a TIME, texts without quotes.
_TEXT = (
    "CASE typeof({0})"
    " WHEN 'JSON' THEN {1}"
    " WHEN 'DOUBLE' THEN _sf_float_text(TRY_CAST({0} AS DOUBLE))"
    " WHEN 'TIME' THEN left(CAST({0} AS VARCHAR), 8)"
    " WHEN 'TIMESTAMP' THEN strftime(TRY_CAST({0} AS TIMESTAMP), '%Y-%m-%d %H:%M:%S.%g')"
    " WHEN 'TIMESTAMP WITH TIME ZONE'"
    " THEN _sf_ltz_text(TRY_CAST({0} AS TIMESTAMPTZ))"
    " WHEN 'STRUCT(utc TIMESTAMP, offset_minutes INTEGER)'"
    " THEN _sf_tz_text(TRY_CAST({0} AS STRUCT(utc TIMESTAMP, offset_minutes INTEGER)))"
    " WHEN 'BLOB' THEN hex(TRY_CAST({0} AS BLOB))"
    " ELSE CAST({0} AS VARCHAR) END"
)

_WITHOUT_JSON = (
    "('TIMESTAMP', 'TIMESTAMP WITH TIME ZONE', 'BLOB',"
    " 'STRUCT(utc TIMESTAMP, offset_minutes INTEGER)')"
)
_WITHOUT_ZEROS = (
    "CASE WHEN contains({0}, '.') AND NOT contains({0}, 'e')"
    " THEN CAST(rtrim(rtrim({0}, '0'), '.') AS JSON) ELSE to_json(_sf_v) END"
)

_AS_IS = "json_extract_string(to_json({0}), '$')"
_SORTED = (
    "CASE json_type(to_json(_sf_v)) WHEN 'OBJECT' THEN _sf_sorted_json(CAST(_sf_v AS VARCHAR))"
    " WHEN 'ARRAY' THEN _sf_sorted_json(CAST(_sf_v AS VARCHAR))"
    " WHEN 'DOUBLE' THEN _sf_digits_text(CAST(_sf_v AS VARCHAR))"
    " ELSE " + _AS_IS.format("_sf_v") + " END"
)


def _if_type(kind: str, value: str) -> str:
    return let("_sf_v", "to_json(v)", f"CASE WHEN json_type(_sf_v) = '{kind}' THEN {value} END")


def _if_number(kind: str) -> str:
    number = f"TRY_CAST(json_extract_string(_sf_v, '$') AS {kind})"
    return let(
        "_sf_v",
        "to_json(v)",
        f"CASE WHEN json_type(_sf_v) NOT IN ('VARCHAR', 'BOOLEAN') THEN {number} END",
    )


#: Name and parameters, and what it stands for: what our rewrites put around expressions.
HELPERS: tuple[tuple[str, str], ...] = (
    # a whole number has 38 digits, where DuckDB has room for some of 39
    ("_sf_whole(x)", "CAST(CAST(x AS DECIMAL(38, 0)) AS HUGEINT)"),
    # a float becomes a whole number by rounding half away from zero
    (
        "_sf_rounded(x)",
        "CASE WHEN typeof(x) IN ('DOUBLE', 'FLOAT') THEN _sf_whole(round(TRY_CAST(x AS DOUBLE)))"
        " ELSE _sf_whole(x) END",
    ),
    ("_sf_rounded_once(x)", let("_sf_v", "x", "_sf_rounded(_sf_v)")),
    (
        "_sf_in_zone(zone, z)",
        let(
            "_sf_z",
            "z",
            "CASE WHEN _sf_z IS NOT NULL AND zone IS NOT NULL THEN struct_pack("
            "utc := _sf_z.utc, offset_minutes := CAST(date_diff('minute', _sf_z.utc,"
            " timezone(zone, timezone('UTC', _sf_z.utc))) AS INTEGER)) END",
        ),
    ),
    (
        "_sf_tz_text(z)",
        "strftime(CAST(z.utc AS TIMESTAMP) + to_minutes(CAST(z.offset_minutes AS INTEGER)),"
        " '%Y-%m-%d %H:%M:%S.%g') || _sf_offset_text(z.offset_minutes)",
    ),
    (
        "_sf_ltz_text(i)",
        "strftime(CAST(i AS TIMESTAMP), '%Y-%m-%d %H:%M:%S.%g')"
        " || _sf_offset_text(_sf_session_minutes(i))",
    ),
    (
        "_sf_offset_text(minutes)",
        "CASE WHEN minutes < 0 THEN ' -' ELSE ' +' END"
        " || lpad(CAST(abs(minutes) // 60 AS VARCHAR), 2, '0')"
        " || lpad(CAST(abs(minutes) % 60 AS VARCHAR), 2, '0')",
    ),
    (
        "_sf_float_text(x)",
        "CASE WHEN isnan(x) THEN 'NaN' ELSE regexp_replace(CAST(x AS VARCHAR), '\\.0$', '') END",
    ),
    # a number of a VARIANT that has a point, an exponent, or more digits than 64 bits have
    (
        "_sf_digits_text(t)",
        "CASE WHEN contains(lower(t), 'e') THEN _sf_float_text(TRY_CAST(t AS DOUBLE))"
        " WHEN contains(t, '.') THEN regexp_replace(t, '\\.?0+$', '') ELSE t END",
    ),
    # text as Snowflake writes it; in a column's default without the name for the value
    ("_sf_text(x)", let("_sf_v", "x", _TEXT.format("_sf_v", _SORTED))),
    ("_sf_plain_text(x)", _TEXT.format("x", _AS_IS.format("x"))),
    # a value within a VARIANT: what JSON has no form for is its text
    (
        "_sf_json(x)",
        let(
            "_sf_v",
            "x",
            f"CASE WHEN typeof(_sf_v) IN {_WITHOUT_JSON} THEN to_json(_sf_text(_sf_v))"
            " WHEN typeof(_sf_v) IN ('DOUBLE', 'FLOAT') OR typeof(_sf_v) LIKE 'DECIMAL%' THEN "
            + _WITHOUT_ZEROS.format("CAST(to_json(_sf_v) AS VARCHAR)")
            + " ELSE to_json(_sf_v) END",
        ),
    ),
    # OBJECT_CONSTRUCT: keys and values without a key, or without a value, are left out
    (
        "_sf_object(ks, vs)",
        "to_json(map_from_entries(list_sort(list_filter(list_zip(ks, vs),"
        " lambda e: e[1] IS NOT NULL AND e[2] IS NOT NULL))))",
    ),
    (
        "_sf_object_with_nulls(ks, vs)",
        "to_json(map_from_entries(list_sort(list_filter(list_zip(ks, vs),"
        " lambda e: e[1] IS NOT NULL))))",
    ),
    # the fields of a row, each as it is in a VARIANT
    (
        "_sf_row_values(r)",
        "(SELECT list_value(*COLUMNS(*))"
        " FROM (SELECT _sf_json(COLUMNS(*)) FROM (SELECT unnest(r))))",
    ),
    # the path of a field, which may be called anything, or nothing
    (
        "_sf_field_path(k)",
        "CASE WHEN k IN ('', '*') THEN '/' || k"
        " ELSE '$.\"' || replace(k, '\"', '\\\"') || '\"' END",
    ),
    # of a chord's half, squared; rounding may leave that of opposite points a little beyond 1
    ("_sf_half_chord(degrees)", "pow(sin(radians(degrees) / 2), 2)"),
    ("_sf_half_arc(chord)", "atan2(sqrt(chord), sqrt(abs(1 - chord)))"),
)

#: By Snowflake's name: the macro's parameters, its DuckDB expression, the type of its value where
#: JSON does not say it.
FUNCTIONS: dict[str, tuple[str, str, SfType | None]] = {
    "AS_ARRAY": ("v", _if_type("ARRAY", "_sf_v"), _ARRAY),
    "AS_OBJECT": ("v", _if_type("OBJECT", "_sf_v"), _OBJECT),
    "AS_BOOLEAN": ("v", _if_type("BOOLEAN", "TRY_CAST(_sf_v AS BOOLEAN)"), None),
    "AS_CHAR": (
        "v",
        _if_type("VARCHAR", "json_extract_string(_sf_v, '$')"),
        None,
    ),
    "AS_DOUBLE": ("v", _if_number("DOUBLE"), None),
    "AS_INTEGER": ("v", _if_number("HUGEINT"), None),
    # DuckDB counts an index below zero from the end; Snowflake has nothing there
    "GET": (
        "v, k",
        let(
            "_sf_k",
            "k",
            "json_extract(to_json(v), CASE WHEN json_type(to_json(_sf_k)) = 'VARCHAR'"
            " THEN _sf_field_path(json_extract_string(to_json(_sf_k), '$'))"
            " ELSE '$[' || nullif(greatest(TRY_CAST(_sf_k AS BIGINT), -1), -1) || ']' END)",
        ),
        _VARIANT,
    ),
    "GETBIT": ("n, place", "(CAST(n AS HUGEINT) >> CAST(place AS HUGEINT)) & 1", SfType.FIXED),
    # in km, on a globe with a radius of 6371
    "HAVERSINE": (
        "lat1, lon1, lat2, lon2",
        "12742 * _sf_half_arc(_sf_half_chord(CAST(lat2 AS DOUBLE) - CAST(lat1 AS DOUBLE))"
        " + cos(radians(CAST(lat1 AS DOUBLE))) * cos(radians(CAST(lat2 AS DOUBLE)))"
        " * _sf_half_chord(CAST(lon2 AS DOUBLE) - CAST(lon1 AS DOUBLE)))",
        SfType.REAL,
    ),
    "IS_ARRAY": ("v", "json_type(to_json(v)) = 'ARRAY'", None),
    "IS_BOOLEAN": ("v", "json_type(to_json(v)) = 'BOOLEAN'", None),
    "IS_CHAR": ("v", "json_type(to_json(v)) = 'VARCHAR'", None),
    "IS_VARCHAR": ("v", "json_type(to_json(v)) = 'VARCHAR'", None),
    "IS_INTEGER": ("v", "json_type(to_json(v)) IN ('UBIGINT', 'BIGINT', 'HUGEINT')", None),
    "IS_DOUBLE": ("v", "json_type(to_json(v)) IN ('UBIGINT', 'BIGINT', 'DOUBLE')", None),
    "IS_OBJECT": ("v", "json_type(to_json(v)) = 'OBJECT'", None),
    "IS_NULL_VALUE": ("v", "json_type(to_json(v)) = 'NULL'", None),
    "TO_OBJECT": ("v", "CAST(v AS JSON)", _OBJECT),
}

#: What has a module of its own, by topic.
_TOPICS = (
    variants,
    reading_macros,
    number_formats,
    time_text,
    date_functions,
    conversions,
    digests,
    hashes,
    regexp,
    text_functions,
    binary_functions,
    array_functions,
    semistructured,
    url_functions,
)
for _topic in _TOPICS:
    FUNCTIONS |= _topic.FUNCTIONS

#: By Snowflake's name: how a call is rewritten that more than a macro's name depends on.
CALLS: dict[str, Call] = {
    **time_reading.CALLS,
    **time_text.CALLS,
    **digests.CALLS,
    **hashes.CALLS,
    **array_functions.CALLS,
    **semistructured.CALLS,
    **text_functions.CALLS,
}

#: By a further name: Snowflake's name of the same function.
ALIASES = {
    "AS_VARCHAR": "AS_CHAR",
    **{other: name for topic in _TOPICS for other, name in topic.ALIASES.items()},
}

#: The functions whose calls stay as they are written until the rewrite that names the macro.
AS_WRITTEN = frozenset((*FUNCTIONS, *ALIASES, *CALLS))


def macro_name(function: str) -> str:
    """The macro behind a function of this module."""
    return f"_sf_{ALIASES.get(function, function).lower()}"


def made_type(function: str) -> SfType | None:
    """The type of a function's value, None where DuckDB's is right."""
    if function in CALLS:
        return CALLS[function].type
    made = FUNCTIONS.get(ALIASES.get(function, function))
    return made[2] if made is not None else None


def argument_count(function: str) -> tuple[int, int] | None:
    """The fewest and the most arguments of a function's macro; None where DuckDB counts them."""
    if function in CALLS:
        return CALLS[function].fewest, CALLS[function].most
    made = FUNCTIONS.get(ALIASES.get(function, function))
    if made is None:
        return None
    parameters = [parameter for parameter in made[0].split(",") if parameter]
    return sum(":=" not in parameter for parameter in parameters), len(parameters)


def creation_statements() -> tuple[str, ...]:
    """The statements that make the macros, each behind those of the macros that it calls.

    DuckDB 2.0.0 makes no macro that calls one which is not there.
    """
    topics = [
        helper
        for topic in (*_TOPICS, aggregates, flatten, text_bounds, random_rewrites)
        for helper in topic.HELPERS
    ]
    functions = [
        (f"{macro_name(name)}({parameters})", body)
        for name, (parameters, body, _) in FUNCTIONS.items()
    ]
    made = {
        signature.partition("(")[0]: (signature, body)
        for signature, body in (*HELPERS, *NUMBERS, *topics, *functions)
    }
    calls = {
        name: [called for called in _CALLED.findall(body) if called in made]
        for name, (_, body) in made.items()
    }
    return tuple(
        f"CREATE OR REPLACE MACRO {signature} AS ({_FIELD.sub(_EXTRACTED, body)})"
        for signature, body in map(made.__getitem__, TopologicalSorter(calls).static_order())
    )
