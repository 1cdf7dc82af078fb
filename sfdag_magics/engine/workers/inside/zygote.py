"""The preloaded process: imports once what workers need, then forks one of them per job.

Started by exec and never from a thread's fork, it imports, and **never computes or connects**: a
native library that has computed leaves threads behind that a fork does not have, and the child then
hangs in it (measured with XGBoost). It sees no job: those go over the workers' own sockets. It ends
with its engine, and its workers with it; of a worker's descendants none outlives the worker.

    python -m sfdag_magics.engine.workers.inside.zygote SOCKET_FD MODULE…
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import selectors
import signal
import socket
import sys
import warnings
from dataclasses import dataclass

from sfdag_magics.engine.workers import large_pages, linux, orders
from sfdag_magics.engine.workers.inside import (
    fork_handlers,
    heap_holes,
    logrecords,
    own_limits,
    sandbox,
    worker,
)
from sfdag_magics.engine.workers.inside.fork_handlers import Handlers
from sfdag_magics.engine.workers.orders import Record, Word
from sfdag_magics.engine.workers.ready_runtime import ReadyRuntime

# How often leftovers of a dead worker are killed again where one round did not get them all.
_ROUNDS = 100


@dataclass(frozen=True, slots=True)
class Preloaded:
    """What a worker finds ready, and what it has yet to take up."""

    runtime: ReadyRuntime
    aside: list[Handlers]


class Zygote:
    """The loop of the preloaded process: one thread, nothing but forks, signals and reaping."""

    def __init__(self, engine: socket.socket, preloaded: Preloaded) -> None:
        self._engine = engine
        self._preloaded = preloaded
        self._numbers: dict[int, int] = {}  # pid → number, of workers not yet reaped
        self._wakeup, self._woken = socket.socketpair()

    def run(self) -> None:
        """Serve until the engine is gone; in a worker, this does not return."""
        self._listen_for_ends()
        with selectors.DefaultSelector() as selector:
            selector.register(self._engine, selectors.EVENT_READ)
            selector.register(self._wakeup, selectors.EVENT_READ)
            orders.send(self._engine, Record(Word.READY))
            while True:
                ready = {key.fileobj for key, _ in selector.select()}
                if self._wakeup in ready:
                    self._drain_wakeups()
                    self._reap()
                if self._engine in ready and not self._obey():
                    break
        self._end_all()

    def _listen_for_ends(self) -> None:
        for end in (self._woken, self._wakeup):
            end.settimeout(0)
        signal.set_wakeup_fd(self._woken.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda _signal, _frame: None)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in the engine's terminal is its own

    def _drain_wakeups(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while self._wakeup.recv(4096):
                pass

    def _obey(self) -> bool:
        received = orders.receive(self._engine)
        if received is None:
            return False
        record, files = received
        if record.word is Word.FORK:
            self._fork(record.number, files)
        elif record.word is Word.SIGNAL:
            self._signal(record.number, record.value)
        return True

    def _fork(self, number: int, files: list[int]) -> None:
        parent = os.getpid()
        try:
            pid = os.fork()
        except OSError as error:
            orders.send(self._engine, Record(Word.NOT_STARTED, number, error.errno or 0))
        else:
            if pid == 0:
                self._become_worker(parent, files)
            self._numbers[pid] = number
            orders.send(self._engine, Record(Word.STARTED, number, pid))
        for file in files:
            os.close(file)

    def _become_worker(self, parent: int, files: list[int]) -> None:
        signal.set_wakeup_fd(-1)
        for inherited in (self._engine, self._wakeup, self._woken):
            inherited.close()
        fork_handlers.take_up(self._preloaded.aside)
        worker.run(files, parent=parent, ready=self._preloaded.runtime)

    def _signal(self, number: int, signal_number: int) -> None:
        for pid, known in self._numbers.items():
            if known == number:
                _signal_worker(pid, signal_number)

    def _reap(self) -> None:
        """Report every worker that ended, after the last of its descendants was killed."""
        while True:
            try:
                # WNOWAIT: as long as the dead leader is not reaped, its group's id is not reused.
                ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            except ChildProcessError:
                return
            if ended is None:
                return
            number = self._numbers.pop(ended.si_pid, None)
            if number is not None:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(ended.si_pid, signal.SIGKILL)
            _pid, status = os.waitpid(ended.si_pid, 0)
            if number is not None:
                self._kill_leftovers()
                orders.send(self._engine, Record(Word.ENDED, number, status))

    def _kill_leftovers(self) -> None:
        """Kill what dead workers left: children of this process that are no workers of its own."""
        for _round in range(_ROUNDS):
            leftovers = set(linux.children()) - self._numbers.keys()
            for pid in leftovers:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL)
                with contextlib.suppress(ChildProcessError):
                    os.waitpid(pid, 0)
            if not leftovers:
                return

    def _end_all(self) -> None:
        for pid in self._numbers:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)
        for pid in tuple(self._numbers):
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)
        self._numbers.clear()
        self._kill_leftovers()


def _signal_worker(pid: int, number: int) -> None:
    """Signal a worker's group; a worker that was just forked has none yet, and is alone."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        try:
            os.killpg(pid, number)
        except ProcessLookupError:
            os.kill(pid, number)


def preload(modules: list[str]) -> Preloaded:
    """Import what is installed of `modules`, and make all of it shared memory of the workers."""
    with fork_handlers.setting_aside() as aside:
        for module in modules:
            with contextlib.suppress(ImportError):  # an extra that is not installed
                importlib.import_module(module)
    runtime = ReadyRuntime()
    logrecords.quieten()
    sandbox.open_streams()
    gc.collect()
    gc.freeze()
    heap_holes.fill()
    return Preloaded(runtime, aside)


def main() -> None:
    """Entry point: the engine's socket, then the modules to import."""
    # 3.12 and later warn of forks beside the threads that native libraries start when imported
    warnings.filterwarnings("ignore", category=DeprecationWarning, message=".*fork.*")
    own_limits.lift_memory_limit()
    large_pages.forget(os.environ)
    linux.adopt_orphans()
    engine = socket.socket(fileno=int(sys.argv[1]))
    preloaded = preload(sys.argv[2:])
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        Zygote(engine, preloaded).run()


if __name__ == "__main__":
    main()
