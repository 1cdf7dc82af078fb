"""The process that other tests of the room ask."""

import pytest

from tests.bundle.answering import Answering

_LATE = """
import sys, time
for line in sys.stdin:
    time.sleep(float(line))
    print(line, end="", flush=True)
"""


class TimeIsUpError(Exception):
    """What a test is told that takes too long."""


def test_an_answer_that_came_too_late_is_not_the_next_ones(monkeypatch):
    def time_is_up():
        raise TimeIsUpError

    process = Answering(_LATE)
    assert process.ask("0") == 0
    monkeypatch.setattr(process._process.stdout, "readline", time_is_up)
    with pytest.raises(TimeIsUpError):
        process.ask("0.01")
    monkeypatch.undo()
    assert process.ask("0") == 0
    process.close()
