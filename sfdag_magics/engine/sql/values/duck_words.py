"""DuckDB's names of types and functions in Snowflake's words. Only tables and texts."""

from __future__ import annotations

import re

#: Before a text that DuckDB is given to refuse; it is no part of what was written.
UNREAD = "? "

#: What a message of DuckDB's may call a type, the longer first.
_TYPES: tuple[tuple[str, str], ...] = (
    (r"STRUCT\(utc TIMESTAMP, offset_minutes INTEGER\)", "TIMESTAMP_TZ(9)"),
    (r"TIMESTAMP WITH TIME ZONE", "TIMESTAMP_LTZ(9)"),
    (r"TIMESTAMP(?![_ (])", "TIMESTAMP_NTZ(9)"),
    (r"STRING_LITERAL", "VARCHAR"),
    (r"U?(?:INTEGER_LITERAL|HUGEINT|BIGINT|INTEGER|SMALLINT|TINYINT|INT128)", "NUMBER(38,0)"),
    (r"DECIMAL(?=\()", "NUMBER"),
    (r"DOUBLE", "FLOAT"),
    (r"BLOB", "BINARY"),
    (r"JSON(?!_)", "VARIANT"),
    (r"STRUCT(?:\([^)]*\))?", "OBJECT"),
)
_TYPE = [(re.compile(rf"(?<![\w'\"]){pattern}(?![\w'\"])"), name) for pattern, name in _TYPES]
_FUNCTIONS = {
    "TIMEZONE": "CONVERT_TIMEZONE",
    "STRFTIME": "TO_CHAR",
    "DATE_DIFF": "DATEDIFF",
    "SUBSTRING": "SUBSTR",
    "JSON_EXTRACT": "GET",
    "JSON_EXTRACT_STRING": "GET",
    "LIST_REDUCE": "REDUCE",
    "LIST_TRANSFORM": "TRANSFORM",
    "LIST_FILTER": "FILTER",
    "STRING_AGG": "LISTAGG",
    "QUANTILE_CONT": "PERCENTILE_CONT",
    "QUANTILE_DISC": "PERCENTILE_DISC",
    "UNNEST": "FLATTEN",
    "LIST": "ARRAY_AGG",
    "ARG_MAX": "MAX_BY",
    "ARG_MIN": "MIN_BY",
}
_CALLED = re.compile(rf"(?<![\w\"'])(?:{'|'.join(_FUNCTIONS)}|list_\w+)(?![\w\"'])")
_IN_FUNCTION = re.compile(r'function "(\w+)"')


def function_name(duck: str) -> str:
    """What the user calls a function of DuckDB's, or a macro of ours."""
    name = duck.upper()
    return _FUNCTIONS.get(name, name.removeprefix("_SF_"))


def types(text: str) -> str:
    """A message with Snowflake's types for DuckDB's."""
    for pattern, name in _TYPE:
        text = pattern.sub(name, text)
    return text


def words(text: str) -> str:
    """A sentence of DuckDB's with Snowflake's types and functions."""
    named = _IN_FUNCTION.sub(lambda found: f"function {function_name(found[1])}", text)
    return types(_CALLED.sub(lambda found: function_name(found[0]), named))


def without_duckdb(text: str) -> str:
    """What is not supported, of a sentence that says in what it is not."""
    return re.sub(r"(?: is)? not supported in DuckDB.*", "", text)
