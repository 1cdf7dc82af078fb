"""INFORMATION_SCHEMA of a database: the catalogue as rows, with Snowflake's columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sfdag_magics.engine.borders.answers import Result, SfType
from sfdag_magics.engine.borders.object_facts import ObjectFact
from sfdag_magics.engine.borders.rowset import rowset
from sfdag_magics.engine.sql.sessions.row_counts import row_counts
from sfdag_magics.engine.sql.sessions.session import Session
from sfdag_magics.engine.sql.stored.table_form import TableColumn, columns_of
from sfdag_magics.engine.store.catalogue import INFORMATION_SCHEMA

_TEXT, _FIXED, _TIME = SfType.TEXT, SfType.FIXED, SfType.TIMESTAMP_LTZ


def _texts(*names: str) -> dict[str, SfType]:
    return dict.fromkeys(names, _TEXT)


_DATABASES = {
    **_texts("DATABASE_NAME", "DATABASE_OWNER", "IS_TRANSIENT", "COMMENT"),
    **dict.fromkeys(("CREATED", "LAST_ALTERED"), _TIME),
    "RETENTION_TIME": _FIXED,
    **_texts("TYPE", "OWNER_ROLE_TYPE"),
}


def _databases(database: str, session: Session) -> Result:
    rows = [
        (
            fact.name,
            fact.owner,
            "YES" if fact.detail.get("transient") else "NO",
            fact.comment,
            fact.created_on,
            fact.created_on,
            1,
            "STANDARD" if fact.owner else "APPLICATION",
            "ROLE",
        )
        for fact in session.catalogue().listed("DATABASE")
    ]
    return rowset(_DATABASES, rows)


_SCHEMATA = {
    **_texts("CATALOG_NAME", "SCHEMA_NAME", "SCHEMA_OWNER", "IS_TRANSIENT", "IS_MANAGED_ACCESS"),
    "RETENTION_TIME": _FIXED,
    **dict.fromkeys(("CREATED", "LAST_ALTERED"), _TIME),
    **_texts("COMMENT", "OWNER_ROLE_TYPE"),
}


def _schemata(database: str, session: Session) -> Result:
    rows: list[Sequence[Any]] = [
        (
            fact.database,
            fact.name,
            fact.owner,
            "YES" if fact.detail.get("transient") else "NO",
            "NO",
            1,
            fact.created_on,
            fact.created_on,
            fact.comment,
            "ROLE",
        )
        for fact in session.catalogue().listed("SCHEMA", database=database)
    ]
    own = session.shared.catalogue.get(("DATABASE", database, "", database, ""))
    since = own.created_on if own is not None else None
    rows.append((database, INFORMATION_SCHEMA, "", "NO", "NO", 1, since, since, "", ""))
    return rowset(_SCHEMATA, rows)


_TABLES = {
    **_texts("TABLE_CATALOG", "TABLE_SCHEMA", "TABLE_NAME", "TABLE_OWNER", "TABLE_TYPE"),
    **_texts("IS_TRANSIENT", "CLUSTERING_KEY"),
    **dict.fromkeys(("ROW_COUNT", "BYTES", "RETENTION_TIME"), _FIXED),
    **dict.fromkeys(("CREATED", "LAST_ALTERED", "LAST_DDL"), _TIME),
    **_texts("AUTO_CLUSTERING_ON", "COMMENT", "IS_TEMPORARY", "IS_ICEBERG", "IS_DYNAMIC"),
    **_texts("IS_IMMUTABLE", "IS_HYBRID"),
}


def relations(database: str, session: Session) -> list[ObjectFact]:
    """The tables and views of a database, by schema and name."""
    catalogue = session.catalogue()
    listed = [
        *catalogue.listed("TABLE", database=database),
        *catalogue.listed("VIEW", database=database),
    ]
    return sorted(listed, key=lambda fact: (fact.schema, fact.name))


def _tables(database: str, session: Session) -> Result:
    facts = relations(database, session)
    counts = row_counts(session, facts)
    return rowset(_TABLES, (_table_row(fact, counts) for fact in facts))


def _table_row(fact: ObjectFact, counts: Mapping[str, int]) -> Sequence[Any]:
    is_table = fact.kind == "TABLE"
    kind = "BASE TABLE" if fact.session_id is None else "LOCAL TEMPORARY"
    return (
        fact.database,
        fact.schema,
        fact.name,
        fact.owner,
        kind if is_table else "VIEW",
        "YES" if fact.detail.get("transient") else "NO",
        None,
        counts.get(fact.id),
        None,
        1,
        fact.created_on,
        fact.created_on,
        fact.created_on,
        "NO",
        fact.comment or None,
        "YES" if fact.session_id else "NO",
        "NO",
        "NO",
        "NO",
        "NO",
    )


_COLUMNS = {
    **_texts("TABLE_CATALOG", "TABLE_SCHEMA", "TABLE_NAME", "COLUMN_NAME"),
    "ORDINAL_POSITION": _FIXED,
    **_texts("COLUMN_DEFAULT", "IS_NULLABLE", "DATA_TYPE"),
    **dict.fromkeys(
        (
            "CHARACTER_MAXIMUM_LENGTH",
            "CHARACTER_OCTET_LENGTH",
            "NUMERIC_PRECISION",
            "NUMERIC_PRECISION_RADIX",
            "NUMERIC_SCALE",
            "DATETIME_PRECISION",
        ),
        _FIXED,
    ),
    **_texts("INTERVAL_TYPE", "COLLATION_NAME", "IS_IDENTITY", "IDENTITY_START"),
    **_texts("IDENTITY_INCREMENT", "COMMENT"),
}


def _columns(database: str, session: Session) -> Result:
    return rowset(_COLUMNS, _column_rows(relations(database, session)))


def _column_rows(facts: Iterable[ObjectFact]) -> Iterable[Sequence[Any]]:
    for fact in facts:
        for position, column in enumerate(columns_of(fact), start=1):
            yield _column_row(fact, position, column)


def _column_row(fact: ObjectFact, position: int, column: TableColumn) -> Sequence[Any]:
    kind = column.type
    is_number, is_time = kind.kind is SfType.FIXED, kind.kind.value.startswith("TIME")
    return (
        fact.database,
        fact.schema,
        fact.name,
        column.name,
        position,
        column.default_text if column.sequence is None else None,
        "YES" if column.nullable else "NO",
        _DATA_TYPES.get(kind.kind, kind.kind.value),
        kind.length,
        kind.length,
        kind.precision if is_number else None,
        10 if is_number else None,
        kind.scale if is_number else None,
        kind.scale if is_time else None,
        None,
        None,
        "YES" if column.sequence else "NO",
        None,
        None,
        column.comment,
    )


_DATA_TYPES = {SfType.FIXED: "NUMBER", SfType.REAL: "FLOAT"}

_VIEWS = {
    **_texts("TABLE_CATALOG", "TABLE_SCHEMA", "TABLE_NAME", "TABLE_OWNER", "VIEW_DEFINITION"),
    **_texts("CHECK_OPTION", "IS_UPDATABLE", "INSERTABLE_INTO", "IS_SECURE"),
    **dict.fromkeys(("CREATED", "LAST_ALTERED"), _TIME),
    "COMMENT": _TEXT,
}


def _views(database: str, session: Session) -> Result:
    rows = [
        (
            fact.database,
            fact.schema,
            fact.name,
            fact.owner,
            fact.detail["statement"],
            "NONE",
            "NO",
            "NO",
            "YES" if fact.detail.get("secure") else "NO",
            fact.created_on,
            fact.created_on,
            fact.comment or None,
        )
        for fact in session.catalogue().listed("VIEW", database=database)
    ]
    return rowset(_VIEWS, rows)


_SEQUENCES = {
    **_texts("SEQUENCE_CATALOG", "SEQUENCE_SCHEMA", "SEQUENCE_NAME", "SEQUENCE_OWNER"),
    **dict.fromkeys(("NEXT_VALUE", "INTERVAL"), _FIXED),
    "CREATED": _TIME,
    "COMMENT": _TEXT,
}


def _sequences(database: str, session: Session) -> Result:
    facts = session.catalogue().listed("SEQUENCE", database=database)
    counts = row_counts(session, facts)
    rows = [
        (
            fact.database,
            fact.schema,
            fact.name,
            fact.owner,
            counts.get(fact.id),
            fact.detail["increment"],
            fact.created_on,
            fact.comment or None,
        )
        for fact in facts
    ]
    return rowset(_SEQUENCES, rows)


_NOT_SHOWN = """
    APPLICABLE_ROLES APPLICATION_SPECIFICATIONS CLASSES CLASS_INSTANCES CORTEX_SEARCH_SERVICES
    ELEMENT_TYPES ENABLED_ROLES EVENT_TABLES EXTERNAL_TABLES FIELDS FILE_FORMATS FUNCTIONS
    GIT_REPOSITORIES HYBRID_TABLES INDEXES INDEX_COLUMNS INFORMATION_SCHEMA_CATALOG_NAME
    LOAD_HISTORY MODEL_VERSIONS NOTEBOOKS OBJECT_PRIVILEGES PIPES PROCEDURES
    REFERENTIAL_CONSTRAINTS REPLICATION_DATABASES REPLICATION_GROUPS SERVICES STAGES STREAMLITS
    TABLE_CONSTRAINTS TABLE_PRIVILEGES TABLE_STORAGE_METRICS TYPES USAGE_PRIVILEGES
"""
#: Those that Snowflake has besides: another name is none of a view.
NOT_SHOWN = frozenset(_NOT_SHOWN.split())
#: By name, what answers for `database.INFORMATION_SCHEMA.name`.
TABLES: Mapping[str, Callable[[str, Session], Result]] = {
    "DATABASES": _databases,
    "SCHEMATA": _schemata,
    "TABLES": _tables,
    "COLUMNS": _columns,
    "VIEWS": _views,
    "SEQUENCES": _sequences,
}
