"""The statements about tasks: CREATE, ALTER, DROP, EXECUTE, SHOW and DESCRIBE TASK.

Reads the statement and resolves its names in the session; what it comes to, `commands` decides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeVar

from sfdag_magics.engine.borders.answers import Result, SqlError, syntax_error
from sfdag_magics.engine.borders.ports import OpenSession, SessionOptions, SqlSession, Statement
from sfdag_magics.engine.borders.rowset import status
from sfdag_magics.engine.scheduler import Scheduler
from sfdag_magics.engine.scheduler.clock import Clock
from sfdag_magics.engine.scheduler.loop import Command, Decided, SchedulerLoop
from sfdag_magics.engine.store.runlog import RunLog, StatementNote
from sfdag_magics.engine.tasks import show
from sfdag_magics.engine.tasks.commands import Commands, answer_of, new_id
from sfdag_magics.engine.tasks.defined import changes
from sfdag_magics.engine.tasks.defined.catalogue import Catalogue
from sfdag_magics.engine.tasks.defined.changes import Change, Circumstances
from sfdag_magics.graph.grammar import (
    AlterTask,
    CreateTask,
    DescribeTask,
    DropTask,
    ExecuteTask,
    ShowTasks,
    TaskStatement,
    parse_task_statement,
)
from sfdag_magics.sqltext import QualifiedName, SqlTextError, TokenReader

_Parsed = TypeVar("_Parsed", bound=TaskStatement)
_OfTask = TypeVar("_OfTask", CreateTask, AlterTask, DropTask)


class TaskStatements:
    """The statements over one catalogue. Any thread, once a session can be opened."""

    def __init__(
        self,
        commands: Commands,
        loop: SchedulerLoop,
        catalogue: Catalogue,
        runlog: RunLog,
        clock: Clock,
    ) -> None:
        self._commands = commands
        self._loop = loop
        self._catalogue = catalogue
        self._runlog = runlog
        self._clock = clock
        self._open_session: OpenSession | None = None

    def use(self, open_session: OpenSession) -> None:
        """Open sessions this way."""
        self._open_session = open_session

    def table(self) -> Mapping[str, Callable[[Statement, SqlSession], Result]]:
        """By kind, as a `SqlFeature` has them."""
        return {
            "CREATE TASK": self._create,
            "CREATE OR ALTER TASK": self._create,
            "ALTER TASK": self._alter,
            "DROP TASK": self._drop,
            "EXECUTE TASK": self._execute,
            "SHOW TASKS": self._show,
            "DESCRIBE TASK": self._describe,
            "SHOW PARAMETERS IN TASK": self._show_parameters,
        }

    def outcome(self, query_id: str) -> Result | None:
        """What a statement was answered with before the engine died, if it had its effect."""
        answer = self._runlog.outcome(query_id)
        return None if answer is None else status(answer)

    def _create(self, statement: Statement, session: SqlSession) -> Result:
        parsed = _parsed(statement, CreateTask)
        name = session.resolve(parsed.name)
        self._check_namespace(name.database, name.schema)
        return self._change(statement, session, parsed, changes.created)

    def _alter(self, statement: Statement, session: SqlSession) -> Result:
        return self._change(statement, session, _parsed(statement, AlterTask), changes.altered)

    def _drop(self, statement: Statement, session: SqlSession) -> Result:
        return self._change(statement, session, _parsed(statement, DropTask), changes.dropped)

    def _change(
        self,
        statement: Statement,
        session: SqlSession,
        parsed: _OfTask,
        decide: Callable[[Catalogue, _OfTask, QualifiedName, Circumstances], Change],
    ) -> Result:
        """One DDL statement: it ends the open transaction, as all of Snowflake's do."""
        name = session.resolve(parsed.name)
        with session.facts():
            pass
        around = Circumstances(now=self._clock.now(), owner=session.role, new_id=new_id())

        def changed(_scheduler: Scheduler) -> Decided[str]:
            change = decide(self._catalogue, parsed, name, around)
            return self._commands.applied(change, around.now)

        return status(self._noted(statement, changed))

    def _noted(self, statement: Statement, command: Command[str]) -> str:
        """The answer of a command, noted with its effect: an engine may die before it is heard."""

        def noted(scheduler: Scheduler) -> Decided[str]:
            decided = command(scheduler)
            note = StatementNote(
                query_id=statement.query_id, answer=decided.answer, at=self._clock.now()
            )
            return replace(decided, writes=[*decided.writes, note])

        return answer_of(self._loop, noted)

    def _execute(self, statement: Statement, session: SqlSession) -> Result:
        parsed = _parsed(statement, ExecuteTask)
        name = session.resolve(parsed.name)
        return status(
            self._noted(
                statement, lambda scheduler: self._commands.executed(name, parsed, scheduler)
            )
        )

    def _show(self, statement: Statement, session: SqlSession) -> Result:
        parsed = _parsed(statement, ShowTasks)
        database, schema = session.database, session.schema
        if parsed.scope is not None:
            scope = parsed.scope
            database = None if scope.kind == "ACCOUNT" else scope.database or session.database
            schema = None
            if scope.kind == "SCHEMA":
                schema = scope.schema or session.schema
            self._check_namespace(database, schema)
        return show.shown(self._catalogue, parsed, database=database, schema=schema)

    def _describe(self, statement: Statement, session: SqlSession) -> Result:
        parsed = _parsed(statement, DescribeTask)
        return show.described(self._catalogue, self._catalogue.get(session.resolve(parsed.name)))

    def _show_parameters(self, statement: Statement, session: SqlSession) -> Result:
        reader = TokenReader(statement.text, statement.tokens)
        try:
            reader.expect("SHOW", "PARAMETERS")
            pattern = reader.string() if reader.accept("LIKE") else None
            if not reader.accept("FOR"):
                reader.expect("IN")
            reader.expect("TASK")
            name = session.resolve(reader.qualified_name())
        except SqlTextError as problem:
            raise syntax_error(str(problem)) from problem
        return show.parameters(self._catalogue.get(name), pattern)

    def _check_namespace(self, database: str | None, schema: str | None) -> None:
        """See that a database and schema exist: a session there can be opened."""
        if self._open_session is not None and database is not None:
            self._open_session(SessionOptions(database=database, schema=schema)).close()


def _parsed(statement: Statement, kind: type[_Parsed]) -> _Parsed:
    try:
        parsed = parse_task_statement(statement.text)
    except SqlTextError as problem:
        raise syntax_error(str(problem)) from problem
    if not isinstance(parsed, kind):
        raise SqlError(f"{statement.kind} was read as {type(parsed).__name__}")
    return parsed
