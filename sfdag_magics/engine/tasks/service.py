"""Tasks as the rest of the engine sees them: statements, functions and tables, and what runs them.

Every change goes to the scheduler's thread as one command: it is checked, applied and durable
before the statement is answered. Knows SQL sessions; knows no wire, no DuckDB and no worker.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from sfdag_magics.engine.answers import Result, SqlError, does_not_exist, syntax_error
from sfdag_magics.engine.history_limits import DEFAULT_LIMITS, HistoryLimits
from sfdag_magics.engine.ports import (
    Arguments,
    FactsView,
    OpenSession,
    SessionOptions,
    SqlFeature,
    SqlSession,
    Statement,
    Value,
)
from sfdag_magics.engine.rowset import status
from sfdag_magics.engine.scheduler import DEFAULT_SLOTS, Scheduler
from sfdag_magics.engine.scheduler.clock import Clock, SystemClock
from sfdag_magics.engine.scheduler.events import (
    CancelRequested,
    Event,
    GraphStarted,
    GraphStopped,
    WorkersReady,
    WorkersWarming,
)
from sfdag_magics.engine.scheduler.loop import Command, Decided, SchedulerLoop
from sfdag_magics.engine.store.runlog import CatalogueWrite, RunLog, StatementNote
from sfdag_magics.engine.tasks import changes, namespaces, show
from sfdag_magics.engine.tasks.argument_values import is_true
from sfdag_magics.engine.tasks.attempts import Attempts, BeginsAgain
from sfdag_magics.engine.tasks.catalogue import Catalogue, started_root_error
from sfdag_magics.engine.tasks.changes import Change, Circumstances
from sfdag_magics.engine.tasks.definition import TaskDefinition
from sfdag_magics.engine.tasks.executions import Requested, retry_event, run_event
from sfdag_magics.engine.tasks.functions import TaskFunctions
from sfdag_magics.engine.tasks.history import OWN_ARGUMENTS, History, named
from sfdag_magics.engine.tasks.memory import TaskMemory
from sfdag_magics.engine.tasks.news import News, Stir, nobody_waits
from sfdag_magics.engine.tasks.retention import NO_LOGS, Logs, Retention
from sfdag_magics.engine.tasks.versions import (
    Versions,
    committed,
    suspended_names,
)
from sfdag_magics.errors import InternalError, MachineError
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

#: How long a finalizer may take when all runs are ended, and how often that is looked at.
_END_S, _LOOK_S = 15.0, 0.05

_Answer = TypeVar("_Answer")
_Parsed = TypeVar("_Parsed", bound=TaskStatement)


class TaskService:
    """All tasks of one engine. `feature` is what SQL gets; `start` once, `close` once."""

    def __init__(
        self,
        runlog_path: Path,
        *,
        clock: Clock | None = None,
        slots: int = DEFAULT_SLOTS,
        open_runlog: Callable[[Path], RunLog] = RunLog,
        try_again_s: float = 1.0,
        begins_again: BeginsAgain = lambda cut_off, attempt_id: None,
        limits: HistoryLimits = DEFAULT_LIMITS,
        logs: Logs = NO_LOGS,
        stir: Stir = nobody_waits,
    ) -> None:
        """Open the run log; nothing runs before `start`.

        Args:
            runlog_path: the SQLite file.
            clock: the machine's where not given.
            slots: how many tasks run at once.
            open_runlog: another run log, such as one that fails when a test says so.
            try_again_s: how long to wait after something could not be made durable.
            begins_again: told of a task that an engine's end cut off, before it runs again.
            limits: how much of the past is kept.
            logs: what goes with the runs that do.
            stir: called after each change of a run.

        Raises:
            MachineError: the run log cannot be used.
        """
        self._clock = clock or SystemClock()
        self._runlog = open_runlog(runlog_path)
        self._catalogue = Catalogue()
        self._versions = Versions(self._runlog)
        self._news = News(stir)
        self._open_session: OpenSession | None = None
        self._ending = threading.Event()
        self._attempts = Attempts(
            versions=self._versions,
            clock=self._clock,
            post=self._post,
            slots=slots,
            begins_again=begins_again,
        )
        memory = TaskMemory(
            runlog=self._runlog,
            catalogue=self._catalogue,
            versions=self._versions,
            clock=self._clock,
            news=self._news,
        )
        self._loop = SchedulerLoop(
            memory=memory,
            executor=self._attempts,
            clock=self._clock,
            slots=slots,
            try_again_s=try_again_s,
        )
        self._retention = Retention(
            runlog=self._runlog,
            catalogue=self._catalogue,
            memory=memory,
            loop=self._loop,
            clock=self._clock,
            limits=limits,
            logs=logs,
        )

    def start(self, open_session: OpenSession) -> None:
        """Go on where the last engine ended: what its death cut off runs again.

        Raises:
            MachineError: the run log cannot be read.
        """
        self._open_session = open_session
        self._attempts.use(open_session)
        self._loop.start()
        self._retention.start()

    def catch_up(self, facts: FactsView) -> None:
        """Take in what happened to databases and schemas while the last engine was killed."""
        for missed in namespaces.renames(facts, self._places()):
            self._namespace_renamed(missed.database, missed.schema, str(missed.new))
        for missed in namespaces.drops(facts, self._places()):
            self._namespace_dropped(missed.database, missed.schema)

    def _places(self) -> set[namespaces.Place]:
        return {(task.name.database, task.name.schema) for task in self._catalogue.all()}

    def close(self) -> None:
        """Stop what runs and wait for all threads; what is cut off runs again at the next start."""
        self._retention.close()
        self._loop.close()
        self._attempts.close()
        self._runlog.close()

    def workers_are(self, *, ready: bool) -> None:
        """Until what runs procedures is ready, tasks that call one wait. Any thread."""
        now = self._clock.now()
        self._post(WorkersReady(now=now) if ready else WorkersWarming(now=now))

    def runs_in_flight(self) -> tuple[str, ...]:
        """The graph runs that have started and not ended, as a person knows them."""
        return self._loop.in_flight

    def history_notice(self) -> str:
        """What is to be told of runs that leave a history that knew no limits; often nothing."""
        return self._retention.notice()

    def end_runs(self) -> None:
        """Cancel every graph run. Blocks until they are over, their finalizers included.

        A finalizer that takes too long is cancelled as well.

        Raises:
            MachineError: it could not be remembered.
        """
        for _pass in range(2):
            self._loop.call(self._all_cancelled)
            deadline = time.monotonic() + _END_S
            while self.runs_in_flight() and time.monotonic() < deadline:
                self._ending.wait(_LOOK_S)

    def next_wakeup(self) -> datetime | None:
        """When the next run is due by schedule, or None."""
        return self._loop.next_wakeup

    def feature(self) -> SqlFeature:
        """What tasks add to SQL."""
        functions = TaskFunctions(self._attempts, self._runlog)
        return SqlFeature(
            statements={
                "CREATE TASK": self._create,
                "CREATE OR ALTER TASK": self._create,
                "ALTER TASK": self._alter,
                "DROP TASK": self._drop,
                "EXECUTE TASK": self._execute,
                "SHOW TASKS": self._show,
                "DESCRIBE TASK": self._describe,
                "SHOW PARAMETERS IN TASK": self._show_parameters,
            },
            functions={
                **functions.table(),
                "SYSTEM$TASK_DEPENDENTS_ENABLE": self._enable_dependents,
                "SYSTEM$USER_TASK_CANCEL_ONGOING_EXECUTIONS": self._cancel_ongoing,
                "SYSTEM$CANCEL_QUERY": self._cancel_query,
                "SYSTEM$SFDAG_CANCEL_RUN": self._cancel_run,
                "SYSTEM$SFDAG_NEWS": self._news_of,
            },
            table_functions={
                **History(self._runlog, self._clock, self._news).table(),
                "TASK_DEPENDENTS": self._dependents,
            },
            own_arguments=OWN_ARGUMENTS,
            outcomes=self._outcome,
            namespace_dropped=self._namespace_dropped,
            namespace_renamed=self._namespace_renamed,
        )

    def _post(self, event: Event) -> None:
        self._loop.post(event)

    def _call(self, command: Command[_Answer]) -> _Answer:
        try:
            return self._loop.call(command)
        except MachineError as problem:
            raise SqlError(str(problem), code=300002, sqlstate="58030") from problem
        except InternalError as problem:
            raise SqlError(str(problem), code=300002, sqlstate="XX000") from problem

    # Statements

    def _create(self, statement: Statement, session: SqlSession) -> Result:
        parsed = _parsed(statement, CreateTask)
        name = session.resolve(parsed.name)
        self._check_namespace(name.database, name.schema)
        return self._change(
            statement,
            session,
            lambda around: changes.created(self._catalogue, parsed, name, around),
        )

    def _alter(self, statement: Statement, session: SqlSession) -> Result:
        parsed = _parsed(statement, AlterTask)
        name = session.resolve(parsed.name)
        return self._change(
            statement,
            session,
            lambda around: changes.altered(self._catalogue, parsed, name, around),
        )

    def _drop(self, statement: Statement, session: SqlSession) -> Result:
        parsed = _parsed(statement, DropTask)
        name = session.resolve(parsed.name)
        return self._change(
            statement,
            session,
            lambda around: changes.dropped(self._catalogue, parsed, name, around),
        )

    def _change(
        self,
        statement: Statement,
        session: SqlSession,
        decide: Callable[[Circumstances], Change],
    ) -> Result:
        """One DDL statement: it ends the open transaction, as all of Snowflake's do."""
        with session.facts():
            pass
        around = Circumstances(now=self._clock.now(), owner=session.role, new_id=_new_id())
        return status(self._noted(statement, lambda _: self._applied(decide(around), around.now)))

    def _noted(self, statement: Statement, command: Command[str]) -> str:
        """The answer of a command, noted with its effect: an engine may die before it is heard."""

        def noted(scheduler: Scheduler) -> Decided[str]:
            decided = command(scheduler)
            note = StatementNote(
                query_id=statement.query_id, answer=decided.answer, at=self._clock.now()
            )
            return replace(decided, writes=[*decided.writes, note])

        return self._call(noted)

    def _outcome(self, query_id: str) -> Result | None:
        answer = self._runlog.outcome(query_id)
        return None if answer is None else status(answer)

    def _applied(self, change: Change, now: datetime) -> Decided[str]:
        """Take a change into the catalogue. Raises before anything is changed."""
        happened: list[Event] = [GraphStopped(now=now, root_id=root) for root in change.stopped]
        put = list(change.put)
        writes: list[CatalogueWrite] = []
        if change.started is not None:
            requested = self._requested(change.started, put, now)
            writes, put = self._version_writes(requested, put)
            happened.append(
                GraphStarted(now=now, graph=requested.spec, suspended=requested.suspended)
            )
        return Decided(
            answer=change.message,
            events=happened,
            writes=[*self._catalogue.change(put=put, remove=change.remove), *writes],
        )

    def _requested(
        self, root: TaskDefinition, put: Sequence[TaskDefinition], now: datetime
    ) -> Requested:
        """The root's graph as it is with `put` in place."""
        family = self._catalogue.family(root.name).with_changes(put)
        current = self._versions.current(family, root)
        return Requested(
            root=root, current=current, suspended=suspended_names(current.tasks), now=now
        )

    def _version_writes(
        self, requested: Requested, put: list[TaskDefinition]
    ) -> tuple[list[CatalogueWrite], list[TaskDefinition]]:
        """Set the version: what to write for it, and the tasks to put instead of `put`."""
        current = requested.current
        if not current.is_new:
            return [], put
        return [self._versions.add(current.version)], committed(current.tasks, requested.now)

    def _execute(self, statement: Statement, session: SqlSession) -> Result:
        parsed = _parsed(statement, ExecuteTask)
        name = session.resolve(parsed.name)
        return status(
            self._noted(statement, lambda scheduler: self._executed(name, parsed, scheduler))
        )

    def _executed(
        self, name: QualifiedName, parsed: ExecuteTask, scheduler: Scheduler
    ) -> Decided[str]:
        root = self._catalogue.get(name)
        if not root.is_root:
            raise SqlError(f"Cannot execute task {name.sql()}: only a root task can be executed.")
        requested = self._requested(root, [], self._clock.now())
        event: Event
        if parsed.retry_last or parsed.retry_group is not None:
            event = retry_event(requested, parsed, self._runlog, scheduler)
        else:
            event = run_event(requested, parsed, _new_id())
        writes, put = self._version_writes(requested, [])
        return Decided(
            answer=f"Task {name.name} is scheduled to run immediately.",
            events=[event],
            writes=[*self._catalogue.change(put=put), *writes],
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

    # Functions

    def _enable_dependents(self, values: tuple[Value, ...], session: SqlSession) -> Value:
        name = _name_argument("SYSTEM$TASK_DEPENDENTS_ENABLE", values, session)
        return self._call(lambda _: self._enabled(name, self._clock.now()))

    def _enabled(self, name: QualifiedName, now: datetime) -> Decided[str]:
        self._catalogue.get(name)
        family = self._catalogue.family(name)
        put: list[TaskDefinition] = []
        for root in family.roots(name.name):
            finalizer = family.finalizer(root.name.name)
            members = [*family.graph(root.name.name), *([finalizer] if finalizer else [])]
            stopped = [task for task in members if not task.is_started]
            if root.is_started and stopped:
                raise started_root_error(root)
            put += [changes.resumed(task) for task in stopped]
        roots = [task for task in put if task.is_root]
        change = Change(
            message=f"{len(put)} tasks resumed.", put=put, started=roots[0] if roots else None
        )
        return self._applied(change, now)

    def _all_cancelled(self, _scheduler: Scheduler) -> Decided[None]:
        return Decided(answer=None, events=[CancelRequested(now=self._clock.now())])

    def _cancel_ongoing(self, values: tuple[Value, ...], session: SqlSession) -> Value:
        function = "SYSTEM$USER_TASK_CANCEL_ONGOING_EXECUTIONS"
        name = _name_argument(function, values, session)
        return self._call(lambda scheduler: self._cancelled(name, scheduler))

    def _cancelled(self, name: QualifiedName, scheduler: Scheduler) -> Decided[str]:
        task = self._catalogue.get(name)
        ids = scheduler.ongoing(task.task_id)
        if not ids:
            return Decided(
                answer=(
                    f"Task {name.name} has no currently running executions. If the task was"
                    " dropped or replaced after a previous execution started, use"
                    " SYSTEM$CANCEL_QUERY along with the query id to cancel the run."
                )
            )
        return Decided(
            answer=(
                f"Marked {len(ids)} task runs for cancellation. It may take a few seconds for"
                f" cancellation to complete. Query ids canceled: [{', '.join(ids)}]"
            ),
            events=[CancelRequested(now=self._clock.now(), task_id=task.task_id)],
        )

    def _cancel_query(self, values: tuple[Value, ...], session: SqlSession) -> Value:
        """One execution of one task; queries that are no tasks are the wire's to cancel."""
        del session
        (query_id,) = _texts("SYSTEM$CANCEL_QUERY", values)
        return self._call(lambda scheduler: self._cancelled_query(query_id, scheduler))

    def _cancelled_query(self, query_id: str, scheduler: Scheduler) -> Decided[str]:
        if query_id not in scheduler.slots.attempts:
            return Decided(answer="Identified SQL statement is not currently executing.")
        return Decided(
            answer=f"query [{query_id}] terminated.",
            events=[CancelRequested(now=self._clock.now(), attempt_id=query_id)],
        )

    def _cancel_run(self, values: tuple[Value, ...], session: SqlSession) -> Value:
        """A whole graph run by its group, also one that has not begun; Snowflake has no such."""
        del session
        (group_id,) = _texts("SYSTEM$SFDAG_CANCEL_RUN", values)
        return self._call(
            lambda _: Decided(
                answer=f"run [{group_id}] is being cancelled.",
                events=[CancelRequested(now=self._clock.now(), group_id=group_id)],
            )
        )

    def _news_of(self, values: tuple[Value, ...], session: SqlSession) -> Value:
        """A mark that is another after each change of a graph run; Snowflake has no such."""
        del session
        (group_id,) = _texts("SYSTEM$SFDAG_NEWS", values)
        return self._news.mark(group_id)

    def _dependents(self, arguments: Arguments, session: SqlSession) -> Result:
        said = named(arguments, ("TASK_NAME", "RECURSIVE"))
        if "TASK_NAME" not in said:
            raise SqlError("TASK_DEPENDENTS: TASK_NAME is missing.")
        name = session.resolve(_name(str(said["TASK_NAME"])))
        is_recursive = is_true(said.get("RECURSIVE", True))
        tasks = show.dependents(
            self._catalogue, self._catalogue.get(name), is_recursive=is_recursive
        )
        return show.dependents_rows(self._catalogue, tasks)

    def _namespace_dropped(self, database: str, schema: str | None) -> None:
        self._call(lambda _: self._without_namespace(database, schema, self._clock.now()))

    def _without_namespace(self, database: str, schema: str | None, now: datetime) -> Decided[None]:
        gone = [
            task
            for task in self._catalogue.all()
            if task.name.database == database and schema in (None, task.name.schema)
        ]
        return Decided(
            answer=None,
            events=[GraphStopped(now=now, root_id=task.task_id) for task in gone if task.is_root],
            writes=self._catalogue.change(remove=gone),
        )

    def _namespace_renamed(self, database: str, schema: str | None, new: str) -> None:
        self._call(lambda _: self._with_renamed(database, schema, new, self._clock.now()))

    def _with_renamed(
        self, database: str, schema: str | None, new: str, now: datetime
    ) -> Decided[None]:
        """Move tasks with their namespace; a started graph goes on as a new version."""
        old = [
            task
            for task in self._catalogue.all()
            if task.name.database == database and schema in (None, task.name.schema)
        ]
        put = {task.task_id: changes.moved(task, whole=schema is None, new=new) for task in old}
        happened: list[Event] = []
        versions: list[CatalogueWrite] = []
        for root in [task for task in put.values() if task.is_root and task.is_started]:
            siblings = [task for task in put.values() if task.name.schema == root.name.schema]
            requested = self._requested(root, siblings, now)
            writes, committed_tasks = self._version_writes(requested, [])
            versions += writes
            put |= {task.task_id: task for task in committed_tasks}
            happened.append(
                GraphStarted(now=now, graph=requested.spec, suspended=requested.suspended)
            )
        writes = self._catalogue.change(put=list(put.values()), remove=old)
        return Decided(answer=None, events=happened, writes=[*writes, *versions])


def _new_id() -> str:
    return str(uuid.uuid4())


def _parsed(statement: Statement, kind: type[_Parsed]) -> _Parsed:
    try:
        parsed = parse_task_statement(statement.text)
    except SqlTextError as problem:
        raise syntax_error(str(problem)) from problem
    if not isinstance(parsed, kind):
        raise SqlError(f"{statement.kind} was read as {type(parsed).__name__}")
    return parsed


def _texts(function: str, values: tuple[Value, ...]) -> tuple[str]:
    if len(values) != 1:
        raise SqlError(f"SQL compilation error:\ninvalid number of arguments for {function}")
    return (str(values[0]),)


def _name_argument(function: str, values: tuple[Value, ...], session: SqlSession) -> QualifiedName:
    if len(values) != 1:
        raise SqlError(f"SQL compilation error:\ninvalid number of arguments for {function}")
    return session.resolve(_name(str(values[0])))


def _name(text: str) -> QualifiedName:
    """A name in a string argument.

    Raises:
        SqlError: it is none.
    """
    try:
        reader = TokenReader(text)
        name = reader.qualified_name()
    except SqlTextError as problem:
        raise does_not_exist("Task", text) from problem
    if not reader.at_end:
        raise does_not_exist("Task", text)
    return name
