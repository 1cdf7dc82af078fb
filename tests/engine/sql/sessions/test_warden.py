"""What ends a statement: its time, the engine's memory; and what is handed back afterwards.

The clock and the memory are the test's: nothing waits.
"""

from __future__ import annotations

import queue
import resource
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field

import pytest

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.limits.budget import Budget
from sfdag_magics.engine.sql.results.duck_errors import CANCELED
from sfdag_magics.engine.sql.sessions import process_memory
from sfdag_magics.engine.sql.sessions.executions import Execution
from sfdag_magics.engine.sql.sessions.process_memory import ProcessMemory
from sfdag_magics.engine.sql.sessions.warden import Warden

_MB = 1024**2
_BUDGET = Budget(memory=2000 * _MB)


@dataclass
class Machine:
    """The warden's surroundings."""

    time: float = 0.0
    memory: int = 0
    allowed: int = -1
    tidied: int = 0
    released: int = 0
    taken: dict[str, int] = field(default_factory=dict)
    threads: list[str] = field(default_factory=list)
    ended: list[tuple[str, SqlError]] = field(default_factory=list)
    given_up: list[tuple[str, SqlError]] = field(default_factory=list)

    def __post_init__(self):
        self.warden = Warden(_BUDGET, self, self.tidy, clock=lambda: self.time)

    def own(self) -> int:
        return self.memory

    def taken_here(self) -> tuple[int, int]:
        return len(self.threads) - 1, self.taken.get(self.threads[-1], 0)

    def taken_by(self, thread: int) -> int:
        return self.taken.get(self.threads[thread], 0)

    def allow(self, more: int):
        self.allowed = more

    def allow_all(self):
        self.allowed = -1

    def release(self):
        self.released += 1

    def tidy(self):
        self.tidied += 1

    def begin(self, name: str, **more) -> Execution:
        execution = Execution(
            query_id=name,
            begun=self.time,
            end=lambda why: self._end(execution, why),
            give_up=lambda why: self.given_up.append((name, why)),
            **more,
        )
        self.threads.append(name)
        self.warden.began(execution)
        return execution

    def _end(self, execution: Execution, why: SqlError):
        execution.ended_by = why
        self.ended.append((execution.query_id, why))

    def look_at(self, time: float) -> list[str]:
        """Which statements are ended at this time."""
        self.time = time
        before = len(self.ended)
        self.warden.look()
        return [name for name, _ in self.ended[before:]]


@pytest.fixture
def machine() -> Machine:
    return Machine()


def test_a_statement_is_ended_when_its_time_is_over(machine: Machine):
    machine.begin("short", limit_s=1500)
    machine.begin("long", limit_s=2000)
    machine.begin("any")
    assert machine.look_at(1499) == []
    assert machine.look_at(1500) == ["short"]
    error = machine.ended[0][1]
    assert (error.code, error.sqlstate) == (630, "57014")
    assert error.message == (
        "Statement reached its statement or warehouse timeout of 1,500 second(s) and was canceled."
    )


def test_ending_is_insisted_on_until_the_statement_has_ended(machine: Machine):
    execution = machine.begin("deaf", limit_s=1)
    assert machine.look_at(2) == ["deaf"]
    assert machine.look_at(2.1) == ["deaf"]
    machine.warden.ended(execution)
    assert machine.look_at(2.2) == []


def test_a_statement_that_does_not_hear_it_is_given_up_after_a_second(machine: Machine):
    machine.begin("deaf", limit_s=3)
    for at in (3, 3.5, 4):
        machine.look_at(at)
    assert machine.given_up == []
    for at in (4.1, 4.2):  # it may have been taking effect at the first
        machine.look_at(at)
    assert [(name, error.code) for name, error in machine.given_up] == [("deaf", 630)] * 2


def test_one_that_was_cancelled_is_given_up_as_well(machine: Machine):
    machine.begin("deaf").ended_by = CANCELED
    machine.look_at(10)
    assert machine.given_up == []
    machine.look_at(11.1)
    assert machine.given_up == [("deaf", CANCELED)]


def test_without_memory_the_statement_that_began_last_is_ended(machine: Machine):
    machine.begin("first")
    machine.time = 1
    machine.begin("second")
    machine.memory = _BUDGET.memory
    assert machine.look_at(2) == ["second"]
    error = machine.ended[0][1]
    assert (error.code, error.sqlstate) == (300005, "53200")
    assert "SFDAG_MEMORY=60%" in error.message


def test_the_next_one_is_ended_only_when_that_did_not_help(machine: Machine):
    machine.begin("first")
    machine.time = 1
    second = machine.begin("second")
    machine.memory = _BUDGET.memory
    assert machine.look_at(2) == ["second"]
    machine.warden.ended(second)
    assert machine.look_at(2.5) == []
    assert machine.look_at(3.5) == ["first"]


def test_who_has_just_begun_is_not_blamed(machine: Machine):
    machine.begin("hog")
    machine.time = 10
    machine.begin("innocent")
    machine.memory = _BUDGET.memory
    assert machine.look_at(10.1) == ["hog"]


def test_who_took_little_is_not_blamed_however_long_it_is_held_up(machine: Machine):
    machine.begin("hog")
    machine.time = 1
    machine.begin("held up")
    machine.taken = {"hog": 1500 * _MB, "held up": 20 * _MB}
    machine.memory = _BUDGET.memory
    assert machine.look_at(5) == ["hog"]


def test_of_two_that_took_much_the_one_that_began_last_is_ended(machine: Machine):
    machine.begin("first")
    machine.time = 1
    machine.begin("second")
    machine.taken = {"first": 900 * _MB, "second": 500 * _MB}
    machine.memory = _BUDGET.memory
    assert machine.look_at(5) == ["second"]


