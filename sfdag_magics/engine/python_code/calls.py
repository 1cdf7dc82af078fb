"""What a CALL does: finds the overload, gives a worker the caller's session, converts the answer.

A procedure runs in its caller's session, by a ticket, and takes no slot of the task limit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache, partial
from typing import Any

import pyarrow as pa

from sfdag_magics.engine.borders.answers import Result, SqlError, unsupported
from sfdag_magics.engine.borders.object_facts import ObjectFact
from sfdag_magics.engine.borders.ports import SqlSession, Statement
from sfdag_magics.engine.borders.redaction import redacted
from sfdag_magics.engine.borders.tickets import Tickets
from sfdag_magics.engine.objects.code_definitions import Definition, read_definition
from sfdag_magics.engine.objects.statement_reader import StatementReader
from sfdag_magics.engine.python_code.call_arguments import (
    Argument,
    argument_types,
    matched,
    read_arguments,
    values_for,
)
from sfdag_magics.engine.python_code.code_statements import (
    PROCEDURE,
    check_definition,
    definition_of,
    overloads,
)
from sfdag_magics.engine.python_code.imports import import_paths
from sfdag_magics.engine.stages.stage_store import StageStore
from sfdag_magics.engine.workers.execution import JobExecution
from sfdag_magics.engine.workers.inside.vectors import arrow_column
from sfdag_magics.engine.workers.jobs import (
    Code,
    Died,
    Job,
    NotBegun,
    Outcome,
    Raised,
    Returned,
    Stopped,
)
from sfdag_magics.engine.workers.logs import LogStore
from sfdag_magics.engine.workers.pool import PoolClosedError, WorkerPool
from sfdag_magics.engine.workers.values import DeclaredType, Encoded, declared_type
from sfdag_magics.sqltext import QualifiedName, quoted_identifier, quoted_string

#: The connector's parameters for a worker, without its password, which is a ticket.
ConnectParameters = Callable[[], Mapping[str, Any]]
_SYSTEM = "SYSTEM$"
_PYTHON_ERROR = 100357
#: How often a job of which nothing has run is begun, where what starts workers is killed meanwhile.
BEGINNINGS = 3


class Calls:
    """The handlers of CALL and WITH … AS PROCEDURE … CALL. Any thread; blocks while it runs."""

    def __init__(
        self,
        pool: WorkerPool,
        tickets: Tickets,
        stages: StageStore,
        logs: LogStore,
        connect_parameters: ConnectParameters,
    ) -> None:
        self._pool = pool
        self._tickets = tickets
        self._stages = stages
        self._logs = logs
        self._connect_parameters = connect_parameters

    def call(self, statement: Statement, session: SqlSession) -> Result:
        """CALL name (arguments)."""
        reader = StatementReader(statement)
        reader.expect("CALL")
        start = reader.position
        name = reader.object_name()
        if name.name.startswith(_SYSTEM):
            return _system_function(reader, start, name.name, statement, session)
        resolved = session.resolve(name)
        facts = overloads(session.catalogue(), PROCEDURE, resolved)
        if not facts:
            raise _unknown(resolved)
        arguments = _arguments(reader, session, statement)
        definitions = [definition_of(fact) for fact in facts]
        definition, bound = _match(definitions, arguments, resolved.name)
        fact = facts[definitions.index(definition)]
        with _namespace(definition, fact, session):
            return self._run(statement, session, fact.name, definition, bound)

    def call_anonymous(self, statement: Statement, session: SqlSession) -> Result:
        """WITH name AS PROCEDURE (…) RETURNS … CALL name (arguments)."""
        reader = StatementReader(statement)
        reader.expect("WITH")
        name = reader.identifier()
        reader.expect("AS", "PROCEDURE")
        definition = read_definition(reader, anonymous=True)
        check_definition(definition, PROCEDURE)
        reader.expect("CALL")
        if reader.identifier() != name:
            raise unsupported("CALL of another procedure behind WITH … AS PROCEDURE")
        arguments = _arguments(reader, session, statement)
        _same, bound = _match((definition,), arguments, name)
        return self._run(statement, session, name, definition, bound)

    def _run(
        self,
        statement: Statement,
        session: SqlSession,
        name: str,
        definition: Definition,
        bound: Mapping[str, Argument],
    ) -> Result:
        values = values_for(definition, bound, session)
        if definition.strict and None in values and definition.returns is not None:
            return _scalar(name, None, definition)
        paths = import_paths(definition.imports, session, self._stages)
        job = _job(name, definition, values, paths, session)
        outcome = self._in_session(job, session, _resource(statement, session, name, definition))
        if not isinstance(outcome, Returned):
            raise failure(outcome, f"{name} with handler {definition.handler}")
        if definition.returns is None:
            return _table(outcome.query_id, definition, session)
        return _scalar(name, outcome.value, definition)

    def _in_session(self, job: Job, session: SqlSession, resource: Mapping[str, Any]) -> Outcome:
        outcome: Outcome = Stopped()
        for _ in range(BEGINNINGS):
            try:
                outcome = self._in_a_worker(job, session, resource)
            except (OSError, PoolClosedError) as problem:
                raise SqlError(f"The worker for {job.label} could not be started: {problem}") from (
                    problem
                )
            if not isinstance(outcome, NotBegun):
                break
        return outcome

    def _in_a_worker(self, job: Job, session: SqlSession, resource: Mapping[str, Any]) -> Outcome:
        """How the job ends in one process, whose ticket is good for it alone, and no longer."""
        ticket = self._tickets.issue(session)
        connection = {**self._connect_parameters(), "password": ticket}
        try:
            log = self._logs.open(resource["snow.query.id"], resource)
            execution = self._pool.begin(replace(job, connection=connection), log)
            # What is told to stop is shut out before it hears of it: it may go on for a while.
            with session.on_cancel(partial(self._stopped, ticket, execution)):
                return execution.wait()
        finally:
            self._tickets.revoke(ticket)

    def _stopped(self, ticket: str, execution: JobExecution) -> None:
        self._tickets.revoke(ticket)
        execution.stop()


def failure(outcome: Outcome, what: str) -> SqlError:
    """The error that a statement ends with where its handler did not return."""
    match outcome:
        case Raised(text=text):
            message = f"Python Interpreter Error:\n{text}\n in function {what}"
        case Died(reason=reason):
            message = (
                "Python Interpreter Error:\nThe worker process ended without an answer:"
                f" {reason}.\n in function {what}"
            )
        case _:
            return SqlError("SQL execution canceled", code=604, sqlstate="57014")
    return SqlError(redacted(message), code=_PYTHON_ERROR, sqlstate="P0000")


def _arguments(
    reader: StatementReader, session: SqlSession, statement: Statement
) -> tuple[Argument, ...]:
    arguments = read_arguments(reader, session, statement.bindings)
    if reader.peek_words("INTO"):
        raise unsupported("CALL … INTO outside Snowflake Scripting")
    if not reader.at_end:
        raise reader.unexpected()
    return arguments


def _match(
    definitions: Sequence[Definition], arguments: Sequence[Argument], name: str
) -> tuple[Definition, dict[str, Argument]]:
    found = matched(definitions, arguments)
    if found is None:
        raise SqlError(
            "SQL compilation error: error line 1 at position 5\nInvalid argument types for function"
            f" '{name}': {argument_types(arguments)}",
            code=1044,
            sqlstate="42P13",
        )
    return found


def _unknown(name: QualifiedName) -> SqlError:
    return SqlError(
        f"SQL compilation error:\nUnknown user-defined function {name.sql()}.",
        code=2141,
        sqlstate="42601",
    )


@contextmanager
def _namespace(definition: Definition, fact: ObjectFact, session: SqlSession) -> Iterator[None]:
    """A procedure that runs with its owner's rights sees its own schema as the current one."""
    before = (session.database, session.schema)
    if definition.execute_as == "CALLER" or before == (fact.database, fact.schema):
        yield
        return
    session.execute(f"USE SCHEMA {QualifiedName(fact.schema, fact.database).sql()}")
    try:
        yield
    finally:
        session.database, session.schema = before


