"""All parts of one engine, put together: the only place that knows all. No process, no starter."""

from __future__ import annotations

import contextlib
import gc
import logging
import os
import select
import socket
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from functools import cache
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sfdag_magics.engine.borders.ports import SessionOptions, SqlFeature
from sfdag_magics.engine.borders.rest_calls import Resources
from sfdag_magics.engine.borders.tickets import Tickets
from sfdag_magics.engine.directory import rendezvous
from sfdag_magics.engine.directory.file_systems import doubt_about
from sfdag_magics.engine.directory.rendezvous import Rendezvous
from sfdag_magics.engine.directory.safe_directory import loosely_kept
from sfdag_magics.engine.directory.stirs import Stirs
from sfdag_magics.engine.features import stages_feature
from sfdag_magics.engine.limits.budget import Budget, size_text
from sfdag_magics.engine.limits.history_limits import HistoryLimits
from sfdag_magics.engine.limits.patience import Patience
from sfdag_magics.engine.limits.task_limits import TaskLimits
from sfdag_magics.engine.models.method_calls import MethodCalls
from sfdag_magics.engine.models.model_files import VersionFiles
from sfdag_magics.engine.models.models import Models
from sfdag_magics.engine.notices.captured import Captured
from sfdag_magics.engine.notices.feature import notices_feature
from sfdag_magics.engine.python_code.events import events_feature
from sfdag_magics.engine.python_code.functions import functions_feature
from sfdag_magics.engine.python_code.procedures import procedures_feature, warm_up
from sfdag_magics.engine.python_code.worker_runs import Workplace
from sfdag_magics.engine.sql.releases import untested
from sfdag_magics.engine.sql.sessions.parameters import PARAMETERS
from sfdag_magics.engine.sql.show.table_sizes import table_sizes
from sfdag_magics.engine.sql.sql_engine import SqlEngine, engine_over
from sfdag_magics.engine.stages.orphans import remove_orphans
from sfdag_magics.engine.stages.run_files import StagedRunFiles
from sfdag_magics.engine.stages.sent_files import SentFiles
from sfdag_magics.engine.stages.stage_store import StageStore
from sfdag_magics.engine.starting.opening import Opening
from sfdag_magics.engine.store.contents import Contents
from sfdag_magics.engine.store.runlog import RunLog
from sfdag_magics.engine.tasks.service import TaskService
from sfdag_magics.engine.wire.app import build_app
from sfdag_magics.engine.wire.door import Door
from sfdag_magics.engine.wire.notes import Notes
from sfdag_magics.engine.wire.queries import Queries
from sfdag_magics.engine.wire.routes.border import Service
from sfdag_magics.engine.wire.server import WireServer, listen
from sfdag_magics.engine.wire.sessions import Sessions
from sfdag_magics.engine.wire.tokens import Keys, new_token
from sfdag_magics.engine.workers.logs import LogStore
from sfdag_magics.engine.workers.pool import WorkerPool

_log = logging.getLogger(__name__)

# How often it is looked whether anybody needs the engine.
_LOOK_S = 5.0
# How long the first clients have the engine for themselves, before it does what they may not need.
_CALM_S = 0.5
# How often it is written down what statements of tasks did.
_KEEP_S = 300.0
# How often old notes are dropped.
_FORGET_S = 3600.0
_DATABASE = "SFDAG"


