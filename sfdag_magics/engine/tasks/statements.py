"""The statements about tasks: CREATE, ALTER, DROP, EXECUTE, SHOW and DESCRIBE TASK.

Reads the statement and resolves its names in the session; what it comes to, `commands` decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from sfdag_magics.engine.borders.answers import Result, SqlError, does_not_exist, syntax_error
from sfdag_magics.engine.borders.future_grants import (
    Made,
    grant_ahead,
    is_granted_ahead,
    owner_ahead,
)
from sfdag_magics.engine.borders.inherited import inherited
from sfdag_magics.engine.borders.object_facts import ObjectFact
from sfdag_magics.engine.borders.parameter_values import SessionParameters
from sfdag_magics.engine.borders.ports import OpenSession, SessionOptions, SqlSession, Statement
from sfdag_magics.engine.borders.rowset import status
from sfdag_magics.engine.borders.tagging import tag_of
from sfdag_magics.engine.scheduler.clock import Clock
from sfdag_magics.engine.scheduler.core import Scheduler
from sfdag_magics.engine.scheduler.loop import Command, Decided, SchedulerLoop
from sfdag_magics.engine.store.runlog import RunLog, StatementNote
from sfdag_magics.engine.tasks.awaiting import awaited, group_awaited_by
from sfdag_magics.engine.tasks.commands import Commands, answer_of, executed_answer, new_id
from sfdag_magics.engine.tasks.defined import changes
from sfdag_magics.engine.tasks.defined.catalogue import TaskCatalogue
from sfdag_magics.engine.tasks.defined.changes import Change, Circumstances
from sfdag_magics.engine.tasks.shown import show
from sfdag_magics.graph.grammar import (
    AlterTask,
    CloneTask,
    CreateTask,
    DescribeTask,
    DropTask,
    ExecuteTask,
    ModifyBody,
    SetProperties,
    SetTags,
    ShowTasks,
    TaskProperties,
    TaskStatement,
    UnsetTags,
    parse_task_statement,
)
from sfdag_magics.sqltext import QualifiedName, SqlTextError, TokenReader

_Parsed = TypeVar("_Parsed", bound=TaskStatement)
_OfTask = TypeVar("_OfTask", CreateTask, CloneTask, AlterTask, DropTask)


class TaskStatements:
    """The statements over one catalogue. Any thread, once a session can be opened."""

    def __init__(
        self,
        commands: Commands,
        loop: SchedulerLoop,
        catalogue: TaskCatalogue,
        runlog: RunLog,
        clock: Clock,
        cut_off: Callable[[SqlSession], Sequence[str]],
        session_parameters: SessionParameters,
    ) -> None:
        """`cut_off` has the executions in whose place the body runs that a session is for."""
        self._commands = commands
        self._loop = loop
        self._catalogue = catalogue
        self._runlog = runlog
        self._clock = clock
        self._cut_off = cut_off
        self._session_parameters = session_parameters
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
            "COMMENT ON TASK": self._alter,
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
        parsed = _read(statement)
        if not isinstance(parsed, CreateTask | CloneTask):
            raise _misread(statement, parsed)
        name = session.resolve(parsed.name)
        self._check_namespace(name.database, name.schema)
        if isinstance(parsed, CreateTask):
            session.check(parsed.body)
            return self._change(statement, session, parsed, changes.created)
        full = replace(parsed, source=session.resolve(parsed.source))
        return self._change(statement, session, full, changes.cloned)

    def _alter(self, statement: Statement, session: SqlSession) -> Result:
        parsed = _parsed(statement, AlterTask)
        if isinstance(parsed.action, ModifyBody):
            session.check(parsed.action.body)
        return self._change(statement, session, parsed, changes.altered)

    def _drop(self, statement: Statement, session: SqlSession) -> Result:
        return self._change(statement, session, _parsed(statement, DropTask), changes.dropped)

    def _change(
        self,
        statement: Statement,
        session: SqlSession,
        parsed: _OfTask,
        decide: Callable[[TaskCatalogue, _OfTask, QualifiedName, Circumstances], Change],
    ) -> Result:
        """One DDL statement: it ends the open transaction, as all of Snowflake's do."""
        name = session.resolve(parsed.name)
        _check_integrations(parsed, session)
        _check_user(parsed, session)
        self._check_warehouse(parsed, session)
        with session.facts() as facts:
            if isinstance(parsed, CreateTask | CloneTask):
                facts.require_schema(str(name.database), str(name.schema))
        made = Made(
            kind="TASK",
            id=new_id(),
            database=str(name.database),
            schema=name.schema,
            shown=name.sql(),
            has_owner=True,
        )
        around = Circumstances(
            now=self._clock.now(),
            owner=owner_ahead(session.catalogue(), made) or session.role,
            new_id=made.id,
            inherited=inherited(session.catalogue(), name.database, name.schema),
            tags=list(_tags(parsed, session)),
        )

        def changed(_scheduler: Scheduler) -> Decided[str]:
            change = decide(self._catalogue, parsed, name, around)
            return self._commands.applied(change, around.now)

        answer = self._noted(statement, changed)
        if isinstance(parsed, CreateTask | CloneTask):
            self._grant_ahead(made, name, session)
        return status(answer)

    def _grant_ahead(self, made: Made, name: QualifiedName, session: SqlSession) -> None:
        """Grant what is granted on later tasks; not on one that took another's grants over."""
        task = self._catalogue.find(name)
        is_new = task is not None and task.granted_on == made.id
        if is_new and is_granted_ahead(session.catalogue(), made):
            with session.facts() as facts:
                grant_ahead(facts, [made])

    def _check_warehouse(
        self, parsed: CreateTask | CloneTask | AlterTask | DropTask, session: SqlSession
    ) -> None:
        """A warehouse that a task has already goes on to be one: older engines took any name.

        Raises:
            SqlError: there is none of that name.
        """
        said = _properties(parsed)
        name = said.warehouse if said is not None else None
        if name is None or session.has_of_account("WAREHOUSE", name):
            return
        if all(task.properties.warehouse != name for task in self._catalogue.all()):
            raise does_not_exist("Warehouse", QualifiedName(name).sql())

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
        if parsed.awaits:
            return self._execute_and_wait(statement, name, parsed, session)
        group_id = new_id()
        answer = self._noted(
            statement,
            lambda scheduler: self._commands.executed(name, parsed, scheduler, group_id),
        )
        return status(answer)

    def _execute_and_wait(
        self, statement: Statement, name: QualifiedName, parsed: ExecuteTask, session: SqlSession
    ) -> Result:
        """The run is named by the statement: whoever says it again waits for that very run."""
        is_body = statement.query_id == session.attempt_id
        earlier = self._cut_off(session) if is_body else ()
        groups = [group_awaited_by(query_id) for query_id in (statement.query_id, *earlier)]
        group_id = next((each for each in groups if self._runlog.group_runs(each)), groups[0])
        if not self._runlog.group_runs(group_id):
            answer_of(
                self._loop,
                lambda scheduler: self._commands.executed(name, parsed, scheduler, group_id),
            )
        awaited(name, group_id, self._loop, self._runlog, session)
        return status(executed_answer(name))

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
        return show.parameters(self._catalogue.get(name), pattern, self._session_parameters)

    def _check_namespace(self, database: str | None, schema: str | None) -> None:
        """See that a database and schema exist: a session there can be opened."""
        if self._open_session is not None and database is not None:
            self._open_session(SessionOptions(database=database, schema=schema)).close()


