"""GET_DDL of tables, views and sequences: the statements that make them again, as text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sfdag_magics.engine.borders.answers import does_not_exist
from sfdag_magics.engine.borders.object_facts import ObjectFact
from sfdag_magics.engine.borders.ports import Definition, SqlSession
from sfdag_magics.engine.sql.names.scope import name_from_text
from sfdag_magics.engine.sql.sessions.session import own_session
from sfdag_magics.engine.sql.stored.table_form import TableColumn, columns_of
from sfdag_magics.sqltext import QualifiedName, quoted_string

_OWN_NUMBERS = "IDENTITY"


def _relation(name: str, is_full: bool, session: SqlSession) -> str:  # noqa: FBT001 - a `Definition`
    """Of a table or a view, whichever was named as what."""
    own = own_session(session)
    full = own.resolve(name_from_text(name))
    fact = own.relation(full)
    if fact is None or fact.kind not in ("TABLE", "VIEW"):
        raise does_not_exist("Object", full.sql())
    shown = _shown(fact, is_full=is_full)
    return _view(fact, shown) if fact.kind == "VIEW" else _table(fact, shown)


def _shown(fact: ObjectFact, *, is_full: bool) -> str:
    name = QualifiedName(fact.name, fact.schema, fact.database)
    return name.sql() if is_full else QualifiedName(fact.name).sql()


def _table(fact: ObjectFact, shown: str) -> str:
    columns = columns_of(fact)
    lines = [*map(_column, columns), *_keys(columns)]
    kind = "TEMPORARY " if fact.session_id is not None else ""
    kind = "TRANSIENT " if fact.detail.get("transient") else kind
    body = ",\n".join(f"\t{line}" for line in lines)
    comment = f"COMMENT={quoted_string(fact.comment)}\n" if fact.comment else ""
    return f"create or replace {kind}TABLE {shown} (\n{body}\n){comment};"


def _column(column: TableColumn) -> str:
    parts = [QualifiedName(column.name).sql(), column.type.sql()]
    if not column.nullable:
        parts.append("NOT NULL")
    if column.default_text is not None and column.default_text.startswith(_OWN_NUMBERS):
        parts.append(f"autoincrement{column.default_text.removeprefix(_OWN_NUMBERS).lower()}")
    elif column.default_text is not None:
        parts.append(f"DEFAULT {column.default_text}")
    if column.comment:
        parts.append(f"COMMENT {quoted_string(column.comment)}")
    return " ".join(parts)


def _keys(columns: list[TableColumn]) -> Iterator[str]:
    primary = [QualifiedName(each.name).sql() for each in columns if each.primary_key]
    if primary:
        yield f"primary key ({', '.join(primary)})"
    yield from (f"unique ({QualifiedName(each.name).sql()})" for each in columns if each.unique)


def _view(fact: ObjectFact, shown: str) -> str:
    names = ",\n".join(f"\t{_view_column(column)}" for column in columns_of(fact))
    secure = "secure " if fact.detail.get("secure") else ""
    comment = f" COMMENT={quoted_string(fact.comment)}\n" if fact.comment else ""
    query = str(fact.detail["text"]).strip().rstrip(";")
    return f"create or replace {secure}view {shown}(\n{names}\n){comment} as {query};"


def _view_column(column: TableColumn) -> str:
    comment = f" COMMENT {quoted_string(column.comment)}" if column.comment else ""
    return f"{QualifiedName(column.name).sql()}{comment}"


def _sequence(name: str, is_full: bool, session: SqlSession) -> str:  # noqa: FBT001 - a `Definition`
    own = own_session(session)
    full = own.resolve(name_from_text(name))
    fact = own.catalogue().find("SEQUENCE", full)
    if fact is None:
        raise does_not_exist("Sequence", full.sql())
    start, step = fact.detail["start"], fact.detail["increment"]
    shown = _shown(fact, is_full=is_full)
    comment = f" comment={quoted_string(fact.comment)}" if fact.comment else ""
    return (
        f"create or replace sequence {shown} start with {start} increment by {step} noorder"
        f"{comment};"
    )


RELATION_DEFINITIONS: Mapping[str, Definition] = {
    "TABLE": _relation,
    "VIEW": _relation,
    "SEQUENCE": _sequence,
}
