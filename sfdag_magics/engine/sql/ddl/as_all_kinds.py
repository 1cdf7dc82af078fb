"""What ALTER does to objects of whatever kind: a new name, a comment. Knows no kind."""

from __future__ import annotations

from sfdag_magics.engine.borders.object_facts import ObjectFact
from sfdag_magics.engine.objects.statement_reader import StatementReader
from sfdag_magics.engine.sql.reading.words import end
from sfdag_magics.engine.sql.sessions.session import Session


def altered_as_any(reader: StatementReader, found: ObjectFact, session: Session) -> bool:
    """Carry out RENAME TO, SET COMMENT [=] or UNSET COMMENT; False where it is another form."""
    if reader.accept("RENAME", "TO"):
        new = session.resolve(reader.object_name())
        end(reader)
        with session.facts() as facts:
            facts.rename(found, new)
        return True
    comment = _comment(reader)
    if comment is None:
        return False
    with session.facts() as facts:
        facts.change(found, comment=comment)
    return True


def _comment(reader: StatementReader) -> str | None:
    """The new comment; None where the statement says nothing of one."""
    if reader.accept("SET", "COMMENT", "=") or reader.accept("SET", "COMMENT"):
        return reader.string()
    return "" if reader.accept("UNSET", "COMMENT") else None