def _check_integrations(
    parsed: CreateTask | CloneTask | AlterTask | DropTask, session: SqlSession
) -> None:
    """See that the integrations that a statement names are there, and can be told of tasks.

    Raises:
        SqlError: one is not; Snowflake takes queues only (docs: "Task error notifications").
    """
    said = _properties(parsed)
    for name in (said.error_integration, said.success_integration) if said is not None else ():
        found = (
            None
            if name is None
            else session.catalogue().find("INTEGRATION", QualifiedName(name, "", ""))
        )
        if name is not None and found is None:
            raise does_not_exist("Integration", name)
        if found is not None and found.detail["type"] != "QUEUE":
            raise SqlError(
                f"Integration '{name}' is of type {found.detail['type']}: tasks tell those of type"
                " QUEUE only (Amazon SNS, Azure Event Grid, Google Pub/Sub)."
            )


def _check_user(parsed: CreateTask | CloneTask | AlterTask | DropTask, session: SqlSession) -> None:
    """See that the user of EXECUTE AS USER is there.

    Raises:
        SqlError: there is none of that name.
    """
    said = _properties(parsed)
    name = said.execute_as_user if said is not None else None
    if name is None or name == session.user:
        return
    if session.catalogue().find("USER", QualifiedName(name, "", "")) is None:
        raise does_not_exist("User", name)


def _properties(
    parsed: CreateTask | CloneTask | AlterTask | DropTask,
) -> TaskProperties | None:
    """The properties that a statement says."""
    if isinstance(parsed, CreateTask):
        return parsed.properties
    if isinstance(parsed, AlterTask) and isinstance(parsed.action, SetProperties):
        return parsed.action.properties
    return None


def _tags(
    parsed: CreateTask | CloneTask | AlterTask | DropTask, session: SqlSession
) -> Iterator[tuple[ObjectFact, str | None]]:
    """The tags that a statement names, with their values; None where they are taken away.

    Raises:
        SqlError: one is not there.
    """
    said: Sequence[tuple[QualifiedName, str | None]] = ()
    if isinstance(parsed, CreateTask):
        said = [(tag.name, tag.value) for tag in parsed.tags]
    elif isinstance(parsed, AlterTask) and isinstance(parsed.action, SetTags):
        said = [(tag.name, tag.value) for tag in parsed.action.tags]
    elif isinstance(parsed, AlterTask) and isinstance(parsed.action, UnsetTags):
        said = [(name, None) for name in parsed.action.names]
    for name, value in said:
        yield tag_of(session.catalogue(), session.resolve(name)), value


def _read(statement: Statement) -> TaskStatement:
    try:
        return parse_task_statement(statement.text)
    except SqlTextError as problem:
        raise syntax_error(str(problem)) from problem


def _parsed(statement: Statement, kind: type[_Parsed]) -> _Parsed:
    parsed = _read(statement)
    if not isinstance(parsed, kind):
        raise _misread(statement, parsed)
    return parsed


def _misread(statement: Statement, parsed: TaskStatement) -> SqlError:
    return SqlError(f"{statement.kind} was read as {type(parsed).__name__}")
