"""The workers of one engine: which are preloaded with what, where they work, which are running."""

from __future__ import annotations

import itertools
import os
import shutil
import socket
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from sfdag_magics.engine.starting.later_numpy import for_workers
from sfdag_magics.engine.workers.channel import Channel, Message
from sfdag_magics.engine.workers.execution import JobExecution
from sfdag_magics.engine.workers.hosts import Host, SpawnHost, WorkerProcess, ZygoteHost
from sfdag_magics.engine.workers.import_sets import ImportSets
from sfdag_magics.engine.workers.jobs import Job, Outcome
from sfdag_magics.engine.workers.logs import JobLog
from sfdag_magics.engine.workers.preload import PRELOADING, Preloading

#: Switches of the connector: no look for a cloud around it, no library loaded to report about.
_QUIET = {
    "SNOWFLAKE_DISABLE_PLATFORM_DETECTION": "true",
    "SNOWFLAKE_DISABLE_MINICORE": "true",
    "SF_TELEMETRY_DISABLE_CONNECTION_SHAPE": "true",
}
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Warmth(Protocol):
    """Is told whether a job that is begun now begins at once, or waits for imports."""

    def __call__(self, *, ready: bool) -> None:
        """Any thread; must not block."""


class PoolClosedError(RuntimeError):
    """A job was given to a pool that is not running."""


class WorkerPool:
    """Starts a worker per job. Any thread.

    Args:
        directory: for the jobs' own directories; emptied at the start.
        spawn: start an interpreter per job instead of forking; by default only where a fork of a
            process with native libraries is not safe.
        preloading: what workers have imported when they are forked.
        task_memory: bytes that a job may have with all that it starts, where workers are forked; 0
            is no limit.
        on_warmth: told when a job would wait for imports, and when none would any more.
    """

    def __init__(
        self,
        directory: Path,
        *,
        spawn: bool = sys.platform != "linux",
        preloading: Preloading = PRELOADING,
        task_memory: int = 0,
        on_warmth: Warmth = lambda *, ready: None,
    ) -> None:
        self._directory = directory
        self._on_warmth = on_warmth
        self._warming = 0
        self._imports = ImportSets(directory / "imports")
        self._spawn = spawn
        self._preloading = preloading
        self._task_memory = task_memory
        self._numbers = itertools.count()
        self._lock = threading.Lock()
        self._hosts: dict[tuple[str, ...], Host] = {}
        self._running: set[JobExecution] = set()
        self._open = False

    def start(self) -> None:
        """Make ready; nothing is imported before somebody asks for it."""
        self._empty()
        self._directory.mkdir(parents=True, mode=0o700)
        self._open = True

    def close(self) -> None:
        """Stop all jobs, which end as stopped, and all processes. Twice does no harm."""
        with self._lock:
            self._open = False
            running, hosts = tuple(self._running), tuple(self._hosts.values())
            self._hosts.clear()
        for execution in running:
            execution.stop()
        for host in hosts:
            host.close()
        self._empty()

    def _empty(self) -> None:
        self._imports.clear()
        shutil.rmtree(self._directory, ignore_errors=True)

    @property
    def is_warm(self) -> bool:
        """Whether a job that is begun now begins at once, as far as imports are concerned."""
        return self._warming == 0

    def warm(self, packages: Sequence[str]) -> None:
        """Begin, in the background, the imports that jobs with these packages will need."""
        self._host(packages)

    def run(self, job: Job, log: JobLog) -> Outcome:
        """Begin a job and wait for it; see `begin`."""
        return self.begin(job, log).wait()

    def begin(self, job: Job, log: JobLog, *, batches: bool = False) -> JobExecution:
        """Start a worker with a job; whoever waits for it also closes `log` by that.

        Args:
            batches: the job answers batches of rows until it is closed.

        Raises:
            OSError: the machine has no room for a process, a file or a directory.
            PoolClosedError: the pool is not running.
        """
        host = self._host(job.code.packages)
        key, imports = self._imports.take(job.code.imports)
        try:
            directory = self._own_directory()
            execution, channel = self._begun(host, job, log)
        except BaseException:
            self._imports.give_back(key)
            raise
        execution.on_over(lambda: self._imports.give_back(key))
        execution.on_over(lambda: self._bury(execution, directory))
        fields = {
            "job": job.fields(),
            "directory": str(directory),
            "imports": imports.fields(),
        }
        with suppress(BrokenPipeError, ConnectionResetError):  # waiting will tell why it is gone
            channel.send(Message(kind="batches" if batches else "call", fields=fields))
        return execution

    def _own_directory(self) -> Path:
        """A directory for one job; what lies above it is this user's alone."""
        directory = self._directory / str(next(self._numbers))
        directory.mkdir(mode=0o700)
        return directory

    def _begun(self, host: Host, job: Job, log: JobLog) -> tuple[JobExecution, Channel]:
        """A worker without a job yet."""
        ours, theirs = socket.socketpair()
        reads, writes = zip(os.pipe(), os.pipe(), strict=True)
        try:
            process = self._process(host, job.code.packages, [theirs.fileno(), *writes])
        except BaseException:
            ours.close()
            for pipe in reads:
                os.close(pipe)
            raise
        finally:
            theirs.close()
            for pipe in writes:
                os.close(pipe)
        channel = Channel(ours)
        execution = JobExecution(
            process, channel, dict(zip(("stdout", "stderr"), reads, strict=True)), log
        )
        with self._lock:
            self._running.add(execution)
        return execution, channel

    def _process(self, host: Host, packages: Sequence[str], files: Sequence[int]) -> WorkerProcess:
        try:
            return host.start(files)
        except (BrokenPipeError, ConnectionResetError):
            # the preloaded process has just died; a new one will do
            return self._host(packages).start(files)

    def _bury(self, execution: JobExecution, directory: Path) -> None:
        with self._lock:
            self._running.discard(execution)
        try:
            directory.rmdir()  # most jobs leave nothing
        except OSError:
            shutil.rmtree(directory, ignore_errors=True)

    def _host(self, packages: Sequence[str]) -> Host:
        """A host for such jobs: one with their imports, if need be with more than theirs."""
        wanted = () if self._spawn else self._preloading.modules_for(packages)
        with self._lock:
            if not self._open:
                raise PoolClosedError("the engine is stopping; no job can start")
            for modules, host in self._hosts.items():
                is_enough = wanted == modules or set(wanted) <= set(modules)
                if is_enough and host.alive:
                    return host
            self._hosts[wanted] = new = self._new_host(wanted)
            return new

    def _new_host(self, wanted: tuple[str, ...]) -> Host:
        environment = worker_environment(os.environ)
        if self._spawn:
            return SpawnHost(environment)
        self._warming += 1
        self._on_warmth(ready=False)
        return ZygoteHost(wanted, environment, self._has_warmed, most=self._task_memory)

    def _has_warmed(self) -> None:
        with self._lock:
            self._warming -= 1
            if self._warming == 0:
                self._on_warmth(ready=True)


def worker_environment(ours: Mapping[str, str]) -> dict[str, str]:
    """The environment of workers: no probing of clouds, no proxy before the engine, all cores."""
    environment = {**for_workers(ours), **_QUIET}
    for name in ("NO_PROXY", "no_proxy"):
        known = [part for part in environment.get(name, "").split(",") if part]
        environment[name] = ",".join(dict.fromkeys([*known, *_LOOPBACK]))
    return environment
