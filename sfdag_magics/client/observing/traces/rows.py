"""How many rows tasks read and wrote: from the history of the statements in their sessions.

Each attempt of a task is a session of its own. What a statement reads inside the service is told by
nobody; what a task was given of it, and what it put into tables, is. The same statement on both
engines. What Snowpark does on its way is not the task's: the table that it fills with a frame
before that becomes a table of the user's.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sfdag_magics.client.connecting.backend import Backend, Row
from sfdag_magics.client.observing.snapshot import Rows, RunSnapshot, TaskRun
from sfdag_magics.client.observing.traces.session_statements import session_statements
from sfdag_magics.sqltext import QualifiedName

#: So many ids stand in one statement.
_MOST_EXECUTIONS = 2_000
#: So much of a statement's text tells what it is.
_TEXT = 300
_COLUMNS = (
    f"QUERY_TYPE, LEFT(QUERY_TEXT, {_TEXT}) AS QUERY_TEXT, "
    "EXECUTION_STATUS, ROWS_PRODUCED, ROWS_INSERTED, ROWS_WRITTEN_TO_RESULT"
)
#: Of these the number of rows inserted leaves out what else they changed.
_CHANGES = frozenset({"UPDATE", "MERGE"})
_READS = re.compile(r"\bfrom\b", re.IGNORECASE)
_OWN = re.compile(r"infer_schema\(|result_scan\(|snowpark_temp_", re.IGNORECASE)
#: How Snowpark fills a table of its own with a frame: by name, or right after it was made.
_FILLS_OWN = re.compile(r"\s*insert\s+into\s+\S*snowpark_temp_table_", re.IGNORECASE)
_MAKES_TEMPORARY = re.compile(r"\s*create\s+(?:scoped\s+)?temp\w*\s+table\b", re.IGNORECASE)
_FILLS_MADE = re.compile(r"\s*copy\s+into\s+identifier", re.IGNORECASE)


def with_rows(
    backend: Backend, root: QualifiedName, runs: Sequence[RunSnapshot]
) -> list[RunSnapshot]:
    """The runs with what their tasks read and wrote, as far as anybody tells. One request.

    Of many runs of a large graph the first ones are asked for.
    """
    executions: list[str] = []
    began: list[datetime] = []
    for run in runs:
        if len(executions) + len(run.tasks) > _MOST_EXECUTIONS and began:
            break
        if (start := run.begun or run.started) is not None:
            began.append(start)
            # What a bridge gives instead of running has no start, and wrote nothing.
            ran = (task for task in run.tasks.values() if task.started is not None)
            executions += [task.query_id for task in ran if task.query_id]
    if not executions:
        return list(runs)
    found = session_statements(backend, root, _COLUMNS, executions, began=min(began))
    known = rows_by_execution(found, frozenset(executions))
    return [_with_rows(run, known) for run in runs]


def rows_by_execution(found: Iterable[Row], executions: frozenset[str]) -> dict[str, Rows]:
    """`{query id of a task: its rows}` from the statements of whole sessions, in their order."""
    read: Counter[str] = Counter()
    written: Counter[str] = Counter()
    of_session: dict[str, str] = {}
    before: dict[str, str] = {}
    for row in found:
        session, text = str(row["SESSION_ID"]), str(row["QUERY_TEXT"] or "")
        if row["QUERY_ID"] in executions:
            of_session[session] = str(row["QUERY_ID"])
        if row["EXECUTION_STATUS"] == "SUCCESS":
            read[session] += _read(row, text)
            written[session] += _written(row, text, before.get(session, ""))
        before[session] = text
    return {
        query: Rows(read=read[session], written=written[session])
        for session, query in of_session.items()
    }


def _read(row: Row, text: str) -> int:
    is_own = row["QUERY_TYPE"] != "SELECT" or not _READS.search(text) or _OWN.search(text)
    return 0 if is_own else int(row["ROWS_WRITTEN_TO_RESULT"] or 0)


def _written(row: Row, text: str, before: str) -> int:
    if _FILLS_OWN.match(text) or (_FILLS_MADE.match(text) and _MAKES_TEMPORARY.match(before)):
        return 0
    changed = row["ROWS_PRODUCED"] if row["QUERY_TYPE"] in _CHANGES else row["ROWS_INSERTED"]
    return int(changed or 0)


def _with_rows(run: RunSnapshot, known: Mapping[str, Rows]) -> RunSnapshot:
    tasks: dict[str, TaskRun] = {
        name: replace(task, rows=known.get(task.query_id or "", task.rows))
        for name, task in run.tasks.items()
    }
    return replace(run, tasks=tasks)
