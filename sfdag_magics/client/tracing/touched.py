"""Which tables each attempt of a task read and wrote: from the history of its session's statements.

The same question on both engines. An account tells a role of its own statements, and of others' on
warehouses that it may monitor; what is not told is not named.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sfdag_magics.client.connecting.backend import Backend
from sfdag_magics.client.observing.traces.session_statements import session_statements
from sfdag_magics.client.tracing.executed import Executed
from sfdag_magics.client.tracing.tables import Tables, tables_of
from sfdag_magics.sqltext import QualifiedName

_COLUMNS = "QUERY_TEXT, EXECUTION_STATUS, DATABASE_NAME, SCHEMA_NAME"


def touched(backend: Backend, root: QualifiedName, ran: Sequence[Executed]) -> Mapping[str, Tables]:
    """`{query id of an attempt: its tables}`, as far as anybody tells. One request."""
    executions = [each.query_id for each in ran if each.query_id]
    if not executions:
        return {}
    began = min(each.started for each in ran)
    found = session_statements(backend, root, _COLUMNS, executions, began=began)
    of_session = {row["SESSION_ID"]: row["QUERY_ID"] for row in found if _is_one(row, executions)}
    read: dict[str, set[str]] = {}
    written: dict[str, set[str]] = {}
    for row in found:
        if row["EXECUTION_STATUS"] == "SUCCESS" and row["SESSION_ID"] in of_session:
            execution = str(of_session[row["SESSION_ID"]])
            named = tables_of(
                str(row["QUERY_TEXT"] or ""),
                row["DATABASE_NAME"] or root.database,
                row["SCHEMA_NAME"] or root.schema,
            )
            read.setdefault(execution, set()).update(named.read)
            written.setdefault(execution, set()).update(named.written)
    return {
        each: Tables(read=tuple(sorted(read[each])), written=tuple(sorted(written[each])))
        for each in read
    }


def _is_one(row: Mapping[str, object], executions: Sequence[str]) -> bool:
    return row["QUERY_ID"] in executions
