"""The picture of a view that stays in the saved notebook: when it is made anew, and of what."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from sfdag_magics.client.observing.snapshot import RunSnapshot
from sfdag_magics.errors import SfdagError
from sfdag_magics.render.shown_static import Kept, last_shown
from sfdag_magics.render.static import static_bundle
from sfdag_magics.widget.held.actions import Actions
from sfdag_magics.widget.held.standing import ViewStanding

#: A notebook that is saved while a run goes on shows it no older than this, where it changed.
PICTURE_S = 20.0

#: A larger graph is drawn when nothing goes on: nobody sees the picture before the page is opened
#: anew, and JupyterLab holds the page for 50 ms of its processor to take one of 999 tasks over.
MOST_DRAWN = 100

#: Is given the static form, a MIME bundle; shows it in an output of its own.
Picture = Callable[[Mapping[str, str]], None]


class KeptPicture:
    """Makes the picture when a run or an attempt begins, now and then meanwhile, and of its end.

    Args:
        picture: without, none is kept.
    """

    def __init__(self, picture: Picture | None, actions: Actions) -> None:
        self._picture = picture
        self._actions = actions
        self._made_at = float("-inf")
        self._made_of: RunSnapshot | None = None

    @property
    def is_kept(self) -> bool:
        """Whether there is one beside the view."""
        return self._picture is not None

    def follow(self, shown: ViewStanding) -> None:
        """Make it anew where the run's news are worth it: nobody may be there for the next."""
        is_due = time.monotonic() - self._made_at >= PICTURE_S
        is_over = shown.seen is not None and shown.seen.is_over
        begins = _which(shown.seen) != _which(self._made_of)
        if is_over or begins or (is_due and shown.seen != self._made_of):
            self.make(shown)

    def make(self, shown: ViewStanding, *, is_drawn: bool = True) -> None:
        """Make it anew; one that is not drawn only says everything in words."""
        if self._picture is None:
            return
        is_large = len(shown.shape.nodes) > MOST_DRAWN
        self._made_at, self._made_of = time.monotonic(), shown.seen
        self._picture(
            static_bundle(
                shown.shape,
                shown.seen,
                unseen=shown.sight.plain,
                shown=self._things(shown),
                place=self._actions.kept_place or self._actions.place,
                is_drawn=is_drawn and not (is_large and shown.is_going),
            )
        )

    def _things(self, shown: ViewStanding) -> tuple[Kept, ...]:
        """What the tasks of a run that is over showed."""
        seen, run, read = shown.seen, shown.run, self._actions.shown
        if seen is None or not seen.is_over or run is None or read is None:
            return ()
        try:
            return last_shown(seen, lambda task: read(run, task, None))
        except SfdagError:  # no reason to keep no picture
            return ()


def _which(seen: RunSnapshot | None) -> tuple[str | None, int] | None:
    return (seen.group_id, seen.attempt) if seen is not None else None
