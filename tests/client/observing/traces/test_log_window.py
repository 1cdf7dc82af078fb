"""The part of a log that is sent: cut, searched and counted by one statement where it lies."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sfdag_magics.client.observing.snapshot import TaskRun
from sfdag_magics.client.observing.traces.log_window import (
    LogAsk,
    LogWindow,
    raised_lines,
    read_window,
    with_raised,
)
from sfdag_magics.client.observing.traces.logs import LogLine
from sfdag_magics.errors import BackendError
from sfdag_magics.graph.states import DisplayState

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


class Account:
    is_embedded = False

    def __init__(self, *rows, refusing=None):
        self.answer, self.refusing, self.asked = rows, refusing, []

    def rows(self, sql):
        self.asked.append(sql)
        if self.refusing is not None and "EVENTS " in sql:
            raise self.refusing
        return self.answer


def row(message, query="q1", severity="INFO"):
    told = {"TIMESTAMP": NOON, "SEVERITY": severity, "QUERY_ID": query, "MESSAGE": message}
    return told | {"TOTAL": 4000, "FOUND": 7}


def test_the_last_lines_come_oldest_first_each_with_its_task_and_the_counts_of_all():
    account = Account(row("newest", "q2", "WARN"), row("before"))
    window = read_window(account, {"q1": "load", "q2": "train"}, LogAsk(text="x"))
    told = [(task, line.severity, line.message) for task, line in window.lines]
    assert told == [("load", "INFO", "before"), ("train", "WARN", "newest")]
    assert (window.total, window.found) == (4000, 7)


STATEMENTS = [
    (LogAsk(), "LIMIT 300", True),
    (LogAsk(), "LEFT(VALUE::VARCHAR, 2000)", True),
    (LogAsk(), "CONTAINS", False),
    (LogAsk(text="x"), "1, 0) = 1", False),
    (LogAsk(text="x", only=True), "'x'), 1, 0) = 1", True),
    (LogAsk(only=True), "CONTAINS", False),
    (LogAsk(), "NOT IN", False),
    (LogAsk(text="It's 100%"), "CONTAINS(LOWER(VALUE::VARCHAR), 'it''s 100%')", True),
    (LogAsk(level="WARN"), "NOT IN ('TRACE', 'DEBUG', 'INFO')", True),
    (LogAsk(level="'; DROP TABLE t"), "DROP", False),
    (LogAsk(most=20_000), "LIMIT 20000", True),
]


@pytest.mark.parametrize(("ask", "part", "is_there"), STATEMENTS)
def test_what_is_wanted_is_said_in_the_statement(ask, part, is_there):
    account = Account()
    assert read_window(account, {"q'1": "load"}, ask) == LogWindow()
    (sql,) = account.asked
    assert (part in sql) is is_there
    assert "IN ('q''1')" in sql


def test_a_role_that_may_not_read_the_table_reads_its_view_and_nothing_is_asked_of_no_task():
    hidden = BackendError("does not exist or not authorized", code=2003)
    account = Account(row("line"), refusing=hidden)
    assert read_window(account, {"q1": "load"}, LogAsk()).total == 4000
    assert ["EVENTS_VIEW " in sql for sql in account.asked] == [False, True]
    assert read_window(account, {}, LogAsk()) == LogWindow()
    assert len(account.asked) == 2


ERROR = "Python Interpreter Error:\nKeyError: 'x'\n in function F with handler h"


def failed(name, *, minutes, error=ERROR):
    ended = NOON + timedelta(minutes=minutes)
    return TaskRun(name=name, state=DisplayState.FAILED, completed=ended, error_message=error)


@pytest.mark.parametrize(
    ("ask", "lines", "found"),
    [
        (LogAsk(), ["said", "KeyError: 'x'", "late"], 0),
        (LogAsk(text="keyerror"), ["said", "KeyError: 'x'", "late"], 1),
        (LogAsk(most=2), ["KeyError: 'x'", "late"], 0),
    ],
)
def test_a_failed_task_ends_with_what_it_raised_among_the_lines_of_the_others(ask, lines, found):
    told = [(0, "load", "said"), (2, "plot", "late")]
    window = LogWindow(
        lines=tuple(
            (
                task,
                LogLine(
                    time=NOON + timedelta(minutes=at), severity="INFO", logger="", message=text
                ),
            )
            for at, task, text in told
        ),
        total=2,
    )
    well = TaskRun(name="plot", state=DisplayState.SUCCEEDED)
    seen = with_raised(window, raised_lines([failed("load", minutes=1), well]), ask)
    assert [line.message for _, line in seen.lines] == lines
    assert (seen.total, seen.found) == (3, found)
    assert ("load", "FATAL") in [(task, line.severity) for task, line in seen.lines]
