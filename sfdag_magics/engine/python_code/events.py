"""`SNOWFLAKE.TELEMETRY.EVENTS`: what handlers print and log, and how tasks with a level ended.

Readable while the handler still runs. Printed lines, of which Snowflake keeps none, are log records
of the scopes `stdout` and `stderr` with severity INFO (Snowflake docs: "Event table columns").
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from sfdag_magics.engine.borders.answers import Result, SfType
from sfdag_magics.engine.borders.ports import SqlFeature, SqlSession
from sfdag_magics.engine.borders.rowset import rowset
from sfdag_magics.engine.workers.logs import LogEntry, LogStore, entries_of

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


# What is kept of files that were read before, so that a client may ask again and again.
_KEPT_BYTES = 32 * 1024 * 1024


def events_feature(logs: LogStore) -> SqlFeature:
    """What SQL gains: the event table over these logs."""
    return SqlFeature(virtual_tables={"SNOWFLAKE.TELEMETRY.EVENTS": EventTable(logs).rows})


class EventTable:
    """The rows of all log files. Any thread."""

    def __init__(self, logs: LogStore) -> None:
        self._logs = logs
        self._lock = threading.Lock()
        self._kept: dict[Path, tuple[int, pa.Table]] = {}

    def rows(self, _session: SqlSession) -> Result:
        """All rows there are now, by file; only files that have grown are read again."""
        with self._lock:
            read = {path: self._table(path) for path in self._logs.files()}
            self._keep(read)
        empty = rowset(_COLUMNS, [])
        tables = [empty.rows, *(table for _size, table in read.values())]
        return replace(empty, rows=pa.concat_tables(tables))

    def _table(self, path: Path) -> tuple[int, pa.Table]:
        try:
            size = path.stat().st_size
        except FileNotFoundError:  # pruned meanwhile
            size = 0
        known = self._kept.get(path)
        if known is not None and known[0] == size:
            return known
        return size, rowset(_COLUMNS, map(_row, entries_of(path))).rows

    def _keep(self, read: dict[Path, tuple[int, pa.Table]]) -> None:
        self._kept = {}
        kept_bytes = 0
        for path, known in reversed(read.items()):
            kept_bytes += known[1].nbytes
            if kept_bytes > _KEPT_BYTES:
                return
            self._kept[path] = known


def _row(entry: LogEntry) -> tuple[Any, ...]:
    line = entry.line
    when = datetime.fromtimestamp(line["time"], UTC).replace(tzinfo=None)
    if line["kind"] == "event":
        return _event_row(entry, when)
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


def _event_row(entry: LogEntry, when: datetime) -> tuple[Any, ...]:
    """Snowflake docs, "Monitor events for task executions": how one ended."""
    record = {"name": "execution.status", "severity_text": entry.line["severity"]}
    said = {
        "TIMESTAMP": when,
        "OBSERVED_TIMESTAMP": when,
        "RESOURCE_ATTRIBUTES": _text(entry.resource),
        "RECORD_TYPE": "EVENT",
        "RECORD": _text(record),
        "VALUE": _text(entry.line["value"]),
    }
    return tuple(said.get(name) for name in _COLUMNS)


def _attributes(line: Mapping[str, Any]) -> dict[str, Any]:
    code = {
        "code.filepath": line["path"],
        "code.function": line["function"],
        "code.lineno": line["line"],
    }
    return {name: value for name, value in code.items() if value} | dict(line["attributes"])


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
