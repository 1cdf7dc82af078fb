"""The preloaded process: imports once what workers need, then forks one of them per job.

Started by exec and never from a thread's fork, it imports, and **never computes or connects**: a
native library that has computed leaves threads behind that a fork does not have, and the child then
hangs in it (measured with XGBoost). It sees no job: those go over the workers' own sockets. It ends
with its engine, and its workers with it; of a worker's descendants none outlives the worker. Begun
by `preloaded.py`.
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
from collections.abc import Iterable, Sequence

from sfdag_magics.engine.limits.memory_limit import lift_memory_limit
from sfdag_magics.engine.workers import large_pages, linux, orders
from sfdag_magics.engine.workers.inside import (
    fork_handlers,
    handlers,
    heap_holes,
    logrecords,
    sandbox,
    worker,
)
from sfdag_magics.engine.workers.inside.fork_handlers import Handlers
from sfdag_magics.engine.workers.inside.rehearsal import rehearse
from sfdag_magics.engine.workers.inside.tree_memory import memory_above
from sfdag_magics.engine.workers.orders import Record, Word
from sfdag_magics.engine.workers.ready_runtime import ReadyRuntime
from sfdag_magics.light_classes import dataclass

# How often it is looked how much memory the workers have.
_LOOK_S = 0.2
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
        self._most = 0  # bytes of a worker; 0 is no limit
        self._wakeup, self._woken = socket.socketpair()

    def run(self) -> None:
        """Serve until the engine is gone; in a worker, this does not return."""
        self._listen_for_ends()
        with selectors.DefaultSelector() as selector:
            selector.register(self._engine, selectors.EVENT_READ)
            selector.register(self._wakeup, selectors.EVENT_READ)
            orders.send(self._engine, Record(Word.READY))
            while True:
                watches = self._most and self._numbers
                ready = {key.fileobj for key, _ in selector.select(_LOOK_S if watches else None)}
                if self._wakeup in ready:
                    self._drain_wakeups()
                    self._reap()
                if self._engine in ready and not self._obey():
                    break
                if watches and not ready:
                    self._end_large_ones()
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
        elif record.word is Word.LIMIT:
            self._most = record.number
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
        for file in files:
            os.close(file)

    def _become_worker(self, parent: int, files: list[int]) -> None:
        signal.set_wakeup_fd(-1)
        for inherited in (self._engine, self._wakeup, self._woken):
            os.close(inherited.fileno())  # and no more of it: a worker ends without looking back
        fork_handlers.take_up(self._preloaded.aside)
        worker.run(files, parent=parent, ready=self._preloaded.runtime)

    def _signal(self, number: int, signal_number: int) -> None:
        for pid, known in self._numbers.items():
            if known == number:
                _signal_worker(pid, signal_number)

    def _end_large_ones(self) -> None:
        for pid, number in self._numbers.items():
            if found := memory_above(pid, self._most):
                orders.send(self._engine, Record(Word.TOO_LARGE, number, found))
                _signal_worker(pid, signal.SIGKILL)

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


def begin(arguments: Sequence[str]) -> tuple[socket.socket, Sequence[str]]:
    """The engine's socket, and the modules to import, by the arguments; limits are lifted."""
    # 3.12 and later warn of forks beside the threads that native libraries start when imported
    warnings.filterwarnings("ignore", category=DeprecationWarning, message=".*fork.*")
    gc.disable()  # until all is there: nothing of it is garbage
    lift_memory_limit()
    large_pages.forget(os.environ)
    linux.adopt_orphans()
    return socket.socket(fileno=int(arguments[0])), arguments[1:]


def preload(modules: Sequence[str]) -> ReadyRuntime:
    """Import what is installed of `modules`, and the runtime of graphs."""
    for module in modules:
        with contextlib.suppress(ImportError):  # an extra that is not installed
            importlib.import_module(module)
    return ReadyRuntime()


def serve(
    engine: socket.socket, runtime: ReadyRuntime, at_forks: Iterable[tuple[str, Handlers]]
) -> None:
    """Make all that was imported shared memory of the workers, and fork them until the engine ends.

    Args:
        at_forks: what modules ask for; see `fork_handlers`.
    """
    preloaded = Preloaded(runtime, fork_handlers.settled(at_forks))
    logrecords.prepare()
    sandbox.open_streams()
    handlers.offer_snowflake_module()
    rehearse(runtime, with_session=worker.LATE_SESSION in sys.modules)
    gc.collect()
    gc.freeze()
    gc.enable()
    heap_holes.fill()
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        Zygote(engine, preloaded).run()
