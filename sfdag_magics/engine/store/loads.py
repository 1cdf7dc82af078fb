"""Which staged files a table has loaded, in the DuckDB file beside the rows. Knows SQL, no stage.

A table's id stands for it, so that its history follows a new name and ends with the table. Written
in the transaction of the rows themselves: a file counts as loaded exactly if its rows are there.

Beside it stands a record of what each COPY made of each file, which decides nothing: a file that
was loaded twice is there twice, and one that was skipped is too.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb

from sfdag_magics.engine.borders.object_facts import CopiedFile

#: The key lets one of two transactions win that load the same file.
CREATION = """
    CREATE TABLE IF NOT EXISTS registry.loads(
        table_id VARCHAR NOT NULL, file VARCHAR NOT NULL, content VARCHAR NOT NULL,
        loaded_at TIMESTAMP NOT NULL, PRIMARY KEY (table_id, file))
    """
KNOWN = "SELECT file, content, loaded_at FROM registry.loads WHERE table_id = $table_id"
ADD = """
    INSERT INTO registry.loads
    SELECT $table_id, unnest($files), unnest($contents), $loaded_at
    ON CONFLICT (table_id, file)
    DO UPDATE SET content = excluded.content, loaded_at = excluded.loaded_at
    """
FORGET = "DELETE FROM registry.loads WHERE table_id = $table_id"
#: What the error of `CHECK` says, and those of the key.
LOADED_MEANWHILE = "file loaded meanwhile"
#: Fails unless the history of the files is still as it was seen; NULL for a file never loaded.
CHECK = f"""
    SELECT CASE WHEN count(*) > 0 THEN error('{LOADED_MEANWHILE}: ' || min(seen.file)) END
    FROM (SELECT unnest($files) AS file, unnest($moments) AS loaded_at) AS seen
    LEFT JOIN registry.loads AS now ON now.table_id = $table_id AND now.file = seen.file
    WHERE now.loaded_at IS DISTINCT FROM seen.loaded_at
    """  # noqa: S608 - made of words of ours
#: Of dropped tables, and of temporary ones whose engine was killed.
_FORGET_GONE = "DELETE FROM registry.loads WHERE table_id NOT IN (SELECT id FROM registry.objects)"

#: Snowflake docs, ACCOUNT_USAGE.COPY_HISTORY: 365 days.
_COPIES_KEPT = timedelta(days=365)
COPIES_CREATION = """
    CREATE TABLE IF NOT EXISTS registry.copies(
        table_id VARCHAR NOT NULL, copied_on TIMESTAMP NOT NULL, stage VARCHAR NOT NULL,
        file VARCHAR NOT NULL, size BIGINT NOT NULL, status VARCHAR NOT NULL,
        parsed BIGINT NOT NULL, loaded BIGINT NOT NULL, error_limit BIGINT NOT NULL,
        errors BIGINT NOT NULL, first_error VARCHAR, first_line BIGINT, first_column VARCHAR)
    """
_COPIED_COLUMNS = (
    "table_id", "copied_on", "stage", "file", "size", "status", "parsed", "loaded", "error_limit",
    "errors", "first_error", "first_line", "first_column",
)  # fmt: skip
ADD_COPIED = f"""
    INSERT INTO registry.copies
    SELECT {", ".join(f"unnest(${name})" for name in _COPIED_COLUMNS)}
    """
#: The newest first.
COPIED = """
    SELECT * FROM registry.copies
    WHERE copied_on BETWEEN $start AND $until ORDER BY copied_on DESC, table_id, file
    """
#: Of dropped tables, and what is too old.
_FORGET_COPIED = """
    DELETE FROM registry.copies
    WHERE copied_on < $oldest OR table_id NOT IN (SELECT id FROM registry.objects)
    """


def added(table_id: str, contents: Mapping[str, str]) -> Mapping[str, Any]:
    """The parameters of `ADD` for these files, by what they hold."""
    return {
        "table_id": table_id,
        "files": list(contents),
        "contents": list(contents.values()),
        "loaded_at": datetime.now(UTC).replace(tzinfo=None),
    }


def checked(table_id: str, seen: Mapping[str, datetime | None]) -> Mapping[str, Any]:
    """The parameters of `CHECK` for these files, by when they were loaded as far as was seen."""
    return {"table_id": table_id, "files": list(seen), "moments": list(seen.values())}


def forget_gone(connection: duckdb.DuckDBPyConnection) -> None:
    """Delete the histories of tables that are no more. Call before sessions exist."""
    connection.execute(_FORGET_GONE)


def copied_added(copied: Sequence[CopiedFile]) -> Mapping[str, Any]:
    """The parameters of `ADD_COPIED`."""
    columns = {name: [getattr(each, name) for each in copied] for name in _COPIED_COLUMNS}
    return columns | {"copied_on": [_in_utc(each.copied_on) for each in copied]}


def copied_between(start: datetime, until: datetime) -> Mapping[str, Any]:
    """The parameters of `COPIED`."""
    return {"start": _in_utc(start), "until": _in_utc(until)}


def copied_found(rows: Sequence[Mapping[str, Any]]) -> tuple[CopiedFile, ...]:
    """The answer of `COPIED`."""
    return tuple(
        CopiedFile(**{**row, "copied_on": row["copied_on"].replace(tzinfo=UTC)}) for row in rows
    )


def forget_old_copied(connection: duckdb.DuckDBPyConnection, now: datetime) -> None:
    """Delete what nobody can ask for any more. Call before sessions exist."""
    connection.execute(_FORGET_COPIED, {"oldest": _in_utc(now - _COPIES_KEPT)})


def taken_from_objects(root: duckdb.DuckDBPyConnection) -> None:
    """Format 2: histories were objects of the catalogue, written after the rows."""
    root.execute(CREATION)
    histories = root.execute("SELECT detail FROM registry.objects WHERE kind = 'LOAD HISTORY'")
    for (detail,) in histories.fetchall():
        history = json.loads(detail)
        rows = [
            (history["table"], file, content, _plain(loaded_at))
            for file, (content, loaded_at) in history["files"].items()
        ]
        if rows:
            root.executemany("INSERT OR REPLACE INTO registry.loads VALUES (?, ?, ?, ?)", rows)
    root.execute("DELETE FROM registry.objects WHERE kind = 'LOAD HISTORY'")


def _plain(text: str) -> datetime:
    return _in_utc(datetime.fromisoformat(text))


def _in_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)
