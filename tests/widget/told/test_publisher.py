"""The first at once, then so many a second, and the last never lost."""

from __future__ import annotations

from sfdag_magics.widget.told.publisher import Publisher


class Clock:
    def __init__(self):
        self.now, self.due = 0.0, []

    def __call__(self):
        return self.now

    def later(self, seconds, call):
        self.due.append((self.now + seconds, call))

    def advance(self, seconds):
        self.now += seconds
        ready = [call for at, call in self.due if at <= self.now]
        self.due = [(at, call) for at, call in self.due if at > self.now]
        for call in ready:
            call()


def published(clock):
    sent = []
    state = {"value": 0}
    publisher = Publisher(
        lambda: sent.append(state["value"]), period_s=0.1, clock=clock, later=clock.later
    )

    def publish(value):
        state["value"] = value
        publisher.publish()

    return publish, sent


def test_the_first_is_sent_at_once():
    publish, sent = published(Clock())
    publish(1)
    assert sent == [1]


def test_many_are_sent_as_one_with_the_newest():
    clock = Clock()
    publish, sent = published(clock)
    for value in range(1, 10):
        publish(value)
    assert sent == [1]
    clock.advance(0.1)
    assert sent == [1, 9]
    clock.advance(1)
    assert sent == [1, 9]


def test_after_a_pause_nothing_waits():
    clock = Clock()
    publish, sent = published(clock)
    publish(1)
    clock.advance(0.2)
    publish(2)
    assert sent == [1, 2]
    assert clock.due == []
