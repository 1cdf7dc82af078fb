"""CREATE, DROP, ALTER and USE of databases and schemas. They are facts only: DuckDB has none."""

from __future__ import annotations

from dataclasses import replace

from sfdag_magics.engine.borders.answers import Result, SqlError, does_not_exist, unsupported
from sfdag_magics.engine.borders.object_facts import MOVED_FROM, ObjectFact
from sfdag_magics.engine.borders.ports import Statement
from sfdag_magics.engine.borders.rowset import status
from sfdag_magics.engine.objects.statement_reader import OptionValue, StatementReader
from sfdag_magics.engine.sql.ddl.sequence_users import refuse_used
from sfdag_magics.engine.sql.ddl.set_parameters import names_read, set_parameters
from sfdag_magics.engine.sql.ddl.tags import tagged_as_any
from sfdag_magics.engine.sql.reading.words import DONE, read_statement
from sfdag_magics.engine.sql.sessions.session import Session
from sfdag_magics.engine.sql.stored.table_form import drop_stored
from sfdag_magics.engine.sql.streams.watched import stream_of
from sfdag_magics.engine.sql.streams.watching import unwatch
from sfdag_magics.engine.store.catalogue import SNOWFLAKE
from sfdag_magics.engine.store.facts import FactsTransaction
from sfdag_magics.sqltext import QualifiedName


def create_database(statement: Statement, session: Session) -> Result:
    """CREATE [OR REPLACE] [TRANSIENT] DATABASE [IF NOT EXISTS] name [options]."""
    return _create(statement, session, "DATABASE")


def create_schema(statement: Statement, session: Session) -> Result:
    """CREATE [OR REPLACE] [TRANSIENT] SCHEMA [IF NOT EXISTS] [database.]name [options]."""
    return _create(statement, session, "SCHEMA")


def create_or_alter(statement: Statement, session: Session) -> Result:
    """CREATE OR ALTER [TRANSIENT] DATABASE or SCHEMA name [options]."""
    kind = statement.kind.removeprefix("CREATE OR ALTER ")
    name, comment, _ = _named(statement, kind)
    there = _found(session, kind, *_place(name, session, kind))
    if there is None:
        return _create(statement, session, kind)
    if there.database == SNOWFLAKE:
        _existing(session, kind, name)  # refuses it
    with session.facts() as facts:
        facts.change(there, comment=comment)
    return status(DONE)


def use_created(statement: Statement, session: Session) -> None:
    """Use what a CREATE that an earlier engine carried out has made, if it is still there."""
    kind = statement.kind.removeprefix("CREATE ")
    database, schema = _place(_named(statement, kind)[0], session, kind)
    if session.schema_exists(database, schema or "PUBLIC"):
        session.database, session.schema = database, schema or "PUBLIC"


def _named(statement: Statement, kind: str) -> tuple[QualifiedName, str, bool]:
    """The name, the comment, and whether it says IF NOT EXISTS."""
    with read_statement(statement, kind) as reader:
        exists = reader.accept("IF", "NOT", "EXISTS")
        name = reader.object_name()
        return name, _options(reader, kind), exists


def _create(statement: Statement, session: Session, kind: str) -> Result:
    words = {token.word for token in statement.tokens[:4]}
    name, comment, exists = _named(statement, kind)
    database, schema = _place(name, session, kind)
    there = _found(session, kind, database, schema)
    if there is not None and exists:
        return status(f"{name.name} already exists, statement succeeded.")
    with session.facts() as facts:
        if there is not None and {"OR", "REPLACE"} <= words:
            _remove(session, facts, there)
        transient = "TRANSIENT" in words
        if kind == "DATABASE":
            facts.add_namespace(kind, database, database, comment=comment, transient=transient)
            facts.add_namespace("SCHEMA", database, "PUBLIC")
        else:
            facts.add_namespace(kind, database, schema, comment=comment, transient=transient)
    session.database, session.schema = database, schema or "PUBLIC"
    return status(f"{kind.capitalize()} {name.name} successfully created.")


