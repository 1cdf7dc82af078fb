"""Session parameters: their defaults, types, and how SHOW PARAMETERS tells them. Data and rules.

Parameters that are not here are refused, so that a setting never silently does nothing; those
marked as inert are accepted because clients set them, and change nothing here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.borders.ports import Value
from sfdag_magics.engine.sql.sessions.client_parameters import SENT
from sfdag_magics.engine.sql.sessions.executions import Limits
from sfdag_magics.graph.grammar import SESSION_PARAMETERS
from sfdag_magics.light_classes import dataclass


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter; its type is the default's."""

    default: Value
    description: str
    inert: bool = False


PARAMETERS: Mapping[str, Parameter] = {
    "AUTOCOMMIT": Parameter(default=True, description="Each statement is its own transaction"),
    "QUERY_TAG": Parameter("", "Text that is kept with each statement of the session"),
    "TIMEZONE": Parameter("Etc/UTC", "Time zone of the session"),
    "STATEMENT_TIMEOUT_IN_SECONDS": Parameter(172800, "Longest a statement may run"),
    "STATEMENT_QUEUED_TIMEOUT_IN_SECONDS": Parameter(0, "Longest a statement may wait"),
    # DuckDB does some 100,000 in a second
    "MAX_RECURSIONS": Parameter(1_000_000, "Most iterations of a recursive WITH"),
    "LOCK_TIMEOUT": Parameter(43200, "Longest a statement waits for another"),
    "MULTI_STATEMENT_COUNT": Parameter(1, "Statements per request", inert=True),
    "ABORT_DETACHED_QUERY": Parameter(
        default=False, description="Cancel also what writes when the client is gone"
    ),
    "TRANSACTION_ABORT_ON_ERROR": Parameter(
        default=False, description="Abort on error", inert=True
    ),
    "ERROR_ON_NONDETERMINISTIC_MERGE": Parameter(
        default=True, description="Refuse ambiguous MERGE"
    ),
    "ERROR_ON_NONDETERMINISTIC_UPDATE": Parameter(
        default=False, description="Refuse ambiguous UPDATE"
    ),
    "BINARY_OUTPUT_FORMAT": Parameter("HEX", "Text form of BINARY"),
    "DATE_INPUT_FORMAT": Parameter("AUTO", "Format of dates read"),
    "DATE_OUTPUT_FORMAT": Parameter("YYYY-MM-DD", "Format of dates shown"),
    "TIME_INPUT_FORMAT": Parameter("AUTO", "Format of times read"),
    "TIME_OUTPUT_FORMAT": Parameter("HH24:MI:SS", "Format of times shown"),
    "TIMESTAMP_INPUT_FORMAT": Parameter("AUTO", "Format of timestamps read"),
    "TIMESTAMP_OUTPUT_FORMAT": Parameter(
        "YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM", "Format of timestamps shown"
    ),
    "TIMESTAMP_NTZ_OUTPUT_FORMAT": Parameter(
        "YYYY-MM-DD HH24:MI:SS.FF3", "Format of TIMESTAMP_NTZ shown"
    ),
    "TIMESTAMP_LTZ_OUTPUT_FORMAT": Parameter("", "Format of TIMESTAMP_LTZ shown"),
    "TIMESTAMP_TZ_OUTPUT_FORMAT": Parameter("", "Format of TIMESTAMP_TZ shown"),
    "TIMESTAMP_TYPE_MAPPING": Parameter("TIMESTAMP_NTZ", "What TIMESTAMP means"),
    "TIMESTAMP_DAY_IS_ALWAYS_24H": Parameter(
        default=False, description="Days have 24 hours", inert=True
    ),
    "WEEK_START": Parameter(0, "First day of the week"),
    "WEEK_OF_YEAR_POLICY": Parameter(0, "How weeks are counted"),
    "JSON_INDENT": Parameter(2, "Indentation of VARIANT shown", inert=True),
    "ROWS_PER_RESULTSET": Parameter(0, "Most rows answered", inert=True),
    "USE_CACHED_RESULT": Parameter(
        default=True, description="Answer repeated queries from memory", inert=True
    ),
    "QUOTED_IDENTIFIERS_IGNORE_CASE": Parameter(
        default=False, description="Quoted names upper-cased", inert=True
    ),
    "PYTHON_CONNECTOR_QUERY_RESULT_FORMAT": Parameter("ARROW", "Result format"),
    "CLIENT_SESSION_KEEP_ALIVE": Parameter(default=False, description="Heartbeat", inert=True),
    "CLIENT_SESSION_KEEP_ALIVE_HEARTBEAT_FREQUENCY": Parameter(3600, "Heartbeat", inert=True),
    "CLIENT_PREFETCH_THREADS": Parameter(4, "Result download threads", inert=True),
    "CLIENT_MEMORY_LIMIT": Parameter(1536, "Client memory", inert=True),
    "CLIENT_RESULT_CHUNK_SIZE": Parameter(160, "Result chunk size", inert=True),
    "CLIENT_TELEMETRY_ENABLED": Parameter(
        default=False, description="Client telemetry", inert=True
    ),
    "CLIENT_METADATA_REQUEST_USE_CONNECTION_CTX": Parameter(
        default=False, description="Metadata scope", inert=True
    ),
    "CLIENT_STAGE_ARRAY_BINDING_THRESHOLD": Parameter(65280, "Bulk binding", inert=True),
    "CLIENT_TIMESTAMP_TYPE_MAPPING": Parameter("TIMESTAMP_LTZ", "Bound timestamps", inert=True),
    "LOG_LEVEL": Parameter("INFO", "Level of log records kept", inert=True),
    "TRACE_LEVEL": Parameter("OFF", "Tracing", inert=True),
    "METRIC_LEVEL": Parameter("NONE", "Metrics", inert=True),
    "EVENT_TABLE": Parameter("SNOWFLAKE.TELEMETRY.EVENTS", "Where logs go", inert=True),
    "PYTHON_PROFILER_TARGET_STAGE": Parameter("", "Profiler output", inert=True),
    "PYTHON_PROFILER_MODULES": Parameter("", "Profiled modules", inert=True),
    "ACTIVE_PYTHON_PROFILER": Parameter("", "Profiler", inert=True),
    # read by the client, at its login: they change nothing here
    **{name: Parameter(value, why, inert=True) for name, (value, why) in SENT.items()},
    "SEARCH_PATH": Parameter("$current, $public", "Where names are looked for", inert=True),
    "GEOGRAPHY_OUTPUT_FORMAT": Parameter("GeoJSON", "Form of GEOGRAPHY", inert=True),
    "STRICT_JSON_OUTPUT": Parameter(default=False, description="Strict JSON", inert=True),
    "UNSUPPORTED_DDL_ACTION": Parameter("IGNORE", "Unenforced constraints", inert=True),
    "TASK_AUTO_RETRY_ATTEMPTS": Parameter(0, "Default of tasks", inert=True),
    "USER_TASK_TIMEOUT_MS": Parameter(3600000, "Default of tasks", inert=True),
    "SUSPEND_TASK_AFTER_NUM_FAILURES": Parameter(10, "Default of tasks", inert=True),
    "USER_TASK_MANAGED_INITIAL_WAREHOUSE_SIZE": Parameter("MEDIUM", "Tasks", inert=True),
    "USER_TASK_MINIMUM_TRIGGER_INTERVAL_IN_SECONDS": Parameter(30, "Tasks", inert=True),
}

