"""SHOW of what the catalogue knows: databases, schemas, tables, views, sequences, objects.

One table of columns and one row function per noun, with Snowflake's names and order; what has no
meaning here is empty, as Snowflake leaves it where a feature is off.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sfdag_magics.engine.borders.answers import Result, SfType, does_not_exist
from sfdag_magics.engine.borders.object_facts import ObjectFact
from sfdag_magics.engine.borders.ports import Statement
from sfdag_magics.engine.borders.rowset import rowset
from sfdag_magics.engine.objects.show_filter import ShowFilter
from sfdag_magics.engine.objects.statement_reader import StatementReader
from sfdag_magics.engine.sql.reading.words import end, read_statement
from sfdag_magics.engine.sql.sessions.row_counts import row_counts
from sfdag_magics.engine.sql.sessions.session import Session
from sfdag_magics.engine.sql.stored.tracked_form import tells_changes
from sfdag_magics.engine.store.catalogue import EPOCH, SNOWFLAKE
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import QualifiedName

_TEXT, _FIXED, _TIME = SfType.TEXT, SfType.FIXED, SfType.TIMESTAMP_LTZ
Columns = Mapping[str, SfType]


def texts(*names: str) -> dict[str, SfType]:
    """Columns that hold texts."""
    return dict.fromkeys(names, _TEXT)


@dataclass(frozen=True, slots=True)
class _Shown:
    """How one noun is shown."""

    columns: Columns
    row: Callable[[ObjectFact, Mapping[str, int], Session], Sequence[Any]]


_TABLE_COLUMNS: Columns = {
    "created_on": _TIME,
    **texts("name", "database_name", "schema_name", "kind", "comment", "cluster_by"),
    "rows": _FIXED,
    "bytes": _FIXED,
    **texts(
        "owner",
        "retention_time",
        "automatic_clustering",
        "change_tracking",
        "is_external",
        "enable_schema_evolution",
        "owner_role_type",
        "is_event",
        "budget",
        "is_hybrid",
        "is_iceberg",
        "is_dynamic",
        "is_immutable",
    ),
}


def table_kind(fact: ObjectFact) -> str:
    """SHOW's word for a table or view."""
    if fact.kind == "VIEW":
        return "VIEW"
    if fact.session_id is not None:
        return "TEMPORARY"
    return "TRANSIENT" if fact.detail.get("transient") else "TABLE"


def _table_row(fact: ObjectFact, counts: Mapping[str, int], session: Session) -> Sequence[Any]:
    return (
        fact.created_on,
        fact.name,
        fact.database,
        fact.schema,
        table_kind(fact),
        fact.comment,
        "",
        counts.get(fact.id),
        None,
        fact.owner,
        "1",
        "OFF",
        "ON" if tells_changes(fact) else "OFF",
        "N",
        "N",
        "ROLE",
        "N",
        None,
        "N",
        "N",
        "N",
        "N",
    )


_VIEW_COLUMNS: Columns = {
    "created_on": _TIME,
    **texts("name", "reserved", "database_name", "schema_name", "owner", "comment", "text"),
    **texts("is_secure", "is_materialized", "owner_role_type", "change_tracking"),
}


def _view_row(fact: ObjectFact, counts: Mapping[str, int], session: Session) -> Sequence[Any]:
    return (
        fact.created_on,
        fact.name,
        "",
        fact.database,
        fact.schema,
        fact.owner,
        fact.comment,
        fact.detail["statement"],
        str(bool(fact.detail.get("secure"))).lower(),
        "false",
        "ROLE",
        "OFF",
    )


_OBJECT_COLUMNS: Columns = {
    "created_on": _TIME,
    **texts("name", "database_name", "schema_name", "kind", "comment", "cluster_by"),
    "rows": _FIXED,
    "bytes": _FIXED,
    **texts("owner", "retention_time", "owner_role_type", "budget"),
}


def _object_row(fact: ObjectFact, counts: Mapping[str, int], session: Session) -> Sequence[Any]:
    return (*_table_row(fact, counts, session)[:11], "ROLE", None)


_DATABASE_COLUMNS: Columns = {
    "created_on": _TIME,
    **texts("name", "is_default", "is_current", "origin", "owner", "comment", "options"),
    **texts("retention_time", "kind", "budget", "owner_role_type"),
}


def _database_row(fact: ObjectFact, counts: Mapping[str, int], session: Session) -> Sequence[Any]:
    current = "Y" if session.database == fact.name else "N"
    kind = "STANDARD" if fact.owner else "APPLICATION"
    options = "TRANSIENT" if fact.detail.get("transient") else ""
    return (
        fact.created_on,
        fact.name,
        "N",
        current,
        "",
        fact.owner,
        fact.comment,
        options,
        "1",
        kind,
        None,
        "ROLE",
    )


_SCHEMA_COLUMNS: Columns = {
    "created_on": _TIME,
    **texts("name", "is_default", "is_current", "database_name", "owner", "comment", "options"),
    **texts("retention_time", "owner_role_type", "budget"),
}


def _schema_row(fact: ObjectFact, counts: Mapping[str, int], session: Session) -> Sequence[Any]:
    is_current = session.database == fact.database and session.schema == fact.name
    return (
        fact.created_on,
        fact.name,
        "N",
        "Y" if is_current else "N",
        fact.database,
        fact.owner,
        fact.comment,
        "TRANSIENT" if fact.detail.get("transient") else "",
        "1",
        "ROLE",
        None,
    )


_SEQUENCE_COLUMNS: Columns = {
    **texts("name", "database_name", "schema_name"),
    "next_value": _FIXED,
    "interval": _FIXED,
    "created_on": _TIME,
    **texts("owner", "comment", "owner_role_type", "ordered"),
}


