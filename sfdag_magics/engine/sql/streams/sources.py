"""What a stream is made on: a table or a view that stays. Asks of no view what form it has."""

from __future__ import annotations

from sfdag_magics.engine.borders.answers import SqlError, does_not_exist, unsupported
from sfdag_magics.engine.borders.object_facts import ObjectFact
from sfdag_magics.engine.sql.sessions.session import Session
from sfdag_magics.sqltext import QualifiedName


def source_named(kind: str, name: QualifiedName, session: Session) -> ObjectFact:
    """The table or view of this name.

    Raises:
        SqlError: there is none, it is of the other kind, or a stream cannot be on it.
    """
    found = session.relation(name)
    if found is None:
        raise does_not_exist(kind.capitalize(), name.sql())
    if found.kind != kind:
        raise SqlError(
            f"SQL compilation error:\nObject found is of type '{found.kind}' not specified type"
            f" '{kind}'.",
            code=2203,
            sqlstate="42601",
        )
    if found.session_id is not None:
        raise unsupported(f"A stream on a temporary {kind.lower()}")
    return found