def _options(reader: StatementReader, kind: str) -> str:
    """The comment; retention, collation and the like have nothing to act on here."""
    if reader.peek_words("CLONE"):
        raise unsupported(f"CREATE {kind} … CLONE")
    if reader.peek_words("FROM"):
        raise unsupported(f"CREATE {kind} FROM a share, listing or backup")
    reader.accept("WITH", "MANAGED", "ACCESS")
    comment = str(reader.options().get("COMMENT", ""))
    if not reader.at_end:
        raise reader.unexpected()
    return comment


def _place(name: QualifiedName, session: Session, kind: str) -> tuple[str, str]:
    """Database and schema that a name means; the schema is empty for a database."""
    if kind == "DATABASE":
        return name.name, ""
    database = name.schema or session.database
    if database is None:
        session.resolve(QualifiedName(name.name, "PUBLIC"))
    return str(database), name.name


def _found(session: Session, kind: str, database: str, schema: str) -> ObjectFact | None:
    return session.shared.catalogue.get((kind, database, schema, schema or database, ""))


def _existing(session: Session, kind: str, name: QualifiedName) -> ObjectFact:
    database, schema = _place(name, session, kind)
    found = _found(session, kind, database, schema)
    if found is None:
        raise does_not_exist(kind.capitalize(), name.sql())
    if database == SNOWFLAKE:
        raise SqlError(
            "SQL access control error:\nInsufficient privileges to operate on database 'SNOWFLAKE'",
            code=3001,
            sqlstate="42501",
        )
    return found


def _remove(session: Session, facts: FactsTransaction, namespace: ObjectFact) -> None:
    removed = facts.remove_namespace(namespace.database, namespace.schema or None)
    refuse_used(session, removed)
    for fact in sorted(removed, key=lambda fact: fact.kind == "SEQUENCE"):  # tables use them
        drop_stored(session.connection, fact)
    for fact in removed:
        if fact.kind == "STREAM":
            unwatch(session, facts, stream_of(fact).tables)


def drop_namespace(statement: Statement, session: Session) -> Result:
    """DROP DATABASE or SCHEMA [IF EXISTS] name [CASCADE | RESTRICT]."""
    kind = statement.kind.removeprefix("DROP ")
    with read_statement(statement, kind) as reader:
        exists = reader.accept("IF", "EXISTS")
        name = reader.object_name()
        restrict = not reader.accept("CASCADE") and reader.accept("RESTRICT")
        if not reader.at_end:
            raise reader.unexpected()
    try:
        found = _existing(session, kind, name)
    except SqlError as problem:
        if exists and problem.code != 3001:
            return status(f"Drop statement executed successfully ({name.name} already dropped).")
        raise
    with session.facts() as facts:
        if restrict and len(facts.within(found.database, found.schema or None)) > 1:
            raise SqlError(
                f"SQL compilation error:\nCannot drop {kind.lower()} '{name.sql()}' because it"
                " has objects in it.",
                code=3906,
            )
        _remove(session, facts, found)
    if session.database == found.database and (not found.schema or session.schema == found.name):
        session.schema = None
        session.database = session.database if found.schema else None
    return status(f"{name.name} successfully dropped.")


def alter_namespace(statement: Statement, session: Session) -> Result:
    """ALTER DATABASE or SCHEMA [IF EXISTS] name RENAME TO …, SET and UNSET of its properties."""
    kind = statement.kind.removeprefix("ALTER ")
    with read_statement(statement, kind) as reader:
        exists = reader.accept("IF", "EXISTS")
        name = _current(session, kind) if _has_no_name(reader) else reader.object_name()
        try:
            found = _existing(session, kind, name)
        except SqlError:
            if exists:
                return status(DONE)
            raise
        if tagged_as_any(reader, found, session):
            return status(DONE)
        if reader.accept("RENAME", "TO"):
            _rename(session, found, reader.object_name(), kind)
        elif reader.accept("SET"):
            return status(_set(session, found, reader.options()))
        elif reader.accept("UNSET"):
            names = names_read(reader)
            comment = "" if "COMMENT" in names else None
            gone = [name for name in names if name != "COMMENT"]
            return status(set_parameters(session, found, {}, gone, comment=comment))
        else:
            raise unsupported(f"This form of ALTER {kind}")
    return status(DONE)