def _sequence_row(fact: ObjectFact, counts: Mapping[str, int], session: Session) -> Sequence[Any]:
    return (
        fact.name,
        fact.database,
        fact.schema,
        counts.get(fact.id),
        fact.detail["increment"],
        fact.created_on,
        fact.owner,
        fact.comment,
        "ROLE",
        "N",
    )


_TERSE: Columns = {"created_on": _TIME, **texts("name", "kind", "database_name", "schema_name")}


def _terse_row(fact: ObjectFact, counts: Mapping[str, int], session: Session) -> Sequence[Any]:
    kind = table_kind(fact) if fact.kind in ("TABLE", "VIEW") else None
    schema = fact.schema if fact.kind not in ("DATABASE", "SCHEMA") else None
    return (fact.created_on, fact.name, kind, fact.database, schema)


_SHOWN: Mapping[str, tuple[tuple[str, ...], _Shown]] = {
    "TABLES": (("TABLE",), _Shown(_TABLE_COLUMNS, _table_row)),
    "VIEWS": (("VIEW",), _Shown(_VIEW_COLUMNS, _view_row)),
    "OBJECTS": (("TABLE", "VIEW"), _Shown(_OBJECT_COLUMNS, _object_row)),
    "DATABASES": (("DATABASE",), _Shown(_DATABASE_COLUMNS, _database_row)),
    "SCHEMAS": (("SCHEMA",), _Shown(_SCHEMA_COLUMNS, _schema_row)),
    "SEQUENCES": (("SEQUENCE",), _Shown(_SEQUENCE_COLUMNS, _sequence_row)),
}

_USAGE = "ACCOUNT_USAGE"
#: Of the nouns that are shown elsewhere.
_KINDS = {"STREAMS": ("STREAM",)}


def show_objects(statement: Statement, session: Session) -> Result:
    """SHOW [TERSE] TABLES, VIEWS, OBJECTS, DATABASES, SCHEMAS, SEQUENCES with its filters."""
    noun = statement.kind.removeprefix("SHOW ")
    shown = _SHOWN[noun][1]
    terse = statement.tokens[1].word == "TERSE"
    with read_statement(statement, noun) as reader:
        reader.accept("HISTORY")
        facts = facts_shown(noun, reader, session)
    counts = row_counts(session, [] if terse else facts)
    if terse:
        shown = _Shown(_TERSE, _terse_row)
    return rowset(shown.columns, (shown.row(fact, counts, session) for fact in facts))


def describe_sequence(statement: Statement, session: Session) -> Result:
    """DESCRIBE SEQUENCE name: its row of SHOW SEQUENCES."""
    with read_statement(statement, "SEQUENCE") as reader:
        name = session.resolve(reader.object_name())
        end(reader)
    found = session.catalogue().find("SEQUENCE", name)
    if found is None:
        raise does_not_exist("Sequence", name.sql())
    counts = row_counts(session, [found])
    return rowset(_SEQUENCE_COLUMNS, [_sequence_row(found, counts, session)])


def facts_shown(noun: str, reader: StatementReader, session: Session) -> list[ObjectFact]:
    """What the filters of a SHOW leave, which are read to the statement's end."""
    if noun == "DATABASES":
        wanted = ShowFilter.read(reader, session)
        return wanted.of(session.catalogue().listed("DATABASE"))
    if noun == "SCHEMAS":
        return _schemas(reader, session)
    wanted = ShowFilter.read(reader, session)
    _check_namespace(wanted.database, wanted.schema, session)
    listed = [
        fact
        for kind in _KINDS.get(noun) or _SHOWN[noun][0]
        for fact in session.catalogue().listed(kind, database=wanted.database, schema=wanted.schema)
    ]
    if noun == "VIEWS" and wanted.database == SNOWFLAKE and wanted.schema in (None, _USAGE):
        listed += _usage_views(session)
    return wanted.of(listed)


def _usage_views(session: Session) -> list[ObjectFact]:
    """The views of SNOWFLAKE.ACCOUNT_USAGE, whose text Snowflake shows to nobody."""
    found = (
        QualifiedName(*reversed(name.split(".")))
        for name in session.shared.virtual_tables
        if name.startswith(f"{SNOWFLAKE}.{_USAGE}.")
    )
    return [
        ObjectFact(
            id=name.sql(),
            kind="VIEW",
            database=SNOWFLAKE,
            schema=_USAGE,
            name=name.name,
            created_on=EPOCH,
            owner="",
            detail={"statement": ""},
        )
        for name in found
    ]


def _schemas(reader: StatementReader, session: Session) -> list[ObjectFact]:
    """SHOW SCHEMAS knows only databases: `IN name` is one."""
    pattern = reader.string() if reader.accept("LIKE") else None
    database = session.database
    if reader.accept("IN"):
        if reader.accept("ACCOUNT"):
            database = None
        else:
            reader.accept("DATABASE")
            database = database if reader.at_end else reader.identifier()
    starts = reader.string() if reader.accept("STARTS", "WITH") else ""
    limit = reader.integer() if reader.accept("LIMIT") else None
    end(reader)
    _check_namespace(database, None, session)
    wanted = ShowFilter(pattern=pattern, starts_with=starts, limit=limit)
    return wanted.of(session.catalogue().listed("SCHEMA", database=database))


def _check_namespace(database: str | None, schema: str | None, session: Session) -> None:
    if database is None:
        return
    if not session.database_exists(database):
        raise does_not_exist("Database", database)
    if schema is not None and not session.schema_exists(database, schema):
        raise does_not_exist("Schema", f"{database}.{schema}")
