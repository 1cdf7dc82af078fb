"""Which statement kind is carried out by what: the allow-list of the gate is this table.

A kind that is not here and that no feature adds is refused by name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sfdag_magics.engine.answers import Result, StatementType
from sfdag_magics.engine.ports import SqlSession, Statement, StatementHandler
from sfdag_magics.engine.sql import ddl_tables, dml, query, transactions
from sfdag_magics.engine.sql.result_rows import counts, slice_of
from sfdag_magics.engine.sql.session import Session

_Handler = Callable[[Statement, Session], Result]


def _with_own_session(handler: _Handler) -> StatementHandler:
    def handle(statement: Statement, session: SqlSession) -> Result:
        assert isinstance(session, Session)
        return handler(statement, session)

    return handle


_TABLE: Mapping[str, _Handler] = {
    "SELECT": query.select,
    "INSERT": dml.insert,
    "UPDATE": dml.update,
    "DELETE": dml.delete,
    "MERGE": dml.merge,
    "TRUNCATE TABLE": dml.truncate,
    "BEGIN": transactions.begin,
    "COMMIT": transactions.commit,
    "ROLLBACK": transactions.rollback,
    "CREATE TABLE": ddl_tables.create_table,
    "DROP TABLE": ddl_tables.drop_table,
    "DROP VIEW": ddl_tables.drop_table,
}

BUILTIN: Mapping[str, StatementHandler] = {
    kind: _with_own_session(handler) for kind, handler in _TABLE.items()
}

#: What DML answers, for a client that asks before it runs.
FIXED_COLUMNS: Mapping[str, Result] = {
    "INSERT": slice_of(counts(StatementType.INSERT, number_of_rows_inserted=0)),
    "UPDATE": slice_of(
        counts(
            StatementType.UPDATE,
            **{"number_of_rows_updated": 0, "number_of_multi-joined_rows_updated": 0},
        )
    ),
    "DELETE": slice_of(counts(StatementType.DELETE, number_of_rows_deleted=0)),
}
