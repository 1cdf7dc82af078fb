"""One look at a graph run: what its rows in the history say, and what is said where it has none.

Knows the questions that a look asks; what was seen before is handed in, and who looks when is
`watched.py`.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime

from sfdag_magics.client.connecting.backend import Backend
from sfdag_magics.client.observing import attempts, history
from sfdag_magics.client.observing.begun_again import begun_again_text, with_begun_again
from sfdag_magics.client.observing.deployed import DeployedGraph
from sfdag_magics.client.observing.derive import (
    ended_snapshot,
    snapshot_from_rows,
    waiting_snapshot,
)
from sfdag_magics.client.observing.followed import NOTHING, Followed, look
from sfdag_magics.client.observing.snapshot import RunSnapshot
from sfdag_magics.graph.names import short_run
from sfdag_magics.graph.states import DisplayState
from sfdag_magics.sqltext import quoted_string

#: Of the embedded engine only: what holds up tasks of a run that are due.
_WAITS_FOR = "SYSTEM$SFDAG_RUN_WAITS_FOR"


class RunLooks:
    """The looks at one run. Any thread.

    Args:
        token: what the run carries in its configuration, where it was started here.
        attempt: the one to show; None for the newest.

    Attributes:
        at_least: an attempt that was asked for: an earlier one is not the run's present state.
    """

    def __init__(
        self,
        backend: Backend,
        deployed: DeployedGraph,
        *,
        token: str | None,
        attempt: int | None,
        asked: datetime | None = None,
    ) -> None:
        self._backend = backend
        self._deployed = deployed
        self._token = token
        self._attempt = attempt
        self._since = asked
        self.at_least = 1

    def look(
        self, group_id: str | None, last: RunSnapshot | None, *, before: Followed, mark: str
    ) -> tuple[Followed, RunSnapshot]:
        """The run as it is now, and what the next look goes on from.

        Args:
            group_id: of the run, where it is known.
            last: what was seen of it before.
            before: what the last look went on from.
            mark: of `RunNews`, asked before.
        """
        if group_id is None:
            return NOTHING, self._without_a_row(None, last)
        followed, told = look(self._backend, self._deployed, group_id, before=before, mark=mark)
        if not followed.rows:
            return followed, self._without_a_row(group_id, last)
        self._since = followed.since
        seen = snapshot_from_rows(
            self._deployed,
            tuple(followed.rows.values()),
            told,
            attempt=self._attempt,
            at_least=self.at_least,
        )
        seen = self._with_begun_again(seen, last)
        if not seen.has_begun:
            return followed, replace(seen, note=self._behind(group_id))
        if self._stands_still(seen):
            return followed, replace(seen, note=self._held_up(group_id))
        return followed, seen

    def tells_all(self, seen: RunSnapshot) -> bool:
        """Whether all that is said of the run comes from its own rows."""
        return seen.has_begun and not self._stands_still(seen)

    def _with_begun_again(self, seen: RunSnapshot, last: RunSnapshot | None) -> RunSnapshot:
        """Asked at the first look, at the end, and when a task was seen to begin again.

        Of a run that was started here and goes on it is too early to ask at the first.
        """
        if not self._backend.is_embedded or not seen.has_begun:
            return seen
        if last is None:
            is_new = self._token is not None and not seen.is_over
            return seen if is_new else with_begun_again(self._backend, seen)
        is_news = last.attempt != seen.attempt or bool(begun_again_text(last, seen))
        if is_news or (seen.is_over and not last.is_over):
            return with_begun_again(self._backend, seen)
        return replace(seen, begun_again=last.begun_again)

    def begun_by_token(self) -> str | None:
        """The id of the run that was started here and has begun; None where nobody tells that."""
        if self._token is None:
            return None
        return history.begun_with_token(self._backend, self._deployed, self._token)

    def found_by_token(self) -> str | None:
        """The id of the run that was started here; None where there is none yet."""
        if self._token is None:
            return None
        if (begun := self.begun_by_token()) is not None:
            return begun
        rows = history.rows_of_token(self._backend, self._deployed, self._token)
        return rows[0].group_id if rows else None

    def _stands_still(self, seen: RunSnapshot) -> bool:
        """Whether something is due and nothing runs, so that the engine may say why."""
        states = seen.counts()
        is_due = not seen.is_over and DisplayState.PENDING in states
        return self._backend.is_embedded and is_due and DisplayState.RUNNING not in states

    def _held_up(self, group_id: str) -> str:
        if not self._backend.knows(_WAITS_FOR):
            return ""
        asked = f"SELECT {_WAITS_FOR}({quoted_string(group_id)})"
        ((told,),) = (row.values() for row in self._backend.rows(asked))
        reasons = dict.fromkeys(json.loads(told).values()) if told else {}
        return f"waits: {'; '.join(reasons)}" if reasons else ""

    def _behind(self, group_id: str | None) -> str:
        going = {run.group_id for run in attempts.executing(self._backend, self._deployed)}
        if group_id in going:  # it began between two questions: the next look says so
            return ""
        ids = ", ".join(sorted(map(short_run, going)))
        return f"waits behind run {ids}" if ids else "waits for its turn"

    def _without_a_row(self, group_id: str | None, last: RunSnapshot | None) -> RunSnapshot:
        """A run that the history does not have: it waits, or it is over without having begun."""
        if last is not None and (last.has_begun or last.is_over):
            return last  # the history forgets after a week
        newer = self._requested_later()
        if newer is None and group_id is None:
            return waiting_snapshot(self._deployed, self._behind(None))
        note = (
            f"replaced by run {short_run(newer)}" if newer is not None else "ended before it began"
        )
        ended = ended_snapshot(self._deployed, group_id, note)
        # It is told by what it would have run with, as any other run is.
        return ended if last is None else replace(ended, config=last.config, differs=last.differs)

    def _requested_later(self) -> str | None:
        """The first run that was asked for after this one: a second request replaces the first."""
        rows = history.root_rows(self._backend, self._deployed, since=self._since)
        if self._since is None:  # it was never seen: what is there now was there before it
            self._since = max((row.scheduled for row in rows if row.scheduled), default=None)
            return None
        later = [
            row.group_id
            for row in rows
            if row.scheduled_from == "EXECUTE_TASK"
            and row.scheduled is not None
            and row.scheduled > self._since
        ]
        return later[-1] if later else None
