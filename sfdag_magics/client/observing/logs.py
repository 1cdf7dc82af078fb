"""What a task printed and logged, from the event table by query id; the same query everywhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sfdag_magics.client.connecting.backend import Backend, utc
from sfdag_magics.errors import BackendError
from sfdag_magics.graph.times.moments import moment_text
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import quoted_string, sql_identifier

#: Snowflake's default event table; on the embedded engine a view of the captured output.
EVENT_TABLE = "SNOWFLAKE.TELEMETRY.EVENTS"
#: What other roles than ACCOUNTADMIN may be allowed to read (application role EVENTS_VIEWER).
_EVENT_VIEW = "SNOWFLAKE.TELEMETRY.EVENTS_VIEW"
#: Does not exist, or not authorized.
_NOT_THERE = 2003


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """One record: `severity` is Snowflake's word (INFO, WARN, FATAL), `logger` may be empty."""

    time: datetime | None
    severity: str
    logger: str
    message: str

    @property
    def is_crash(self) -> bool:
        """Whether this is Snowflake's own record of an unhandled exception, without its text."""
        return self.severity == "FATAL" and self.message == "exception"

    def __str__(self) -> str:
        clock = f"{moment_text(self.time, now=datetime.now(UTC))} " if self.time else ""
        return f"{clock}{self.severity:<5} {self.message}"


def read_logs(backend: Backend, query_id: str) -> tuple[LogLine, ...]:
    """All records of one execution, oldest first.

    Raises:
        BackendError: neither the event table nor its view can be read.
    """
    rows = records_by(backend, lambda table: _records(table, query_id))
    return tuple(map(_line, rows))


def records_by(backend: Backend, statement: Callable[[str], str]) -> Sequence[Mapping[str, Any]]:
    """What a statement on the event table answers, or on its view where that is all one may read.

    Raises:
        BackendError: neither of them can be read.
    """
    try:
        return backend.rows(statement(EVENT_TABLE))
    except BackendError as refused:
        if backend.is_embedded or refused.code != _NOT_THERE:
            raise
    return backend.rows(statement(_EVENT_VIEW))


def _line(row: Mapping[str, Any]) -> LogLine:
    return LogLine(
        time=utc(row["TIMESTAMP"]),
        severity=row["SEVERITY"] or "INFO",
        logger=row["LOGGER"] or "",
        message=row["MESSAGE"] or "",
    )


def why_nothing(backend: Backend) -> str:
    """Why an execution may have no record, in one line for people.

    The embedded engine keeps all that is printed and logged. Snowflake collects what the level of
    the database lets through, which is OFF until somebody sets it, and takes its time for it.
    """
    if backend.is_embedded:
        return "printed and logged nothing"
    database = backend.namespace[0]
    level = _log_level(backend, database)
    where = sql_identifier(database) if database else "…"
    return (
        f"has no record in the event table (yet): LOG_LEVEL of {where} is {level or 'not readable'}"
        f"; ALTER DATABASE {where} SET LOG_LEVEL = INFO collects more"
    )


def _log_level(backend: Backend, database: str | None) -> str | None:
    if database is None:
        return None
    try:
        rows = backend.rows(
            f"SHOW PARAMETERS LIKE 'LOG_LEVEL' IN DATABASE {sql_identifier(database)}"
        )
    except BackendError:  # what may be asked differs by role; the advice holds without it
        return None
    return next((str(row["value"]) for row in rows), None)


def _records(table: str, query_id: str) -> str:
    """All records, oldest first."""
    return (
        "SELECT TIMESTAMP, RECORD['severity_text']::VARCHAR AS SEVERITY, "  # noqa: S608 - the id is quoted
        "SCOPE['name']::VARCHAR AS LOGGER, VALUE::VARCHAR AS MESSAGE "
        f"FROM {table} WHERE RECORD_TYPE = 'LOG' "
        f"AND RESOURCE_ATTRIBUTES['snow.query.id']::VARCHAR = {quoted_string(query_id)} "
        "ORDER BY TIMESTAMP"
    )
