"""What a view shows, as the page is told it: `sfdag_state`. Knows which tasks it was told."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

from sfdag_magics.render.sight import Sight
from sfdag_magics.widget.held.actions import Actions
from sfdag_magics.widget.held.asking import Asking
from sfdag_magics.widget.held.feed import Pace
from sfdag_magics.widget.held.standing import ViewStanding
from sfdag_magics.widget.messages import PageState, PageTasks
from sfdag_magics.widget.told.page_state import (
    milliseconds,
    page_intentions,
    page_marks,
    page_run,
    page_tasks,
)
from sfdag_magics.widget.told.told_tasks import ToldTasks

#: A log that is asked for more often flickers.
LEAST_REFRESH_S = 2.0


class ToldState:
    """Tells each state whole, and of the tasks those that differ from a list that stays."""

    def __init__(self, actions: Actions, asking: Asking, pace: Pace) -> None:
        self._actions = actions
        self._asking = asking
        self._pace = pace
        self._telling = threading.Lock()  # guards the list
        self._tasks = ToldTasks()

    @property
    def tasks(self) -> PageTasks:
        """`sfdag_tasks`: to be sent before the state that speaks of it."""
        return self._tasks.whole

    def forget_tasks(self) -> None:
        """The page has no list of the tasks, or another one."""
        with self._telling:
            self._tasks.forget()

    def of(self, shown: ViewStanding) -> PageState:
        """The state for what is shown now. Any thread."""
        with self._telling:
            rows = self._tasks.rows(page_tasks(shown.shape, shown.seen))
            base = self._tasks.whole["number"]
        ahead = shown.clock.ahead
        seen, sight, completed = shown.seen, shown.sight, shown.completed
        edited, place = self._actions.edited(), self._actions.place
        since = self._actions.since(seen) if seen is not None else ()
        backfill = self._actions.backfilling()
        intentions = (
            page_intentions(seen, edited, place=place, completed=completed, backfill=backfill)
            if seen
            else {}
        )
        return {
            "run": page_run(seen) if seen is not None else None,
            "base": base,
            "rows": rows,
            "marks": page_marks(shown.shape, edited, since),
            "heard": milliseconds(shown.heard + ahead if shown.heard else None),
            "patience": round(self._pace.patience_s * 1000),
            "following": shown.is_following,
            "trouble": completed(shown.trouble),
            "busy": shown.busy,
            "said": completed(shown.said),
            "doing": completed(shown.doing),
            "backfill": backfill,
            "newer": completed(shown.newer.text) if shown.newer is not None else "",
            "unseen": sight.word,
            "unanswered": seen is None and sight.is_unanswered,
            "sight": completed(sight.note),
            "dropped": sight is Sight.DROPPED,
            "watches": shown.follows_graph,
            "intentions": intentions,
            "question": self._asking.told(completed),
            "refresh": round(max(self._pace.longest_s, LEAST_REFRESH_S) * 1000),
            "now": milliseconds(datetime.now(UTC) + ahead) or 0,
        }
