"""CREATE, ALTER of views: kept as they were written, read again whenever they are named."""

from __future__ import annotations

from sfdag_magics.engine.borders.answers import (
    Result,
    SqlError,
    already_exists,
    unsupported,
)
from sfdag_magics.engine.borders.object_facts import ObjectFact
from sfdag_magics.engine.borders.ports import Statement
from sfdag_magics.engine.borders.rowset import status
from sfdag_magics.engine.objects.statement_reader import StatementReader
from sfdag_magics.engine.sql.ddl.as_all_kinds import altered_as_any, to_alter
from sfdag_magics.engine.sql.ddl.tables import drop_relation, leading_words
from sfdag_magics.engine.sql.names.scope import Namespace
from sfdag_magics.engine.sql.reading.parse import parse
from sfdag_magics.engine.sql.reading.words import DONE, read_statement
from sfdag_magics.engine.sql.results.result_rows import column_types, described
from sfdag_magics.engine.sql.sessions.session import Session
from sfdag_magics.engine.sql.stored.table_form import TableColumn, check_columns
from sfdag_magics.engine.sql.translating.translate import Translator
from sfdag_magics.engine.sql.translating.translated import release
from sfdag_magics.sqltext import QualifiedName, TokenKind

_TEMPORARY = {"TEMP", "TEMPORARY", "VOLATILE"}


def create_view(statement: Statement, session: Session) -> Result:
    """CREATE [OR REPLACE | OR ALTER] [SECURE] [TEMP] [RECURSIVE] VIEW [IF NOT EXISTS] … AS."""
    words = leading_words(statement, "VIEW")
    with read_statement(statement, "VIEW") as reader:
        exists = reader.accept("IF", "NOT", "EXISTS")
        reader.check_new_name()
        name = session.resolve(reader.object_name())
        exists = reader.accept("IF", "NOT", "EXISTS") or exists
        reader.check_new_columns()
        given = _given_columns(reader)
        comment = _options(reader)
        text = reader.rest()
    old = session.relation(name)
    if old is not None and exists:
        return status(f"{name.name} already exists, statement succeeded.")
    alters = "ALTER" in words
    if old is not None and (old.kind == "STREAM" or (alters and old.kind != "VIEW")):
        raise already_exists(name.name)
    temporary = bool(words & _TEMPORARY)
    columns = _columns(session, name, text, given)
    detail = {
        "text": text,
        "statement": statement.text,
        "renamed": bool(given),
        "secure": "SECURE" in words,
        "columns": [column.stored() for column in columns],
    }
    with session.facts() as facts:
        if alters and old is not None:
            facts.change(old, detail={**old.detail, **detail}, comment=comment)
            return status(DONE)
        if "REPLACE" in words and old is not None and (old.session_id is not None) == temporary:
            drop_relation(session, facts, old)
        facts.add("VIEW", name, detail=detail, comment=comment, temporary=temporary)
    return status(f"View {name.name} successfully created.")


def _given_columns(reader: StatementReader) -> list[tuple[str, str | None]]:
    """The names in parentheses, each with its comment."""
    given: list[tuple[str, str | None]] = []
    if not reader.accept("("):
        return given
    while not reader.accept(")"):
        name = reader.identifier()
        given.append((name, reader.string() if reader.accept("COMMENT") else None))
        reader.accept(",")
    return given


def _options(reader: StatementReader) -> str:
    comment = ""
    while not reader.accept("AS"):
        if reader.accept("COMMENT"):
            reader.expect("=")
            comment = reader.string()
        elif reader.accept("COPY", "GRANTS") or reader.accept("CHANGE_TRACKING", "="):
            token = reader.peek()
            if token is not None and token.kind is TokenKind.WORD and token.word != "AS":
                reader.accept(token.word)
        else:
            raise reader.unexpected("AS")
    return comment


def _columns(
    session: Session, name: QualifiedName, text: str, given: list[tuple[str, str | None]]
) -> list[TableColumn]:
    """The view's columns as they are now; reading its query is also its check."""
    namespace = Namespace(database=name.database, schema=name.schema)
    translated = Translator(session, namespace=namespace).query(parse(text))
    try:
        with session.transaction.reading():
            found, duck_types = described(session.connection, translated.sql, translated.parameters)
    finally:
        release(session, translated)
    types = column_types(duck_types, translated.types)
    names = given or [(column, None) for column in found]
    if len(names) != len(types):
        raise SqlError(
            "SQL compilation error:\nInvalid column definition list", code=2026, sqlstate="42601"
        )
    columns = [
        TableColumn(name=column, type=kind, comment=comment)
        for (column, comment), kind in zip(names, types, strict=True)
    ]
    check_columns(columns)
    return columns


def _view(session: Session, name: QualifiedName) -> ObjectFact | None:
    found = session.relation(name)
    return found if found is not None and found.kind == "VIEW" else None


def alter_view(statement: Statement, session: Session) -> Result:
    """ALTER VIEW [IF EXISTS] name RENAME TO …, SET | UNSET COMMENT, SECURE."""
    with read_statement(statement, "VIEW") as reader:
        found = to_alter(reader, session, "View", _view)
        if found is None or altered_as_any(reader, found, session):
            return status(DONE)
        if not (reader.accept("SET", "SECURE") or reader.accept("UNSET", "SECURE")):
            raise unsupported("This form of ALTER VIEW")
    return status(DONE)
