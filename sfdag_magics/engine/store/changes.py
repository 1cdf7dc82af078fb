"""What was written to tables with streams, and how far each stream has been read. Knows rows only.

Each statement that changes such a table has an id, which is at the rows it has written. When its
transaction commits, its ids get the commit's number, in that very transaction and in the order of
the commits: whoever sees one number sees all before it. So an offset is one number, and what a
transaction has written itself has none yet. Rows whose statement is not here any more are older
than every offset.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import duckdb

_CREATION = (
    """
    CREATE TABLE IF NOT EXISTS registry.changes(
        statement UUID NOT NULL, table_id VARCHAR NOT NULL, number BIGINT, committed_at TIMESTAMP)
    """,
    """
    CREATE TABLE IF NOT EXISTS registry.offsets(
        stream_id VARCHAR NOT NULL, before BIGINT NOT NULL, now BIGINT NOT NULL,
        first_before BOOLEAN NOT NULL, first_now BOOLEAN NOT NULL, moved_at TIMESTAMP NOT NULL)
    """,
)
CREATION = ";".join(_CREATION)
#: A statement of the running transaction.
BEGUN = "INSERT INTO registry.changes VALUES ($statement, $table_id, NULL, NULL)"
#: Nobody but the transaction itself sees its rows without a number.
NUMBERED = """
    UPDATE registry.changes SET number = $number, committed_at = $committed_at
    WHERE number IS NULL
    """
#: From here on it is known what happens to a table.
KNOWN_FROM = "INSERT INTO registry.changes VALUES (uuid(), $table_id, $number, $at)"
#: A stream that was read keeps where it was, which is what the reading transaction goes on seeing.
#: What it shows first, with SHOW_INITIAL_ROWS, is no part of the changes behind it.
MOVED = """
    UPDATE registry.offsets
    SET before = now, first_before = first_now, first_now = false, moved_at = $at,
        now = CASE WHEN first_now THEN now ELSE greatest(now, $number) END
    WHERE stream_id = $stream_id
    """
PLACED = "INSERT INTO registry.offsets VALUES ($stream_id, $number, $number, $first, $first, $at)"
COPIED = """
    INSERT INTO registry.offsets
    SELECT $copy_id, before, now, first_before, first_now, moved_at
    FROM registry.offsets WHERE stream_id = $stream_id
    """
OFFSETS = "SELECT stream_id, now, moved_at FROM registry.offsets"
FORGET_STREAM = "DELETE FROM registry.offsets WHERE stream_id = $stream_id"
FORGET_TABLE = "DELETE FROM registry.changes WHERE table_id = $table_id"
#: The last commit at or before a moment, and whether that is known: what came first may be gone.
AS_OF = """
    SELECT max(number) FILTER (WHERE committed_at <= $at), min(committed_at) <= $at
    FROM registry.changes WHERE table_id = $table_id AND number IS NOT NULL
    """
#: When the tables of a stream changed last before its offset.
TIME_OF_OFFSET = """
    SELECT max(committed_at) AS moment FROM registry.changes
    WHERE list_contains($tables, table_id)
      AND number <= (SELECT now FROM registry.offsets WHERE stream_id = $stream_id)
    """
#: What no offset needs; the newest of them stays, and says from when on all is known.
PRUNE = """
    DELETE FROM registry.changes
    WHERE table_id = $table_id AND number < (
        SELECT max(number) FROM registry.changes WHERE table_id = $table_id AND number <= $number)
    """
_LAST = """
    SELECT greatest(
        (SELECT coalesce(max(number), 0) FROM registry.changes),
        (SELECT coalesce(max(now), 0) FROM registry.offsets))
    """


def created(root: duckdb.DuckDBPyConnection) -> None:
    """Format 5: an older engine would write to tables with streams and nobody would be told."""
    for statement in _CREATION:
        root.execute(statement)


def last_number(connection: duckdb.DuckDBPyConnection) -> int:
    """The number of the last commit that changed a table with a stream; 0 before the first."""
    row = connection.execute(_LAST).fetchone()
    return int(row[0]) if row is not None else 0


def moment() -> datetime:
    """Now, as these tables keep it."""
    return datetime.now(UTC).replace(tzinfo=None)


def numbered(number: int) -> Mapping[str, Any]:
    """The parameters of `NUMBERED`."""
    return {"number": number, "committed_at": moment()}
