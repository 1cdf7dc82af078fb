"""Where worker processes come from: a preloaded process that forks them, or one exec each.

A host starts processes, passes signals on and tells how each ended. It knows no jobs.
"""

from __future__ import annotations

import errno
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from sfdag_magics.engine.limits.budget import size_text
from sfdag_magics.engine.limits.task_limits import TASK_MEMORY_VARIABLE
from sfdag_magics.engine.workers import orders
from sfdag_magics.engine.workers.large_pages import with_large_pages
from sfdag_magics.engine.workers.orders import Record, Word

#: A program and no module: what it does comes before the imports of the packages above it.
_PRELOADED = str(Path(__file__).parent / "inside" / "preloaded.py")
_SPAWNED = "sfdag_magics.engine.workers.inside.spawned"
# -P: what happens to lie in the current directory is no part of a job
_PYTHON = (sys.executable, "-P")
_JOIN_S = 5.0


class WorkerProcess:
    """One worker process as its host knows it. Any thread."""

    def __init__(self, send_signal: Callable[[int], None]) -> None:
        self._send_signal = send_signal
        self._lock = threading.Lock()
        self._listeners: list[Callable[[], None]] = []
        self._over = threading.Event()
        #: How it ended, in words; empty while it lives.
        self.end = ""
        #: Whether it ended because the process did that started it.
        self.died_with_host = False

    def signal(self, number: int) -> None:
        """Send a signal to its process group; nothing happens where it has ended."""
        if not self._over.is_set():
            self._send_signal(number)

    def on_end(self, listener: Callable[[], None]) -> None:
        """Call `listener` once when the process has ended, at once if it has already."""
        with self._lock:
            if not self._over.is_set():
                self._listeners.append(listener)
                return
        listener()

    def wait(self, timeout_s: float) -> bool:
        """Whether the process ended within this time."""
        return self._over.wait(timeout_s)

    def has_ended(self, how: str, *, with_host: bool = False) -> None:
        """For the host: the process is gone, or is as good as gone with the host's own."""
        with self._lock:
            self.end = how
            self.died_with_host = with_host
            self._over.set()
            listeners, self._listeners = self._listeners, []
        for listener in listeners:
            listener()


class Host(Protocol):
    """Starts worker processes."""

    def start(self, files: Sequence[int]) -> WorkerProcess:
        """A new worker with duplicates of `files`.

        Raises:
            OSError: the host is gone, or the machine has no room for a process.
        """

    @property
    def alive(self) -> bool:
        """Whether it can start workers."""

    def close(self) -> None:
        """Kill all its workers and end."""