def _set(session: Session, found: ObjectFact, said: dict[str, OptionValue]) -> str:
    comment = said.pop("COMMENT", None)
    return set_parameters(session, found, said, comment=None if comment is None else str(comment))


def _has_no_name(reader: StatementReader) -> bool:
    """`ALTER SCHEMA SET …` is about the current one."""
    return reader.peek_words("SET") or reader.peek_words("UNSET")


def _current(session: Session, kind: str) -> QualifiedName:
    name = session.database if kind == "DATABASE" else session.schema
    if name is None:
        raise SqlError(
            f"SQL compilation error:\nThis session does not have a current {kind.lower()}.",
            code=90106,
            sqlstate="22000",
        )
    return QualifiedName(name)


def _rename(session: Session, found: ObjectFact, new: QualifiedName, kind: str) -> None:
    database, schema = _place(new, session, kind)
    if schema and database != found.database:
        raise unsupported("Moving a schema to another database")
    if _found(session, kind, database, schema) is not None:
        raise SqlError(
            f"SQL compilation error:\nObject '{new.name}' already exists.",
            code=2002,
            sqlstate="42710",
        )
    with session.facts() as facts:
        inside = facts.within(found.database, found.schema or None)
        facts.require_database(found.database)
        for fact in sorted(inside, key=lambda fact: ("DATABASE", "SCHEMA").count(fact.kind) == 0):
            changed = replace(fact, database=database, schema=schema or fact.schema)
            if fact.id == found.id:
                # Whoever keeps something of it elsewhere is told after the commit, or, when the
                # engine was killed before that, finds it here.
                detail = {**fact.detail, MOVED_FROM: [found.database, found.schema]}
                changed = replace(changed, name=new.name, detail=detail)
            facts.move(fact, changed)
    for tell in session.shared.namespace_renamed:
        tell(found.database, found.schema or None, new.name)
    if session.database == found.database:
        session.schema = schema if schema and session.schema == found.schema else session.schema
        session.database = database


def use(statement: Statement, session: Session) -> Result:
    """USE DATABASE, SCHEMA, ROLE, WAREHOUSE, SECONDARY ROLES."""
    kind = statement.kind.removeprefix("USE ")
    with read_statement(statement, "USE") as reader:
        if kind != "SECONDARY ROLES":
            reader.accept(kind)
            name = reader.object_name()
            if not reader.at_end:
                raise reader.unexpected()
            _USED[kind](session, name)
    return status(DONE)


def _use_database(session: Session, name: QualifiedName) -> None:
    if not session.database_exists(name.name):
        raise _not_there("Database", name.sql())
    session.database = name.name
    session.schema = "PUBLIC" if session.schema_exists(name.name, "PUBLIC") else None


def _use_schema(session: Session, name: QualifiedName) -> None:
    database = name.schema or session.database
    if database is None:
        session.resolve(QualifiedName(name.name))
    if not session.schema_exists(str(database), name.name):
        raise _not_there("Schema", name.sql())
    session.database, session.schema = database, name.name


def _not_there(kind: str, name: str) -> SqlError:
    return SqlError(
        f"SQL compilation error:\n{kind} '{name}' does not exist or not authorized.",
        code=2043,
        sqlstate="02000",
    )


def _use_role(session: Session, name: QualifiedName) -> None:
    session.role = name.name


def _use_warehouse(session: Session, name: QualifiedName) -> None:
    session.warehouse = name.name


_USED = {
    "DATABASE": _use_database,
    "SCHEMA": _use_schema,
    "ROLE": _use_role,
    "WAREHOUSE": _use_warehouse,
}
    _check_there(session, "ROLE", name)
    _check_there(session, "WAREHOUSE", name)
def _check_there(session: Session, kind: str, name: QualifiedName) -> None:
    if not session.has_of_account(kind, name.name):
        raise _not_there(kind.capitalize(), name.sql())


