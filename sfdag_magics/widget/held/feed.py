"""Follows one run: asks for it again and again, in a thread, until it is over or nobody looks.

Knows how often to ask and when news are stale. What is asked and what happens with the answer are
callables; nothing here knows a page or a database.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Protocol

from sfdag_magics.client.connecting.activity import Doing, heard_by
from sfdag_magics.client.connecting.keeper import starting_crashed
from sfdag_magics.client.observing.resting import rest
from sfdag_magics.client.observing.snapshot import RunSnapshot
from sfdag_magics.errors import InternalError, SfdagError
from sfdag_magics.light_classes import dataclass

_log = logging.getLogger(__name__)


class Followed(Protocol):
    """A run as the feed sees it; `client.runs.Run` is one."""

    def refresh(self) -> RunSnapshot:
        """Ask for the present state. Raises SfdagError when there is no answer."""

    def last_stir(self) -> bytes:
        """Another value when that may be another; empty where nobody tells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How long to wait between two questions, in seconds.

    The pause starts at `shortest_s`, grows by `growth` while nothing changes and falls back when
    something does; after a question without answer it waits `longest_s`.
    """

    shortest_s: float
    longest_s: float
    growth: float = 1.2

    @property
    def patience_s(self) -> float:
        """After so long without an answer what was seen last may no longer be true."""
        return 3 * max(self.longest_s, Feed.SIGN_OF_LIFE_S) + 4

    def after(self, pause_s: float, *, changed: bool) -> float:
        """The pause after this one."""
        return self.shortest_s if changed else min(pause_s * self.growth, self.longest_s)


#: A question costs the embedded engine some milliseconds; a change is seen in tens of them.
EMBEDDED_PACE = Pace(shortest_s=0.04, longest_s=0.2)
#: History views are answered without a warehouse, but not for nothing.
SNOWFLAKE_PACE = Pace(shortest_s=2.0, longest_s=30.0)


class Feed:
    """One daemon thread `sfdag-feed` per followed run. It ends by itself with the run.

    Args:
        run: what is asked.
        on_news: called in the feed's thread with the first snapshot, each different one, and
            unchanged ones now and then as a sign of life.
        on_silence: called in the feed's thread when there was no answer; asking goes on.
        on_doing: told what an answer waits for, such as an engine that is started again, and then
            an empty text.
    """

    #: Unchanged snapshots are passed on after so many seconds.
    SIGN_OF_LIFE_S = 2.0
    #: Where changes are told, it is looked without a word of one after so many.
    TOLD_S = 1.0

    def __init__(
        self,
        run: Followed,
        *,
        on_news: Callable[[RunSnapshot], None],
        on_silence: Callable[[SfdagError], None],
        on_doing: Callable[[str], None] = lambda _: None,
        pace: Pace = EMBEDDED_PACE,
    ) -> None:
        self.run = run
        self._on_news = on_news
        self._on_silence = on_silence
        self._on_doing = on_doing
        self._has_said = False
        self._pace = pace
        self._closed = threading.Event()
        self._has_ended = False
        self._thread = threading.Thread(target=self._follow, name="sfdag-feed", daemon=True)

    def start(self) -> None:
        """Begin to ask."""
        self._thread.start()

    @property
    def is_following(self) -> bool:
        """Whether the thread still asks; what it saw last may still be on its way to the page."""
        return self._thread.is_alive() and not self._closed.is_set() and not self._has_ended

    def join(self, timeout_s: float | None = None) -> None:
        """Wait until it ended with its run."""
        self._thread.join(timeout_s)

    def close(self) -> None:
        """Stop asking and wait for the thread, unless this is it."""
        self._closed.set()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join()

    def _asked(self) -> RunSnapshot | None:
        try:
            # Looking on is no reason to undo somebody's stop.
            with starting_crashed(), heard_by(self._tell_begun):
                return self.run.refresh()
        except SfdagError as error:
            self._on_silence(error)
        except Exception as error:  # noqa: BLE001 - the thread's border: a bug must reach the page
            _log.exception("asking for %r failed", self.run)
            self._on_silence(InternalError(f"asking for the run failed: {error!r}"))
        finally:
            if self._has_said:
                self._has_said = False
                self._on_doing("")
        return None

    def _tell_begun(self, begun: Doing) -> None:
        if not begun.is_aside:
            self._has_said = True
            self._on_doing(str(begun))

    def _follow(self) -> None:
        last: RunSnapshot | None = None
        pause_s, told_at, is_told = self._pace.shortest_s, float("-inf"), False
        while not self._closed.is_set():
            stir = self.run.last_stir()
            seen = self._asked()
            if seen is None:
                last, pause_s = None, self._pace.longest_s
            else:
                changed, self._has_ended = seen != last, seen.is_over
                if changed or time.monotonic() - told_at >= self.SIGN_OF_LIFE_S:
                    told_at = time.monotonic()  # a busy engine answers late: pauses are not all
                    self._on_news(seen)
                if seen.is_over:
                    return
                last = seen
                if changed or is_told or not stir:  # what is told may be another run's, for hours
                    pause_s = self._pace.after(pause_s, changed=changed)
            is_told = rest(
                self._closed,
                self.run.last_stir,
                stir,
                least_s=pause_s if stir else 0.0,
                most_s=max(pause_s, self.TOLD_S) if stir else pause_s,
            )
