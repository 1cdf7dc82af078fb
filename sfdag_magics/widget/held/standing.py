"""What a view shows at a moment, and its one owner, under one lock. Knows no page and no thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from sfdag_magics.client.observing.begun_again import begun_again_text
from sfdag_magics.client.observing.snapshot import RunSnapshot
from sfdag_magics.errors import InputError
from sfdag_magics.light_classes import dataclass
from sfdag_magics.place_words import to_type
from sfdag_magics.render.shape import Shape
from sfdag_magics.render.sight import Sight
from sfdag_magics.widget.held.clock import Clock
from sfdag_magics.widget.held.feed import Followed

#: A text with its commands completed, so that they act on what the view shows.
Completed = Callable[[str], str]


_UNKNOWN = Clock()


@dataclass(frozen=True, slots=True)
class Newer:
    """A run that is newer than the one that is shown, and what the page says of it.

    Attributes:
        group_id: None where it waits for its turn.
    """

    group_id: str | None
    scheduled: datetime
    text: str

    def is_newer_than(self, seen: RunSnapshot) -> bool:
        """By when both were to begin: whichever was heard of last may be the older one."""
        is_its = seen.group_id == self.group_id
        return not is_its and seen.scheduled is not None and self.scheduled > seen.scheduled


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewStanding:
    """All that changes in a view, at one moment.

    Attributes:
        shape: what is drawn.
        run, seen, heard: the run that is followed, as it was last seen, and when that was by the
            clock of this machine; `clock` is that of where it runs.
        is_of_graph: whoever holds the view gives it the graph's next run.
        is_picked: somebody wants to see one run, and not the graph's next.
        sight: what is known of the graph beside or instead of a run.
        busy, doing, said, trouble: as the page is told them, see `PageState`.
        newer: a run of the graph that began later than the one that is shown.
    """

    shape: Shape
    completed: Completed = str
    run: Followed | None = None
    seen: RunSnapshot | None = None
    heard: datetime | None = None
    clock: Clock = _UNKNOWN
    is_of_graph: bool = False
    is_picked: bool = False
    sight: Sight = Sight.CLEAR
    busy: str = ""
    doing: str = ""
    said: str = ""
    trouble: str = ""
    newer: Newer | None = None

    @property
    def follows_graph(self) -> bool:
        """Whether the view goes over to the graph's next run: nobody picked another one."""
        return self.is_of_graph and not self.is_picked

    @property
    def is_going(self) -> bool:
        """Whether a run was seen that is not over."""
        return self.seen is not None and not self.seen.is_over

    @property
    def is_following(self) -> bool:
        """Whether there are to be news of a run."""
        return self.run is not None and (self.seen is None or self.is_going)

    def with_run(self, run: Followed) -> ViewStanding:
        """The same with another run, of which nothing was heard yet."""
        return replace(self, run=run, trouble="", newer=None, sight=Sight.LOOKING)

    def with_news(self, seen: RunSnapshot, heard: datetime) -> ViewStanding:
        """The same after the run was seen so."""
        # What was looked for, or done, is here to see.
        is_here = seen != self.seen and not self.busy
        return replace(
            self,
            seen=seen,
            heard=heard,
            clock=self.clock.after(self.seen, self.heard, seen, heard),
            trouble="",
            # It may have been told while the view still showed the run before.
            newer=self.newer if self.newer and self.newer.is_newer_than(seen) else None,
            doing="" if is_here else self.doing,
            # What an action had to say was of a run that is over by now.
            said="" if is_here and seen.is_over else begun_again_text(self.seen, seen) or self.said,
            sight=self.sight if self.sight is Sight.DROPPED else Sight.CLEAR,
        )

    def with_newer(self, newer: Newer) -> ViewStanding:
        """The same where the run that is shown is older than that one."""
        is_newer = self.seen is not None and newer.is_newer_than(self.seen)
        return replace(self, newer=newer) if is_newer else self

    def check(self, runs: tuple[str, ...]) -> None:
        """See that a page names the run that is shown: what it asks may be of another one.

        Raises:
            InputError: it does not.
        """
        shown = self.seen.group_id if self.seen is not None else None
        if runs != (shown or "",):
            raise InputError(
                "this view shows another run by now, and nothing was done", hint=to_type("runs")
            )


class Stand:
    """The owner of what a view shows. Any thread may ask and turn it.

    Args:
        on_change: called after each change, in the thread that made it, without the lock.
    """

    def __init__(self, first: ViewStanding, on_change: Callable[[], None]) -> None:
        self._on_change = on_change
        self._owning = threading.RLock()  # guards what follows
        self._now = first

    @property
    def now(self) -> ViewStanding:
        """What is shown."""
        return self._now

    def turn(self, step: Callable[[ViewStanding], ViewStanding]) -> None:
        """Show what comes of a step from what is shown, and tell it where that is another."""
        with self._owning:
            before, self._now = self._now, step(self._now)
            is_other = self._now != before
        if is_other:
            self._on_change()