class ZygoteHost:
    """A process that has imported `preload`, and forks.

    Args:
        on_ready: called once, in a thread of its own, when it has imported all or has ended.
        most: bytes that a worker may have with all that it starts; 0 is no limit.
    """

    def __init__(
        self,
        preload: Sequence[str],
        environment: Mapping[str, str],
        on_ready: Callable[[], None] = lambda: None,
        *,
        most: int = 0,
    ) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own module, by our interpreter
                [*_PYTHON, _PRELOADED, str(theirs.fileno()), *preload],
                pass_fds=[theirs.fileno()],
                env=with_large_pages(environment),
                stdin=subprocess.DEVNULL,
            )
        self._connection = ours
        self._most = most
        self._too_large: dict[int, int] = {}
        orders.send(ours, Record(Word.LIMIT, most))
        self._lock = threading.Lock()
        self._workers: dict[int, WorkerProcess] = {}
        self._last = 0
        self._gone = False
        self._on_ready: Callable[[], None] | None = on_ready
        self._reader = threading.Thread(target=self._listen, name="sfdag-zygote", daemon=True)
        self._reader.start()

    @property
    def alive(self) -> bool:
        """Whether the process still answers."""
        return not self._gone

    def start(self, files: Sequence[int]) -> WorkerProcess:
        """Order a fork; the worker may begin a little later.

        Raises:
            OSError: the process is gone.
        """
        with self._lock:
            if self._gone:
                raise BrokenPipeError(errno.EPIPE, "the preloaded process has ended")
            self._last += 1
            number = self._last
            worker = WorkerProcess(lambda value: self._signal(number, value))
            self._workers[number] = worker
            try:
                orders.send(self._connection, Record(Word.FORK, number), files)
            except OSError:
                self._gone = True
                del self._workers[number]
                raise
        return worker

    def close(self) -> None:
        """Hang up, upon which the process kills its workers and ends."""
        with self._lock, suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)
        if not self._workers:
            self._process.terminate()  # it may be importing, for seconds, and has nobody to bury
        try:
            self._process.wait(_JOIN_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join(_JOIN_S)

    def _signal(self, number: int, value: int) -> None:
        with self._lock, suppress(OSError):
            orders.send(self._connection, Record(Word.SIGNAL, number, value))

    def _listen(self) -> None:
        with suppress(OSError):
            while received := orders.receive(self._connection):
                self._take(received[0])
        with self._lock:
            self._gone = True
            self._connection.close()
            orphans, self._workers = self._workers, {}
        self._tell_ready()
        # First all of it has to be gone: what it had taken and not given on yet is closed by then.
        code = self._process.wait()
        how = f"the process that starts workers ended: {_how_it_ended(_status(code), '')}"
        for worker in orphans.values():
            worker.has_ended(how, with_host=True)

    def _tell_ready(self) -> None:
        on_ready, self._on_ready = self._on_ready, None
        if on_ready is not None:
            on_ready()

    def _take(self, record: Record) -> None:
        if record.word is Word.TOO_LARGE:
            self._too_large[record.number] = record.value
            return
        if record.word is Word.ENDED:
            found = self._too_large.pop(record.number, 0)
            how = _too_large(found, self._most) if found else _how_it_ended(record.value)
        elif record.word is Word.NOT_STARTED:
            how = f"it could not be started: {os.strerror(record.value)}"
        else:
            if record.word is Word.READY:
                self._tell_ready()
            return
        with self._lock:
            worker = self._workers.pop(record.number, None)
        if worker is not None:
            worker.has_ended(how)


class SpawnHost:
    """A fresh interpreter per worker: slow, for platforms where a fork is not safe."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = dict(environment)
        self._lock = threading.Lock()
        self._burials: dict[int, threading.Thread] = {}

    @property
    def alive(self) -> bool:
        """Always."""
        return True

    def start(self, files: Sequence[int]) -> WorkerProcess:
        """A new interpreter.

        Raises:
            OSError: the machine has no room for a process.
        """
        process = subprocess.Popen(  # noqa: S603 - our own module, by our interpreter
            [*_PYTHON, "-m", _SPAWNED, *map(str, files)],
            pass_fds=files,
            env=self._environment,
            stdin=subprocess.DEVNULL,
        )
        worker = WorkerProcess(lambda number: _signal_group(process.pid, number))
        burial = threading.Thread(
            target=self._bury, args=(process, worker), name="sfdag-worker", daemon=True
        )
        with self._lock:
            self._burials[process.pid] = burial
            burial.start()
        return worker

    def close(self) -> None:
        """Kill what still runs."""
        with self._lock:
            burials = dict(self._burials)
            for pid in burials:
                _signal_group(pid, signal.SIGKILL)
        for burial in burials.values():
            burial.join(_JOIN_S)

    def _bury(self, process: subprocess.Popen[bytes], worker: WorkerProcess) -> None:
        # WNOWAIT: as long as the dead leader is not reaped, its group's id is not reused.
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        _signal_group(process.pid, signal.SIGKILL)
        with self._lock:  # close() must not signal a pid that is another's by then
            code = process.wait()
            del self._burials[process.pid]
        worker.has_ended(_how_it_ended(_status(code)))


def _too_large(found: int, most: int) -> str:
    setting = f"{TASK_MEMORY_VARIABLE}, or task_memory in [local] of sfdag.toml,"
    return (
        f"it took more memory than a task may have ({size_text(found)} of {size_text(most)});"
        f" {setting} names more for an engine that starts"
    )


def _signal_group(pid: int, number: int) -> None:
    """Signal a worker's group; a worker that was just started has none yet, and is alone."""
    with suppress(ProcessLookupError, PermissionError):
        try:
            os.killpg(pid, number)
        except ProcessLookupError:
            os.kill(pid, number)


def _status(code: int) -> int:
    """The wait status behind a `Popen.returncode`."""
    return -code if code < 0 else code << 8


def _how_it_ended(status: int, too_early: str = " before its handler returned") -> str:
    """A wait status in words."""
    if not os.WIFSIGNALED(status):
        return f"it exited with code {os.waitstatus_to_exitcode(status)}{too_early}"
    number = os.WTERMSIG(status)
    name = signal.Signals(number).name if number in set(signal.Signals) else "a real-time signal"
    told = f"it was killed by signal {number} ({name})"
    if number == signal.SIGKILL:
        return f"{told}: from outside, or the machine ran out of memory"
    if number in (signal.SIGSEGV, signal.SIGBUS, signal.SIGILL, signal.SIGFPE, signal.SIGABRT):
        return f"{told}: a crash in native code"
    return told
