"""What ALTER and DROP do to objects of whatever kind: which one is meant, a name, a comment, tags.

Knows no kind.
"""

from __future__ import annotations

from collections.abc import Callable

from sfdag_magics.engine.borders.answers import Result, does_not_exist
from sfdag_magics.engine.borders.object_facts import ObjectFact
from sfdag_magics.engine.borders.rowset import status
from sfdag_magics.engine.objects.statement_reader import StatementReader
from sfdag_magics.engine.sql.ddl.tags import tagged_as_any
from sfdag_magics.engine.sql.reading.words import Drop, end
from sfdag_magics.engine.sql.sessions.session import Session
from sfdag_magics.sqltext import QualifiedName

Find = Callable[[Session, QualifiedName], ObjectFact | None]


def to_alter(reader: StatementReader, session: Session, kind: str, find: Find) -> ObjectFact | None:
    """What `[IF EXISTS] name` of an ALTER names; None where nothing is there, and may be missing.

    Args:
        kind: as messages call it, such as `Sequence`.

    Raises:
        SqlError: nothing is there.
    """
    may_be_missing = reader.accept("IF", "EXISTS")
    name = session.resolve(reader.object_name())
    found = find(session, name)
    if found is None and not may_be_missing:
        raise does_not_exist(kind, name.sql())
    return found


def nothing_dropped(drop: Drop) -> Result:
    """The answer to a DROP where nothing of that name is there.

    Raises:
        SqlError: the statement does not allow that.
    """
    if not drop.exists:
        raise does_not_exist(drop.kind.capitalize(), drop.name.sql())
    return status(f"Drop statement executed successfully ({drop.name.name} already dropped).")


def altered_as_any(reader: StatementReader, found: ObjectFact, session: Session) -> bool:
    """Carry out RENAME TO, SET and UNSET of COMMENT or TAG; False where it is another form."""
    if tagged_as_any(reader, found, session):
        return True
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
