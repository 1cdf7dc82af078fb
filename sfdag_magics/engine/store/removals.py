"""What leaves the run log for good: values, and the SQL that carries them out. Knows no rule.

Which of it may go is decided where the scheduler is known (`tasks/retention.py`).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from sfdag_magics.light_classes import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovedRuns:
    """All attempts of these run groups; what their tasks logged becomes leavings."""

    group_ids: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovedLeavings:
    """The logs of these queries are gone."""

    query_ids: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovedEvents:
    """The events before this one."""

    before: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovedVersions:
    """These versions, by root id and number."""

    keys: Sequence[tuple[str, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovedRoots:
    """What was remembered of these root tasks."""

    root_ids: Sequence[str]


Removal = RemovedRuns | RemovedLeavings | RemovedEvents | RemovedVersions | RemovedRoots

_LEAVE = """
INSERT OR REPLACE INTO leavings
SELECT attempt_id, query_start_time, coalesce(completed_time, query_start_time) FROM task_runs
WHERE group_id = ? AND attempt_id IS NOT NULL AND query_start_time IS NOT NULL
"""


def remove(writer: sqlite3.Connection, removal: Removal) -> None:
    """Carry one removal out, within the writer's transaction."""
    match removal:
        case RemovedRuns(group_ids=ids):
            for statement in (
                _LEAVE,
                "DELETE FROM task_runs WHERE group_id = ?",
                "DELETE FROM graph_runs WHERE group_id = ?",
            ):
                writer.executemany(statement, [(each,) for each in ids])
        case RemovedLeavings(query_ids=ids):
            writer.executemany("DELETE FROM leavings WHERE query_id = ?", [(each,) for each in ids])
        case RemovedRoots(root_ids=ids):
            writer.executemany("DELETE FROM roots WHERE root_id = ?", [(each,) for each in ids])
        case RemovedEvents(before=before):
            writer.execute("DELETE FROM events WHERE seq < ?", (before,))
        case RemovedVersions(keys=keys):
            for table in ("versions", "version_tasks"):
                writer.executemany(
                    f"DELETE FROM {table} WHERE root_id = ? AND version = ?",  # noqa: S608 - ours
                    keys,
                )
