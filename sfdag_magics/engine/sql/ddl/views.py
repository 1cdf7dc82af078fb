"""CREATE, ALTER of views: kept as they were written, read again whenever they are named."""

from __future__ import annotations

from sfdag_magics.engine.borders.answers import Result, SqlError, does_not_exist, unsupported
from sfdag_magics.engine.borders.ports import Statement
from sfdag_magics.engine.borders.rowset import status
from sfdag_magics.engine.objects.statement_reader import StatementReader
from sfdag_magics.engine.sql.ddl.as_all_kinds import altered_as_any
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
    """CREATE [OR REPLACE] [SECURE] [TEMP] [RECURSIVE] VIEW [IF NOT EXISTS] name … AS query."""
    words = leading_words(statement, "VIEW")
    with read_statement(statement, "VIEW") as reader:
        exists = reader.accept("IF", "NOT", "EXISTS")
        name = session.resolve(reader.object_name())
        exists = reader.accept("IF", "NOT", "EXISTS") or exists
        given = _given_columns(reader)
        comment = _options(reader)
        text = reader.rest()
    old = session.relation(name)
    if old is not None and exists:
        return status(f"{name.name} already exists, statement succeeded.")
    temporary = bool(words & _TEMPORARY)
    columns = _columns(session, name, text, given)
    with session.facts() as facts:
        if "REPLACE" in words and old is not None and (old.session_id is not None) == temporary:
            drop_relation(session, facts, old)
        facts.add(
            "VIEW",
            name,
            detail={
                "text": text,
                "statement": statement.text,
                "renamed": bool(given),
                "secure": "SECURE" in words,
                "columns": [column.stored() for column in columns],
            },
            comment=comment,
            temporary=temporary,
        )
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
        found, duck_types = session.transaction.read(
            lambda: described(session.connection, translated.sql, translated.parameters)
        )
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


def alter_view(statement: Statement, session: Session) -> Result:
    """ALTER VIEW [IF EXISTS] name RENAME TO …, SET | UNSET COMMENT, SECURE."""
    with read_statement(statement, "VIEW") as reader:
        exists = reader.accept("IF", "EXISTS")
        name = session.resolve(reader.object_name())
        found = session.relation(name)
        if found is None or found.kind != "VIEW":
            if exists:
                return status(DONE)
            raise does_not_exist("View", name.sql())
        if altered_as_any(reader, found, session):
            return status(DONE)
        if not (reader.accept("SET", "SECURE") or reader.accept("UNSET", "SECURE")):
            raise unsupported("This form of ALTER VIEW")
    return status(DONE)
