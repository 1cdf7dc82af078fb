"""SELECT, VALUES and WITH: one query in, its rows out. Knows how a query runs, not what it says."""

from __future__ import annotations

import re
from dataclasses import replace

import duckdb
from sqlglot import exp

from sfdag_magics.engine.borders.answers import Result, SqlError
from sfdag_magics.engine.borders.ports import Statement
from sfdag_magics.engine.borders.rowset import rows_result
from sfdag_magics.engine.sql.reading.parse import parse
from sfdag_magics.engine.sql.reading.walking import found_in
from sfdag_magics.engine.sql.results.result_rows import columns_result, described, relation_result
from sfdag_magics.engine.sql.results.single_row import are_values, row_result
from sfdag_magics.engine.sql.sessions.session import Session
from sfdag_magics.engine.sql.statements.called_alone import CallAlone, call_alone
from sfdag_magics.engine.sql.statements.lifted import Lifted, lifted
from sfdag_magics.engine.sql.translating.bound_values import bound_in, kind_of, stored
from sfdag_magics.engine.sql.translating.translate import Translator
from sfdag_magics.engine.sql.translating.translated import Translated, asked_again, release
from sfdag_magics.engine.sql.values.constants import literal
from sfdag_magics.engine.sql.values.types import varchar
from sfdag_magics.sqltext import TokenKind

#: Characters of the longest text whose translation is worth its place in memory.
_REMEMBERED = 100_000
#: Remembered of a text whose lifted arguments are not those of table functions alone.
_SAYS_MORE = "says more"
_NEEDS_NUMBERS = re.compile(r"No function matches .*VARCHAR", re.DOTALL)


def select(statement: Statement, session: Session) -> Result:
    """Run a query."""
    called = call_alone(statement, session.shared.functions)
    if called is not None:
        return _said(called, session)
    return _answered(statement, session, only_columns=False)


def _said(called: CallAlone, session: Session) -> Result:
    session.transaction.check()
    value = called.function(called.values, session)
    session.check_cancelled()
    if value is None or isinstance(value, str):
        column = varchar().column(called.column, nullable=value is None)
        return rows_result([column], [(value,)])
    said = exp.alias_(literal(value), exp.to_identifier(called.column, quoted=True))
    return run_query(session, Translator(session).query(exp.select(said)))


def describe_query(statement: Statement, session: Session) -> Result:
    """The columns of a query."""
    return _answered(statement, session, only_columns=True)


def _answered(statement: Statement, session: Session, *, only_columns: bool) -> Result:
    try:
        return run_query(session, translated_query(statement, session), only_columns=only_columns)
    except duckdb.BinderException as problem:
        if not _NEEDS_NUMBERS.search(str(problem)):
            raise
        refused = problem
    # Snowflake reads text as a number where arithmetic needs one (docs: "Data type conversion",
    # coercion); DuckDB does not. Only a query that failed for it pays for the second try.
    translated = Translator(session, statement.bindings).query(_text_as_numbers(tree_of(statement)))
    try:
        return run_query(session, translated, only_columns=only_columns)
    except duckdb.BinderException:
        raise refused from None


def _text_as_numbers(tree: exp.Expr) -> exp.Expr:
    """The tree with the columns that are calculated with cast to FLOAT."""
    for node in list(found_in(tree, exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod, exp.Neg, exp.Abs)):
        for operand in (node.this, node.args.get("expression")):
            if isinstance(operand, exp.Column):
                operand.replace(exp.cast(operand.copy(), exp.DataType.Type.DOUBLE))
    return tree


def translated_query(statement: Statement, session: Session) -> Translated:
    """The query in DuckDB's SQL, from memory where nothing it relies on has changed."""
    text = statement.text
    if session.relations or len(text) > _REMEMBERED:
        return Translator(session, statement.bindings).query(tree_of(statement))
    if statement.bindings:
        return _of_bound(statement, session)
    made_of = lifted(statement)
    if made_of is not None and (found := _of_lifted(made_of, session)) is not None:
        return found
    memory = session.shared.translations
    key = (text, session.relied_on)  # before the catalogue is read
    remembered: Translated | None = memory.get(key)
    if remembered is not None and not remembered.asked:
        return remembered
    if remembered is not None and (again := asked_again(session, remembered)) is not None:
        return again
    translated = Translator(session).query(tree_of(statement))
    if translated.stable:
        memory.put(key, translated, characters=len(text) + len(translated.sql))
    return translated


def _of_bound(statement: Statement, session: Session) -> Translated:
    """The translation of a query with bound values, which serves others of the same kinds."""
    memory = session.shared.translations
    given = bound_in(statement)
    kinds = tuple((name, kind_of(value)) for name, value in given.items())
    key = (statement.text, kinds, session.relied_on)
    remembered: Translated | None = memory.get(key)
    if remembered is not None:
        values = {name: stored(given[name]) for name in remembered.parameters}
        return replace(remembered, parameters=values)
    translated = Translator(session, statement.bindings).query(tree_of(statement))
    if translated.for_any_bound and not translated.registered:
        characters = len(statement.text) + len(translated.sql)
        memory.put(
            key,
            replace(translated, parameters=dict.fromkeys(translated.parameters)),
            characters=characters,
        )
    return translated


def _of_lifted(made_of: Lifted, session: Session) -> Translated | None:
    """The translation of a query by what its table functions are asked; None where it says more."""
    memory = session.shared.translations
    key = (made_of.text, len(made_of.values), session.relied_on)
    remembered: Translated | str | None = memory.get(key)
    if remembered == _SAYS_MORE:
        return None
    if isinstance(remembered, Translated):
        again = asked_again(session, remembered, made_of.values)
        if again is not None:
            return again
    translator = Translator(session, made_of.values)
    try:
        translated = translator.query(parse(made_of.text))
    except SqlError as problem:
        if translator.was_refused(problem):
            raise  # what it would read may be another the second time
        return None  # it is told of the text as it was written
    bound = {name for asked in translated.asked for name in asked.bindings()}
    is_whole = len(bound) == len(made_of.values) and not translated.parameters
    if translated.stable and is_whole:
        characters = len(made_of.text) + len(translated.sql)
        memory.put(key, translated, characters=characters)
        return translated
    release(session, translated)
    memory.put(key, _SAYS_MORE, characters=len(made_of.text))
    return None


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
    session.shared.vocabulary.have_for(query.sql)
    try:
        with session.transaction.reading():
            answer: Result | None = None
            if only_columns:
                names, types = described(session.connection, query.sql, query.parameters)
                answer = columns_result(names, types, query.types)
            elif _has_one_row(query):
                answer = row_result(session.connection, query.sql, query.parameters, query.types)
            if answer is None:
                relation = session.connection.sql(query.sql, params=dict(query.parameters) or None)
                answer = relation_result(relation, query.types, session.shared.drain)
    finally:
        release(session, query)
    session.streams_read.update((fact.id, fact) for fact in query.streams)
    return answer


def _has_one_row(query: Translated) -> bool:
    """Whether it has a row of plain values, as far as is known; else it may be run again."""
    return query.reads_nothing and query.exact and not query.lent and are_values(query.types)
