"""Which statement kind is carried out by what: the allow-list of the gate is this table.

A kind that is not here and that no feature adds is refused by name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sfdag_magics.engine.answers import Result, StatementType
from sfdag_magics.engine.ports import SqlSession, Statement, StatementHandler
from sfdag_magics.engine.sql import (
    accepted,
    blocks,
    ddl_alter,
    ddl_namespaces,
    ddl_sequences,
    ddl_tables,
    ddl_views,
    dml,
    explain,
    query,
    session_statements,
    show,
    show_fixed,
    transactions,
)
from sfdag_magics.engine.sql.result_rows import counts, slice_of
from sfdag_magics.engine.sql.session import Session, own_session

#: Kinds that find names first and run then, and so may find them gone.
_AGAIN = ("CREATE", "ALTER", "DROP", "COMMENT", "SELECT", "INSERT", "UPDATE", "DELETE", "MERGE")
_Handler = Callable[[Statement, Session], Result]


def _with_own_session(kind: str, handler: _Handler) -> StatementHandler:
    """The handler for any session; what loses against another session is carried out again."""
    again = kind.startswith(_AGAIN)

    def handle(statement: Statement, session: SqlSession) -> Result:
        own = own_session(session)
        if again:
            return own.transaction.retried(lambda: handler(statement, own))
        return handler(statement, own)

    return handle


_TABLE: Mapping[str, _Handler] = {
    "SELECT": query.select,
    "EXPLAIN": explain.explain,
    "INSERT": dml.insert,
    "UPDATE": dml.update,
    "DELETE": dml.delete,
    "MERGE": dml.merge,
    "TRUNCATE TABLE": dml.truncate,
    "EXECUTE IMMEDIATE": blocks.execute_immediate,
    "BLOCK": blocks.anonymous_block,
    "BEGIN": transactions.begin,
    "COMMIT": transactions.commit,
    "ROLLBACK": transactions.rollback,
    "CREATE TABLE": ddl_tables.create_table,
    "DROP TABLE": ddl_tables.drop_table,
    "DROP VIEW": ddl_tables.drop_table,
    "ALTER TABLE": ddl_alter.alter_table,
    "COMMENT": ddl_alter.comment_on,
    "CREATE VIEW": ddl_views.create_view,
    "ALTER VIEW": ddl_views.alter_view,
    "CREATE DATABASE": ddl_namespaces.create_database,
    "CREATE SCHEMA": ddl_namespaces.create_schema,
    "ALTER DATABASE": ddl_namespaces.alter_namespace,
    "ALTER SCHEMA": ddl_namespaces.alter_namespace,
    "DROP DATABASE": ddl_namespaces.drop_namespace,
    "DROP SCHEMA": ddl_namespaces.drop_namespace,
    "USE DATABASE": ddl_namespaces.use,
    "USE SCHEMA": ddl_namespaces.use,
    "USE ROLE": ddl_namespaces.use,
    "USE WAREHOUSE": ddl_namespaces.use,
    "USE SECONDARY ROLES": ddl_namespaces.use,
    "CREATE SEQUENCE": ddl_sequences.create_sequence,
    "ALTER SEQUENCE": ddl_sequences.alter_sequence,
    "DROP SEQUENCE": ddl_sequences.drop_sequence,
    "SET": session_statements.set_variables,
    "UNSET": session_statements.unset_variables,
    "ALTER SESSION": session_statements.alter_session,
    "SHOW PARAMETERS": session_statements.show_parameters,
    "SHOW VARIABLES": session_statements.show_variables,
    "SHOW TABLES": show.show_objects,
    "SHOW VIEWS": show.show_objects,
    "SHOW OBJECTS": show.show_objects,
    "SHOW DATABASES": show.show_objects,
    "SHOW SCHEMAS": show.show_objects,
    "SHOW SEQUENCES": show.show_objects,
    "SHOW COLUMNS": show.show_columns,
    "DESCRIBE TABLE": show.describe_relation,
    "DESCRIBE VIEW": show.describe_relation,
    "SHOW WAREHOUSES": show_fixed.show_warehouses,
    "SHOW ROLES": show_fixed.show_roles,
    "SHOW USERS": show_fixed.show_users,
    "SHOW GRANTS": show_fixed.show_grants,
    "SHOW PRIMARY KEYS": show_fixed.show_keys,
    "SHOW UNIQUE KEYS": show_fixed.show_keys,
    "SHOW IMPORTED KEYS": show_fixed.show_keys,
    "SHOW EXPORTED KEYS": show_fixed.show_keys,
    "SHOW SHARES": show_fixed.show_nothing,
    "SHOW STREAMS": show_fixed.show_nothing,
    "SHOW PIPES": show_fixed.show_nothing,
    "SHOW TAGS": show_fixed.show_nothing,
    **dict.fromkeys(accepted.ACCEPTED, accepted.ignore),
}

BUILTIN: Mapping[str, StatementHandler] = {
    kind: _with_own_session(kind, handler) for kind, handler in _TABLE.items()
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
