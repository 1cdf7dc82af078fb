"""The thread around the scheduler: durable before acted on, and honest when it cannot be."""

import threading
from datetime import timedelta

import pytest

from sfdag_magics.engine.scheduler import events
from sfdag_magics.engine.scheduler.clock import ManualClock
from sfdag_magics.engine.scheduler.core import Scheduler
from sfdag_magics.engine.scheduler.invariants import HistoryChecker
from sfdag_magics.engine.scheduler.loop import Decided, SchedulerLoop
from sfdag_magics.errors import MachineError

from .stories import START, an_id, graph

SPEC = graph("r -> a", finalizer="f")


class FakeMemory:
    """Remembers in dicts; fails when told to."""

    def __init__(self):
        self.history = HistoryChecker()
        self.failures = 0
        self.order = []

    def write(self, happened, changes, writes):
        if self.failures:
            self.failures -= 1
            self.order.append("failed")
            raise MachineError("the disk is full")
        self.history.follow(changes)
        self.order += [f"wrote {type(event).__name__}" for event in happened]

    def root_suspended(self, root_id):
        return []

    def restored(self, slots):
        scheduler = Scheduler(slots=slots)
        runs = [run for run in self.history.graph_runs.values() if not run.state.is_final]
        tasks = list(self.history.task_runs.values())
        scheduler.restore(
            self.history.roots.values(),
            [(run, [t for t in tasks if t.group_id == run.group_id]) for run in runs],
            lambda _root_id, _version: SPEC,
        )
        return scheduler


class FakeExecutor:
    """Says that everything succeeded, at once, unless the test holds it."""

    def __init__(self, memory, *, holds=()):
        self.memory = memory
        self.holds = holds
        self.loop = None
        self.held = {}
        self.ended = threading.Event()
        self.holding = threading.Event()

    def start(self, attempt):
        self.memory.order.append(f"started {attempt.task.name}")
        if attempt.task.name in self.holds:
            self.held[attempt.task.name] = attempt.attempt_id
            self.holding.set()
            return
        self.succeed(attempt.attempt_id)
        if attempt.task.name == "f":
            self.ended.set()

    def succeed(self, attempt_id):
        self.loop.post(events.TaskSucceeded(now=START, attempt_id=attempt_id))

    def evaluate(self, attempt):
        raise AssertionError("no conditions here")

    def look(self, graph):
        raise AssertionError("no streams here")

    def kill(self, attempt_id):
        self.memory.order.append("killed")
        self.loop.post(events.TaskCancelled(now=START, attempt_id=attempt_id))


@pytest.fixture
def memory():
    return FakeMemory()


@pytest.fixture
def started(memory):
    loops = []

    def start(**options):
        executor = FakeExecutor(memory, **options)
        clock = ManualClock(START)
        loop = executor.loop = SchedulerLoop(
            memory=memory, executor=executor, clock=clock, slots=8, try_again_s=0
        )
        loop.start()
        loops.append(loop)
        return loop, executor, clock

    yield start
    for loop in loops:
        loop.close()


def request(group="g"):
    event = events.RunRequested(now=START, graph=SPEC, group_id=an_id(group))
    return lambda _: Decided(answer=an_id(group), events=[event])


def test_every_transition_is_remembered_before_it_is_acted_on(memory, started):
    loop, executor, _clock = started()
    loop.call(request())
    assert executor.ended.wait(20)
    loop.close()
    assert memory.order == [
        "wrote RunRequested",
        "started r",
        "wrote TaskSucceeded",
        "started a",
        "wrote TaskSucceeded",
        "started f",
        "wrote TaskSucceeded",
    ]


def test_a_command_that_cannot_be_remembered_fails_and_leaves_nothing(memory, started):
    loop, _executor, _clock = started(holds=("r",))
    memory.failures = 1
    with pytest.raises(MachineError, match="the disk is full"):
        loop.call(request("lost"))
    loop.call(request("kept"))
    assert memory.order == ["failed", "wrote RunRequested", "started r"]
    assert [group for group, _attempt in memory.history.graph_runs] == [an_id("kept")]


def test_what_the_executor_told_is_told_again_until_it_can_be_remembered(memory, started):
    loop, executor, _clock = started(holds=("r",))
    loop.call(request())
    memory.failures = 1
    executor.succeed(executor.held["r"])
    assert executor.ended.wait(20)
    assert memory.order.count("started a") == 1
    assert memory.order[2:4] == ["failed", "wrote TaskSucceeded"]


def test_what_cannot_have_happened_is_left_out_and_the_rest_goes_on(memory, started, caplog):
    loop, executor, _clock = started()
    loop.post(events.TaskSucceeded(now=START, attempt_id="nobody"))
    loop.call(request())
    assert executor.ended.wait(20)
    assert "an event that cannot be was left out" in caplog.text


def test_a_command_that_refuses_changes_nothing(memory, started):
    loop, _executor, _clock = started()

    def refuse(_scheduler):
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        loop.call(refuse)
    assert memory.order == []


def test_a_timeout_goes_by_the_monotonic_clock(memory, started):
    loop, _executor, clock = started(holds=("r",))
    loop.call(request())
    clock.set(START.replace(year=2030))  # somebody sets the calendar
    loop.call(lambda _: Decided(answer=None))
    assert "killed" not in memory.order
    clock.advance(SPEC.root.timeout)
    loop.wake()
    loop.call(lambda _: Decided(answer=None))
    loop.close()
    assert "killed" in memory.order


def test_nothing_of_a_task_that_has_ended_is_waited_for(memory, started):
    loop, executor, _clock = started(holds=("r",))
    loop.call(request())
    assert executor.holding.wait(20)
    loop.call(lambda _: Decided(answer=None))
    assert list(loop._deadlines) == [executor.held["r"]]
    executor.succeed(executor.held["r"])
    assert executor.ended.wait(20)
    while loop.in_flight:
        loop.call(lambda _: Decided(answer=None))
    assert loop._deadlines == {}
    assert loop._patience() is None


def test_a_calendar_that_goes_back_is_told_once(memory, started):
    loop, _executor, clock = started()
    spec = graph("r", schedule="10 MINUTES")
    resumed = events.GraphStarted(now=START, graph=spec)
    loop.call(lambda _: Decided(answer=None, events=[resumed]))
    clock.set(START - timedelta(hours=3))
    for _look in range(2):
        loop.wake()
        loop.call(lambda _: Decided(answer=None))
    assert memory.order == ["wrote GraphStarted", "wrote ClockSetBack"]
    assert loop.next_wakeup == START - timedelta(hours=3) + timedelta(minutes=10)


def test_another_loop_goes_on_where_the_first_was_cut_off(memory, started):
    loop, executor, _clock = started(holds=("r",))
    loop.call(request())
    assert executor.holding.wait(20)
    loop.close()
    _loop, second, _clock = started()
    assert second.ended.wait(20)
    assert memory.order.count("started r") == 2


def test_a_closed_loop_refuses_commands(memory, started):
    loop, _executor, _clock = started()
    loop.close()
    with pytest.raises(MachineError, match="stopping"):
        loop.call(request())
