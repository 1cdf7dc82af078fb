"""Tasks as the rest of the engine sees them: what runs them, from the engine's start to its end.

Every change goes to the scheduler's thread as one command: it is checked, applied and durable
before the statement is answered. What people say to tasks is read by `statements` and `controls`
and decided by `commands`. Knows SQL sessions; knows no wire, no DuckDB and no worker.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from sfdag_magics.engine.borders.cloning import Cloned
from sfdag_magics.engine.borders.object_facts import FactsView
from sfdag_magics.engine.borders.owning import Owned, OwnedObjects
from sfdag_magics.engine.borders.parameter_values import SessionParameters
from sfdag_magics.engine.borders.ports import OpenSession, SqlFeature
from sfdag_magics.engine.borders.tagging import Tagged
from sfdag_magics.engine.borders.telling import KeepEvent, Tell, keep_no_event, tell_nobody
from sfdag_magics.engine.limits.history_limits import DEFAULT_LIMITS, HistoryLimits
from sfdag_magics.engine.scheduler.clock import Clock, SystemClock
from sfdag_magics.engine.scheduler.events import DataCame, Event, WorkersReady, WorkersWarming
from sfdag_magics.engine.scheduler.loop import SchedulerLoop
from sfdag_magics.engine.scheduler.slots import DEFAULT_SLOTS
from sfdag_magics.engine.store.runlog import RunLog
from sfdag_magics.engine.tasks import namespaces
from sfdag_magics.engine.tasks.account_usage import AccountUsage
from sfdag_magics.engine.tasks.attempts import Attempts, BeginsAgain, TookEffect
from sfdag_magics.engine.tasks.commands import Commands, answer_of
from sfdag_magics.engine.tasks.controls import TaskControls
from sfdag_magics.engine.tasks.defined.catalogue import TaskCatalogue
from sfdag_magics.engine.tasks.defined.versions import Versions
from sfdag_magics.engine.tasks.history import OWN_ARGUMENTS, History
from sfdag_magics.engine.tasks.left_by_runs import NO_FILES, NO_LOGS, Logs, RunFiles
from sfdag_magics.engine.tasks.memory import TaskMemory
from sfdag_magics.engine.tasks.news import News, Stir, nobody_waits
from sfdag_magics.engine.tasks.retention import Retention
from sfdag_magics.engine.tasks.run_functions import TaskFunctions
from sfdag_magics.engine.tasks.shown.ddl_text import task_ddl
from sfdag_magics.engine.tasks.shown.events import TaskEvents
from sfdag_magics.engine.tasks.shown.hidden_options import hidden_options
from sfdag_magics.engine.tasks.shown.told import Told
from sfdag_magics.engine.tasks.statements import TaskStatements
from sfdag_magics.sqltext import QualifiedName

#: How long a finalizer may take when all runs are ended, and how often that is looked at.
#: Snowflake docs, "Access control privileges": those on tasks besides OWNERSHIP.
_PRIVILEGES = ("APPLYBUDGET", "MONITOR", "OPERATE")
_END_S, _LOOK_S = 15.0, 0.05


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
        files: RunFiles = NO_FILES,
        stir: Stir = nobody_waits,
        tell: Tell = tell_nobody,
        keep_event: KeepEvent = keep_no_event,
        session_parameters: SessionParameters | None = None,
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
            logs, files: what goes with the runs that do.
            stir: called after each change of a run.
            tell, keep_event: keep what integrations and event tables would be told of runs.
            session_parameters: what a task's session begins with, for SHOW PARAMETERS.

        Raises:
            MachineError: the run log cannot be used.
        """
        self._clock = clock or SystemClock()
        self._runlog = open_runlog(runlog_path)
        self._catalogue = TaskCatalogue()
        self._versions = Versions(self._runlog)
        self._news = News(stir)
        self._ending = threading.Event()
        self._attempts = Attempts(
            versions=self._versions,
            clock=self._clock,
            post=self._post,
            slots=slots,
            begins_again=begins_again,
        )
        told = Told(self._runlog, self._versions, tell)
        events = TaskEvents(self._catalogue, keep_event)
        memory = TaskMemory(
            runlog=self._runlog,
            catalogue=self._catalogue,
            versions=self._versions,
            clock=self._clock,
            news=self._news,
            told=(told.of, events.of),
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
            files=files,
        )
        self._commands = Commands(self._catalogue, self._versions, self._runlog, self._clock)
        self._statements = TaskStatements(
            self._commands,
            self._loop,
            self._catalogue,
            self._runlog,
            self._clock,
            self._attempts.cut_off,
            session_parameters or {},
        )

    def start(
        self, open_session: OpenSession, took_effect: TookEffect = lambda _query_id: False
    ) -> None:
        """Go on where the last engine ended: what its death cut off runs again.

        Args:
            open_session: of the tasks and of what is asked.
            took_effect: of a body that was cut off, which then does not run again.

        Raises:
            MachineError: the run log cannot be read.
        """
        self._statements.use(open_session)
        self._attempts.use(open_session, took_effect)
        self._loop.start()
        self._retention.start()

    def catch_up(self, facts: FactsView) -> None:
        """Take in what happened to databases and schemas while the last engine was killed."""
        for missed in namespaces.renames(facts, self._places()):
            self._namespace_renamed(missed.database, missed.schema, str(missed.new))
        for missed in namespaces.drops(facts, self._places()):
            self._namespace_dropped(missed.database, missed.schema)
        self._parameters_set(facts)

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
            self._loop.call(lambda _: self._commands.all_cancelled())
            deadline = time.monotonic() + _END_S
            while self.runs_in_flight() and time.monotonic() < deadline:
                self._ending.wait(_LOOK_S)

    def next_wakeup(self) -> datetime | None:
        """When the next run is due by schedule, or None."""
        return self._loop.next_wakeup

    def feature(self) -> SqlFeature:
        """What tasks add to SQL."""
        functions = TaskFunctions(self._attempts, self._runlog)
        controls = TaskControls(
            commands=self._commands, loop=self._loop, catalogue=self._catalogue, news=self._news
        )
        usage = AccountUsage(self._runlog, self._versions, self._clock)
        return SqlFeature(
            statements=self._statements.table(),
            functions={
                **functions.table(),
                **controls.table(),
                **hidden_options(self._catalogue),
            },
            table_functions={
                **History(self._runlog, self._clock, self._news).table(),
                "TASK_DEPENDENTS": controls.dependents,
                "SERVERLESS_TASK_HISTORY": usage.serverless_task_history,
            },
            virtual_tables=usage.views(),
            own_arguments=OWN_ARGUMENTS,
            tagged=self._tagged,
            owned=OwnedObjects(
                kind="TASK", privileges=_PRIVILEGES, all=self._owned, give=self._owner_given
            ),
            definitions={"TASK": partial(task_ddl, self._catalogue)},
            outcomes=self._statements.outcome,
            data_came=self._data_came,
            namespace_dropped=self._namespace_dropped,
            namespace_cloned=self._namespace_cloned,
            namespace_renamed=self._namespace_renamed,
            parameters_set=self._parameters_set,
        )

    def _tagged(self) -> Iterator[Tagged]:
        for task in self._catalogue.all():
            yield Tagged(domain="TASK", name=task.name, tags=task.tags)

    def _owned(self) -> Iterator[Owned]:
        for task in self._catalogue.all():
            yield Owned(
                id=task.granted_on, name=task.name, owner=task.owner, created_on=task.created_on
            )

    def _owner_given(self, names: Sequence[QualifiedName], owner: str) -> None:
        answer_of(self._loop, lambda _: self._commands.with_owner(names, owner))

    def _post(self, event: Event) -> None:
        self._loop.post(event)

    def _data_came(self) -> None:
        self._post(DataCame(now=self._clock.now()))

    def _namespace_dropped(self, database: str, schema: str | None) -> None:
        answer_of(self._loop, lambda _: self._commands.without_namespace(database, schema))

    def _parameters_set(self, facts: FactsView) -> None:
        answer_of(self._loop, lambda _: self._commands.with_inherited(facts))

    def _namespace_cloned(self, cloned: Cloned) -> Mapping[str, str]:
        return answer_of(self._loop, lambda _: self._commands.with_cloned(cloned))

    def _namespace_renamed(self, database: str, schema: str | None, new: str) -> None:
        answer_of(self._loop, lambda _: self._commands.with_renamed(database, schema, new))
