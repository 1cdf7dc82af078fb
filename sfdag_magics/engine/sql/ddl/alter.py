"""ALTER TABLE and COMMENT ON: a changed shape is a rebuilt table, a changed name only a fact."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from sqlglot import exp

from sfdag_magics.engine.borders.answers import Result, SqlError, does_not_exist, unsupported
from sfdag_magics.engine.borders.inherited import EXTENSION, PARAMETERS, RETENTION
from sfdag_magics.engine.borders.object_facts import ObjectFact
from sfdag_magics.engine.borders.ports import Statement
from sfdag_magics.engine.borders.rowset import status
from sfdag_magics.engine.objects.code_definitions import read_signature
from sfdag_magics.engine.objects.statement_reader import StatementReader, truth
from sfdag_magics.engine.sql.ddl.as_all_kinds import altered_as_any
from sfdag_magics.engine.sql.ddl.column_definitions import column_from_ast
from sfdag_magics.engine.sql.ddl.set_parameters import days, names_read
from sfdag_magics.engine.sql.reading.parse import parse
from sfdag_magics.engine.sql.reading.walking import found_in
from sfdag_magics.engine.sql.reading.words import DONE, read_statement
from sfdag_magics.engine.sql.sessions.session import Session
from sfdag_magics.engine.sql.stored.table_form import (
    TableColumn,
    check_columns,
    columns_of,
    rebuild,
)
from sfdag_magics.engine.sql.stored.tracked_form import SAID
from sfdag_magics.engine.sql.translating.translate import Translator
from sfdag_magics.engine.sql.values.types import SqlType, type_from_ast
from sfdag_magics.engine.store.facts import FactsTransaction
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import QualifiedName, TokenReader, quoted_identifier, split_list

#: Options of tables that change nothing here.
_INERT = ("CLUSTER", "DROP CLUSTERING", "SUSPEND RECLUSTER", "RESUME RECLUSTER")
_TRACKING = "CHANGE_TRACKING"
_INERT_OPTIONS = frozenset({"ENABLE_SCHEMA_EVOLUTION"})
_DAYS = (RETENTION, EXTENSION)


@dataclass(slots=True, kw_only=True)
class Shape:
    """A table's columns on their way to a new form, and where their values come from."""

    columns: list[TableColumn]
    values: dict[str, str]

    def index(self, name: str) -> int:
        """Where a column stands; raises SqlError where there is none of this name."""
        for index, column in enumerate(self.columns):
            if column.name == name:
                return index
        raise SqlError(
            f"SQL compilation error: error line 1 at position 0\ncolumn '{name}' does not exist",
            code=904,
        )


def alter_table(statement: Statement, session: Session) -> Result:
    """ALTER TABLE [IF EXISTS] name …."""
    with read_statement(statement, "TABLE") as reader:
        exists = reader.accept("IF", "EXISTS")
        name = session.resolve(reader.object_name())
        found = session.relation(name)
        if found is None or found.kind != "TABLE":
            if exists and found is None:
                return status(DONE)
            raise does_not_exist("Table", name.sql())
        _altered(reader, found, statement, session)
    return status(DONE)


def _altered(
    reader: StatementReader, found: ObjectFact, statement: Statement, session: Session
) -> None:
    if altered_as_any(reader, found, session):
        return
    if any(reader.peek_words(verb, "DATA", "METRIC") for verb in ("ADD", "DROP", "MODIFY")):
        raise unsupported("A data metric function of a table")
    if reader.accept("SWAP", "WITH"):
        _swap(found, reader, session)
        return
    if any(reader.peek_words(*words.split()) for words in _INERT):
        return
    if reader.accept("SET"):
        _set_options(reader, found, session)
        return
    if any(reader.peek_words("UNSET", name) for name in _DAYS):
        reader.accept("UNSET")
        _set_days(found, session, {}, gone=names_read(reader))
        return
    for words, change in _CHANGES.items():
        if reader.accept(*words.split()):
            shape = Shape(columns=columns_of(found), values={})
            with session.facts() as facts:
                change(reader, shape, session)
                reshape(found, shape, session, facts)
            return
    raise unsupported("This form of ALTER TABLE")


def reshape(
    found: ObjectFact,
    shape: Shape,
    session: Session,
    facts: FactsTransaction,
    *,
    comment: str | None = None,
) -> None:
    """Give a table another form; it keeps its rows."""
    check_columns(shape.columns)
    detail = rebuild(session, found, shape.columns, shape.values)
    facts.change(found, detail=detail, comment=comment)


