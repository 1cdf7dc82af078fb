"""Table functions of SQL itself. Features add their own."""

from __future__ import annotations

from collections.abc import Mapping

from sfdag_magics.engine.borders.answers import Result, SqlError
from sfdag_magics.engine.borders.ports import Arguments, SqlSession, TableFunction
from sfdag_magics.engine.sql.sessions.session import own_session

#: Snowflake's words, and what they may mean here.
_NOT_FOUND = (
    "Statement {} not found: it did not succeed on this engine since that was started, or its"
    " result made room for later ones, of which many thousand small ones are kept. Run it again."
)


def _result_scan(arguments: Arguments, session: SqlSession) -> Result:
    """RESULT_SCAN('query id' | LAST_QUERY_ID()): the rows of an earlier statement."""
    query_id = arguments.positional[0] if arguments.positional else None
    found = own_session(session).answer_of(str(query_id))
    if found is None:
        raise SqlError(_NOT_FOUND.format(query_id), code=709, sqlstate="02000")
    return found


TABLE_FUNCTIONS: Mapping[str, TableFunction] = {"RESULT_SCAN": _result_scan}
