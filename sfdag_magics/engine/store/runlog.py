"""The run log: what tasks there are and what ran, in one SQLite file. Knows no rules.

One batch is one transaction, and durable when `write` returns. With `synchronous = FULL` a commit
waits for the disk (measured: 0.33 ms against 0.03), so a batch that only tells what was begun does
without: after a power cut that is begun again, which it would be anyway.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sfdag_magics.engine.borders.runs import GraphRunRecord, RootRecord, RunRecord, TaskRunRecord
from sfdag_magics.engine.store.outcomes import KEPT
from sfdag_magics.engine.store.removals import (
    Removal,
    RemovedEvents,
    RemovedLeavings,
    RemovedRoots,
    RemovedRuns,
    RemovedVersions,
    remove,
)
from sfdag_magics.engine.store.runlog_readers import Readers
from sfdag_magics.engine.store.runlog_rows import (
    in_few_statements,
    micros_from_time,
    record_from_row,
    time_from_micros,
    upserts,
)
from sfdag_magics.engine.store.runlog_schema import named_rows, open_writer
from sfdag_magics.errors import MachineError
from sfdag_magics.light_classes import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedEvent:
    """One event as the log keeps it; `document` is JSON."""

    at: datetime
    kind: str
    document: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredTask:
    """One task of the catalogue; `document` is JSON."""

    task_id: str
    database: str
    schema: str
    name: str
    document: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovedTask:
    """A task that is no more; its history stays."""

    task_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredVersion:
    """One version of a graph; `tasks` are (name, definition, condition) for the history."""

    root_id: str
    version: int
    root_name: str
    database: str
    schema: str
    document: str
    tasks: tuple[tuple[str, str, str | None], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementNote:
    """What a statement answers, noted with its effect: there exactly if that is."""

    query_id: str
    answer: str
    at: datetime


CatalogueWrite = StoredTask | RemovedTask | StoredVersion | StatementNote | Removal


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What one transaction writes, in this order.

    Attributes:
        forgotten: (group id, attempt) of graph runs that never started.
        is_begun_only: nothing in it was promised to anybody, so the disk need not be waited for.
    """

    catalogue: Sequence[CatalogueWrite] = ()
    events: Sequence[LoggedEvent] = ()
    forgotten: Sequence[tuple[str, int]] = ()
    records: Sequence[RunRecord] = ()
    is_begun_only: bool = False


