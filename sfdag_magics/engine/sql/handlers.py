"""Which statement kind is carried out by what: the allow-list of the gate is this table.

A kind that is not here and that no feature adds is refused by name. The room `scripting` is
imported with the first statement for it: it is no part of a start.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from importlib import import_module

from sfdag_magics.engine.borders.answers import Result, StatementType
from sfdag_magics.engine.borders.ports import SqlSession, Statement, StatementHandler
from sfdag_magics.engine.sql.ddl import (
    account_objects,
    alter,
    grants,
    namespaces,
    or_alter,
    sequences,
    set_parameters,
    streams,
    tables,
    tags,
    views,
)
from sfdag_magics.engine.sql.results.result_rows import counts, slice_of
from sfdag_magics.engine.sql.sessions.session import Session, own_session
from sfdag_magics.engine.sql.show import (
    describe_places,
    show_account,
    show_columns,
    show_fixed,
    show_grants,
    show_keys,
    show_objects,
    show_resources,
    show_streams,
)
from sfdag_magics.engine.sql.statements import (
    dml,
    explain,
    insert_several,
    query,
    session_statements,
    transaction_statements,
)

#: Kinds that find names first and run then, and so may find them gone.
_AGAIN = (
    "CREATE", "ALTER", "DROP", "COMMENT",
    "SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "TRUNCATE", "EXPLAIN", "SET",
)  # fmt: skip
_Handler = Callable[[Statement, Session], Result]


def _with_own_session(kind: str, handler: _Handler) -> StatementHandler:
    """The handler for any session; what loses against another session is carried out again."""
    again = kind.startswith(_AGAIN)

    def handle(statement: Statement, session: SqlSession) -> Result:
        own = own_session(session)
        if again:
            return own.transaction.retried(partial(handler, statement, own))
        return handler(statement, own)

    return handle


def _of_blocks(name: str) -> _Handler:
    """One of the two handlers of `scripting.blocks`."""

    def handle(statement: Statement, session: Session) -> Result:
        blocks = import_module("sfdag_magics.engine.sql.scripting.blocks")
        handler: _Handler = getattr(blocks, name)
        return handler(statement, session)

    return handle


_OF_ACCOUNT = tuple(account_objects.PROPERTIES)
_TABLE: Mapping[str, _Handler] = {
    "SELECT": query.select,
    "EXPLAIN": explain.explain,
    "INSERT": dml.insert,
    "INSERT ALL": insert_several.insert_several,
    "INSERT FIRST": insert_several.insert_several,
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
    "CREATE OR ALTER TABLE": or_alter.create_or_alter_table,
    "DROP TABLE": tables.drop_table,
    "DROP VIEW": tables.drop_table,
    "ALTER TABLE": alter.alter_table,
    "COMMENT": alter.comment_on,
    "CREATE VIEW": views.create_view,
    "CREATE OR ALTER VIEW": views.create_view,
    "ALTER VIEW": views.alter_view,
    "CREATE DATABASE": namespaces.create_database,
    "CREATE SCHEMA": namespaces.create_schema,
    "ALTER ACCOUNT": set_parameters.alter_account,
    "CREATE OR ALTER DATABASE": namespaces.create_or_alter,
    "CREATE OR ALTER SCHEMA": namespaces.create_or_alter,
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
    "CREATE STREAM": streams.create_stream,
    "ALTER STREAM": streams.alter_stream,
    "DROP STREAM": streams.drop_stream,
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
    "DESCRIBE DATABASE": describe_places.describe_database,
    "DESCRIBE SCHEMA": describe_places.describe_schema,
    "DESCRIBE SEQUENCE": show_objects.describe_sequence,
    "DESCRIBE WAREHOUSE": describe_places.describe_warehouse,
    "DESCRIBE TABLE": show_columns.describe_relation,
    "DESCRIBE VIEW": show_columns.describe_relation,
    "SHOW WAREHOUSES": show_account.show_warehouses,
    "SHOW ROLES": show_account.show_roles,
    "SHOW USERS": show_account.show_users,
    "SHOW GRANTS": show_grants.show_grants,
    "SHOW FUTURE GRANTS": show_grants.show_future_grants,
    "SHOW DATABASE ROLES": show_grants.show_database_roles,
    "GRANT": grants.grant,
    "REVOKE": grants.revoke,
    "CREATE DATABASE ROLE": grants.create_database_role,
    "ALTER DATABASE ROLE": grants.alter_database_role,
    "DROP DATABASE ROLE": grants.drop_database_role,
    "SHOW PRIMARY KEYS": show_keys.show_keys,
    "SHOW UNIQUE KEYS": show_keys.show_keys,
    "SHOW IMPORTED KEYS": show_keys.show_foreign_keys,
    "SHOW EXPORTED KEYS": show_keys.show_foreign_keys,
    "SHOW SHARES": show_fixed.show_nothing,
    "SHOW STREAMS": show_streams.show_streams,
    "DESCRIBE STREAM": show_streams.describe_stream,
    "SHOW PIPES": show_fixed.show_nothing,
    "CREATE TAG": tags.create_tag,
    "CREATE OR ALTER TAG": tags.create_tag,
    "ALTER TAG": tags.alter_tag,
    "DROP TAG": tags.drop_tag,
    "UNDROP TAG": tags.undrop_tag,
    "SHOW TAGS": tags.show_tags,
    **{f"CREATE {kind}": account_objects.create for kind in _OF_ACCOUNT},
    **{f"CREATE OR ALTER {kind}": account_objects.create_or_alter for kind in _OF_ACCOUNT},
    **{f"ALTER {kind}": account_objects.alter for kind in _OF_ACCOUNT},
    **{f"DROP {kind}": account_objects.drop for kind in _OF_ACCOUNT},
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
