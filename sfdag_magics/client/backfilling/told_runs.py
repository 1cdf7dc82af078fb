"""The runs of a graph as far back as is told, one look for all: what its slots are known by.

The account's view has a year, and less than the last hour where a service is behind; the history
functions have that hour. Who may not read the view is told of the week that TASK_HISTORY has.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sfdag_magics.client.backfilling.slots_seen import SlotRun
from sfdag_magics.client.connecting.backend import Backend, Row, utc
from sfdag_magics.client.observing import history
from sfdag_magics.client.observing.bridges.bridged import bridge_root
from sfdag_magics.client.observing.bridges.lineage import LineageKind, lineage_of
from sfdag_magics.client.observing.deployed import DOES_NOT_EXIST, DeployedGraph
from sfdag_magics.client.observing.history_arguments import (
    KEPT,
    MOST_ROWS,
    information,
    lies_in,
    moment_argument,
)
from sfdag_magics.client.observing.recent import recent_snapshots
from sfdag_magics.client.running.noted_slots import backfill_told, slot_told
from sfdag_magics.errors import BackendError
from sfdag_magics.graph.states import GraphRunState
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import quoted_string

#: As far as the account's view tells (Snowflake docs: ACCOUNT_USAGE.COMPLETE_TASK_GRAPHS).
_YEAR = timedelta(days=365)
#: Snowflake's codes for what is not there or not allowed, and for what is not granted.
_NOT_ALLOWED = frozenset({DOES_NOT_EXIST, 3001})
#: So many runs are read of the week where the view may not be read.
_MOST_OF_A_WEEK = 200
_COLUMNS = (
    "ROOT_TASK_NAME, STATE, SCHEDULED_FROM, SCHEDULED_TIME, QUERY_START_TIME, ATTEMPT_NUMBER, "
    "CONFIG, GRAPH_RUN_GROUP_ID"
)
#: The function that tells what runs now has no time of its end.
_FUNCTIONS = {
    "CURRENT_TASK_GRAPHS": "NULL::TIMESTAMP_LTZ",
    "COMPLETE_TASK_GRAPHS": "COMPLETED_TIME",
}


@dataclass(frozen=True, slots=True)
class ToldRuns:
    """The runs of a graph, in no order.

    Attributes:
        since: earlier runs are not told of.
        is_whole: whether that is as far back as a service ever tells.
    """

    runs: tuple[SlotRun, ...]
    since: datetime
    is_whole: bool = True


def told_runs(
    backend: Backend, graph: DeployedGraph, *, after: datetime, now: datetime
) -> ToldRuns:
    """The runs that were due after `after`, one for each: how its last attempt ended."""
    try:
        rows = backend.rows(_statement(graph, after))
    except BackendError as error:
        if error.code not in _NOT_ALLOWED:
            raise
        return ToldRuns(_of_a_week(backend, graph), now - KEPT, is_whole=False)
    return ToldRuns(_runs(rows), now - _YEAR)


def _statement(graph: DeployedGraph, after: datetime) -> str:
    """Also the runs of bridges: a retry that goes on in one is of the same slot."""
    root = graph.root
    names = [root.name, bridge_root(root).name]
    place = lies_in(root)
    listed = ", ".join(map(quoted_string, names))
    since = moment_argument(after, is_embedded=False)
    selects = [
        f"SELECT {_COLUMNS}, COMPLETED_TIME FROM SNOWFLAKE.ACCOUNT_USAGE.COMPLETE_TASK_GRAPHS "  # noqa: S608 - literals are quoted by sqltext
        f"WHERE ROOT_TASK_NAME IN ({listed}) AND {place} "
        f"AND SCHEDULED_TIME > {since}"
    ]
    selects += [
        f"SELECT {_COLUMNS}, {completed} FROM TABLE({information(root, function)}"  # noqa: S608 - as above
        f"(ROOT_TASK_NAME => {quoted_string(name)}, RESULT_LIMIT => {MOST_ROWS})) WHERE {place}"
        for function, completed in _FUNCTIONS.items()
        for name in names
    ]
    return " UNION ALL ".join(selects)


def _runs(rows: Iterable[Row]) -> tuple[SlotRun, ...]:
    by_run: dict[str, list[Row]] = {}
    for row in rows:
        by_run.setdefault(str(row["GRAPH_RUN_GROUP_ID"]), []).append(row)
    newest = ((max(its, key=_place), its) for its in by_run.values())
    return tuple(_run(row, _begun(its)) for row, its in newest if _counts(row))


def _begun(attempts: Iterable[Row]) -> datetime | None:
    began = (utc(row["QUERY_START_TIME"]) for row in attempts)
    return min(filter(None, began), default=None)


def _place(row: Row) -> tuple[int, bool]:
    """Where a row stands among those of its run: one that is over tells more than one that goes."""
    return _attempt(row), GraphRunState(str(row["STATE"])).is_final


def _attempt(row: Row) -> int:
    return int(row["ATTEMPT_NUMBER"] or 1)


def _counts(row: Row) -> bool:
    """Whether it is a run of the whole graph that is more than due by schedule."""
    is_due = row["STATE"] == "SCHEDULED" and row["SCHEDULED_FROM"] == "SCHEDULE"
    lineage = lineage_of(_config(row).get(history.OWN_CONFIG_KEY))
    is_part = lineage is not None and lineage.kind is LineageKind.PART
    return not is_due and not is_part and row["SCHEDULED_TIME"] is not None


def _run(row: Row, begun: datetime | None) -> SlotRun:
    return _slot_run(
        str(row["GRAPH_RUN_GROUP_ID"]),
        GraphRunState(str(row["STATE"])),
        _config(row),
        scheduled=utc(row["SCHEDULED_TIME"]),
        started=begun,
        completed=utc(row["COMPLETED_TIME"]),
        attempt=_attempt(row),
    )


def _config(row: Row) -> Mapping[str, Any]:
    read = json.loads(row["CONFIG"]) if row["CONFIG"] else {}
    return read if isinstance(read, dict) else {}


def _of_a_week(backend: Backend, graph: DeployedGraph) -> tuple[SlotRun, ...]:
    """By the rows of tasks: a root's own state says nothing of how its graph ended."""
    configs = {row.group_id: row.config for row in history.root_rows(backend, graph)}
    found = recent_snapshots(backend, graph, last=min(len(configs), _MOST_OF_A_WEEK))
    return tuple(
        _slot_run(
            seen.group_id,
            seen.state,
            configs.get(seen.group_id),
            scheduled=seen.scheduled,
            started=seen.begun or seen.started,
            completed=seen.completed,
            attempt=seen.attempt,
        )
        for seen in found
        if seen.group_id is not None
    )


def _slot_run(
    group_id: str,
    state: GraphRunState,
    config: Mapping[str, Any] | None,
    *,
    scheduled: datetime | None,
    started: datetime | None,
    completed: datetime | None,
    attempt: int,
) -> SlotRun:
    backfill = backfill_told(config)
    return SlotRun(
        group_id=group_id,
        state=state,
        scheduled=scheduled or datetime.min.replace(tzinfo=UTC),
        started=started,
        completed=completed,
        attempt=attempt,
        slot=slot_told(config),
        backfill=backfill.get("id", ""),
        words=backfill.get("words", ""),
    )
