"""Parameters of the account, of databases and schemas: set, unset, told to who inherits them.

Those of tasks act. What else Snowflake's pages name is kept and does nothing here, which the answer
says; any other name is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sfdag_magics.engine.borders.answers import Result, SqlError, syntax_error
from sfdag_magics.engine.borders.inherited import (
    ACCOUNT,
    ACCOUNT_NAME,
    EXTENSION,
    INHERITED,
    PARAMETERS,
    RETENTION,
)
from sfdag_magics.engine.borders.object_facts import ObjectFact
from sfdag_magics.engine.borders.ports import Statement
from sfdag_magics.engine.borders.rowset import status
from sfdag_magics.engine.objects.statement_reader import OptionValue, StatementReader
from sfdag_magics.engine.sql.reading.words import DONE, read_statement
from sfdag_magics.engine.sql.sessions.parameters import PARAMETERS as OF_SESSIONS
from sfdag_magics.engine.sql.sessions.session import Session
from sfdag_magics.graph.grammar import SESSION_PARAMETERS
from sfdag_magics.graph.grammar.properties import PROPERTIES
from sfdag_magics.sqltext import SqlTextError, TokenReader, quoted_string

#: Snowflake docs: DATA_RETENTION_TIME_IN_DAYS and MAX_DATA_EXTENSION_TIME_IN_DAYS.
_MOST_DAYS = 90
#: Snowflake docs: ALTER DATABASE, ALTER SCHEMA and "Parameters", object parameters.
_OF_OBJECTS = frozenset(
    (
        "BASE_LOCATION_PREFIX", "CATALOG", "CATALOG_SYNC", "CLASSIFICATION_PROFILE",
        "DATA_RETENTION_TIME_IN_DAYS", "DEFAULT_DDL_COLLATION", "DEFAULT_NOTEBOOK_COMPUTE_POOL_CPU",
        "DEFAULT_NOTEBOOK_COMPUTE_POOL_GPU", "DEFAULT_STREAMLIT_NOTEBOOK_WAREHOUSE",
        "ENABLE_DATA_COMPACTION", "EXTERNAL_VOLUME", "ICEBERG_VERSION_DEFAULT",
        "MAX_DATA_EXTENSION_TIME_IN_DAYS", "OBJECT_VISIBILITY", "PIPE_EXECUTION_PAUSED",
        "REPLACE_INVALID_CHARACTERS", "REPLICABLE_WITH_FAILOVER_GROUPS",
        "STORAGE_SERIALIZATION_POLICY", "USER_TASK_MANAGED_INITIAL_WAREHOUSE_SIZE",
    )
)  # fmt: skip


def alter_account(statement: Statement, session: Session) -> Result:
    """ALTER ACCOUNT SET parameter = value …, UNSET parameter, …."""
    with read_statement(statement, "ACCOUNT") as reader:
        if reader.accept("UNSET"):
            said, gone = {}, names_read(reader)
        else:
            reader.expect("SET")
            said, gone = reader.options(), ()
    return status(set_parameters(session, _account(session), said, gone))


def _account(session: Session) -> ObjectFact:
    found = session.catalogue().listed(ACCOUNT)
    if found:
        return found[0]
    with session.facts() as facts:
        return facts.add_to_account(ACCOUNT, ACCOUNT_NAME, detail={})


def names_read(reader: StatementReader) -> tuple[str, ...]:
    """The names of an UNSET, with commas or without."""
    names = [reader.identifier()]
    while not reader.at_end:
        reader.accept(",")
        names.append(reader.identifier())
    return tuple(names)


def set_parameters(
    session: Session,
    of: ObjectFact,
    said: Mapping[str, OptionValue],
    gone: Iterable[str] = (),
    *,
    comment: str | None = None,
) -> str:
    """Keep the parameters of the account, a database or a schema; the answer.

    Raises:
        SqlError: one is not known, or its value does not fit; then nothing is kept.
    """
    values = {name: _value(name, value) for name, value in said.items()}
    unset = set(gone)
    for name in unset:
        _check_known(name)
    before: dict[str, Any] = of.detail.get(PARAMETERS, {})
    kept = {name: value for name, value in {**before, **values}.items() if name not in unset}
    with session.facts() as facts:
        facts.change(of, detail={**of.detail, PARAMETERS: kept}, comment=comment)
    if {*values, *unset} & set(INHERITED):
        for tell in session.shared.parameters_set:
            tell(session.catalogue())
    return _answer([*values, *unset])


def _value(name: str, value: OptionValue) -> OptionValue:
    _check_known(name)
    if name in (RETENTION, EXTENSION):
        return days(name, value)
    if name not in INHERITED:
        return value
    text = str(value) if isinstance(value, int) else quoted_string(str(value))
    try:
        read: OptionValue = PROPERTIES[name].read(TokenReader(text), name)
    except SqlTextError as problem:
        raise syntax_error(str(problem)) from problem
    return read


def days(name: str, value: OptionValue) -> int:
    """How many days a parameter says.

    Raises:
        SqlError: it is no number from 0 to 90.
    """
    if type(value) is not int or not 0 <= value <= _MOST_DAYS:
        raise SqlError(
            f"SQL compilation error:\ninvalid value [{value}] for parameter '{name}'",
            code=1008,
            sqlstate="22023",
        )
    return value


def _check_known(name: str) -> None:
    if not (name in INHERITED or name in _OF_OBJECTS or _is_of_sessions(name)):
        raise SqlError(
            f"SQL compilation error:\ninvalid parameter '{name}'", code=1103, sqlstate="22023"
        )


def _is_of_sessions(name: str) -> bool:
    return name in OF_SESSIONS or name in SESSION_PARAMETERS


def _answer(names: Iterable[str]) -> str:
    inert = [name for name in names if name not in (*INHERITED, RETENTION, EXTENSION)]
    if not inert:
        return DONE
    verb = "is kept and has" if len(inert) == 1 else "are kept and have"
    return f"{DONE} {', '.join(inert)} {verb} no effect in the embedded engine."
