"""Which staged files a table has loaded, in the DuckDB file beside the rows. Knows SQL, no stage.

A table's id stands for it, so that its history follows a new name and ends with the table. Written
in the transaction of the rows themselves: a file counts as loaded exactly if its rows are there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import duckdb

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
    return datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None)