def _system_function(
    reader: StatementReader, start: int, name: str, statement: Statement, session: SqlSession
) -> Result:
    """CALL of one of Snowflake's own functions is a SELECT with the function's name."""
    reader.parenthesized()
    if not reader.at_end:
        raise reader.unexpected()
    query = f"SELECT {statement.text[start:]}\nAS {quoted_identifier(name)}"
    return session.execute_over(query, {}, bindings=statement.bindings)


def _job(
    name: str,
    definition: Definition,
    values: tuple[Encoded, ...],
    imports: tuple[str, ...],
    session: SqlSession,
) -> Job:
    return Job(
        label=name,
        code=Code(
            handler=definition.handler,
            source=definition.source,
            imports=imports,
            packages=definition.packages,
        ),
        argument_types=tuple(parameter.type for parameter in definition.parameters),
        arguments=values,
        returns=definition.returns,
        log_level=str(session.parameters.get("LOG_LEVEL") or "INFO"),
    )


def _resource(
    statement: Statement, session: SqlSession, name: str, definition: Definition
) -> dict[str, Any]:
    """What the event table says of where a record comes from."""
    attributes = {
        "db.user": session.user,
        "snow.database.name": session.database,
        "snow.schema.name": session.schema,
        "snow.warehouse.name": session.warehouse,
        "snow.session.id": session.id,
        "snow.session.role.primary.name": session.role,
        "snow.executable.name": f"{name}{definition.signature}:{definition.returned}",
        "snow.executable.type": PROCEDURE,
        "snow.query.id": statement.query_id,
        "snow.task.attempt.id": session.attempt_id,
        "telemetry.sdk.language": "python",
    }
    return {name: value for name, value in attributes.items() if value is not None}