class Engine:
    """All parts of one engine; closed by the stack, the last one first."""

    def __init__(
        self,
        data_dir: Path,
        contents: Opening[Contents],
        runs: Opening[RunLog],
        budget: Budget,
        limits: HistoryLimits,
        task_limits: TaskLimits,
        stack: ExitStack,
        *,
        succeeds_elsewhere: bool,
    ) -> None:
        self._data_dir = data_dir
        self._contents = contents
        self._runs = runs
        self._budget = budget
        self._limits = limits
        self._task_limits = task_limits
        self._succeeds_elsewhere = succeeds_elsewhere
        self._stack = stack
        # the first in, so that all the others are waited for no longer than that
        self._patience = Patience()
        stack.callback(self._patience.end)
        before = rendezvous.read(data_dir)
        self._listener = stack.enter_context(listen(before.port if before else None))
        self._port: int = self._listener.getsockname()[1]
        # Whoever took the port of this directory meanwhile may have been told its token.
        keeps = before is not None and before.port == self._port
        self._token = before.token if before is not None and keeps else new_token()
        self._tickets = Tickets()
        self._sql = self._open_sql()
        self._queries = Queries()
        self._sessions = Sessions(
            self._sql.open_session,
            tickets=self._tickets,
            outcomes=self._sql.outcomes,
            notes=Notes(data_dir / "sessions"),
        )
        stack.callback(self._sessions.close)

    def _open_sql(self) -> SqlEngine:
        self._stages = stages = StageStore(self._data_dir / "stages")
        features = self._features(stages)
        sql = engine_over(self._contents.take(), features, self._budget)
        self._stack.callback(sql.close)
        session = sql.open_session(SessionOptions())
        if all(each.name != _DATABASE for each in session.catalogue().listed("DATABASE")):
            session.execute(f"CREATE DATABASE {_DATABASE}")  # somebody had dropped it
        remove_orphans(stages, session)
        session.close()
        return sql

    def _features(self, stages: StageStore) -> list[SqlFeature]:
        """All that SQL gains from the other parts."""
        logs = LogStore(self._data_dir / "logs")
        captured = Captured(logs)
        stirs = Stirs(self._data_dir)
        self._stack.callback(stirs.close)
        self._tasks = TaskService(
            self._data_dir / "runs.sqlite",
            begins_again=logs.begins_again,
            limits=self._limits,
            slots=self._task_limits.parallel,
            logs=logs,
            files=StagedRunFiles(stages),
            open_runlog=lambda _path: self._runs.take(),
            stir=stirs.stir,
            tell=captured.tell,
            keep_event=captured.event,
            session_parameters={
                name: (each.default, each.description) for name, each in PARAMETERS.items()
            },
        )
        self._pool = WorkerPool(
            self._data_dir / "jobs",
            task_memory=self._task_limits.memory,
            on_warmth=self._tasks.workers_are,
        )
        workplace = Workplace(pool=self._pool, logs=logs)
        versions = VersionFiles(stages)
        methods = MethodCalls(versions, workplace)
        return [
            stages_feature(stages),
            Models(versions, lambda: uuid.uuid4().hex, methods.find).feature(),
            procedures_feature(self._pool, self._tickets, stages, logs, self._connect_parameters),
            functions_feature(workplace, stages),
            events_feature(logs),
            notices_feature(captured, succeeds_elsewhere=self._succeeds_elsewhere),
            self._tasks.feature(),
        ]

    def _connect_parameters(self) -> Mapping[str, Any]:
        """How a worker reaches this engine; its ticket is the password."""
        return {
            "account": "sfdag",
            "user": "SFDAG",
            "host": "127.0.0.1",
            "port": self._port,
            "protocol": "http",
        }

    def serve(self) -> Rendezvous:
        """Begin to answer clients, and leave word where."""
        keys = Keys(self._token)
        service = Service(
            keys=keys,
            sessions=self._sessions,
            queries=self._queries,
            files=SentFiles(self._stages),
            resources=_resources,
            result_of=self._sql.result_of,
            status=self.status,
            end_runs=self._tasks.end_runs,
            disk=self.disk,
        )
        door = Door(build_app(service), keys=keys, tickets=self._tickets, port=self._port)
        self._server = WireServer(door, self._listener)
        self._server.start()
        self._stack.callback(self._server.stop)
        # Before the server stops, so that clients are told instead of left to try again.
        self._stack.callback(self._queries.close)
        self._pool.start()
        self._stack.callback(self._pool.close)
        self._warm_up()
        self._tasks.start(self._sql.open_session, self._sql.outcomes.took_effect)
        self._stack.callback(self._tasks.close)
        with contextlib.closing(self._sql.open_session(SessionOptions())) as session:
            self._tasks.catch_up(session.catalogue())
        met = Rendezvous(
            pid=os.getpid(),
            started=rendezvous.process_start(os.getpid()) or "",
            port=self._port,
            token=self._token,
            version=version("sfdag_magics"),
            notice="; ".join(filter(None, self._notices())),
        )
        rendezvous.write(self._data_dir, met)
        _log.info("process %d serves %s on port %d", met.pid, self._data_dir, met.port)
        if met.notice:
            _log.warning("%s", met.notice)
        self._met = met
        _log.info("takes up to %s of memory", size_text(self._budget.memory))
        return met

    def _notices(self) -> Iterator[str]:
        yield untested()
        yield loosely_kept(self._data_dir)
        yield doubt_about(self._data_dir)
        yield self._tasks.history_notice()

    def _warm_up(self) -> None:
        session = self._sql.open_session(SessionOptions())
        warm_up(session, self._pool)
        session.close()
        # What was imported stays: looking through it for garbage is 7 % of the work of a run.
        gc.freeze()
        gc.enable()  # `__main__` has put it off

    def status(self) -> Mapping[str, Any]:
        """What `sfdag local status` tells."""
        due = self._tasks.next_wakeup()
        return {
            "pid": os.getpid(),
            "port": self._port,
            "version": version("sfdag_magics"),
            "runs": len(self._tasks.runs_in_flight()),
            "in_flight": self._tasks.runs_in_flight(),
            "due": due.isoformat() if due is not None else None,
            "queries": self._queries.running(),
            "sessions": len(self._sessions),
            "memory": self._budget.memory,
            "task_memory": self._task_limits.memory,
            "parallel_tasks": self._task_limits.parallel,
        }

    def disk(self) -> Mapping[str, Any]:
        """What each table takes of the disk."""
        with contextlib.closing(self._sql.open_session(SessionOptions())) as session:
            return table_sizes(session)

    def live(self, stop: socket.socket, *, idle_minutes: float) -> None:
        """Wait until a signal says stop, or nobody has needed the engine for so long."""
        self._wait_for_the_end(stop, idle_minutes)
        self._patience.begin()
        # Before anything is closed: who sees the engine gone sees that it was meant to go.
        try:
            rendezvous.write(self._data_dir, replace(self._met, is_leaving=True))
        except OSError:
            _log.exception("cannot leave word that the engine stops")

    def _get_ready(self) -> None:
        """Do the part of the start that the first answers did not wait for."""
        self._sql.get_ready()
        gc.collect()  # what statements have left meanwhile does not stay
        gc.freeze()

    def _wait_for_the_end(self, stop: socket.socket, idle_minutes: float) -> None:
        if not select.select([stop], [], [], _CALM_S)[0]:
            self._get_ready()
        needed = forgot = kept = time.monotonic()
        while not select.select([stop], [], [], _LOOK_S)[0]:
            self._queries.cancel_detached()
            self._sessions.rest_idle(self._queries.is_busy)
            if time.monotonic() - forgot > _FORGET_S:
                self._sql.outcomes.forget_old()
                forgot = time.monotonic()
            if time.monotonic() - kept > _KEEP_S:
                self._sql.keep_history()
                kept = time.monotonic()
            if self._is_needed():
                needed = time.monotonic()
            elif time.monotonic() - needed > idle_minutes * 60:
                _log.info("stops: nobody has needed the engine for %g minutes", idle_minutes)
                return

    def _is_needed(self) -> bool:
        return bool(
            self._server.connections
            or self._queries.running()
            or self._tasks.runs_in_flight()
            or self._tasks.next_wakeup()
        )


@cache
def _resources() -> Resources:
    """The door of REST resources, which no start needs."""
    made: Resources = import_module("sfdag_magics.engine.resources.all_operations").rest_resources()
    return made
