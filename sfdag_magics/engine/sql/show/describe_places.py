"""DESCRIBE DATABASE, SCHEMA and WAREHOUSE: what is in the first two, and the last itself, as rows.

Knows Snowflake's three columns; an object's own properties are SHOW's.
"""

from __future__ import annotations

from collections.abc import Iterable

from sfdag_magics.engine.borders.answers import Result, SfType, does_not_exist
from sfdag_magics.engine.borders.object_facts import ObjectFact
from sfdag_magics.engine.borders.ports import Statement
from sfdag_magics.engine.borders.rowset import rowset
from sfdag_magics.engine.sql.reading.words import end, read_statement
from sfdag_magics.engine.sql.sessions.session import Session
from sfdag_magics.engine.sql.show.show_account import warehouses
from sfdag_magics.engine.sql.show.show_objects import Columns, texts

_COLUMNS: Columns = {"created_on": SfType.TIMESTAMP_LTZ, **texts("name", "kind")}
#: What DESCRIBE SCHEMA lists, in its order.
_IN_SCHEMAS = ("TABLE", "VIEW", "SEQUENCE", "STAGE", "FILE FORMAT", "STREAM")


def describe_database(statement: Statement, session: Session) -> Result:
    """DESCRIBE DATABASE name: its schemas."""
    with read_statement(statement, "DATABASE") as reader:
        name = reader.object_name().name
        end(reader)
    if not session.database_exists(name):
        raise does_not_exist("Database", name)
    return _rows(session.catalogue().listed("SCHEMA", database=name))


def describe_schema(statement: Statement, session: Session) -> Result:
    """DESCRIBE SCHEMA [database.]name: what is in it."""
    with read_statement(statement, "SCHEMA") as reader:
        written = reader.object_name()
        end(reader)
    database, schema = written.schema or session.database, written.name
    if database is None or not session.schema_exists(database, schema):
        raise does_not_exist("Schema", ".".join(filter(None, (database, schema))))
    listed = (
        session.catalogue().listed(kind, database=database, schema=schema) for kind in _IN_SCHEMAS
    )
    return _rows(fact for facts in listed for fact in facts)


def describe_warehouse(statement: Statement, session: Session) -> Result:
    """DESCRIBE WAREHOUSE name."""
    with read_statement(statement, "WAREHOUSE") as reader:
        name = reader.object_name().name
        end(reader)
    found = [fact for fact in warehouses(session) if fact.name == name]
    if not found:
        raise does_not_exist("Warehouse", name)
    return _rows(found)


def _rows(facts: Iterable[ObjectFact]) -> Result:
    return rowset(_COLUMNS, [(fact.created_on, fact.name, fact.kind) for fact in facts])
