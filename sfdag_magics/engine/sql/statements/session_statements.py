"""SET, UNSET, ALTER SESSION, SHOW PARAMETERS and SHOW VARIABLES: what a session knows of itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from sfdag_magics.engine.borders.answers import Result, SfType, SqlError, does_not_exist
from sfdag_magics.engine.borders.inherited import set_above
from sfdag_magics.engine.borders.parameter_values import type_name, value_text
from sfdag_magics.engine.borders.ports import Statement, Value
from sfdag_magics.engine.borders.rowset import like, rowset, status
from sfdag_magics.engine.objects.statement_reader import StatementReader
from sfdag_magics.engine.sql.reading.parse import parse
from sfdag_magics.engine.sql.reading.words import DONE, end, read_statement
from sfdag_magics.engine.sql.sessions.parameters import PARAMETERS, parameter_value
from sfdag_magics.engine.sql.sessions.session import Session
from sfdag_magics.engine.sql.sessions.session_zone import follow_zone
from sfdag_magics.engine.sql.translating.translate import Translator
from sfdag_magics.sqltext import TokenReader, split_list


def set_variables(statement: Statement, session: Session) -> Result:
    """SET name = expression, or SET (a, b) = (expression, expression) or (query)."""
    with read_statement(statement, "SET") as reader:
        if reader.peek_words("("):
            names = [part.strip().upper() for part in reader.parenthesized().split(",")]
            reader.expect("=")
            written = reader.parenthesized()
        else:
            names = [reader.identifier()]
            reader.expect("=")
            written = reader.rest()
    translator = Translator(session, statement.bindings)
    if len(names) > 1 and _is_query(written):
        values = translator.evaluated_row(parse(written))
    else:
        texts = split_list(written) if len(names) > 1 else (written,)
        values = tuple(translator.evaluated(parse(f"SELECT {text}")) for text in texts)
    if len(names) != len(values):
        raise SqlError(
            "SQL compilation error:\nThe number of variables and of values differ.", code=1003
        )
    session.variables.update(zip(names, values, strict=True))
    return status(DONE)


def _is_query(text: str) -> bool:
    reader = TokenReader(text)
    return reader.peek_words("SELECT") or reader.peek_words("WITH")


def unset_variables(statement: Statement, session: Session) -> Result:
    """UNSET name or UNSET (a, b)."""
    with read_statement(statement, "UNSET") as reader:
        if reader.peek_words("("):
            names = [part.strip().upper() for part in reader.parenthesized().split(",")]
        else:
            names = [reader.identifier()]
        end(reader)
    for name in names:
        session.variables.pop(name, None)
    return status(DONE)


def alter_session(statement: Statement, session: Session) -> Result:
    """ALTER SESSION SET parameter = value …, UNSET parameter, …."""
    with read_statement(statement, "SESSION") as reader:
        if reader.accept("UNSET"):
            values = {name: _default(name) for name in _names(reader)}
        else:
            reader.expect("SET")
            options = reader.options()
            end(reader)
            values = {name: parameter_value(name, value) for name, value in options.items()}
    for name, value in values.items():
        _change(session, name, value)
    return status(_done(values))


def _done(names: Iterable[str]) -> str:
    """What ALTER SESSION answers; parameters that change nothing here are not passed over."""
    inert = [name for name in names if name in PARAMETERS and PARAMETERS[name].inert]
    if not inert:
        return DONE
    verb = "is kept and has" if len(inert) == 1 else "are kept and have"
    return f"{DONE} {', '.join(inert)} {verb} no effect in the embedded engine."


def _names(reader: StatementReader) -> Iterator[str]:
    yield reader.identifier()
    while reader.accept(","):
        yield reader.identifier()
    end(reader)


def _default(name: str) -> Value:
    parameter = PARAMETERS.get(name)
    return parameter.default if parameter is not None else parameter_value(name, None)


def _change(session: Session, name: str, value: Value) -> None:
    """Turning autocommit on or off inside a transaction commits it, as Snowflake does."""
    if name == "AUTOCOMMIT" and session.parameters[name] != value:
        session.transaction.commit()
    if name == "TIMEZONE":
        follow_zone(session.connection, str(value))
    session.parameters[name] = value
    session.changes += 1  # translations rely on some of them


_PARAMETER_COLUMNS = dict.fromkeys(
    ("key", "value", "default", "level", "description", "type"), SfType.TEXT
)


def show_parameters(statement: Statement, session: Session) -> Result:
    """SHOW PARAMETERS [LIKE pattern] [IN SESSION | ACCOUNT | DATABASE [name] | SCHEMA [name]]."""
    with read_statement(statement, "PARAMETERS") as reader:
        pattern = reader.string() if reader.accept("LIKE") else None
        found = _in_session(session)
        if reader.accept("IN") or reader.accept("FOR"):
            found = _set_in(reader, session)
            end(reader)
    wanted = like(pattern)
    rows = [
        (
            name,
            value_text(found[name][0] if name in found else parameter.default),
            value_text(parameter.default),
            found[name][1] if name in found else "",
            parameter.description,
            type_name(parameter.default),
        )
        for name, parameter in PARAMETERS.items()
        if wanted.match(name)
    ]
    return rowset(_PARAMETER_COLUMNS, rows)


#: Values that are no defaults, with where they were set.
_Found = Mapping[str, tuple[Value, str]]


def _in_session(session: Session) -> _Found:
    return {
        name: (value, "SESSION")
        for name, value in session.parameters.items()
        if name in PARAMETERS and value != PARAMETERS[name].default
    }


def _set_in(reader: StatementReader, session: Session) -> _Found:
    """What is set in the account, a database or a schema, for what lies there."""
    if reader.accept("SESSION"):
        return _in_session(session)
    database: str | None = None
    schema: str | None = None
    if reader.accept("DATABASE"):
        database = session.database if reader.at_end else reader.object_name().name
    elif reader.accept("SCHEMA"):
        database, schema = session.database, session.schema
        if not reader.at_end:
            name = reader.object_name()
            database, schema = name.schema or database, name.name
    else:
        reader.expect("ACCOUNT")
    _see_there(session, database, schema)
    return set_above(session.catalogue(), database, schema)


def _see_there(session: Session, database: str | None, schema: str | None) -> None:
    if database is not None and not session.database_exists(database):
        raise does_not_exist("Database", database)
    if schema is not None and not session.schema_exists(str(database), schema):
        raise does_not_exist("Schema", f"{database}.{schema}")


_VARIABLE_COLUMNS = {
    "session_id": SfType.TEXT,
    "name": SfType.TEXT,
    "value": SfType.TEXT,
    "type": SfType.TEXT,
}


def show_variables(statement: Statement, session: Session) -> Result:
    """SHOW VARIABLES [LIKE pattern]."""
    with read_statement(statement, "VARIABLES") as reader:
        pattern = reader.string() if reader.accept("LIKE") else None
        end(reader)
    wanted = like(pattern)
    rows = [
        (session.id, name, value_text(value), "text" if isinstance(value, str) else "fixed")
        for name, value in sorted(session.variables.items())
        if wanted.match(name)
    ]
    return rowset(_VARIABLE_COLUMNS, rows)
