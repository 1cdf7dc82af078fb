"""SHOW of what an account has and this engine does not."""

from __future__ import annotations

from sfdag_magics.engine.borders.answers import Result, SfType
from sfdag_magics.engine.borders.ports import Statement
from sfdag_magics.engine.borders.rowset import rowset
from sfdag_magics.engine.sql.sessions.session import Session

_TEXT, _TIME = SfType.TEXT, SfType.TIMESTAMP_LTZ

_NAMED = {"created_on": _TIME, **dict.fromkeys(("name", "owner", "comment"), _TEXT)}


def show_nothing(statement: Statement, session: Session) -> Result:
    """SHOW of a kind of object that this engine never has."""
    return rowset(_NAMED, [])
