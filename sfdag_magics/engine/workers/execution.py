"""One job in its worker: listen, stop, bury. Knows pipes and messages, not what the job does.

The thread that waits reads all the worker says: messages on its socket, output on its pipes.
Whatever becomes of the worker (killed, crashed, gone without a word), waiting ends with an
`Outcome` that names it.
"""

from __future__ import annotations

import os
import select
import signal
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress

from sfdag_magics.engine.workers.channel import Channel, ChannelError, Message
from sfdag_magics.engine.workers.hosts import WorkerProcess
from sfdag_magics.engine.workers.jobs import (
    Died,
    LogRecord,
    NotBegun,
    Outcome,
    Raised,
    Returned,
    Stopped,
)
from sfdag_magics.engine.workers.logs import JobLog

#: Between SIGTERM and SIGKILL, and between a hang-up and SIGKILL.
_GRACE_S = 1.0
_BURIAL_S = 10.0
_READ_BYTES = 1 << 20


class JobExecution:
    """One job in its worker. One thread waits; any thread may stop it.

    Args:
        pipes: the reading ends of `stdout` and `stderr`, closed at the end like the rest.
    """

    def __init__(
        self, process: WorkerProcess, channel: Channel, pipes: Mapping[str, int], log: JobLog
    ) -> None:
        self._process = process
        self._channel = channel
        self._pipes = dict(pipes)
        self._log = log
        self._stopped = threading.Event()
        self._was_heard = False
        self._on_over: list[Callable[[], None]] = []
        for pipe in pipes.values():
            os.set_blocking(pipe, False)
        # a worker whose children keep the socket open does not hang up by dying
        process.on_end(channel.hang_up)

    def on_over(self, listener: Callable[[], None]) -> None:
        """Call `listener` when the job is over and given back."""
        self._on_over.append(listener)

    def stop(self) -> None:
        """End the job and all it started: SIGTERM now, SIGKILL if that is ignored."""
        if self._stopped.is_set():
            return
        self._stopped.set()
        self._process.signal(signal.SIGTERM)
        killer = threading.Timer(_GRACE_S, self._process.signal, [signal.SIGKILL])
        killer.name = "sfdag-worker-kill"
        killer.daemon = True
        killer.start()
        self._process.on_end(killer.cancel)

    def wait(self) -> Outcome:
        """Listen until the job is over, and give everything of it back."""
        try:
            return self._outcome(self._next_answer())
        finally:
            self.close()

    def ask(self, batch: bytes) -> bytes | Outcome:
        """For a job that answers batches: the column for a batch, or how the job ended instead."""
        with suppress(BrokenPipeError, ConnectionResetError):  # the answer will tell
            self._channel.send(Message(kind="batch", payload=batch))
        return self.answer()

    def answer(self) -> bytes | Outcome:
        """The next column, or nothing when the job has just become ready, or how it ended."""
        message = self._next_answer()
        if message is not None and message.kind in ("ready", "column"):
            return message.payload
        return self._outcome(message)

    def close(self) -> None:
        """Hang up and give everything back. Once, by the thread that waits."""
        self._channel.hang_up()
        self._drain()
        self._log.close()
        self._channel.close()
        for pipe in self._pipes.values():
            os.close(pipe)
        for listener in self._on_over:
            listener()

    def _outcome(self, answer: Message | None) -> Outcome:
        if answer is None:
            self._bury()
        if self._stopped.is_set():
            return Stopped()
        if answer is None:
            return self._death()
        if answer.kind == "raised":
            raised = Raised(**answer.fields)
            self._log.record(_unhandled(raised))
            return raised
        return Returned(**answer.fields)

    def _death(self) -> Died:
        reason = self._process.end or "it cannot be killed"
        # What was sent is one message, the job, until the worker has said something.
        is_unread = self._process.died_with_host and not self._was_heard
        if is_unread and self._channel.was_left_unread():
            return NotBegun(reason=reason)
        return Died(reason=reason)

    def _bury(self) -> None:
        """See to the end of a worker that has hung up."""
        if not self._process.wait(_GRACE_S):
            self._process.signal(signal.SIGKILL)
            self._process.wait(_BURIAL_S)

    def _next_answer(self) -> Message | None:
        """What the worker says next besides its log, or None where it says no more."""
        # made for each answer: cheaper than a selector, which the kernel keeps for many
        poll, channel = select.poll(), self._channel.fileno()
        for file in (*self._pipes.values(), channel):
            poll.register(file, select.POLLIN)
        while True:
            ready = {file for file, _events in poll.poll()}
            # Output first: a record was logged after what was printed before it.
            for stream, pipe in self._pipes.items():
                if pipe in ready and not self._read(stream, pipe):
                    poll.unregister(pipe)
            if channel not in ready:
                continue
            try:
                message = self._channel.receive()
            except ChannelError:
                return None
            self._was_heard = self._was_heard or message is not None
            if message is None or message.kind != "log":
                return message
            self._log.record(LogRecord(**message.fields))

    def _read(self, stream: str, pipe: int) -> bool:
        """Take what is there; False at the end of the stream."""
        try:
            data = os.read(pipe, _READ_BYTES)
        except BlockingIOError:
            return True
        self._log.output(stream, data)
        return bool(data)

    def _drain(self) -> None:
        for stream, pipe in self._pipes.items():
            with suppress(BlockingIOError):
                while data := os.read(pipe, _READ_BYTES):
                    self._log.output(stream, data)


def _unhandled(raised: Raised) -> LogRecord:
    """What Snowflake writes to the event table by itself (docs: "unhandled exceptions")."""
    return LogRecord(
        level="CRITICAL",
        logger="",
        message="exception",
        attributes={
            "exception.escaped": True,
            "exception.type": raised.type,
            "exception.message": raised.message,
            "exception.stacktrace": raised.text,
        },
    )
