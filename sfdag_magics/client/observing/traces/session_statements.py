"""The statements of whole sessions: each attempt of a task is one of its own.

The same question on both engines. An account tells a role of its own statements, and of others' on
warehouses that it may monitor.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta

from sfdag_magics.client.connecting.backend import Backend, Row
from sfdag_magics.client.observing.history_arguments import (
    KEPT,
    MOST_ROWS,
    information,
    moment_argument,
)
from sfdag_magics.errors import BackendError, ConnectError
from sfdag_magics.sqltext import QualifiedName, quoted_string


def session_statements(
    backend: Backend,
    root: QualifiedName,
    columns: str,
    executions: Collection[str],
    *,
    began: datetime,
) -> Sequence[Row]:
    """All statements of the sessions in which these were executed, in their order. One request.

    Args:
        root: of the graph; whose database is asked.
        columns: of QUERY_HISTORY, beside SESSION_ID and QUERY_ID.
        executions: query ids of attempts.
        began: when the first of them did.

    Returns:
        None of them where the session's role is not told.

    Raises:
        ConnectError: nothing answered.
    """
    start = max(began - timedelta(seconds=2), datetime.now(UTC) - KEPT)
    since = moment_argument(start, is_embedded=backend.is_embedded)
    named = ", ".join(map(quoted_string, executions))
    try:
        return backend.rows(
            f"SELECT SESSION_ID, QUERY_ID, {columns} "  # noqa: S608 - the ids are quoted
            f"FROM TABLE({information(root, 'QUERY_HISTORY')}"
            f"(END_TIME_RANGE_START => {since}, RESULT_LIMIT => {MOST_ROWS})) "
            f"QUALIFY MAX(IFF(QUERY_ID IN ({named}), 1, 0)) OVER (PARTITION BY SESSION_ID) = 1 "
            "ORDER BY START_TIME"
        )
    except ConnectError:
        raise
    except BackendError:  # what may be asked differs by role; the run is told without it
        return ()
