"""A part of what a run's tasks logged: the last lines, with what is searched in them counted.

Cut, searched and counted where the records are: a log may have more than a page, or a kernel, can
hold. The same statement on both engines.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from sfdag_magics.client.connecting.backend import Backend, utc
from sfdag_magics.client.observing.frames import without_services_words
from sfdag_magics.client.observing.snapshot import TaskRun
from sfdag_magics.client.observing.traces.logs import LogLine, records_by
from sfdag_magics.graph.states import DisplayState
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import quoted_string

#: Of a single line; a task may print a megabyte without a break.
LINE_LENGTH = 2000
#: Snowflake's words for a record's severity, the least first.
LEVELS = ("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL")
#: That of what ended a task.
_RAISED = LEVELS[-1]
_LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogAsk:
    """What of a log is wanted.

    Attributes:
        text: is counted in all lines, in whatever case.
        only: lines without it are left out; else none is.
        level: one of `LEVELS`: lines below it are left out; empty for all.
        most: so many lines, the last ones.
    """

    text: str = ""
    level: str = ""
    most: int = 300
    only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LogWindow:
    """The last lines, oldest first, each with its task.

    Attributes:
        total: so many lines there are of that level.
        found: so many of them have the searched text.
    """

    lines: tuple[tuple[str, LogLine], ...] = ()
    total: int = 0
    found: int = 0


def read_window(backend: Backend, executions: Mapping[str, str], ask: LogAsk) -> LogWindow:
    """The window on what `{query id: task}` logged.

    Raises:
        BackendError: neither the event table nor its view can be read.
    """
    if not executions:
        return LogWindow()
    rows = records_by(backend, lambda table: _statement(table, executions, ask))
    if not rows:
        return LogWindow()
    lines = tuple(
        (executions[str(row["QUERY_ID"])], _line(row["TIMESTAMP"], row["SEVERITY"], row["MESSAGE"]))
        for row in reversed(rows)
    )
    return LogWindow(lines=lines, total=int(rows[0]["TOTAL"]), found=int(rows[0]["FOUND"]))


def raised_lines(tasks: Sequence[TaskRun]) -> tuple[tuple[str, LogLine], ...]:
    """What those of them that failed raised, in full, as the last line of each."""
    failed = [task for task in tasks if task.state is DisplayState.FAILED and task.error_message]
    return tuple(
        (
            task.name,
            LogLine(
                time=task.completed,
                severity=_RAISED,
                logger="",
                message=without_services_words(task.error_message or ""),
                task=task.name,
            ),
        )
        for task in failed
    )


def with_raised(window: LogWindow, raised: Sequence[tuple[str, LogLine]], ask: LogAsk) -> LogWindow:
    """The window with these among its lines, by their times."""
    text = ask.text.lower()
    having = [each for each in raised if text and text in each[1].message.lower()]
    wanted = having if ask.only and text else raised
    lines = sorted((*window.lines, *wanted), key=lambda line: line[1].time or _LAST)
    return LogWindow(
        lines=tuple(lines[-ask.most :]),
        total=window.total + len(wanted),
        found=window.found + len(having),
    )


def _line(moment: object, severity: str | None, message: str | None) -> LogLine:
    return LogLine(time=utc(moment), severity=severity or "INFO", logger="", message=message or "")


def _statement(table: str, executions: Mapping[str, str], ask: LogAsk) -> str:
    severity = "COALESCE(RECORD['severity_text']::VARCHAR, 'INFO')"
    query = "RESOURCE_ATTRIBUTES['snow.query.id']::VARCHAR"
    found = f"IFF(CONTAINS(LOWER(VALUE::VARCHAR), {quoted_string(ask.text.lower())}), 1, 0)"
    below = LEVELS[: LEVELS.index(ask.level)] if ask.level in LEVELS else ()
    kept = f" AND {severity} NOT IN ({', '.join(map(quoted_string, below))})" if below else ""
    kept += f" AND {found} = 1" if ask.only and ask.text else ""
    return (
        f"SELECT TIMESTAMP, {severity} AS SEVERITY, {query} AS QUERY_ID, "  # noqa: S608 - literals are quoted by sqltext
        f"LEFT(VALUE::VARCHAR, {LINE_LENGTH}) AS MESSAGE, COUNT(*) OVER () AS TOTAL, "
        f"{f'SUM({found}) OVER ()' if ask.text else '0'} AS FOUND "
        f"FROM {table} WHERE RECORD_TYPE = 'LOG' "
        f"AND {query} IN ({', '.join(map(quoted_string, executions))}){kept} "
        # The crash record says only that there was an exception, which stands in the error.
        f"AND NOT ({severity} = 'FATAL' AND VALUE::VARCHAR = 'exception') "
        f"ORDER BY TIMESTAMP DESC LIMIT {ask.most}"
    )
