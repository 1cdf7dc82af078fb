import threading

import pytest

from sfdag_magics.client.connecting import keeper as keeper_module
from sfdag_magics.client.connecting.activity import heard_by
from sfdag_magics.client.connecting.keeper import EngineKeeper, starting_crashed, starting_none
from sfdag_magics.errors import ConnectError, MachineError


@pytest.fixture(autouse=True)
def _looks_often(monkeypatch):
    monkeypatch.setattr(keeper_module, "_LOOK_S", 0.02)


class Engine:
    """An engine that can die, and says when it was started."""

    def __init__(self, *, refuses=0):
        self.is_dead = self.is_stopped = False
        self.started = threading.Event()
        self.refusals = refuses

    def has_died(self):
        return self.is_dead

    def start(self):
        if self.refusals:
            self.refusals -= 1
            raise MachineError("the disk is full")
        self.is_dead = False
        self.started.set()


def kept(engine):
    return EngineKeeper(engine.has_died, engine.start, was_stopped=lambda: engine.is_stopped)


def test_an_engine_that_dies_under_a_statement_is_started_again():
    engine = Engine()
    keeper = kept(engine)
    with keeper.looking():
        engine.is_dead = True
        assert engine.started.wait(10)
    keeper.close()


def test_a_statement_that_is_not_worth_an_engine_starts_none():
    engine = Engine()
    keeper = kept(engine)
    engine.is_dead = True
    with starting_none(), keeper.looking():
        assert not engine.started.wait(0.05)
    with keeper.looking():
        assert engine.started.wait(10)
    keeper.close()


def test_who_looks_on_starts_an_engine_that_crashed():
    engine = Engine()
    keeper = kept(engine)
    with starting_crashed(), keeper.looking():
        engine.is_dead = True
        assert engine.started.wait(10)
    keeper.close()


def test_who_looks_on_is_told_at_once_that_the_engine_was_stopped():
    engine = Engine()
    keeper = kept(engine)
    engine.is_stopped = True  # and is on its way out: it would let a new question wait
    with starting_crashed(), pytest.raises(ConnectError, match="was stopped"), keeper.looking():
        pytest.fail("asked all the same")
    keeper.close()


def wait_for(keeper, engine):
    with keeper.looking():
        engine.started.wait(10)


def test_an_engine_stopped_under_who_looks_on_waits_for_who_needs_it():
    engine = Engine()
    looked = threading.Semaphore(0)

    def has_died():
        looked.release()
        return engine.is_dead

    keeper = EngineKeeper(has_died, engine.start, was_stopped=lambda: engine.is_stopped)
    with starting_crashed(), keeper.looking():
        engine.is_stopped = engine.is_dead = True
        for _ in range(3):
            assert looked.acquire(timeout=10)
        assert not engine.started.is_set()
        in_need = threading.Thread(target=wait_for, args=(keeper, engine))
        in_need.start()
        assert engine.started.wait(10)
        in_need.join(10)
    keeper.close()


def test_one_that_cannot_start_is_tried_again():
    engine = Engine(refuses=1)
    keeper = kept(engine)
    with keeper.looking():
        engine.is_dead = True
        assert engine.started.wait(10)
    keeper.close()


def test_closing_ends_the_thread():
    engine = Engine()
    keeper = kept(engine)
    with keeper.looking():
        pass
    keeper.close()
    keeper.close()
    assert "sfdag-keeper" not in {thread.name for thread in threading.enumerate()}


def test_who_waits_for_the_statement_hears_that_the_engine_starts_again():
    engine, heard, back = Engine(), [], threading.Event()

    def hears(begun):
        heard.append(str(begun))
        if len(heard) == 2:
            back.set()

    keeper = kept(engine)
    with heard_by(hears), keeper.looking():
        engine.is_dead = True
        assert back.wait(10)
    keeper.close()
    assert heard == [
        "starting the embedded engine again · it had ended",
        "asking the embedded engine again",
    ]