def _set_options(reader: StatementReader, found: ObjectFact, session: Session) -> None:
    options = reader.options()
    tells_changes = options.pop(_TRACKING, None)
    comment = options.pop("COMMENT", None)
    said = {name: days(name, options.pop(name)) for name in _DAYS if name in options}
    unknown = set(options) - _INERT_OPTIONS
    if unknown:
        raise unsupported(f"ALTER TABLE … SET {', '.join(sorted(unknown))}")
    if comment is not None:
        with session.facts() as facts:
            found = facts.change(found, comment=str(comment))
    if tells_changes is not None:
        with session.facts() as facts:
            found = facts.change(found, detail={**found.detail, SAID: truth(tells_changes)})
    if said:
        _set_days(found, session, said)


def _set_days(
    found: ObjectFact, session: Session, said: Mapping[str, int], gone: Sequence[str] = ()
) -> None:
    """Keep how long changes of the table are kept for its streams."""
    before = {**found.detail.get(PARAMETERS, {}), **said}
    kept = {name: value for name, value in before.items() if name not in gone}
    with session.facts() as facts:
        facts.change(found, detail={**found.detail, PARAMETERS: kept})


def _swap(found: ObjectFact, reader: StatementReader, session: Session) -> None:
    name = session.resolve(reader.object_name())
    other = session.relation(name)
    if other is None or other.kind != "TABLE":
        raise does_not_exist("Table", name.sql())
    with session.facts() as facts:
        facts.remove(found)
        facts.remove(other)
        places = {"database", "schema", "name"}
        first = {place: getattr(found, place) for place in places}
        second = {place: getattr(other, place) for place in places}
        facts.put_back(replace(found, **second))
        facts.put_back(replace(other, **first))


def _add_columns(reader: StatementReader, shape: Shape, session: Session) -> None:
    """ADD [COLUMN] [IF NOT EXISTS] name type …, ….; constraints of the table are accepted."""
    if (
        reader.peek_words("CONSTRAINT")
        or reader.peek_words("PRIMARY")
        or (reader.peek_words("UNIQUE") or reader.peek_words("FOREIGN"))
    ):
        reader.rest()
        return
    if_not_exists = False
    definitions: list[str] = []
    for part in split_list(reader.rest()):
        inner = TokenReader(part)
        inner.accept("COLUMN")
        if inner.accept("IF", "NOT", "EXISTS"):
            if_not_exists = True
        inner.check_new_name()
        definitions.append(inner.rest())
    tree = parse(f"CREATE TABLE t ({', '.join(definitions)})")
    translator = Translator(session)
    prepared = translator.prepared(tree)
    for node in found_in(prepared, exp.ColumnDef):
        column = column_from_ast(node, translator, session)
        if if_not_exists and any(other.name == column.name for other in shape.columns):
            continue
        shape.columns.append(column)
        # a default is also the value of the rows that are there
        shape.values[column.name] = column.default or "NULL"


def _drop_columns(reader: StatementReader, shape: Shape, session: Session) -> None:
    """DROP [COLUMN] [IF EXISTS] name, …."""
    if reader.peek_words("CONSTRAINT") or reader.peek_words("PRIMARY"):
        reader.rest()
        return
    exists = reader.accept("IF", "EXISTS")
    while True:
        name = reader.identifier()
        if not exists or any(column.name == name for column in shape.columns):
            del shape.columns[shape.index(name)]
        if not reader.accept(","):
            return
        reader.accept("COLUMN")


def _rename_column(reader: StatementReader, shape: Shape, session: Session) -> None:
    """RENAME COLUMN old TO new."""
    old = reader.identifier()
    reader.expect("TO")
    reader.check_new_name()
    new = reader.identifier()
    index = shape.index(old)
    shape.columns[index] = replace(shape.columns[index], name=new)
    shape.values[new] = quoted_identifier(old)


def _alter_column(reader: StatementReader, shape: Shape, session: Session) -> None:
    """ALTER or MODIFY [COLUMN] name …, …: type, NOT NULL, DEFAULT, COMMENT."""
    opened = reader.accept("(")
    while True:
        reader.accept("COLUMN")
        index = shape.index(reader.identifier())
        shape.columns[index] = _altered_column(reader, shape, index, session)
        if not reader.accept(","):
            break
        reader.accept("ALTER") or reader.accept("MODIFY")
    if opened:
        reader.expect(")")


