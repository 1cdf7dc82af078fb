"""How long what happened to a table is kept for streams that do not read it, and which are stale.

Snowflake docs, "Introduction to Streams": for the retention time of the table, and unread longer,
up to MAX_DATA_EXTENSION_TIME_IN_DAYS. A stream is stale here once something that it has not read is
older than that: nothing is lost to one that has read all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.borders.inherited import EXTENSION, PARAMETERS, RETENTION, set_above
from sfdag_magics.engine.borders.object_facts import FactsView, ObjectFact
from sfdag_magics.engine.sql.streams.watched import name_of
from sfdag_magics.light_classes import dataclass

#: In days, where nothing is set.
_DEFAULTS = {RETENTION: 1, EXTENSION: 14}
#: Of each table: the last commit behind which all is known, and when what came behind an offset
#: first did.
_UNREAD = """
    SELECT table_id, min(number), min(committed_at) FILTER (WHERE number > o.now), any_value(o.now),
        any_value(o.moved_at)
    FROM registry.changes, registry.offsets AS o
    WHERE o.stream_id = $stream_id AND list_contains($tables, table_id) AND number IS NOT NULL
    GROUP BY table_id
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """Until when a stream can be read for sure, None without tables; and whether that is over."""

    after: datetime | None
    is_stale: bool


def kept_for(facts: FactsView, table: ObjectFact) -> timedelta:
    """How long changes of a table are kept for who does not read them."""
    above = set_above(facts, table.database, table.schema)
    own: Mapping[str, Any] = table.detail.get(PARAMETERS, {})
    said = {name: above[name][0] if name in above else _DEFAULTS[name] for name in _DEFAULTS}
    return timedelta(days=max(int(own.get(name, said[name])) for name in _DEFAULTS))


def freshness(
    connection: duckdb.DuckDBPyConnection,
    facts: FactsView,
    stream: ObjectFact,
    tables: Iterable[ObjectFact],
) -> Freshness:
    """That of a stream, by what has happened to the tables that it watches."""
    by_id = {table.id: table for table in tables}
    asked = {"stream_id": stream.id, "tables": list(by_id)}
    now = datetime.now(UTC)
    ends: list[datetime] = []
    is_stale = False
    for table_id, known, unread, offset, moved in connection.execute(_UNREAD, asked).fetchall():
        since = _utc(unread) if unread is not None else _read_lately(_utc(moved), now)
        ends.append(since + kept_for(facts, by_id[table_id]))
        is_stale |= known > offset or (unread is not None and ends[-1] <= now)
    return Freshness(after=min(ends, default=None), is_stale=is_stale)


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC)


def _read_lately(moved: datetime, now: datetime) -> datetime:
    """What has read all is as good as read today."""
    return max(moved, now.replace(hour=0, minute=0, second=0, microsecond=0))


def check_not_stale(
    connection: duckdb.DuckDBPyConnection,
    facts: FactsView,
    stream: ObjectFact,
    tables: Iterable[ObjectFact],
) -> None:
    """See that a stream can be read.

    Raises:
        SqlError: something that it has not read is kept no more.
    """
    found = freshness(connection, facts, stream, tables)
    if found.is_stale:
        name = name_of(stream)
        raise SqlError(
            f"SQL execution error:\nStream '{name}' has become stale: what it has not read is older"
            f" than {RETENTION} and {EXTENSION} of its table keep it."
            f" CREATE OR REPLACE STREAM {name} … makes it anew, from now on.",
            code=91905,
            sqlstate="55000",
        )