_DEFAULTS: Mapping[str, Value] = {name: each.default for name, each in PARAMETERS.items()}
_WHOLE = re.compile(r"-?[0-9]{1,18}")
_TRUE, _FALSE = {"true", "on", "yes", "1"}, {"false", "off", "no", "0"}


def session_parameters(given: Mapping[str, Value]) -> dict[str, Value]:
    """The parameters of a new session; what a client sends and we do not know is kept as it is."""
    known = dict(_DEFAULTS)  # of each task that runs, so not made anew
    for name, value in given.items():
        upper = name.upper()
        known[upper] = parameter_value(upper, value) if upper in PARAMETERS else value
    return known


def parameter_value(name: str, value: Value) -> Value:
    """`value` in the type of the parameter.

    Raises:
        SqlError: there is no such parameter, or the value does not fit.
    """
    parameter = PARAMETERS.get(name)
    if parameter is None:
        raise SqlError(
            f"SQL compilation error:\ninvalid parameter '{name}'", code=1103, sqlstate="22023"
        )
    read = _in_type(parameter.default, value)
    allowed = SESSION_PARAMETERS.get(name)
    if read is not None and (allowed is None or allowed.fits(read)):
        return read
    raise SqlError(
        f"SQL compilation error:\ninvalid value [{value}] for parameter '{name}'",
        code=1008,
        sqlstate="22023",
    )


def _in_type(default: Value, value: Value) -> Value:
    """The value in the default's type; None where it is none of that."""
    word = str(value)
    if isinstance(default, bool):
        is_truth = word.lower() in _TRUE | _FALSE
        return word.lower() in _TRUE if is_truth else None
    if isinstance(default, int):
        return int(value) if _WHOLE.fullmatch(word) else None
    return None if value is None else word


def limits_of(parameters: Mapping[str, Value]) -> Limits:
    """What a session's parameters allow its statements."""
    return Limits(
        total_s=int(parameters["STATEMENT_TIMEOUT_IN_SECONDS"]),
        waiting_s=int(parameters["STATEMENT_QUEUED_TIMEOUT_IN_SECONDS"]),
    )
