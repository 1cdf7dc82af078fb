"""What of the run log is old: the questions that retention asks, by index and page by page.

Has a connection of its own, so that no client's question waits for one of these. Only reads, and
knows no scheduler: what is found here is looked at again before it goes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Self

from sfdag_magics.engine.store.checkpoints import CHECKPOINT
from sfdag_magics.engine.store.runlog import RunLog
from sfdag_magics.engine.store.runlog_rows import micros_from_time, time_from_micros
from sfdag_magics.engine.store.runlog_schema import named_rows, open_reader
from sfdag_magics.light_classes import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class OldRun:
    """A run group that ended before the horizon; `tasks` counts the rows that go with it."""

    group_id: str
    tasks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """A query whose run is gone, and when it ran: its log may still be there."""

    query_id: str
    began: datetime
    ended: datetime


@dataclass(slots=True, kw_only=True)
class Page:
    """How far a walk over what is old has come, and how many it takes at a time."""

    size: int
    after: int = -(2**62)
    after_id: int = 0


#: The last attempt of each group, ended before the horizon, unless somebody may still retry it.
_OLD_RUNS = """
FROM graph_runs g
WHERE g.completed_time < :horizon
    AND NOT EXISTS (
        SELECT 1 FROM graph_runs o WHERE o.group_id = g.group_id AND o.attempt > g.attempt)
    AND NOT (g.state IN ('FAILED', 'CANCELLED') AND g.original_scheduled_time >= :retried_since)
"""
_PAGE = f"""
SELECT g.rowid AS id, g.group_id, g.completed_time,
    (SELECT count(*) FROM task_runs t WHERE t.group_id = g.group_id) AS tasks
{_OLD_RUNS} AND (g.completed_time, g.rowid) > (:after, :after_id)
ORDER BY g.completed_time, g.rowid LIMIT :count
"""  # noqa: S608 - our own text
#: `graph` is JSON: root id and version. What is open at a checkpoint is restored from it.
_GRAPHS_OF_EVENTS = """
SELECT json_extract(document, '$.graph."$graph"') AS graph FROM events
WHERE kind IN ('GraphStarted', 'RunRequested', 'RetryRequested')
UNION
SELECT json_array(json_extract(root.value, '$.root_id'), json_extract(root.value, '$.version'))
FROM events, json_each(document, '$.roots') root WHERE kind = :checkpoint
UNION
SELECT json_array(json_extract(run.value, '$[0].root_id'), json_extract(run.value, '$[0].version'))
FROM events, json_each(document, '$.runs') run WHERE kind = :checkpoint
"""
_RETRIED_GROUPS = """
SELECT DISTINCT json_extract(document, '$.earlier."$earlier"[0]') AS group_id FROM events
WHERE kind = 'RetryRequested' AND seq > :told_from
    AND seq > (SELECT min(seq) FROM events WHERE kind = :checkpoint)
