"""SELECT, VALUES and WITH: one query in, its rows out. Knows how a query runs, not what it says."""

from __future__ import annotations

from sqlglot import exp

from sfdag_magics.engine.answers import Result
from sfdag_magics.engine.ports import Statement
from sfdag_magics.engine.sql.parse import parse
from sfdag_magics.engine.sql.result_rows import relation_result
from sfdag_magics.engine.sql.session import Session
from sfdag_magics.engine.sql.translate import Translated, Translator, release
from sfdag_magics.sqltext import TokenKind


def select(statement: Statement, session: Session) -> Result:
    """Run a query."""
    return run_query(session, translated_query(statement, session))


def describe_query(statement: Statement, session: Session) -> Result:
    """The columns of a query."""
    return run_query(session, translated_query(statement, session), only_columns=True)


def translated_query(statement: Statement, session: Session) -> Translated:
    """The query in DuckDB's SQL, from memory where nothing it relies on has changed."""
    key = (statement.text, session.database, session.schema)
    remembered = session.translations.get(key)
    if remembered is not None and not statement.bindings and not session.relations:
        return remembered
    translated = Translator(session, statement.bindings).query(tree_of(statement))
    if translated.stable and not statement.bindings:
        session.translations.put(key, translated)
    return translated


def tree_of(statement: Statement) -> exp.Expr:
    """A statement's tree, its `?` numbered in the order they are written."""
    return parse(numbered(statement))


def numbered(statement: Statement) -> str:
    """The text with `?` as `:1`, `:2`, …: a tree does not keep the order."""
    if "?" not in statement.text:
        return statement.text
    pieces, position, count = [], 0, 0
    for token in statement.tokens:
        if token.kind is TokenKind.SYMBOL and token.text == "?":
            count += 1
            pieces.append(f"{statement.text[position : token.start]} :{count}")
            position = token.end
    return "".join(pieces) + statement.text[position:]


def run_query(session: Session, query: Translated, *, only_columns: bool = False) -> Result:
    """Run a translated query in the session's transaction."""
    session.check_cancelled()

    def run() -> Result:
        relation = session.connection.sql(query.sql, params=dict(query.parameters) or None)
        return relation_result(relation, query.types, only_columns=only_columns)

    try:
        return session.transaction.read(run)
    finally:
        release(session, query)
