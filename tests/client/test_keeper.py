import threading

from sfdag_magics.client.activity import heard_by
from sfdag_magics.client.keeper import EngineKeeper, starting_none
from sfdag_magics.errors import MachineError


class Engine:
    """An engine that can die, and says when it was started."""

    def __init__(self, *, refuses=0):
        self.is_dead = False
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


def test_an_engine_that_dies_under_a_statement_is_started_again():
    engine = Engine()
    keeper = EngineKeeper(engine.has_died, engine.start)
    with keeper.looking():
        engine.is_dead = True
        assert engine.started.wait(10)
    keeper.close()


def test_a_statement_that_is_not_worth_an_engine_starts_none():
    engine = Engine()
    keeper = EngineKeeper(engine.has_died, engine.start)
    engine.is_dead = True
    with starting_none(), keeper.looking():
        assert not engine.started.wait(0.05)
    with keeper.looking():
        assert engine.started.wait(10)
    keeper.close()


def test_one_that_cannot_start_is_tried_again():
    engine = Engine(refuses=1)
    keeper = EngineKeeper(engine.has_died, engine.start)
    with keeper.looking():
        engine.is_dead = True
        assert engine.started.wait(10)
    keeper.close()


def test_closing_ends_the_thread():
    engine = Engine()
    keeper = EngineKeeper(engine.has_died, engine.start)
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

    keeper = EngineKeeper(engine.has_died, engine.start)
    with heard_by(hears), keeper.looking():
        engine.is_dead = True
        assert back.wait(10)
    keeper.close()
    assert heard == [
        "starting the embedded engine again · it had ended",
        "asking the embedded engine again",
    ]
