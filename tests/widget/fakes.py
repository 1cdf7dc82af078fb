"""Runs and clocks that a test decides on."""

from __future__ import annotations

import queue
import threading
import time

from sfdag_magics.errors import BackendError
from tests.render.builders import run, shape

CHAIN = shape("a -> b; b -> c", name="chain")
DEADLINE_S = 60.0


class FakeRun:
    """A run whose next answers are put in by the test; the last one stays."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked = threading.Event()
        self.lock = threading.Lock()

    def last_stir(self):
        return b""

    def refresh(self):
        with self.lock:
            answer = self.answers[0] if len(self.answers) == 1 else self.answers.pop(0)
        self.asked.set()
        if isinstance(answer, Exception):
            raise answer
        return answer

    def answer(self, *answers):
        with self.lock:
            self.answers = list(answers)


PENDING = run(CHAIN)
RUNNING = run(CHAIN, a="running")
HALFWAY = run(CHAIN, a="succeeded", b="running")
FAILED = run(CHAIN, a="succeeded", b="failed", c="blocked")
DONE = run(CHAIN, a="succeeded", b="succeeded", c="succeeded")
RETRIED = run(CHAIN, attempt=2, a="reused", b="succeeded", c="succeeded")
SILENCE = BackendError("the engine does not answer")


class Heard:
    """Collects what is said in other threads and waits for it."""

    def __init__(self):
        self.queue = queue.Queue()

    def __call__(self, *said):
        self.queue.put(said[0] if len(said) == 1 else said)

    def next(self):
        return self.queue.get(timeout=DEADLINE_S)

    def until(self, wanted):
        deadline = time.monotonic() + DEADLINE_S  # what is not wanted may come without end
        while not wanted(said := self.next()):
            assert time.monotonic() < deadline, f"not said within {DEADLINE_S:.0f} s; last: {said}"
        return said

    def all(self):
        said = []
        while not self.queue.empty():
            said.append(self.queue.get_nowait())
        return said
