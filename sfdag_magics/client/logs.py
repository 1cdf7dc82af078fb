"""What a task printed and logged, from the event table by query id; the same query everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sfdag_magics.client.backend import Backend, utc
from sfdag_magics.sqltext import quoted_string

#: Snowflake's default event table; on the embedded engine a view of the captured output.
EVENT_TABLE = "SNOWFLAKE.TELEMETRY.EVENTS"


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
        clock = f"{self.time.astimezone(UTC):%H:%M:%S} UTC " if self.time else ""
        return f"{clock}{self.severity:<5} {self.message}"


def read_logs(backend: Backend, query_id: str) -> tuple[LogLine, ...]:
    """All records of one execution, oldest first.

    Raises:
        BackendError: the event table cannot be read.
    """
    rows = backend.rows(
        "SELECT TIMESTAMP, RECORD['severity_text']::VARCHAR AS SEVERITY, "  # noqa: S608 - the id is quoted
        "SCOPE['name']::VARCHAR AS LOGGER, VALUE::VARCHAR AS MESSAGE "
        f"FROM {EVENT_TABLE} WHERE RECORD_TYPE = 'LOG' "
        f"AND RESOURCE_ATTRIBUTES['snow.query.id']::VARCHAR = {quoted_string(query_id)} "
        "ORDER BY TIMESTAMP"
    )
    return tuple(
        LogLine(
            time=utc(row["TIMESTAMP"]),
            severity=row["SEVERITY"] or "INFO",
            logger=row["LOGGER"] or "",
            message=row["MESSAGE"] or "",
        )
        for row in rows
    )