class RunLog:
    """An open run log. One thread writes; any thread reads."""

    def __init__(self, path: Path) -> None:
        """Open or create the file.

        Raises:
            MachineError: not writable, damaged, or written by a newer version.
        """
        self.path = path
        #: Which format the file had; 0 of a new one.
        self._writer, self.found_format = open_writer(path)
        self._synchronous = ""
        self._readers = Readers(path)

    def close(self) -> None:
        """Write everything into the main file and close it."""
        self._readers.close()
        self._writer.close()

    def write(self, batch: Batch) -> None:
        """Make a batch durable, all of it or nothing.

        Raises:
            MachineError: it was not; the log is as before.
        """
        writer = self._writer
        with self._mapped("written"):
            self._synchronize("NORMAL" if batch.is_begun_only else "FULL")
            writer.execute("BEGIN IMMEDIATE")
            try:
                self._write(batch)
                writer.execute("COMMIT")
            except BaseException:
                if writer.in_transaction:
                    writer.execute("ROLLBACK")
                raise

    def _synchronize(self, mode: str) -> None:
        if mode != self._synchronous:
            self._writer.execute(f"PRAGMA synchronous = {mode}")
            self._synchronous = mode

    def _write(self, batch: Batch) -> None:
        writer = self._writer
        for change in batch.catalogue:
            self._change_catalogue(change)
        rows = [(micros_from_time(event.at), event.kind, event.document) for event in batch.events]
        for sql, values in in_few_statements(
            "INSERT INTO events(at, kind, document) VALUES ", rows
        ):
            writer.execute(sql, values)
        for forgotten in batch.forgotten:
            for table in ("graph_runs", "task_runs"):
                writer.execute(
                    f"DELETE FROM {table} WHERE group_id = ? AND attempt = ?",  # noqa: S608 - ours
                    forgotten,
                )
        for sql, values in upserts(batch.records):
            writer.execute(sql, values)

    def _change_catalogue(self, change: CatalogueWrite) -> None:
        writer = self._writer
        match change:
            case StoredTask():
                writer.execute(
                    "INSERT INTO tasks VALUES (?, ?, ?, ?, ?) ON CONFLICT(task_id) DO UPDATE SET"
                    " document = excluded.document",
                    (change.task_id, change.database, change.schema, change.name, change.document),
                )
            case RemovedTask():
                writer.execute("DELETE FROM tasks WHERE task_id = ?", (change.task_id,))
            case (
                RemovedRuns()
                | RemovedLeavings()
                | RemovedEvents()
                | RemovedVersions()
                | RemovedRoots()
            ):
                remove(writer, change)
            case StatementNote():
                oldest = micros_from_time(change.at - KEPT)
                writer.execute("DELETE FROM outcomes WHERE noted_at < ?", (oldest,))
                writer.execute(
                    "INSERT OR REPLACE INTO outcomes VALUES (?, ?, ?)",
                    (change.query_id, micros_from_time(change.at), change.answer),
                )
            case StoredVersion():
                key = (change.root_id, change.version)
                place = (change.root_name, change.database, change.schema)
                writer.execute(
                    "INSERT INTO versions VALUES (?, ?, ?, ?, ?, ?)",
                    (*key, *place, change.document),
                )
                writer.executemany(
                    "INSERT INTO version_tasks VALUES (?, ?, ?, ?, ?)",
                    [(*key, *task) for task in change.tasks],
                )

    def outcome(self, query_id: str) -> str | None:
        """The answer of a statement, where its effect is in this log."""
        found = self.rows("SELECT answer FROM outcomes WHERE query_id = ?", (query_id,))
        return str(found[0]["answer"]) if found else None

    # What a start needs

    def tasks(self) -> list[StoredTask]:
        """All tasks, oldest first."""
        return [
            StoredTask(
                task_id=row["task_id"],
                database=row["database_name"],
                schema=row["schema_name"],
                name=row["name"],
                document=row["document"],
            )
            for row in self.rows("SELECT * FROM tasks ORDER BY rowid")
        ]

    def version(self, root_id: str, version: int) -> str:
        """The document of one version of a graph.

        Raises:
            MachineError: the log does not have it.
        """
        found = self.rows(
            "SELECT document FROM versions WHERE root_id = ? AND version = ?", (root_id, version)
        )
        if not found:
            raise MachineError(f"the run log {self.path} lacks version {version} of {root_id}")
        return str(found[0]["document"])

    def latest_version(self, root_id: str) -> int | None:
        """The number of the latest version of a graph; None where there is none."""
        found = self.rows(
            "SELECT max(version) AS version FROM versions WHERE root_id = ?", (root_id,)
        )
        return found[0]["version"] if found else None

    def roots(self) -> list[RootRecord]:
        """All that is remembered of root tasks."""
        return [record_from_row(RootRecord, row) for row in self.rows("SELECT * FROM roots")]

    def open_runs(self) -> list[tuple[GraphRunRecord, list[TaskRunRecord]]]:
        """The attempts that have not ended, each with the task runs of its whole group."""
        rows = self.rows(
            "SELECT * FROM graph_runs WHERE state IN ('SCHEDULED', 'EXECUTING')"
            " ORDER BY scheduled_time"
        )
        runs = [record_from_row(GraphRunRecord, row) for row in rows]
        return [(run, self.group_tasks(run.group_id)) for run in runs]

    def group_tasks(self, group_id: str) -> list[TaskRunRecord]:
        """The task runs of all attempts of a run group."""
        rows = self.rows("SELECT * FROM task_runs WHERE group_id = ?", (group_id,))
        return [record_from_row(TaskRunRecord, row) for row in rows]

    def group_runs(self, group_id: str) -> list[GraphRunRecord]:
        """All attempts of a run group, in order."""
        rows = self.rows(
            "SELECT * FROM graph_runs WHERE group_id = ? ORDER BY attempt", (group_id,)
        )
        return [record_from_row(GraphRunRecord, row) for row in rows]

    def last_run(self, root_id: str) -> GraphRunRecord | None:
        """The run of this root that started last."""
        rows = self.rows(
            "SELECT * FROM graph_runs WHERE root_id = ? AND waits IS NULL AND state <> 'SKIPPED'"
            " ORDER BY scheduled_time DESC, rowid DESC LIMIT 1",
            (root_id,),
        )
        return record_from_row(GraphRunRecord, rows[0]) if rows else None

    def events(self) -> Iterator[LoggedEvent]:
        """Everything that ever happened, in order."""
        for row in self.rows("SELECT at, kind, document FROM events ORDER BY seq"):
            yield LoggedEvent(
                at=time_from_micros(row["at"]), kind=row["kind"], document=row["document"]
            )

    def rows(
        self, sql: str, values: Iterable[Any] | Mapping[str, Any] = ()
    ) -> list[dict[str, Any]]:
        """The rows of one query of this package."""
        bound = values if isinstance(values, Mapping) else tuple(values)
        with self._mapped("read"), self._readers.one() as reader:
            return named_rows(reader, sql, bound)

    @contextmanager
    def _mapped(self, done: str) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as problem:
            raise MachineError(
                f"the run log {self.path} cannot be {done}: {problem}",
                hint="free some space on its disk and check its permissions",
            ) from problem
