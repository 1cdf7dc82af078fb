"""CREATE, DROP, ALTER and USE of databases and schemas. They are facts only: DuckDB has none."""

from __future__ import annotations

from dataclasses import replace

from sfdag_magics.engine.borders.answers import Result, SqlError, does_not_exist, unsupported
from sfdag_magics.engine.borders.cloning import Cloned
from sfdag_magics.engine.borders.object_facts import MOVED_FROM, ObjectFact
from sfdag_magics.engine.borders.ports import Statement
from sfdag_magics.engine.borders.rowset import status
from sfdag_magics.engine.objects.statement_reader import OptionValue, StatementReader
from sfdag_magics.engine.sql.ddl.clones import Clones, clone_inside, copy_grants
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
from sfdag_magics.light_classes import dataclass
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
    said = _said(statement, kind)
    name, comment = said.name, said.comment
    there = _found(session, kind, *_place(name, session, kind))
    if there is None:
        return _create(statement, session, kind)
    if there.database == SNOWFLAKE:
        _existing(session, kind, name)  # refuses it
    with session.facts() as facts:
        facts.change(there, comment=comment or "")
    return status(DONE)


def use_created(statement: Statement, session: Session) -> None:
    """Use what a CREATE that an earlier engine carried out has made, if it is still there."""
    kind = statement.kind.removeprefix("CREATE ")
    database, schema = _place(_said(statement, kind).name, session, kind)
    if session.schema_exists(database, schema or "PUBLIC"):
        session.database, session.schema = database, schema or "PUBLIC"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """What CREATE says; `source` is what is cloned, `exists` whether it says IF NOT EXISTS."""

    name: QualifiedName
    exists: bool
    comment: str | None
    source: QualifiedName | None


def _said(statement: Statement, kind: str) -> _Said:
    with read_statement(statement, kind) as reader:
        exists = reader.accept("IF", "NOT", "EXISTS")
        name = reader.object_name()
        source = reader.object_name() if reader.accept("CLONE") else None
        if source is not None:
            _of_clones(reader)
        return _Said(name=name, exists=exists, comment=_options(reader, kind), source=source)


def _of_clones(reader: StatementReader) -> None:
    """What stands behind the source, and changes nothing here."""
    if reader.peek_words("AT") or reader.peek_words("BEFORE"):
        raise unsupported("Time travel (AT, BEFORE)")
    if reader.peek_words("INCLUDE"):
        raise unsupported("CLONE … INCLUDE INTERNAL STAGES")
    reader.accept("IGNORE", "TABLES", "WITH", "INSUFFICIENT", "DATA", "RETENTION")
    reader.accept("IGNORE", "HYBRID", "TABLES")


def _create(statement: Statement, session: Session, kind: str) -> Result:
    words = {token.word for token in statement.tokens[:4]}
    said = _said(statement, kind)
    database, schema = _place(said.name, session, kind)
    there = _found(session, kind, database, schema)
    if there is not None and said.exists:
        return status(f"{said.name.name} already exists, statement succeeded.")
    source = None if said.source is None else _existing(session, kind, said.source)
    if source is not None and source == there:
        raise unsupported(f"A {kind} in its own place (CREATE OR REPLACE {kind} … CLONE itself)")
    with session.facts() as facts:
        if there is not None and {"OR", "REPLACE"} <= words:
            _remove(session, facts, there)
        comment = said.comment or ("" if source is None else source.comment)
        new = facts.add_namespace(
            kind, database, schema or database, comment=comment, transient="TRANSIENT" in words
        )
        left = _filled(session, facts, new, source)
    if source is not None:
        _clone_elsewhere(session, source, new, left)
    _enter(session, database, schema or "PUBLIC")
    not_cloned = f" Not cloned: {', '.join(left.left)}." if left.left else ""
    return status(f"{kind.capitalize()} {said.name.name} successfully created.{not_cloned}")


def _filled(
    session: Session, facts: FactsTransaction, new: ObjectFact, source: ObjectFact | None
) -> Clones:
    """What a new database or schema begins with; without a source nothing is cloned."""
    if source is not None:
        kept = {name: value for name, value in source.detail.items() if name != MOVED_FROM}
        new = facts.change(new, detail={**kept, **new.detail})
        return clone_inside(session, facts, source, new)
    if new.kind == "DATABASE":
        facts.add_namespace("SCHEMA", new.name, "PUBLIC")
    return Clones(ids={}, left=())


def _enter(session: Session, database: str, schema: str) -> None:
    session.database = database
    session.schema = schema if session.schema_exists(database, schema) else None


def _clone_elsewhere(session: Session, source: ObjectFact, new: ObjectFact, clones: Clones) -> None:
    """Let the others clone what they keep of a namespace, and grant on it what is granted there."""
    cloned = Cloned(
        database=source.database,
        schema=source.schema or None,
        new_database=new.database,
        new_schema=new.schema or None,
        ids=clones.ids,
        facts=session.catalogue(),
    )
    ids: dict[str, str] = {}
    for clone in session.shared.namespace_cloned:
        ids.update(clone(cloned))
    owned = [each for kind in session.shared.owned.values() for each in kind.all()]
    names = {each.id: each.name.sql() for each in owned}
    if ids:
        with session.facts() as facts:
            copy_grants(facts, ids, names)


def _options(reader: StatementReader, kind: str) -> str | None:
    """The comment; retention, collation and the like have nothing to act on here."""
    if reader.peek_words("FROM"):
        raise unsupported(f"CREATE {kind} FROM a share, listing or backup")
    reader.accept("WITH", "MANAGED", "ACCESS")
    comment = reader.options().get("COMMENT")
    if not reader.at_end:
        raise reader.unexpected()
    return None if comment is None else str(comment)


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
    _check_there(session, "ROLE", name)
    session.role = name.name


def _use_warehouse(session: Session, name: QualifiedName) -> None:
    _check_there(session, "WAREHOUSE", name)
    session.warehouse = name.name


def _check_there(session: Session, kind: str, name: QualifiedName) -> None:
    if not session.has_of_account(kind, name.name):
        raise _not_there(kind.capitalize(), name.sql())


_USED = {
    "DATABASE": _use_database,
    "SCHEMA": _use_schema,
    "ROLE": _use_role,
    "WAREHOUSE": _use_warehouse,
}
