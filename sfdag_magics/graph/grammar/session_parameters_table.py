"""The session parameters, each with the values that it takes: for tasks and for sessions. A table.

Snowflake docs: sql-reference/parameters, where each name is a heading; all that stand there as
"Type: Session" are here, each with the types and bounds of its "Values". Read in 2026. Beyond what
stands there: TRACE_LEVEL's PROPAGATE (developer-guide/logging-tracing/telemetry-levels). Names of
zones are those of the IANA database in their own case. SEARCH_PATH is left out: tasks refuse it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from zoneinfo import available_timezones

from sfdag_magics.light_classes import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """The values of a parameter: their type, and what they must be within it."""

    type: type[bool] | type[int] | type[str]
    fits: Callable[[bool | int | str], bool] = lambda _: True


def _whole(lowest: int = 0, highest: int | None = None) -> Allowed:
    def fits(value: bool | int | str) -> bool:  # noqa: FBT001 - a value, no switch
        return lowest <= int(value) and (highest is None or int(value) <= highest)

    return Allowed(type=int, fits=fits)


def _one_of(*words: str) -> Allowed:
    return Allowed(type=str, fits=lambda value: str(value).upper() in words)


def _is_zone(value: bool | int | str) -> bool:  # noqa: FBT001 - a value, no switch
    return value in _zones()


@functools.cache
def _zones() -> frozenset[str]:
    """Where file names do not differ by case, ZoneInfo itself would take `utc`."""
    return frozenset(available_timezones())


_TRUTH = Allowed(type=bool)
_TEXT = Allowed(type=str)
#: Of log records, from the most to the least.
LOG_LEVELS = ("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL", "OFF")
_SHAPES = ("GEOJSON", "WKT", "WKB", "EWKT", "EWKB")

SESSION_PARAMETERS: dict[str, Allowed] = {
    "ABORT_DETACHED_QUERY": _TRUTH,
    "ACTIVE_PYTHON_PROFILER": _one_of("", "LINE", "MEMORY"),
    "AUTOCOMMIT": _TRUTH,
    "BINARY_INPUT_FORMAT": _one_of("HEX", "BASE64", "UTF8", "UTF-8"),
    "BINARY_OUTPUT_FORMAT": _one_of("HEX", "BASE64"),
    "CLIENT_ENABLE_LOG_INFO_STATEMENT_PARAMETERS": _TRUTH,
    "CLIENT_MEMORY_LIMIT": _whole(),
    "CLIENT_METADATA_REQUEST_USE_CONNECTION_CTX": _TRUTH,
    "CLIENT_METADATA_USE_SESSION_DATABASE": _TRUTH,
    "CLIENT_PREFETCH_THREADS": _whole(1, 10),
    "CLIENT_RESULT_CHUNK_SIZE": _whole(16, 160),
    "CLIENT_RESULT_COLUMN_CASE_INSENSITIVE": _TRUTH,
    "CLIENT_SESSION_KEEP_ALIVE": _TRUTH,
    "CLIENT_SESSION_KEEP_ALIVE_HEARTBEAT_FREQUENCY": _whole(900, 3600),
    "CLIENT_TIMESTAMP_TYPE_MAPPING": _one_of("TIMESTAMP_LTZ", "TIMESTAMP_NTZ"),
    "CSV_TIMESTAMP_FORMAT": _TEXT,
    "DATE_INPUT_FORMAT": _TEXT,
    "DATE_OUTPUT_FORMAT": _TEXT,
    "DEFAULT_NULL_ORDERING": _one_of("FIRST", "LAST"),
    "ENABLE_CONSOLE_OUTPUT": _TRUTH,
    "ENABLE_GET_DDL_USE_DATA_TYPE_ALIAS": _TRUTH,
    "ENABLE_UNHANDLED_EXCEPTIONS_REPORTING": _TRUTH,
    "ENABLE_UNLOAD_PHYSICAL_TYPE_OPTIMIZATION": _TRUTH,
    "ERROR_ON_NONDETERMINISTIC_MERGE": _TRUTH,
    "ERROR_ON_NONDETERMINISTIC_UPDATE": _TRUTH,
    "GEOGRAPHY_OUTPUT_FORMAT": _one_of(*_SHAPES),
    "GEOMETRY_OUTPUT_FORMAT": _one_of(*_SHAPES),
    "HYBRID_TABLE_LOCK_TIMEOUT": _whole(),
    "JDBC_ENABLE_PUT_GET": _TRUTH,
    "JDBC_TREAT_DECIMAL_AS_INT": _TRUTH,
    "JDBC_TREAT_TIMESTAMP_NTZ_AS_UTC": _TRUTH,
    "JDBC_USE_SESSION_TIMEZONE": _TRUTH,
    "JSON_INDENT": _whole(0, 16),
    "JS_TREAT_INTEGER_AS_BIGINT": _TRUTH,
    "LOCK_TIMEOUT": _whole(),
    "LOG_LEVEL": _one_of(*LOG_LEVELS),
    "METRIC_LEVEL": _one_of("ALL", "NONE"),
    "MULTI_STATEMENT_COUNT": _whole(),
    "NOORDER_SEQUENCE_AS_DEFAULT": _TRUTH,
    "ODBC_QUERY_RESULT_FORMAT": _one_of("ARROW", "JSON"),
    "ODBC_TREAT_DECIMAL_AS_INT": _TRUTH,
    "PYTHON_PROFILER_MODULES": _TEXT,
    "PYTHON_PROFILER_TARGET_STAGE": _TEXT,
    "QUERY_TAG": Allowed(type=str, fits=lambda value: len(str(value)) <= 2000),
    "QUOTED_IDENTIFIERS_IGNORE_CASE": _TRUTH,
    "ROWS_PER_RESULTSET": _whole(),
    "S3_STAGE_VPCE_DNS_NAME": _TEXT,
    "SIMULATED_DATA_SHARING_CONSUMER": _TEXT,
    "SNOWPARK_REQUEST_TIMEOUT_IN_SECONDS": _whole(),
    "STATEMENT_QUEUED_TIMEOUT_IN_SECONDS": _whole(),
    "STATEMENT_TIMEOUT_IN_SECONDS": _whole(0, 604800),
    "STRICT_JSON_OUTPUT": _TRUTH,
    "TIMESTAMP_DAY_IS_ALWAYS_24H": _TRUTH,
    "TIMESTAMP_INPUT_FORMAT": _TEXT,
    "TIMESTAMP_LTZ_OUTPUT_FORMAT": _TEXT,
    "TIMESTAMP_NTZ_OUTPUT_FORMAT": _TEXT,
    "TIMESTAMP_OUTPUT_FORMAT": _TEXT,
    "TIMESTAMP_TYPE_MAPPING": _one_of("TIMESTAMP_LTZ", "TIMESTAMP_NTZ", "TIMESTAMP_TZ"),
    "TIMESTAMP_TZ_OUTPUT_FORMAT": _TEXT,
    "TIMEZONE": Allowed(type=str, fits=_is_zone),
    "TIME_INPUT_FORMAT": _TEXT,
    "TIME_OUTPUT_FORMAT": _TEXT,
    "TRACE_LEVEL": _one_of("ALWAYS", "ON_EVENT", "PROPAGATE", "OFF"),
    "TRANSACTION_ABORT_ON_ERROR": _TRUTH,
    "TRANSACTION_DEFAULT_ISOLATION_LEVEL": _one_of("READ COMMITTED"),
    "TWO_DIGIT_CENTURY_START": _whole(1900, 2100),
    "UNSUPPORTED_DDL_ACTION": _one_of("IGNORE", "FAIL"),
    "USE_CACHED_RESULT": _TRUTH,
    "WEEK_OF_YEAR_POLICY": _whole(0, 1),
    "WEEK_START": _whole(0, 7),
}
