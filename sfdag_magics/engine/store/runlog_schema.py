"""The tables of the run log and how an older file becomes a newer one. Only SQL text and versions.

`events` is append-only: what happened, in order, from a checkpoint on. The other tables are what it
amounts to, so that nothing is ever replayed to answer a question or to start. `leavings` are logs
whose run is gone and whose files are not yet. Times are microseconds since 1970 UTC.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sfdag_magics.errors import MachineError

#: Raised with each entry of `_MIGRATIONS`; an older engine then refuses the file.
FORMAT_VERSION = 4

_OUTCOMES = """
CREATE TABLE outcomes(
    query_id TEXT PRIMARY KEY, noted_at INTEGER NOT NULL, answer TEXT NOT NULL) WITHOUT ROWID;
"""

# A run that its root skipped is over as well, and only `completed_time` says so of all.
_RETENTION = """
CREATE TABLE leavings(
    query_id TEXT PRIMARY KEY, began INTEGER NOT NULL, ended INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX outcomes_by_time ON outcomes(noted_at);
CREATE INDEX events_checkpoints ON events(at) WHERE kind = 'Checkpoint';
CREATE INDEX graph_runs_ended ON graph_runs(completed_time) WHERE completed_time IS NOT NULL;
"""

# SQLite copies a whole row to compare its key, and a version's document is half a megabyte: what is
# joined to each run of a graph is found here.
_NAMES = """
CREATE INDEX versions_named ON versions(root_id, version, root_name, database_name, schema_name);
"""

_TABLES = f"""{_OUTCOMES}
CREATE TABLE events(
    seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, kind TEXT NOT NULL, document TEXT NOT NULL);

CREATE TABLE tasks(
    task_id TEXT PRIMARY KEY, database_name TEXT NOT NULL, schema_name TEXT NOT NULL,
    name TEXT NOT NULL, document TEXT NOT NULL,
    UNIQUE(database_name, schema_name, name));

CREATE TABLE versions(
    root_id TEXT NOT NULL, version INTEGER NOT NULL, root_name TEXT NOT NULL,
    database_name TEXT NOT NULL, schema_name TEXT NOT NULL, document TEXT NOT NULL,
    PRIMARY KEY(root_id, version)) WITHOUT ROWID;

CREATE TABLE version_tasks(
    root_id TEXT NOT NULL, version INTEGER NOT NULL, name TEXT NOT NULL,
    definition TEXT NOT NULL, condition TEXT,
    PRIMARY KEY(root_id, version, name)) WITHOUT ROWID;

CREATE TABLE roots(
    root_id TEXT PRIMARY KEY, version INTEGER, suspended TEXT NOT NULL, base INTEGER,
    failures TEXT NOT NULL, runs_scheduled INTEGER NOT NULL, last_success_group_id TEXT,
    last_success_scheduled_time INTEGER) WITHOUT ROWID;

CREATE TABLE graph_runs(
    group_id TEXT NOT NULL, attempt INTEGER NOT NULL, root_id TEXT NOT NULL,
    version INTEGER NOT NULL, state TEXT NOT NULL, scheduled_from TEXT NOT NULL,
    scheduled_time INTEGER NOT NULL, original_scheduled_time INTEGER NOT NULL,
    suspended TEXT NOT NULL, automatic_retries INTEGER NOT NULL, waits TEXT,
    is_cancelled INTEGER NOT NULL, config TEXT, last_success_group_id TEXT,
    last_success_scheduled_time INTEGER, query_start_time INTEGER, next_scheduled_time INTEGER,
    completed_time INTEGER,
    UNIQUE(group_id, attempt));
CREATE INDEX graph_runs_of_root ON graph_runs(root_id, scheduled_time);
CREATE INDEX graph_runs_open ON graph_runs(scheduled_time)
    WHERE state IN ('SCHEDULED', 'EXECUTING');

CREATE TABLE task_runs(
    group_id TEXT NOT NULL, attempt INTEGER NOT NULL, name TEXT NOT NULL, root_id TEXT NOT NULL,
    task_id TEXT NOT NULL, state TEXT NOT NULL, phase TEXT NOT NULL,
    scheduled_time INTEGER NOT NULL, starts INTEGER NOT NULL, attempt_id TEXT,
    query_start_time INTEGER, completed_time INTEGER, return_value TEXT, error_code INTEGER,
    error_message TEXT,
    UNIQUE(group_id, attempt, name));
CREATE INDEX task_runs_by_time ON task_runs(scheduled_time);
CREATE INDEX task_runs_of_root ON task_runs(root_id, scheduled_time);
CREATE INDEX task_runs_by_name ON task_runs(name COLLATE NOCASE, scheduled_time);
CREATE INDEX task_runs_ended_badly ON task_runs(scheduled_time)
    WHERE state IN ('FAILED', 'FAILED_AND_AUTO_SUSPENDED', 'CANCELLED');
{_RETENTION}{_NAMES}"""

#: {version: the script that makes it from the one before}.
_MIGRATIONS: dict[int, str] = {
    2: _OUTCOMES,
    3: f"DROP INDEX graph_runs_complete;{_RETENTION}",
    4: _NAMES,
}


def open_writer(path: Path) -> tuple[sqlite3.Connection, int]:
    """The file's writing connection, created, private and of the current format; and its format.

    That is the format it had before; 0 of a new file.

    Raises:
        MachineError: not writable, damaged, or written by a newer version.
    """
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600))
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA journal_mode = WAL")
        found = _migrate(connection, path)
    except (OSError, sqlite3.Error) as problem:
        raise MachineError(
            f"the run log {path} cannot be used: {problem}",
            hint="check the directory's permissions and space, or name another with SFDAG_DATA",
        ) from problem
    return connection, found


def open_reader(path: Path) -> sqlite3.Connection:
    """A connection that only reads, from any thread, one at a time."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA query_only = ON")
    return connection


def named_rows(
    connection: sqlite3.Connection, sql: str, values: Sequence[Any] | Mapping[str, Any]
) -> list[dict[str, Any]]:
    """The rows of one query by the names of its columns."""
    cursor = connection.execute(sql, values)
    # Once for all rows: a row factory that asks the cursor each time takes three times as long.
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _migrate(connection: sqlite3.Connection, path: Path) -> int:
    found: int
    (found,) = connection.execute("PRAGMA user_version").fetchone()
    if found > FORMAT_VERSION:
        connection.close()
        raise MachineError(
            f"the run log {path} was written by a newer version of sfdag_magics"
            f" (format {found}, this one knows {FORMAT_VERSION})",
            hint="pip install --upgrade sfdag_magics, or name another directory with SFDAG_DATA",
        )
    if found == 0:
        _run(connection, _TABLES, FORMAT_VERSION)
    elif found < FORMAT_VERSION:
        _back_up(connection, backup_path(path, found))
    for version in range(found + 1, FORMAT_VERSION + 1) if found else ():
        _run(connection, _MIGRATIONS[version], version)
    return found


def backup_path(path: Path, version: int) -> Path:
    """Where the copy lies that was made of a file of an earlier format."""
    return path.with_name(f"{path.name}.format{version}")


def _run(connection: sqlite3.Connection, script: str, version: int) -> None:
    """One script and the version it makes, in one transaction."""
    connection.executescript(f"BEGIN IMMEDIATE;{script};PRAGMA user_version={version};COMMIT")


def _back_up(connection: sqlite3.Connection, path: Path) -> None:
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600))
    copy = sqlite3.connect(path)
    connection.backup(copy)
    copy.close()
