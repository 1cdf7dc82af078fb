"""Whatever a page sends, the kernel raises nothing, and does nothing that was not asked for."""

from __future__ import annotations

import json
import logging
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfdag_magics.client.observing.proposals import RunForm
from sfdag_magics.client.observing.traces.log_window import LogWindow
from sfdag_magics.graph.config_form import config_form
from sfdag_magics.widget import Actions, LiveView, Pace
from sfdag_magics.widget.messages import ACTS, Ask
from tests.widget.fakes import CHAIN, FAILED, FakeRun

KEYS = ("id", "kind", "task", "tasks", "attempt", "level", "whole", "against", "runs", "values")
KEYS += ("code", "question", "text", "__proto__", "")
#: Half of a character is JSON that a page can send.
TEXTS = st.text(st.characters(), max_size=20) | st.sampled_from(["\ud800", "g1", "a", "../x"])
#: What JSON can say, and a page therefore.
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=8,
)
FIELDS = {key: ANYTHING for key in KEYS if key not in ("id", "kind")}


class Recording:
    """A view of a failed run with all it can do, of which it is noted what it did."""

    def __init__(self):
        self.done, self.replies, self.quiet = [], [], threading.Event()
        self.view = LiveView(
            CHAIN, None, seen=FAILED, pace=Pace(shortest_s=5, longest_s=5), actions=self.actions()
        )
        self.view.follow(FakeRun(FAILED))
        self.view.send = lambda reply: self.replies.append(json.dumps(reply).encode())

    def actions(self):
        def does(kind):
            return lambda *said: self.done.append(kind)

        return Actions(
            **{kind: does(kind) for kind in ACTS},
            form=lambda typed, seen, whole: RunForm(form=config_form((), {}, typed=typed, last={})),
            logs=lambda run, names, attempt, ask: LogWindow(lines=(), total=0),
            shown=lambda run, name, attempt: [],
            lines=lambda run, name, ask: [],
            tables=lambda run, name: [],
            rows=lambda run, name, said: None,
        )

    def hear(self, content):
        """Have it heard, and wait until all that follows from it is over."""
        self.view._handle_custom_msg(content, [])
        for worker in (self.view._desk._worker, self.view._desk._reader):
            over = threading.Event()
            worker.put(over.set)
            assert over.wait(10)


@pytest.fixture(scope="module")
def recording():
    made = Recording()
    yield made
    made.view.close()


@pytest.fixture
def logged(caplog):
    """What a handler logs is an exception that somebody else caught."""
    caplog.set_level(logging.WARNING)
    yield
    assert caplog.messages == []


@pytest.mark.usefixtures("logged")
@given(content=ANYTHING | st.fixed_dictionaries({}, optional=dict.fromkeys(KEYS, ANYTHING)))
def test_what_is_no_request_does_nothing(recording, content):
    before = len(recording.replies)
    recording.hear(content)
    assert (recording.done, len(recording.replies)) == ([], before)


@pytest.mark.slow
@pytest.mark.usefixtures("logged")
@given(data=st.data())
def test_a_request_with_anything_in_it_does_no_more_than_it_says(recording, data):
    kind = data.draw(st.sampled_from(sorted(Ask)))
    number = data.draw(st.integers(0, 10**6))
    fields = data.draw(st.fixed_dictionaries({}, optional=FIELDS))
    recording.done.clear()
    recording.view._desk._taken.clear()  # each example is a request of its own
    recording.hear({**fields, "id": f"p{number}", "kind": kind})
    on_graph = {Ask.RUN, Ask.DEPLOY, Ask.SUSPEND, Ask.RESUME, Ask.CONNECT, Ask.FILL}
    assert set(recording.done) <= ({kind} & on_graph)
