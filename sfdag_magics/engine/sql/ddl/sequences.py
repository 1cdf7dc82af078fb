"""CREATE, ALTER and DROP of sequences; each is one of DuckDB under a physical name."""

from __future__ import annotations

from sfdag_magics.engine.borders.answers import Result, SqlError, does_not_exist, unsupported
from sfdag_magics.engine.borders.object_facts import ObjectFact
from sfdag_magics.engine.borders.ports import Statement
from sfdag_magics.engine.borders.rowset import status
from sfdag_magics.engine.objects.statement_reader import StatementReader
from sfdag_magics.engine.sql.ddl.as_all_kinds import altered_as_any, nothing_dropped, to_alter
from sfdag_magics.engine.sql.ddl.own_numbers import next_number
from sfdag_magics.engine.sql.ddl.sequence_users import give_new_numbers, refuse_used
from sfdag_magics.engine.sql.ddl.tables import leading_words
from sfdag_magics.engine.sql.reading.words import DONE, end, read_drop, read_statement
from sfdag_magics.engine.sql.sessions.session import Session
from sfdag_magics.engine.sql.stored.table_form import drop_stored, new_physical_name, sequence_sql
from sfdag_magics.sqltext import QualifiedName


def create_sequence(statement: Statement, session: Session) -> Result:
    """CREATE [OR REPLACE] SEQUENCE [IF NOT EXISTS] name [START n] [INCREMENT n], or CLONE name."""
    replaces = "REPLACE" in leading_words(statement, "SEQUENCE")
    with read_statement(statement, "SEQUENCE") as reader:
        exists = reader.accept("IF", "NOT", "EXISTS")
        name = session.resolve(reader.object_name())
        if reader.accept("CLONE"):
            start, step, comment = _cloned(session, reader)
        else:
            start, step, comment = _options(reader)
    old = _sequence(session, name)
    if old is not None and exists:
        return status(f"{name.name} already exists, statement succeeded.")
    physical = new_physical_name("s")
    with session.facts() as facts:
        session.connection.execute(sequence_sql(physical, start, step))
        if old is not None and replaces:
            facts.remove(old)
            give_new_numbers(session, facts, old, physical)
            drop_stored(session.connection, old)
        facts.add(
            "SEQUENCE",
            name,
            detail={"physical": physical, "start": start, "increment": step},
            comment=comment,
        )
    return status(f"Sequence {name.name} successfully created.")


def _cloned(session: Session, reader: StatementReader) -> tuple[int, int, str]:
    """Another sequence as it is now: its clone gives the number next that it would give."""
    other = session.resolve(reader.object_name())
    end(reader)
    found = _sequence(session, other)
    if found is None:
        raise does_not_exist("Sequence", other.sql())
    first = next_number(session.connection, found.detail["physical"])
    return first, int(found.detail["increment"]), found.comment


def _options(reader: StatementReader) -> tuple[int, int, str]:
    start, step, comment = 1, 1, ""
    reader.accept("WITH")
    while not reader.at_end:
        if reader.accept("START"):
            reader.accept("WITH")
            reader.accept("=")
            start = reader.integer()
        elif reader.accept("INCREMENT"):
            reader.accept("BY")
            reader.accept("=")
            step = reader.integer()
        elif reader.accept("COMMENT", "="):
            comment = reader.string()
        elif not (reader.accept("ORDER") or reader.accept("NOORDER")):
            raise reader.unexpected()
    if step == 0:
        raise SqlError("SQL compilation error:\nA sequence's increment must not be 0.", code=2081)
    return start, step, comment


def _sequence(session: Session, name: QualifiedName) -> ObjectFact | None:
    return session.catalogue().find("SEQUENCE", name)


def drop_sequence(statement: Statement, session: Session) -> Result:
    """DROP SEQUENCE [IF EXISTS] name."""
    drop = read_drop(statement)
    found = _sequence(session, session.resolve(drop.name))
    if found is None:
        return nothing_dropped(drop)
    refuse_used(session, [found])
    with session.facts() as facts:
        facts.remove(found)
        drop_stored(session.connection, found)
    return status(f"{found.name} successfully dropped.")


def alter_sequence(statement: Statement, session: Session) -> Result:
    """ALTER SEQUENCE [IF EXISTS] name RENAME TO …, SET | UNSET COMMENT."""
    with read_statement(statement, "SEQUENCE") as reader:
        found = to_alter(reader, session, "Sequence", _sequence)
        if found is None:
            return status(DONE)
        if not altered_as_any(reader, found, session):
            raise unsupported("This form of ALTER SEQUENCE")
    return status(DONE)
