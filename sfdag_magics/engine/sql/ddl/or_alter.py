"""CREATE OR ALTER TABLE: a table that is not there is made, one that is gets these columns.

Columns are told apart by name (Snowflake docs: "CREATE OR ALTER TABLE"): what the statement does
not have goes with its values, what it has more comes with its default.
"""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp

from sfdag_magics.engine.borders.answers import Result, SqlError, unsupported
from sfdag_magics.engine.borders.object_facts import ObjectFact
from sfdag_magics.engine.borders.ports import Statement
from sfdag_magics.engine.borders.rowset import status
from sfdag_magics.engine.sql.ddl.alter import Shape, changed_type, reshape
from sfdag_magics.engine.sql.ddl.column_definitions import columns_from_ast
from sfdag_magics.engine.sql.ddl.tables import comment_of, create_table, create_tree
from sfdag_magics.engine.sql.names.scope import table_name
from sfdag_magics.engine.sql.reading.parse import expected
from sfdag_magics.engine.sql.reading.words import DONE
from sfdag_magics.engine.sql.sessions.session import Session
from sfdag_magics.engine.sql.stored.table_form import TableColumn, columns_of
from sfdag_magics.engine.sql.translating.translate import Translator


def create_or_alter_table(statement: Statement, session: Session) -> Result:
    """CREATE OR ALTER [TRANSIENT] TABLE name (columns) [options]."""
    plain = _as_create(statement)
    translator = Translator(session, statement.bindings)
    prepared = expected(translator.prepared(create_tree(plain, "TABLE")), exp.Create)
    schema = prepared.this
    if not isinstance(schema, exp.Schema) or prepared.expression is not None:
        raise unsupported("CREATE OR ALTER TABLE without columns, or with a query")
    name = session.resolve(table_name(schema.this, translator))
    found = session.relation(name)
    if found is None:
        return create_table(plain, session)
    if found.kind != "TABLE":
        raise SqlError(
            f"SQL compilation error:\nObject '{name.sql()}' is a {found.kind.lower()}, no table.",
            code=2203,
            sqlstate="42601",
        )
    with session.facts() as facts:
        wanted = columns_from_ast(schema, translator, session, facts)
        reshape(found, _shape(found, wanted), session, facts, comment=comment_of(prepared))
    return status(DONE)


def _as_create(statement: Statement) -> Statement:
    """The statement without OR ALTER; its text keeps its length."""
    gone = statement.tokens[1:3]
    text = statement.text
    for token in gone:
        text = text[: token.start] + " " * (token.end - token.start) + text[token.end :]
    tokens = (statement.tokens[0], *statement.tokens[3:])
    return replace(statement, kind="CREATE TABLE", text=text, tokens=tokens)


def _shape(found: ObjectFact, wanted: list[TableColumn]) -> Shape:
    old = {column.name: column for column in columns_of(found)}
    shape = Shape(columns=[], values={})
    for column in wanted:
        before = old.get(column.name)
        if before is None:
            shape.values[column.name] = column.default or "NULL"
        elif before.type != column.type:
            shape.values[column.name] = changed_type(before, column.type)
        if before is not None and before.sequence and column.sequence:
            column = replace(column, sequence=before.sequence, default=before.default)
        shape.columns.append(column)
    return shape
