"""CREATE, DROP and ALTER of tables. Reads statements, changes catalogue and DuckDB in one go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlglot import exp

from sfdag_magics.engine.borders.answers import (
    Result,
    SqlError,
    already_exists,
    does_not_exist,
    unsupported,
)
from sfdag_magics.engine.borders.object_facts import ObjectFact
from sfdag_magics.engine.borders.ports import Statement
from sfdag_magics.engine.borders.rowset import status
from sfdag_magics.engine.sql.ddl.column_definitions import columns_from_ast
from sfdag_magics.engine.sql.ddl.own_numbers import with_own_numbers
from sfdag_magics.engine.sql.ddl.templates import with_template_written_out
from sfdag_magics.engine.sql.names.scope import table_name
from sfdag_magics.engine.sql.reading.parse import expected, parse
from sfdag_magics.engine.sql.reading.words import Drop, read_drop, read_statement
from sfdag_magics.engine.sql.results.result_rows import column_types, described, needs_json
from sfdag_magics.engine.sql.sessions.session import Session
from sfdag_magics.engine.sql.statements.query import numbered
from sfdag_magics.engine.sql.stored.assigned import fit_of
from sfdag_magics.engine.sql.stored.offsets import moves
from sfdag_magics.engine.sql.stored.table_form import (
    TableColumn,
    check_columns,
    columns_of,
    creation_sql,
    drop_stored,
    new_physical_name,
    table_detail,
)
from sfdag_magics.engine.sql.stored.tracked_form import SAID
from sfdag_magics.engine.sql.translating.translate import Translator
from sfdag_magics.engine.sql.translating.translated import release
from sfdag_magics.engine.store.facts import FactsTransaction
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import QualifiedName, Token, quoted_identifier

_TEMPORARY = {"TEMP", "TEMPORARY", "VOLATILE"}
#: Said before TEMPORARY by Snowpark, or before TABLE for what Snowflake no longer distinguishes.
_SCOPES = {"SCOPED", "LOCAL", "GLOBAL"}
#: What may follow a table's name.
_BEHIND_NAME = {"AS", "LIKE", "CLONE", "USING"}


def leading_words(statement: Statement, noun: str) -> set[str]:
    """The words of a CREATE statement before its noun."""
    words: set[str] = set()
    for token in statement.tokens:
        if token.word == noun:
            break
        words.add(token.word)
    return words


def create_tree(statement: Statement, noun: str) -> exp.Create:
    """The tree of a CREATE statement, whose words stand where sqlglot knows them."""
    text = statement.text
    before = [token.word for token in statement.tokens].index(noun)
    for token in statement.tokens[:before]:
        if token.word in _SCOPES:
            text = text[: token.start] + " " * (token.end - token.start) + text[token.end :]
    text = _exists_before_the_name(text, statement.tokens[before:])
    return expected(parse(numbered(replace(statement, text=text))), exp.Create)


def _exists_before_the_name(text: str, tokens: Sequence[Token]) -> str:
    """`TABLE t IF NOT EXISTS …`, as Snowpark writes it, with the words before the name.

    The text keeps its length, so that what was found in it stays where it is.
    """
    noun = tokens[0]
    for index, token in enumerate(tokens[1:], start=1):
        if token.word in _BEHIND_NAME or (
            token.text == "(" and tokens[index - 1].word != "IDENTIFIER"
        ):
            break
        words = [following.word for following in tokens[index : index + 3]]
        if words == ["IF", "NOT", "EXISTS"] and index > 1:
            end = tokens[index + 2].end
            moved = f" IF NOT EXISTS{text[noun.end : token.start].rstrip()}"
            return text[: noun.end] + moved.ljust(end - noun.end) + text[end:]
    return text


def create_table(statement: Statement, session: Session) -> Result:
    """CREATE [OR REPLACE] [TEMP | TRANSIENT] TABLE, also AS query, LIKE and CLONE."""
    statement = with_template_written_out(statement, session)
    words = leading_words(statement, "TABLE")
    with read_statement(statement, "TABLE") as reader:
        reader.accept("IF", "NOT", "EXISTS")
        reader.check_new_name()
        reader.object_name()
        reader.check_new_columns()
    tree = create_tree(statement, "TABLE")
    translator = Translator(session, statement.bindings)
    prepared = expected(translator.prepared(tree), exp.Create)
    schema = prepared.this if isinstance(prepared.this, exp.Schema) else None
    name = session.resolve(table_name(schema.this if schema else prepared.this, translator))
    if session.relation(name) is not None and prepared.args.get("exists"):
        return status(f"{name.name} already exists, statement succeeded.")
    made = _NewTable(
        name=name,
        temporary=bool(words & _TEMPORARY),
        transient="TRANSIENT" in words,
        replace_old=bool(prepared.args.get("replace")),
        comment=comment_of(prepared),
        tells_changes=_tells_changes(prepared),
    )
    with session.facts() as facts:
        making = _Making(
            schema=schema, translator=translator, facts=facts, made=made, session=session
        )
        made_rows = _CREATION[_form(prepared)](prepared, making)
    return replace(status(f"Table {name.name} successfully created."), rows_made=made_rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class _NewTable:
    """What a CREATE TABLE says besides its columns."""

    name: QualifiedName
    temporary: bool
    transient: bool
    replace_old: bool
    comment: str
    tells_changes: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Making:
    """A table that is being made, and what it is made with."""

    schema: exp.Schema | None
    translator: Translator
    facts: FactsTransaction
    made: _NewTable
    session: Session

    def columns_of(self, schema: exp.Schema) -> list[TableColumn]:
        """The columns as they are written, with their types."""
        return columns_from_ast(schema, self.translator, self.session, self.facts)


def _form(tree: exp.Create) -> str:
    if tree.args.get("clone") is not None:
        return "CLONE"
    properties = tree.args.get("properties")
    if properties is not None and properties.find(exp.LikeProperty) is not None:
        return "LIKE"
    return "AS" if tree.expression is not None else "COLUMNS"


def comment_of(tree: exp.Create) -> str:
    """The COMMENT = '…' of a CREATE statement."""
    properties = tree.args.get("properties")
    found = properties.find(exp.SchemaCommentProperty) if properties is not None else None
    return found.this.name if found is not None else ""


def _tells_changes(tree: exp.Create) -> bool:
    """Whether it says CHANGE_TRACKING = TRUE."""
    properties = tree.args.get("properties")
    said = properties.expressions if properties is not None else ()
    return any(
        each.name.upper() == "CHANGE_TRACKING" and bool(each.args["value"].this)
        for each in said
        if type(each) is exp.Property
    )


def _from_columns(tree: exp.Create, making: _Making) -> int:
    if making.schema is None:
        raise unsupported("CREATE TABLE without columns")
    return _create(making, making.columns_of(making.schema))


def _as_query(tree: exp.Create, making: _Making) -> int:
    query, session = tree.expression, making.session
    if isinstance(query, exp.Subquery) and not query.args.get("joins"):
        query = query.unnest()
    translated = making.translator.query_of_prepared(query)
    try:
        found, duck_types = described(session.connection, translated.sql, translated.parameters)
        types = column_types(duck_types, translated.types)
        given = _given_columns(making, found, types)
        columns = given or [
            TableColumn(name=name, type=kind) for name, kind in zip(found, types, strict=True)
        ]
        names = [f"c{index}" for index in range(len(columns))]
        items = ", ".join(
            f"to_json({name})" if only_json else _fitted(name, column)
            for name, only_json, column in zip(names, needs_json(duck_types), columns, strict=True)
        )
        source = f"({translated.sql}) AS source({', '.join(names)})"
        rows = f"SELECT {items} FROM {source}"  # noqa: S608 - made by our own translation
        made = _create(making, columns, rows, translated.parameters)
        for move in moves(translated.streams, translated.shown, session.transaction):
            session.connection.execute(move.sql, dict(move.parameters))
    finally:
        release(session, translated)
    return made


def _fitted(name: str, column: TableColumn) -> str:
    fit = fit_of(column.type)
    return fit.of(exp.column(name)).sql(dialect="duckdb") if fit else name


def _given_columns(
    making: _Making, names: Sequence[str], types: Sequence[Any]
) -> list[TableColumn] | None:
    """The columns written before AS: with types, or names only."""
    schema = making.schema
    if schema is None or not schema.expressions:
        return None
    if len(schema.expressions) != len(names):
        raise SqlError(
            "SQL compilation error:\nInvalid column definition list", code=2026, sqlstate="42601"
        )
    if any(isinstance(item, exp.ColumnDef) and item.kind for item in schema.expressions):
        return making.columns_of(schema)
    return [
        TableColumn(name=item.name, type=kind)
        for item, kind in zip(schema.expressions, types, strict=True)
    ]


def _like(tree: exp.Create, making: _Making) -> int:
    properties = tree.args["properties"].find(exp.LikeProperty)
    source = _source(properties.this, making)
    columns = with_own_numbers(making.session.connection, columns_of(source), go_on=False)
    return _create(making, columns)


def _clone(tree: exp.Create, making: _Making) -> int:
    clone = tree.args["clone"]
    source = _source(clone.this, making)
    if source.kind != "TABLE":
        raise unsupported(f"CLONE of a {source.kind.lower()}")
    physical = quoted_identifier(source.detail["physical"])
    named = ", ".join(quoted_identifier(column.name) for column in columns_of(source))
    rows = f"SELECT {named} FROM {physical}"  # noqa: S608 - names of ours, quoted
    columns = with_own_numbers(making.session.connection, columns_of(source), go_on=True)
    _create(making, columns, rows)
    return 0  # a clone writes no rows


_CREATION = {"COLUMNS": _from_columns, "AS": _as_query, "LIKE": _like, "CLONE": _clone}


def _source(node: exp.Expr, making: _Making) -> ObjectFact:
    for clause in ("when", "version", "changes"):
        if node.args.get(clause) is not None:
            raise unsupported("Time travel (AT, BEFORE)")
    name = making.session.resolve(table_name(node, making.translator))
    found = making.session.relation(name)
    if found is None:
        raise does_not_exist("Object", name.sql())
    return found


def _create(
    making: _Making,
    columns: Sequence[TableColumn],
    rows: str | None = None,
    parameters: Mapping[str, Any] | None = None,
) -> int:
    """Make and fill the table, then its fact, in the place of an old one if OR REPLACE says so.

    In this order, because the fact locks the catalogue for others, and filling may take long.

    Returns:
        How many rows it was filled with.
    """
    session, facts, made = making.session, making.facts, making.made
    check_columns(columns)
    _replaced(session, made)
    physical = new_physical_name()
    session.connection.execute(creation_sql(physical, columns, temporary=made.temporary))
    filled = 0
    if rows is not None:
        into = f"INSERT INTO {quoted_identifier(physical)} {rows}"
        answer = session.connection.execute(into, dict(parameters or {}) or None).fetchone()
        filled = int(answer[0]) if answer else 0
    if not made.temporary:
        facts.lock()
    if (old := _replaced(session, made)) is not None:
        drop_relation(session, facts, old)
    facts.add(
        "TABLE",
        made.name,
        detail={
            **table_detail(physical, columns, transient=made.transient),
            SAID: made.tells_changes,
        },
        comment=made.comment,
        temporary=made.temporary,
    )
    return filled


def _replaced(session: Session, made: _NewTable) -> ObjectFact | None:
    """What the new table takes the place of; a temporary one only hides a permanent one."""
    old = session.relation(made.name)
    if old is None or (old.session_id is not None) != made.temporary:
        return None
    if not made.replace_old or old.kind == "STREAM":
        raise already_exists(made.name.name)
    return old


def drop_relation(session: Session, facts: FactsTransaction, fact: ObjectFact) -> None:
    """Forget a table or view with its rows."""
    facts.remove(fact)
    drop_stored(session.connection, fact)


def drop_table(statement: Statement, session: Session) -> Result:
    """DROP TABLE or VIEW [IF EXISTS] name [CASCADE | RESTRICT]."""
    drop = read_drop(statement)
    found = _droppable(drop, session)
    if found is None:
        return status(f"Drop statement executed successfully ({drop.name.name} already dropped).")
    if found.kind != drop.kind:
        raise SqlError(
            f"SQL compilation error:\nObject found is of type '{found.kind}' not specified type"
            f" '{drop.kind}'.",
            code=2203,
            sqlstate="42601",
        )
    with session.facts() as facts:
        drop_relation(session, facts, found)
    return status(f"{found.name} successfully dropped.")


def _droppable(drop: Drop, session: Session) -> ObjectFact | None:
    """What is there to drop; None only where IF EXISTS allows it."""
    try:
        found = session.relation(session.resolve(drop.name))
    except SqlError:
        if drop.exists:
            return None
        raise
    if found is None and not drop.exists:
        raise does_not_exist(drop.kind.capitalize(), drop.name.sql())
    return found
