"""SHOW COLUMNS, and DESCRIBE of a table or view: what the catalogue knows of columns."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from sfdag_magics.engine.borders.answers import Result, SfType, does_not_exist
from sfdag_magics.engine.borders.object_facts import ObjectFact
from sfdag_magics.engine.borders.ports import Statement
from sfdag_magics.engine.borders.rowset import like, rowset
from sfdag_magics.engine.objects.show_filter import ShowFilter
from sfdag_magics.engine.objects.statement_reader import StatementReader
from sfdag_magics.engine.sql.reading.words import end, read_statement
from sfdag_magics.engine.sql.sessions.session import Session
from sfdag_magics.engine.sql.show.show_objects import Columns, texts
from sfdag_magics.engine.sql.stored.table_form import TableColumn, columns_of
from sfdag_magics.engine.store.catalogue import INFORMATION_SCHEMA
from sfdag_magics.sqltext import QualifiedName

_COLUMN_COLUMNS: Columns = texts(
    "table_name",
    "schema_name",
    "column_name",
    "data_type",
    "null?",
    "default",
    "kind",
    "expression",
    "comment",
    "database_name",
    "autoincrement",
)


def show_columns(statement: Statement, session: Session) -> Result:
    """SHOW COLUMNS [LIKE pattern] [IN TABLE | VIEW | SCHEMA | DATABASE | ACCOUNT name]."""
    with read_statement(statement, "COLUMNS") as reader:
        pattern = reader.string() if reader.accept("LIKE") else None
        facts = relations_of(reader, session)
    wanted = like(pattern)
    rows = [
        (
            fact.name,
            fact.schema,
            column.name,
            json.dumps(_data_type(column), separators=(",", ":")),
            "true" if column.nullable else "NOT_NULL",
            column.default_text or "",
            "COLUMN",
            "",
            column.comment or "",
            fact.database,
            column.default_text if column.sequence else "",
        )
        for fact in facts
        for column in columns_of(fact)
        if wanted.match(column.name)
    ]
    return rowset(_COLUMN_COLUMNS, rows)


def relations_of(reader: StatementReader, session: Session) -> Iterable[ObjectFact]:
    """What a SHOW of parts of tables is asked for: one relation, or those of a place."""
    peeked = reader.peek(1)
    word = peeked.word if peeked is not None and reader.peek_words("IN") else ""
    if word in ("TABLE", "VIEW") or (word and word not in ("SCHEMA", "DATABASE", "ACCOUNT")):
        reader.expect("IN")
        if not reader.accept("TABLE"):
            reader.accept("VIEW")
        name = session.resolve(reader.object_name())
        found = session.relation(name)
        if found is None:
            raise does_not_exist("Table", name.sql())
        return [found]
    wanted = ShowFilter.read(reader, session)
    catalogue = session.catalogue()
    return [
        fact
        for kind in ("TABLE", "VIEW")
        for fact in catalogue.listed(kind, database=wanted.database, schema=wanted.schema)
    ]


def _data_type(column: TableColumn) -> dict[str, Any]:
    """The JSON by which SHOW COLUMNS tells a type."""
    kind = column.type
    told: dict[str, Any] = {"type": kind.kind.value}
    if kind.kind is SfType.FIXED:
        told |= {"precision": kind.precision, "scale": kind.scale}
    elif kind.kind is SfType.TEXT:
        told |= {"length": kind.length, "byteLength": kind.most_bytes, "fixed": False}
    elif kind.kind is SfType.BINARY:
        told |= {"length": kind.length, "byteLength": kind.most_bytes, "fixed": True}
    elif kind.scale is not None:
        told |= {"precision": 0, "scale": kind.scale}
    return told | {"nullable": column.nullable}


_DESCRIBED: Columns = texts(
    "name",
    "type",
    "kind",
    "null?",
    "default",
    "primary key",
    "unique key",
    "check",
    "expression",
    "comment",
    "policy name",
    "privacy domain",
)


def describe_relation(statement: Statement, session: Session) -> Result:
    """DESCRIBE TABLE or VIEW name."""
    kind = statement.kind.removeprefix("DESCRIBE ")
    with read_statement(statement, kind) as reader:
        name = session.resolve(reader.object_name())
        if reader.accept("TYPE", "="):
            reader.expect("COLUMNS")
        end(reader)
    found = session.relation(name)
    if found is None and name.schema == INFORMATION_SCHEMA:
        return _described_virtual(name, session)
    if found is None:
        raise does_not_exist(kind.capitalize(), name.sql())
    return rowset(_DESCRIBED, map(_described_row, columns_of(found)))


def _described_virtual(name: QualifiedName, session: Session) -> Result:
    made = session.shared.computed(name, session)
    if made is None:
        raise does_not_exist("View", name.sql())
    rows = [
        (column.name, column.type.value, "COLUMN", "Y", None, "N", "N", *[None] * 5)
        for column in made.columns
    ]
    return rowset(_DESCRIBED, rows)


def _described_row(column: TableColumn) -> Sequence[Any]:
    return (
        column.name,
        column.type.sql(),
        "COLUMN",
        "Y" if column.nullable else "N",
        column.default_text,
        "Y" if column.primary_key else "N",
        "Y" if column.unique else "N",
        None,
        None,
        column.comment,
        None,
        None,
    )