def test_what_was_taken_and_given_back_before_is_not_held_against_a_statement(machine: Machine):
    machine.begin("long")
    machine.taken = {"long": 50_000 * _MB}
    assert machine.look_at(100) == []
    machine.begin("hog")
    machine.taken = {"long": 50_001 * _MB, "hog": 1500 * _MB}
    machine.memory = _BUDGET.memory
    assert machine.look_at(101) == ["hog"]


def test_what_a_thread_did_before_its_statement_is_not_held_against_it(machine: Machine):
    machine.begin("hog")
    machine.taken = {"hog": 1500 * _MB, "held up": 5000 * _MB}
    machine.begin("held up")
    machine.memory = _BUDGET.memory
    assert machine.look_at(5) == ["hog"]


def test_a_call_is_not_blamed_for_what_its_procedure_runs(machine: Machine):
    machine.begin("statement")
    machine.time = 1
    machine.begin("call", opens=True)
    machine.memory = _BUDGET.memory
    assert machine.look_at(5) == ["statement"]


def test_memory_within_the_budget_ends_nothing(machine: Machine):
    machine.begin("any")
    machine.memory = _BUDGET.alarm
    assert machine.look_at(100) == []


def test_what_nobody_needs_is_given_back_after_statements(machine: Machine):
    machine.warden.ended(machine.begin("any"))
    machine.look_at(1)
    assert (machine.tidied, machine.released) == (0, 0)
    machine.look_at(3)
    assert (machine.tidied, machine.released) == (1, 1)


@pytest.mark.parametrize(
    ("held", "allowed"), [(100 * _MB, 1564 * _MB), (1600 * _MB, 64 * _MB), (1601 * _MB, -1)]
)
def test_the_process_may_take_what_the_budget_leaves(machine: Machine, held: int, allowed: int):
    machine.begin("any")
    machine.memory = held
    machine.look_at(1)
    assert machine.allowed == allowed


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what a thread took")
def test_what_a_thread_takes_is_known_to_others():
    memory, told, goes_on = ProcessMemory(), queue.Queue(), threading.Event()

    def take():
        told.put(memory.taken_here())
        taken = bytearray(64 * _MB)
        taken[::4096] = bytes(len(taken) // 4096)
        told.put(memory.taken_here())
        goes_on.wait(30)

    other = threading.Thread(target=take)
    other.start()
    (thread, before), (_, after) = told.get(timeout=30), told.get(timeout=30)
    assert after - before >= 32 * _MB
    assert memory.taken_by(thread) >= after
    goes_on.set()
    other.join()
    # The system ends a thread a moment after Python has.
    ended = (memory.taken_by(thread) == 0 or time.sleep(0.01) for _ in range(2000))
    assert any(ended)


def test_what_a_process_holds_is_known():
    assert ProcessMemory().own() > _MB


_TAKES_TOO_MUCH = """
import resource
from sfdag_magics.engine.sql.sessions.process_memory import ProcessMemory
from sfdag_magics.engine.limits.memory_limit import lift_memory_limit

memory = ProcessMemory()
memory.allow(64 * 1024**2)
try:
    bytearray(256 * 1024**2)
except MemoryError:
    print("refused")
memory.allow(512 * 1024**2)
print(len(bytearray(256 * 1024**2)))
memory.allow(64 * 1024**2)
lift_memory_limit()
print(len(bytearray(256 * 1024**2)))
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere memory is only measured")
def test_a_process_is_refused_more_than_it_is_allowed_and_its_workers_are_not():
    run = subprocess.run(  # noqa: S603 - our own text, by our interpreter
        [sys.executable, "-c", _TAKES_TOO_MUCH], capture_output=True, text=True, check=True
    )
    assert run.stdout.split() == ["refused", str(256 * _MB), str(256 * _MB)]


@pytest.mark.parametrize(("idle", "anew"), [(0, 600), (200, 400), (400, 300), (2000, 300)])
def test_what_lies_idle_takes_half_of_what_is_allowed_at_most(
    monkeypatch: pytest.MonkeyPatch, idle: int, anew: int
):
    """Else what a statement needs that was answered once is refused it the next time."""
    bounds: list[int] = []
    monkeypatch.setattr(process_memory, "_idle", lambda: 0)
    memory = ProcessMemory()
    monkeypatch.setattr(process_memory, "_idle", lambda: idle * _MB)
    monkeypatch.setattr(process_memory, "_status", lambda _: 1000 * _MB)
    monkeypatch.setattr(resource, "getrlimit", lambda _: (0, resource.RLIM_INFINITY))
    monkeypatch.setattr(resource, "setrlimit", lambda _, bound: bounds.append(bound[0]))
    memory.allow(600 * _MB)
    assert bounds == [(1000 + anew) * _MB]


_FILLS_AGAIN = """
from sfdag_magics.engine.sql.sessions.process_memory import ProcessMemory

def blocks(count):
    return [piece * 64 * 1024 for piece in [b"x"] * count]

memory = ProcessMemory()
given_back = blocks(4000)
above = blocks(1)
del given_back
memory.release()
before = memory.own()
memory.allow(300 * 1024**2)
taken = []
try:
    while True:
        taken += blocks(10)
except MemoryError:
    more = memory.own() - before
    taken.clear()
    print(more // 1024**2)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere memory is only measured")
def test_what_was_given_back_and_is_filled_again_counts_as_taken():
    run = subprocess.run(  # noqa: S603 - our own text, by our interpreter
        [sys.executable, "-c", _FILLS_AGAIN], capture_output=True, text=True, check=True
    )
    assert 280 <= int(run.stdout) <= 450
