"""SHOW PRIMARY KEYS and UNIQUE KEYS: what the columns of tables say. Keys are not enforced."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

from sfdag_magics.engine.borders.answers import Result, SfType
from sfdag_magics.engine.borders.object_facts import ObjectFact
from sfdag_magics.engine.borders.ports import Statement
from sfdag_magics.engine.borders.rowset import rowset
from sfdag_magics.engine.sql.reading.words import read_statement
from sfdag_magics.engine.sql.sessions.session import Session
from sfdag_magics.engine.sql.show.show_columns import relations_of
from sfdag_magics.engine.sql.stored.table_form import columns_of

_TEXT = SfType.TEXT
_KEYS = {
    "created_on": SfType.TIMESTAMP_LTZ,
    **dict.fromkeys(("database_name", "schema_name", "table_name", "column_name"), _TEXT),
    "key_sequence": SfType.FIXED,
    **dict.fromkeys(("constraint_name", "rely", "comment"), _TEXT),
}
_FOREIGN = {"created_on": SfType.TIMESTAMP_LTZ} | dict.fromkeys(
    (
        *("pk_database_name", "pk_schema_name", "pk_table_name", "pk_column_name"),
        *("fk_database_name", "fk_schema_name", "fk_table_name", "fk_column_name"),
        *("key_sequence", "update_rule", "delete_rule", "fk_name", "pk_name"),
        *("deferrability", "rely", "comment"),
    ),
    _TEXT,
)


def show_keys(statement: Statement, session: Session) -> Result:
    """SHOW PRIMARY | UNIQUE KEYS [IN [TABLE] name | SCHEMA | DATABASE | ACCOUNT]."""
    is_primary = "PRIMARY" in statement.kind
    with read_statement(statement, "KEYS") as reader:
        tables = [fact for fact in relations_of(reader, session) if fact.kind == "TABLE"]
    return rowset(_KEYS, [row for table in tables for row in _rows(table, is_primary=is_primary)])


def _rows(table: ObjectFact, *, is_primary: bool) -> Iterator[tuple[Any, ...]]:
    """A table has one primary key, of all its columns that are of it; unique ones are of one."""
    keys = [each for each in columns_of(table) if (each.primary_key if is_primary else each.unique)]
    for place, column in enumerate(keys, start=1):
        of = "primary" if is_primary else column.name
        name = f"SYS_CONSTRAINT_{uuid.uuid5(uuid.NAMESPACE_OID, f'{table.id}.{of}')}"
        where = (table.database, table.schema, table.name, column.name)
        sequence = place if is_primary else 1
        yield (table.created_on, *where, sequence, name, "false", None)


def show_foreign_keys(statement: Statement, session: Session) -> Result:
    """SHOW IMPORTED | EXPORTED KEYS: references are read and not kept."""
    del statement, session
    return rowset(_FOREIGN, [])
