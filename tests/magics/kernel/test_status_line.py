"""The line that says what is being done: where it stands, when it comes, what stays of it."""

from __future__ import annotations

import io
import re
import threading
import time

from sfdag_magics.client.connecting.activity import doing, heard_by, meanwhile
from sfdag_magics.magics.kernel import status_line
from sfdag_magics.magics.kernel.status_line import (
    LogScreen,
    Rhythm,
    SavedScreen,
    StatusLine,
    TerminalScreen,
)

PATIENCE_S = 60.0


class WatchedScreen:
    """Keeps what is shown, and lets a test wait for it."""

    is_watched = True

    def __init__(self):
        self.shown, self.rooms, self.summary = [], 0, None
        self._changed = threading.Condition()

    def show(self, text):
        with self._changed:
            self.shown.append(text)
            self._changed.notify_all()

    def make_room(self):
        self.rooms += 1

    def clear(self):
        self.rooms += 1

    def close(self, summary):
        self.summary = summary

    def until(self, wanted):
        with self._changed:
            assert self._changed.wait_for(lambda: wanted(self.shown), PATIENCE_S), self.shown


class UnwatchedScreen(WatchedScreen):
    is_watched = False


#: Waits that a test does not have to wait for.
QUICK = Rhythm(patience_s=0.01, watched_s=0.01, aside_s=0.02, unwatched_s=0.01, worth_a_word_s=0.0)


def test_a_wait_is_shown_and_goes_on_changing():
    screen = WatchedScreen()
    with StatusLine(screen, QUICK) as status, heard_by(status.doing):
        doing("starting the embedded engine")
        screen.until(lambda shown: len(set(shown)) > 2)
        doing("connecting")
        screen.until(lambda shown: shown[-1].startswith("○ connecting"))
    assert screen.shown[0].startswith("○ starting the embedded engine")
    assert re.fullmatch(
        r"took: starting the embedded engine \d.* · connecting \d.*", screen.summary
    )


def test_what_is_fast_is_never_shown():
    screen = WatchedScreen()
    with StatusLine(screen) as status, heard_by(status.doing):
        doing("connecting")
        doing("statement 1 of 2")
    assert screen.shown == []
    assert screen.summary == ""


def test_what_nobody_watches_is_said_once_and_not_again():
    screen = UnwatchedScreen()
    with StatusLine(screen, QUICK) as status, heard_by(status.doing):
        doing("connecting")
        screen.until(len)
        doing("starting the run")
        screen.until(lambda shown: len(shown) > 1)
    assert [text.split(" · ")[0].rstrip(" …") for text in screen.shown] == [
        "○ connecting",
        "○ starting the run",
    ]


def test_a_step_goes_on_while_its_detail_changes():
    screen = WatchedScreen()
    with StatusLine(screen, QUICK) as status, heard_by(status.doing):
        doing("deploying", "statement 1 of 2")
        screen.until(lambda shown: shown and "statement 1" in shown[-1])
        doing("deploying", "statement 2 of 2")
        screen.until(lambda shown: "statement 2" in shown[-1])
    assert screen.summary.count("deploying") == 1


def test_a_step_that_comes_again_is_summed_up_once_and_the_verb_is_none():
    screen = WatchedScreen()
    with StatusLine(screen, QUICK) as status, heard_by(status.doing):
        meanwhile("%sfdag run")
        screen.until(len)
        for step in ("deploying", "connecting", "deploying"):
            count = len(screen.shown)
            doing(step)
            screen.until(lambda shown, count=count: len(shown) > count)
    assert re.fullmatch(r"took: deploying \d[^·]* · connecting \d[^·]*", screen.summary)


def test_nothing_is_shown_while_nothing_is_done():
    screen = WatchedScreen()
    with StatusLine(screen, QUICK) as status, heard_by(status.doing):
        doing("connecting")
        screen.until(len)
        doing("")
        count = len(screen.shown)
        threading.Event().wait(0.1)
        assert len(screen.shown) == count
    assert screen.rooms == 1


def test_in_a_terminal_the_line_is_replaced_and_makes_room_for_others(monkeypatch):
    monkeypatch.setenv("COLUMNS", "20")
    stream = io.StringIO()
    screen = TerminalScreen(stream)
    screen.show("○ statement 1 to 20 of 62")
    screen.make_room()
    screen.make_room()
    screen.close("statement 1 s")
    assert stream.getvalue() == "\r\x1b[K○ statement 1 to 20\r\x1b[K"


def test_nothing_is_shown_while_other_text_is_printed():
    screen = WatchedScreen()
    with StatusLine(screen, QUICK) as status, heard_by(status.doing):
        doing("connecting")
        screen.until(lambda shown: len(shown) > 2)
        with status.room():
            before = list(screen.shown)
            time.sleep(10 * QUICK.watched_s)  # it is due again and again meanwhile
            assert screen.shown == before
        screen.until(lambda shown: len(shown) > len(before))
    assert screen.rooms > 0


def test_in_a_log_each_is_a_line():
    said = []
    LogScreen(said.append).show("○ connecting · 1.0 s")
    assert said == ["○ connecting · 1.0 s"]


def test_in_a_shell_it_is_no_part_of_what_is_printed(notebook, monkeypatch, capsys):
    monkeypatch.setattr(status_line, "Rhythm", lambda: QUICK)
    seen, show = threading.Event(), LogScreen.show
    monkeypatch.setattr(LogScreen, "show", lambda *asked: (show(*asked), seen.set()))
    with notebook.magics.notebook.waiting(quiet=False):
        doing("connecting")
        assert seen.wait(PATIENCE_S)
    assert ["○ connecting" in said for said in capsys.readouterr()] == [False, True]


def test_without_a_listener_nothing_happens():
    doing("connecting")
    heard = []
    with heard_by(heard.append):
        doing("inside", "1 of 2")
    doing("outside")
    assert [str(begun) for begun in heard] == ["inside · 1 of 2"]


def test_what_every_call_says_is_shown_where_nothing_else_is_said():
    screen = WatchedScreen()
    with StatusLine(screen, QUICK) as status, heard_by(status.doing):
        meanwhile("%sfdag status")
        meanwhile("asking the embedded engine")
        screen.until(len)
        doing("deploying", "statement 1 of 2")
        screen.until(lambda shown: "deploying" in shown[-1])
        meanwhile("asking the embedded engine")
        count = len(screen.shown)
        screen.until(lambda shown: len(shown) > count)
    assert screen.shown[0].startswith("○ asking the embedded engine")
    assert "statement 1 of 2" in screen.shown[-1]
    assert "asking" not in screen.summary


def test_what_nobody_watches_is_told_of_a_call_that_takes_long():
    screen = UnwatchedScreen()
    with StatusLine(screen, QUICK) as status, heard_by(status.doing):
        meanwhile("asking prod")
        screen.until(len)
    assert len(screen.shown) == 1


def test_what_waited_leaves_no_word_in_a_file_that_nobody_watched(monkeypatch):
    shown = []
    monkeypatch.setattr(status_line, "display", lambda data, **_: shown.append(data) or Handle())
    monkeypatch.setattr(Handle, "update", lambda self, data, **_: shown.append(data))
    screen = SavedScreen()
    screen.close("took: connecting 1.0 s")  # nothing was shown
    assert shown == []
    screen.show("○ connecting · 1.0 s")
    screen.close("took: connecting 1.0 s")
    assert shown == [{"text/plain": "○ connecting · 1.0 s"}, {"text/plain": ""}]


class Handle:
    """What IPython gives for an output that can be replaced."""

    def update(self, data, **_):
        """Replaced in each test."""
