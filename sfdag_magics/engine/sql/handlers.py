"""Which statement kind is carried out by what: the allow-list of the gate is this table.

A kind that is not here and that no feature adds is refused by name. The room `scripting` is
imported with the first statement for it: it is no part of a start.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module

from sfdag_magics.engine.borders.answers import Result, StatementType
from sfdag_magics.engine.borders.ports import SqlSession, Statement, StatementHandler
from sfdag_magics.engine.sql import accepted
from sfdag_magics.engine.sql.ddl import alter, namespaces, sequences, tables, views
from sfdag_magics.engine.sql.results.result_rows import counts, slice_of
from sfdag_magics.engine.sql.sessions.session import Session, own_session
from sfdag_magics.engine.sql.show import show_columns, show_fixed, show_objects, show_resources
from sfdag_magics.engine.sql.statements import (
    dml,
    explain,
    query,
    session_statements,
    transaction_statements,
)

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


def _of_blocks(name: str) -> _Handler:
    """One of the two handlers of `scripting.blocks`."""

    def handle(statement: Statement, session: Session) -> Result:
        blocks = import_module("sfdag_magics.engine.sql.scripting.blocks")
        handler: _Handler = getattr(blocks, name)
        return handler(statement, session)

    return handle


_TABLE: Mapping[str, _Handler] = {
    "SELECT": query.select,
    "EXPLAIN": explain.explain,
    "INSERT": dml.insert,
    "UPDATE": dml.update,
    "DELETE": dml.delete,
    "MERGE": dml.merge,
    "TRUNCATE TABLE": dml.truncate,
    "EXECUTE IMMEDIATE": _of_blocks("execute_immediate"),
    "BLOCK": _of_blocks("anonymous_block"),
    "BEGIN": transaction_statements.begin,
    "COMMIT": transaction_statements.commit,
    "ROLLBACK": transaction_statements.rollback,
    "CREATE TABLE": tables.create_table,
    "DROP TABLE": tables.drop_table,
    "DROP VIEW": tables.drop_table,
    "ALTER TABLE": alter.alter_table,
    "COMMENT": alter.comment_on,
    "CREATE VIEW": views.create_view,
    "ALTER VIEW": views.alter_view,
    "CREATE DATABASE": namespaces.create_database,
    "CREATE SCHEMA": namespaces.create_schema,
    "ALTER DATABASE": namespaces.alter_namespace,
    "ALTER SCHEMA": namespaces.alter_namespace,
    "DROP DATABASE": namespaces.drop_namespace,
    "DROP SCHEMA": namespaces.drop_namespace,
    "USE DATABASE": namespaces.use,
    "USE SCHEMA": namespaces.use,
    "USE ROLE": namespaces.use,
    "USE WAREHOUSE": namespaces.use,
    "USE SECONDARY ROLES": namespaces.use,
    "CREATE SEQUENCE": sequences.create_sequence,
    "ALTER SEQUENCE": sequences.alter_sequence,
    "DROP SEQUENCE": sequences.drop_sequence,
    "SET": session_statements.set_variables,
    "UNSET": session_statements.unset_variables,
    "ALTER SESSION": session_statements.alter_session,
    "SHOW PARAMETERS": session_statements.show_parameters,
    "SHOW VARIABLES": session_statements.show_variables,
    "SHOW TABLES": show_objects.show_objects,
    "SHOW VIEWS": show_objects.show_objects,
    "SHOW OBJECTS": show_objects.show_objects,
    "SHOW DATABASES": show_objects.show_objects,
    "SHOW SCHEMAS": show_objects.show_objects,
    "SHOW SEQUENCES": show_objects.show_objects,
    "SHOW AS RESOURCE TABLES": show_resources.show_resources,
    "SHOW AS RESOURCE VIEWS": show_resources.show_resources,
    "SHOW COLUMNS": show_columns.show_columns,
    "DESCRIBE TABLE": show_columns.describe_relation,
    "DESCRIBE VIEW": show_columns.describe_relation,
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

#: What DML answers.
_COUNTED: Mapping[str, tuple[StatementType, tuple[str, ...]]] = {
    "INSERT": (StatementType.INSERT, ("number_of_rows_inserted",)),
    "UPDATE": (
        StatementType.UPDATE,
        ("number_of_rows_updated", "number_of_multi-joined_rows_updated"),
    ),
    "DELETE": (StatementType.DELETE, ("number_of_rows_deleted",)),
}


def fixed_columns(kind: str) -> Result | None:
    """The columns of what DML answers, for a client that asks before it runs; else None."""
    if kind not in _COUNTED:
        return None
    type_, counted = _COUNTED[kind]
    return slice_of(counts(type_, **dict.fromkeys(counted, 0)))
