"""BEGIN, COMMIT and ROLLBACK. What they do is `transaction.py`; here is only what they answer."""

from __future__ import annotations

from sfdag_magics.engine.borders.answers import Result, StatementType
from sfdag_magics.engine.borders.ports import Statement
from sfdag_magics.engine.borders.rowset import status
from sfdag_magics.engine.sql.sessions.session import Session

_DONE = "Statement executed successfully."


def begin(statement: Statement, session: Session) -> Result:
    """BEGIN [TRANSACTION | WORK] [NAME …]; within a transaction it changes nothing."""
    session.transaction.begin()
    return status(_DONE, StatementType.TRANSACTION)


def commit(statement: Statement, session: Session) -> Result:
    """COMMIT [WORK]."""
    session.transaction.commit(*session.notes())
    return status(_DONE, StatementType.TRANSACTION)


def rollback(statement: Statement, session: Session) -> Result:
    """ROLLBACK [WORK]."""
    session.transaction.rollback()
    return status(_DONE, StatementType.TRANSACTION)
