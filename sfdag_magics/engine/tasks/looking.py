"""Whether there is data for a root task that data starts: its condition's streams, one by one.

The condition itself is asked when a run begins. Knows sessions; decides nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.borders.ports import SqlSession
from sfdag_magics.graph.sql.when import ASKS_STREAM, names_asked
from sfdag_magics.sqltext import quoted_string

_LOG = logging.getLogger(__name__)


def has_data(condition: str | None, opened: Callable[[], SqlSession]) -> bool:
    """Whether any stream that a condition asks has data; one that is not there has none."""
    try:
        session = opened()
    except SqlError as problem:  # its schema is gone
        _LOG.warning("no streams can be asked for a task: %s", problem)
        return False
    try:
        return any(_has_data(name, session) for name in names_asked(condition or "", ASKS_STREAM))
    finally:
        session.close()


def _has_data(name: str, session: SqlSession) -> bool:
    try:
        answer = session.execute(f"SELECT {ASKS_STREAM}({quoted_string(name)})")
    except SqlError:
        return False
    return bool(answer.rows.column(0)[0].as_py())
