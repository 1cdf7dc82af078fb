"""Columns whose DEFAULT takes its numbers from a sequence, which DuckDB does not let go then.

A sequence that is replaced gives its numbers to them anew, as its name does in Snowflake; one that
would be gone is refused by the name of the column.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.borders.object_facts import ObjectFact
from sfdag_magics.engine.sql.sessions.session import Session
from sfdag_magics.engine.sql.stored.table_form import TableColumn, columns_of, rebuild
from sfdag_magics.engine.store.facts import FactsTransaction


def refuse_used(session: Session, going: Sequence[ObjectFact]) -> None:
    """Raises SqlError where a table that stays takes numbers from a sequence that goes."""
    gone = {fact.id for fact in going}
    for sequence in going:
        if sequence.kind != "SEQUENCE":
            continue
        for table, column in _users(session, sequence, without=gone):
            raise SqlError(
                f"SQL compilation error:\nSequence '{sequence.name}' cannot be dropped: the DEFAULT"
                f" of column '{table.name}.{column.name}' takes its numbers from it, which is not"
                " supported without it by the embedded engine. Drop or replace the table first.",
                code=2,
                sqlstate="0A000",
            )


def give_new_numbers(
    session: Session, facts: FactsTransaction, old: ObjectFact, physical: str
) -> None:
    """Let the columns that took numbers from `old` take them from another sequence."""
    before = old.detail["physical"]
    for table in {table.id: table for table, _ in _users(session, old)}.values():
        columns = [
            replace(column, default=column.default.replace(before, physical))
            if column.default is not None
            else column
            for column in columns_of(table)
        ]
        facts.change(table, detail=rebuild(session, table, columns, {}))


def _users(
    session: Session, sequence: ObjectFact, without: Collection[str] = ()
) -> Iterator[tuple[ObjectFact, TableColumn]]:
    known = {**session.shared.catalogue.all(), **session.temporary}
    for fact in known.values():
        if fact.kind != "TABLE" or fact.id in without:
            continue
        for column in columns_of(fact):
            if column.default is not None and sequence.detail["physical"] in column.default:
                yield fact, column
