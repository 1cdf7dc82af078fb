"""The line that says what is being done while a verb works: one line, replaced and not scrolled.

A `Screen` is where it stands: a cell's output, a terminal, or a log that nobody watches. Knows no
verb and not who says what is done.
"""

from __future__ import annotations

import contextlib
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Protocol, TextIO

from IPython.display import DisplayHandle, display

from sfdag_magics.client.connecting.activity import Doing
from sfdag_magics.light_classes import dataclass
from sfdag_magics.magics.kernel.whole_words import as_shown
from sfdag_magics.render.run_seen import duration_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """When the line is shown, in seconds.

    Attributes:
        patience_s: verbs that are faster leave no trace.
        watched_s: a wait that is watched changes more often than once a second.
        aside_s: what every call says is shown once it takes so long.
        unwatched_s: in a log, what takes so long is said.
        again_s: and is said there again.
        worth_a_word_s: steps that are shorter are not spoken of afterwards.
    """

    patience_s: float = 0.3
    watched_s: float = 0.3
    aside_s: float = 0.7
    unwatched_s: float = 1.0
    again_s: float = 30.0
    worth_a_word_s: float = 0.3


class Screen(Protocol):
    """Where the line is shown. Any thread; never two at once.

    Attributes:
        is_watched: each step is shown as it begins; else only what takes long.
    """

    is_watched: bool

    def show(self, text: str) -> None:
        """Show this in place of the last."""

    def make_room(self) -> None:
        """Other text is about to be printed."""

    def clear(self) -> None:
        """Nothing is done any more, or something else shows it."""

    def close(self, summary: str) -> None:
        """Take the line away, or leave what is worth keeping."""


class OutputScreen:
    """An output of its own in a cell; afterwards it says what took how long."""

    is_watched = True

    def __init__(self) -> None:
        self._handle: DisplayHandle | None = None

    def show(self, text: str) -> None:
        """See `Screen`."""
        shown = as_shown(text)
        if self._handle is None:
            self._handle = display(shown, raw=True, display_id=True)  # type: ignore[no-untyped-call]  # IPython ships it untyped
        else:
            self._handle.update(shown, raw=True)  # type: ignore[no-untyped-call]  # as above

    def make_room(self) -> None:
        """See `Screen`."""

    def clear(self) -> None:
        """See `Screen`."""
        if self._handle is not None:
            self.show("")

    def close(self, summary: str) -> None:
        """See `Screen`."""
        if self._handle is not None:
            self.show(summary)


class SavedScreen(OutputScreen):
    """The same in a cell that nobody watches: once the wait is over, the saved file has no word."""

    is_watched = False

    def close(self, summary: str) -> None:
        """See `Screen`."""
        del summary
        self.clear()


class TerminalScreen:
    """The last line of a terminal."""

    is_watched = True

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._is_shown = False

    def show(self, text: str) -> None:
        """See `Screen`."""
        width = shutil.get_terminal_size().columns - 1
        self._write(f"\r\x1b[K{text[:width]}")
        self._is_shown = True

    def make_room(self) -> None:
        """See `Screen`."""
        if self._is_shown:
            self._write("\r\x1b[K")
        self._is_shown = False

    def clear(self) -> None:
        """See `Screen`."""
        self.make_room()

    def close(self, summary: str) -> None:
        """See `Screen`."""
        del summary
        self.make_room()

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


class LogScreen:
    """Lines in a log that nobody watches."""

    is_watched = False

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say

    def show(self, text: str) -> None:
        """See `Screen`."""
        self._say(text)

    def make_room(self) -> None:
        """See `Screen`."""

    def clear(self) -> None:
        """See `Screen`."""

    def close(self, summary: str) -> None:
        """See `Screen`."""


class StatusLine:
    """Shows what is done inside a `with`, and for how long."""

    def __init__(self, screen: Screen, rhythm: Rhythm | None = None) -> None:
        self._screen = screen
        self._rhythm = rhythm or Rhythm()
        self._changed = threading.Condition()  # guards the screen too, and what follows
        self._now = Doing("")
        self._entered = self._since = self._due = time.monotonic()
        self._steps: dict[str, float] = {}
        self._closed = False
        self._thread = threading.Thread(target=self._tick, name="sfdag-status", daemon=True)

    def __enter__(self) -> StatusLine:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        with self._changed:
            self._end_step()
            self._closed = True
            self._changed.notify()
            self._screen.close(self._summary())
        self._thread.join()

    def doing(self, begun: Doing) -> None:
        """What begins now, or how far it has come. Any thread."""
        with self._changed:
            said_more = bool(self._now.what) and not self._now.is_aside
            if begun == self._now or (begun.is_aside and said_more):
                return
            goes_on = begun.what == self._now.what or (begun.is_aside and self._now.is_aside)
            if not goes_on:
                self._end_step()
                self._since = time.monotonic()
            self._now = begun
            self._due = self._when_due(goes_on=goes_on)
            if not begun.what:
                self._screen.clear()
            self._changed.notify()

    @contextlib.contextmanager
    def room(self) -> Iterator[None]:
        """Other text is printed inside; the line comes back below it, and not into it."""
        with self._changed:
            self._screen.make_room()
            yield

    def _when_due(self, *, goes_on: bool) -> float:
        """When what is done now is to be shown; it began, or came further."""
        if self._now.is_aside:
            wait_s = self._rhythm.aside_s if self._screen.is_watched else self._rhythm.unwatched_s
            return self._since + wait_s
        if self._screen.is_watched:
            return max(self._entered + self._rhythm.patience_s, time.monotonic())
        return self._due if goes_on else self._since + self._rhythm.unwatched_s

    def _end_step(self) -> None:
        took_s = time.monotonic() - self._since
        is_step = bool(self._now.what) and not self._now.is_aside
        if is_step and took_s >= self._rhythm.worth_a_word_s:
            self._steps[self._now.what] = self._steps.get(self._now.what, 0.0) + took_s

    def _summary(self) -> str:
        steps = " · ".join(f"{what} {_text(took_s)}" for what, took_s in self._steps.items())
        # No total: what was shown beside this line, such as a run, is none of its steps.
        return f"took: {steps}" if steps else ""

    def _tick(self) -> None:
        with self._changed:
            while not self._closed:
                now = time.monotonic()
                if self._now.what and now >= self._due:
                    self._due = now + self._again_s
                    self._screen.show(self._line(now - self._since))
                self._changed.wait(self._due - now if self._now.what else None)

    @property
    def _again_s(self) -> float:
        return self._rhythm.watched_s if self._screen.is_watched else self._rhythm.again_s

    def _line(self, elapsed_s: float) -> str:
        return f"○ {self._now}" + (
            f" · {_text(elapsed_s)}" if elapsed_s >= self._rhythm.watched_s else " …"
        )


def _text(seconds: float) -> str:
    return duration_text(timedelta(milliseconds=round(seconds, 1) * 1000))
