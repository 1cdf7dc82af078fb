"""Tables that begin and end to keep what happens to them, and what of that is not needed now."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import duckdb

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.borders.object_facts import ObjectFact
from sfdag_magics.engine.sql.sessions.session import Session
from sfdag_magics.engine.sql.stored.table_form import columns_of, rebuild
from sfdag_magics.engine.sql.stored.tracked_form import ENDED, HISTORY, is_tracked
from sfdag_magics.engine.sql.streams.staleness import freshness
from sfdag_magics.engine.sql.streams.watched import by_id, streams_on, unwatched
from sfdag_magics.engine.store import changes
from sfdag_magics.engine.store.facts import FactsTransaction
from sfdag_magics.sqltext import quoted_identifier

#: Commits after which it is looked for what can be forgotten: a commit of its own costs a wait for
#: the disk.
_WORTH = 50


def watch(session: Session, facts: FactsTransaction, table: ObjectFact) -> ObjectFact:
    """The table as one that keeps what happens to it from now on, if it does not already."""
    if is_tracked(table):
        return table
    detail = rebuild(session, table, columns_of(table), {}, tracked=True)
    known_from = {
        "table_id": table.id,
        "number": session.shared.clock.last_change,
        "at": changes.moment(),
    }
    session.connection.execute(changes.KNOWN_FROM, known_from)
    return facts.change(table, detail=detail)


def unwatch(session: Session, facts: FactsTransaction, tables: Iterable[str]) -> None:
    """Let those of the tables that no stream watches any more be like all others."""
    gone = unwatched(facts, tables)
    for table in by_id(facts.listed("TABLE"), gone).values():
        if is_tracked(table):
            detail = rebuild(session, table, columns_of(table), {}, tracked=False)
            session.connection.execute(changes.FORGET_TABLE, {"table_id": table.id})
            facts.change(table, detail=detail)


def number_at(session: Session, table: ObjectFact, moment: datetime) -> int:
    """The last commit that had changed a table at a moment.

    Raises:
        SqlError: nobody kept then what happened to it.
    """
    at = moment.astimezone(UTC).replace(tzinfo=None)
    asked = {"table_id": table.id, "at": at}
    row: Any = session.connection.execute(changes.AS_OF, asked).fetchone()
    if row[0] is None or not row[1]:
        raise SqlError(
            "SQL compilation error:\nChange tracking is not enabled or has been missing for the"
            f" time range requested on table '{table.name}'.",
            code=2305,
            sqlstate="42601",
        )
    return int(row[0])


def prune(session: Session) -> None:
    """Forget what no stream will show again, where so much has happened that it is worth it."""
    clock = session.shared.clock
    if clock.last_change - clock.pruned < _WORTH:
        return
    clock.pruned = clock.last_change
    for table in session.catalogue().listed("TABLE"):
        if is_tracked(table):
            _prune(session, table)


def _prune(session: Session, table: ObjectFact) -> None:
    """Of use to no statement: where somebody else stands in the way, the next one does it."""
    facts, connection = session.catalogue(), session.connection
    streams = {fact.id: fact for fact in streams_on(facts, table.id)}
    if not streams:
        return
    offsets = [
        row[1]
        for row in connection.execute(changes.OFFSETS).fetchall()
        if row[0] in streams and not freshness(connection, facts, streams[row[0]], [table]).is_stale
    ]
    # what only stale ones would show is forgotten
    number = min(offsets, default=session.shared.clock.last_change)
    named = {"table_id": table.id, "number": number}
    history = quoted_identifier(table.detail[HISTORY])
    ended = (
        f"DELETE FROM {history} WHERE {quoted_identifier(ENDED)} NOT IN"  # noqa: S608 - names of ours
        " (SELECT statement FROM registry.changes WHERE table_id = $table_id AND number > $number)"
    )
    with suppress(duckdb.Error), session.shared.clock.committing():
        connection.execute("BEGIN TRANSACTION")
        try:
            connection.execute(ended, named)
            connection.execute(changes.PRUNE, named)
            connection.execute("COMMIT")
        except duckdb.Error:
            session.transaction.rollback_quietly()
            raise