def _scalar(name: str, value: Encoded, definition: Definition) -> Result:
    declared = declared_type(definition.returns or "VARIANT")
    if value is not None:
        return _one_value(name, value, declared)
    if definition.returns_not_null:
        raise SqlError(f"NULL result in a non-nullable column of {name}", code=100072)
    return _no_value(name, declared)


def _one_value(name: str, value: Encoded, declared: DeclaredType) -> Result:
    rows = pa.table({name: arrow_column([value], declared)})
    return Result(columns=(declared.column(name),), rows=rows)


@lru_cache(maxsize=1000)  # what most tasks of a graph answer
def _no_value(name: str, declared: DeclaredType) -> Result:
    return _one_value(name, None, declared)


def _table(query_id: str | None, definition: Definition, session: SqlSession) -> Result:
    """The result of the query that a procedure returned, with the declared names and types."""
    columns = definition.returns_table
    if query_id is None:
        empty = ", ".join(
            f"NULL::{column.type} AS {quoted_identifier(column.name)}" for column in columns
        )
        return session.execute_over(f"SELECT {empty or 'NULL'} WHERE FALSE", {})
    scan = f"TABLE(RESULT_SCAN({quoted_string(query_id)}))"
    result = session.execute_over(f"SELECT * FROM {scan}", {})  # noqa: S608 - it is quoted
    if not columns:
        return result
    if len(columns) != len(result.columns):
        raise SqlError(
            f"The procedure returned {len(result.columns)} columns, declared are {len(columns)}.",
            code=100357,
            sqlstate="P0000",
        )
    selected = ", ".join(
        f"{quoted_identifier(given.name)}::{column.type} AS {quoted_identifier(column.name)}"
        for given, column in zip(result.columns, columns, strict=True)
    )
    return session.execute_over(f"SELECT {selected} FROM RETURNED", {"RETURNED": result})  # noqa: S608 - names are quoted, types were read