"""


class OldHistory:
    """An open connection for looking at what is old. One thread, which closes it."""

    def __init__(self, runlog: RunLog) -> None:
        self._reader = open_reader(runlog.path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_raised: object) -> None:
        self._reader.close()

    def horizon(self, *, oldest: datetime, runs: int) -> datetime:
        """The moment before which runs have ended that are older than that, or beyond so many."""
        found = self._rows(
            "SELECT completed_time FROM graph_runs WHERE completed_time IS NOT NULL"
            " ORDER BY completed_time DESC LIMIT 1 OFFSET :before",
            before=runs - 1,
        )
        beyond = [time_from_micros(row["completed_time"]) for row in found]
        return max([oldest, *beyond])

    def count(self, *, horizon: datetime, retried_since: datetime) -> int:
        """How many run groups may go."""
        (row,) = self._rows(
            f"SELECT count(*) AS runs {_OLD_RUNS}",
            horizon=micros_from_time(horizon),
            retried_since=micros_from_time(retried_since),
        )
        return int(row["runs"])

    def runs(self, *, horizon: datetime, retried_since: datetime, page: Page) -> list[OldRun]:
        """The next run groups that may go, the oldest first; moves the page on."""
        rows = self._rows(
            _PAGE,
            horizon=micros_from_time(horizon),
            retried_since=micros_from_time(retried_since),
            after=page.after,
            after_id=page.after_id,
            count=page.size,
        )
        if rows:
            page.after, page.after_id = rows[-1]["completed_time"], rows[-1]["id"]
        return [OldRun(group_id=row["group_id"], tasks=row["tasks"]) for row in rows]

    def retried(self, told_from: int) -> frozenset[str]:
        """The run groups whose retry is told from that event on: it goes by what is stored.

        What is before all checkpoints is not told at all.
        """
        rows = self._rows(_RETRIED_GROUPS, told_from=told_from, checkpoint=CHECKPOINT)
        return frozenset(row["group_id"] for row in rows)

    def unknown(self, group_ids: Iterable[str]) -> list[str]:
        """Those of which there is no run: they have gone."""
        return [
            each
            for each in group_ids
            if not self._rows("SELECT 1 FROM graph_runs WHERE group_id = :id LIMIT 1", id=each)
        ]

    def leavings(self, count: int) -> list[Leaving]:
        """Queries whose run is gone and whose log may be there."""
        return [
            Leaving(
                query_id=row["query_id"],
                began=time_from_micros(row["began"]),
                ended=time_from_micros(row["ended"]),
            )
            for row in self._rows("SELECT * FROM leavings LIMIT :count", count=count)
        ]

    def latest_checkpoint(self) -> datetime | None:
        """When the last one was written."""
        rows = self._rows("SELECT max(at) AS at FROM events WHERE kind = :kind", kind=CHECKPOINT)
        return next((time_from_micros(row["at"]) for row in rows if row["at"] is not None), None)

    def told_from(self, horizon: datetime) -> int:
        """The number of the event from which a replay tells all that ended since the horizon."""
        rows = self._rows(
            "SELECT max(seq) AS seq FROM events WHERE kind = :kind AND at < :horizon",
            kind=CHECKPOINT,
            horizon=micros_from_time(horizon),
        )
        return next((int(row["seq"]) for row in rows if row["seq"] is not None), 0)

    def first_event(self) -> int:
        """The number of the oldest event; 0 where there is none."""
        (row,) = self._rows("SELECT coalesce(min(seq), 0) AS seq FROM events")
        return int(row["seq"])

    def unused_versions(self) -> list[tuple[str, int]]:
        """The versions that no run, no started graph, event or checkpoint names, oldest first."""
        named = {
            (row["root_id"], row["version"])
            for table in ("graph_runs", "roots")
            for row in self._rows(f"SELECT DISTINCT root_id, version FROM {table}")  # noqa: S608 - ours
        }
        of_events = self._rows(_GRAPHS_OF_EVENTS, checkpoint=CHECKPOINT)
        named |= {tuple(json.loads(row["graph"])) for row in of_events}
        known = self._rows("SELECT root_id, version FROM versions ORDER BY root_id, version")
        keys = [(row["root_id"], row["version"]) for row in known]
        return [key for key in keys if key not in named]

    def unused_roots(self) -> list[str]:
        """The root tasks that were dropped, and of which there is no run any more."""
        rows = self._rows(
            "SELECT root_id FROM roots r WHERE version IS NULL"
            " AND NOT EXISTS (SELECT 1 FROM tasks t WHERE t.task_id = r.root_id)"
            " AND NOT EXISTS (SELECT 1 FROM graph_runs g WHERE g.root_id = r.root_id)"
        )
        return [row["root_id"] for row in rows]

    def _rows(self, sql: str, **values: Any) -> Sequence[dict[str, Any]]:  # noqa: ANN401 - columns
        return named_rows(self._reader, sql, values)