def _altered_column(
    reader: StatementReader, shape: Shape, index: int, session: Session
) -> TableColumn:
    column = shape.columns[index]
    if reader.accept("SET", "NOT", "NULL") or reader.accept("NOT", "NULL"):
        return replace(column, nullable=False)
    if reader.accept("DROP", "NOT", "NULL") or reader.accept("NULL"):
        return replace(column, nullable=True)
    if reader.accept("DROP", "DEFAULT"):
        return replace(column, default=None, default_text=None, sequence=None)
    if reader.accept("COMMENT"):
        return replace(column, comment=reader.string())
    if reader.accept("UNSET", "COMMENT"):
        return replace(column, comment=None)
    if reader.peek_words("SET", "DEFAULT"):
        raise unsupported("ALTER COLUMN … SET DEFAULT")
    if reader.peek_words("SET", "TAG") or reader.peek_words("UNSET", "TAG"):
        raise unsupported("A tag of a column (tables and their like have tags)")
    if not reader.accept("SET", "DATA", "TYPE"):
        reader.accept("TYPE")
    kind = _type(reader)
    shape.values[column.name] = changed_type(column, kind)
    return replace(column, type=kind)


def _type(reader: StatementReader) -> SqlType:
    words = [reader.take().text]
    if reader.peek_words("("):
        words.append(f"({reader.parenthesized()})")
    cast = parse(f"SELECT CAST(NULL AS {''.join(words)})").find(exp.Cast)
    if cast is None:
        raise reader.unexpected("a type")
    return type_from_ast(cast.to)


def changed_type(column: TableColumn, new: SqlType) -> str:
    """The column's value as another type, in DuckDB's words.

    Raises:
        SqlError: it would not keep every value; longer text and wider numbers of the scale do.
    """
    old = column.type
    fits = old.kind is new.kind and (old.scale or 0) == (new.scale or 0)
    if not fits or (new.precision or 0) < (old.precision or 0):
        raise SqlError(
            f"SQL compilation error:\ncannot change column {column.name} from type {old.sql()} to"
            f" {new.sql()}",
            code=2108,
            sqlstate="42601",
        )
    return f"CAST({quoted_identifier(column.name)} AS {new.physical})"


_CHANGES: Mapping[str, Callable[[StatementReader, Shape, Session], None]] = {
    "ADD": _add_columns,
    "DROP COLUMN": _drop_columns,
    "DROP": _drop_columns,
    "RENAME COLUMN": _rename_column,
    "ALTER": _alter_column,
    "MODIFY": _alter_column,
}


def comment_on(statement: Statement, session: Session) -> Result:
    """COMMENT [IF EXISTS] ON TABLE, VIEW, SCHEMA, DATABASE, COLUMN, SEQUENCE … IS 'text'."""
    with read_statement(statement, "COMMENT") as reader:
        exists = reader.accept("IF", "EXISTS")
        reader.expect("ON")
        kind = reader.take().word
        name = reader.object_name() if kind != "COLUMN" else None
        if kind == "COLUMN":
            _comment_column(reader, session)
            return status(DONE)
        arguments = read_signature(reader) if reader.peek_words("(") else None
        reader.expect("IS")
        comment = reader.string()
    if name is None:
        raise unsupported("COMMENT without a name")
    found = _commented(kind, session, name, arguments)
    if found is None:
        if exists:
            return status(DONE)
        raise does_not_exist(kind.capitalize(), name.sql())
    with session.facts() as facts:
        facts.change(found, comment=comment)
    return status(DONE)


def _commented(
    kind: str, session: Session, name: QualifiedName, arguments: str | None
) -> ObjectFact | None:
    catalogue = session.shared.catalogue
    if kind == "DATABASE":
        return catalogue.get((kind, name.name, "", name.name, ""))
    if kind == "SCHEMA":
        database = name.schema or session.database or ""
        return catalogue.get((kind, database, name.name, name.name, ""))
    full = session.resolve(name)
    if kind in ("TABLE", "VIEW"):
        found = session.relation(full)
        return found if found is not None and found.kind == kind else None
    return session.catalogue().find(kind, full, arguments=arguments)


def _comment_column(reader: StatementReader, session: Session) -> None:
    parts = [reader.identifier()]
    while reader.accept("."):
        parts.append(reader.identifier())
    reader.expect("IS")
    comment = reader.string()
    *table, column = parts
    name = session.resolve(TokenReader(".".join(map(quoted_identifier, table))).qualified_name())
    found = session.relation(name)
    if found is None:
        raise does_not_exist("Table", name.sql())
    shape = Shape(columns=columns_of(found), values={})
    index = shape.index(column)
    shape.columns[index] = replace(shape.columns[index], comment=comment)
    with session.facts() as facts:
        columns = [item.stored() for item in shape.columns]
        facts.change(found, detail={**found.detail, "columns": columns})
