"""What tasks printed and logged, from the event table by query id; the same query everywhere."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
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
    """One record.

    Attributes:
        severity: Snowflake's word: INFO, WARN, FATAL.
        logger: its name; may be empty.
        task: whose execution it is of, by its name in the notebook.
        query_id: of that execution.
    """

    time: datetime | None
    severity: str
    logger: str
    message: str
    task: str = ""
    query_id: str = ""

    @property
    def is_crash(self) -> bool:
        """Whether this is Snowflake's own record of an unhandled exception, without its text."""
        return self.severity == "FATAL" and self.message == "exception"

    def __str__(self) -> str:
        clock = f"{moment_text(self.time, now=datetime.now(UTC))} " if self.time else ""
        return f"{clock}{self.severity:<5} {self.message}"


def read_logs(backend: Backend, executions: Mapping[str, str]) -> tuple[LogLine, ...]:
    """All records of these executions, oldest first.

    Args:
        executions: `{query id: task}`.

    Raises:
        BackendError: neither the event table nor its view can be read.
    """
    if not executions:
        return ()
    rows = records_by(backend, lambda table: _records(table, executions))
    return tuple(_line(row, executions) for row in rows)


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


def _line(row: Mapping[str, Any], executions: Mapping[str, str]) -> LogLine:
    query_id = str(row["QUERY_ID"])
    return LogLine(
        time=utc(row["TIMESTAMP"]),
        severity=row["SEVERITY"] or "INFO",
        logger=row["LOGGER"] or "",
        message=row["MESSAGE"] or "",
        task=executions[query_id],
        query_id=query_id,
    )


def why_nothing(backend: Backend) -> str:
    """Why an execution may have no record, in one line for people.

    The embedded engine keeps all that is printed and logged. Snowflake collects what the level of
    the database lets through, which is OFF until somebody sets it, and takes its time for it.
    """
    if backend.is_embedded:
        return "printed and logged nothing"
    database = backend.namespace[0]
    level = log_level(backend, database)
    where = sql_identifier(database) if database else "…"
    return (
        f"has no record in the event table (yet): LOG_LEVEL of {where} is {level or 'not readable'}"
        f"; ALTER DATABASE {where} SET LOG_LEVEL = INFO collects more"
    )


def log_level(backend: Backend, database: str | None) -> str | None:
    """The level from which on a database collects what is logged; None where nobody says."""
    if database is None:
        return None
    try:
        rows = backend.rows(
            f"SHOW PARAMETERS LIKE 'LOG_LEVEL' IN DATABASE {sql_identifier(database)}"
        )
    except BackendError:  # what may be asked differs by role; the advice holds without it
        return None
    return next((str(row["value"]) for row in rows), None)


def _records(table: str, executions: Collection[str]) -> str:
    """All records, oldest first."""
    query = "RESOURCE_ATTRIBUTES['snow.query.id']::VARCHAR"
    return (
        f"SELECT TIMESTAMP, {query} AS QUERY_ID, RECORD['severity_text']::VARCHAR AS SEVERITY, "  # noqa: S608 - the ids are quoted
        "SCOPE['name']::VARCHAR AS LOGGER, VALUE::VARCHAR AS MESSAGE "
        f"FROM {table} WHERE RECORD_TYPE = 'LOG' "
        f"AND {query} IN ({', '.join(map(quoted_string, executions))}) "
        "ORDER BY TIMESTAMP"
    )
