"""`SNOWFLAKE.TELEMETRY.EVENTS`: what handlers print and log, as rows of Snowflake's event table.

Readable while the handler still runs. Printed lines, of which Snowflake keeps none, are log records
of the scopes `stdout` and `stderr` with severity INFO (Snowflake docs: "Event table columns").
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sfdag_magics.engine.answers import Result, SfType
from sfdag_magics.engine.ports import SqlFeature, SqlSession
from sfdag_magics.engine.rowset import rowset
from sfdag_magics.engine.workers import LogEntry, LogStore

_COLUMNS = {
    "TIMESTAMP": SfType.TIMESTAMP_NTZ,
    "START_TIMESTAMP": SfType.TIMESTAMP_NTZ,
    "OBSERVED_TIMESTAMP": SfType.TIMESTAMP_NTZ,
    "TRACE": SfType.OBJECT,
    "RESOURCE": SfType.OBJECT,
    "RESOURCE_ATTRIBUTES": SfType.OBJECT,
    "SCOPE": SfType.OBJECT,
    "SCOPE_ATTRIBUTES": SfType.OBJECT,
    "RECORD_TYPE": SfType.TEXT,
    "RECORD": SfType.OBJECT,
    "RECORD_ATTRIBUTES": SfType.OBJECT,
    "VALUE": SfType.VARIANT,
    "EXEMPLARS": SfType.ARRAY,
}
#: Snowflake's words for Python's levels where they differ (docs: "Logging messages in Python").
_SEVERITIES = {"CRITICAL": "FATAL", "WARNING": "WARN", "NOTSET": "TRACE"}


def events_feature(logs: LogStore) -> SqlFeature:
    """What SQL gains: the event table over these logs."""

    def table(_session: SqlSession) -> Result:
        return rowset(_COLUMNS, map(_row, logs.entries()))

    return SqlFeature(virtual_tables={"SNOWFLAKE.TELEMETRY.EVENTS": table})


def _row(entry: LogEntry) -> tuple[Any, ...]:
    line = entry.line
    when = datetime.fromtimestamp(line["time"], UTC).replace(tzinfo=None)
    printed = line["kind"] == "print"
    attributes = {} if printed else _attributes(line)
    severity = "INFO" if printed else _SEVERITIES.get(line["level"], line["level"])
    return (
        when,
        None,
        when,
        None,
        None,
        _text(entry.resource),
        _text({"name": line["stream"] if printed else line["logger"]}),
        None,
        "LOG",
        _text({"severity_text": severity}),
        _text(attributes),
        _text(line["message"]),
        None,
    )


def _attributes(line: Mapping[str, Any]) -> dict[str, Any]:
    code = {
        "code.filepath": line["path"],
        "code.function": line["function"],
        "code.lineno": line["line"],
    }
    return {name: value for name, value in code.items() if value} | dict(line["attributes"])


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
