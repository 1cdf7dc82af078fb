"""What was last seen of one run, and the looks that bring it up to date.

Keeps what a look goes on from, so that each asks for no more than may be another. Knows neither
what is done with a run nor who wants to see it.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Mapping
from datetime import datetime

from sfdag_magics.client.connecting.backend import Backend
from sfdag_magics.client.connecting.keeper import starting_crashed
from sfdag_magics.client.models.of_run import ModelsOfRun
from sfdag_magics.client.observing.deployed import DeployedGraph
from sfdag_magics.client.observing.followed import NOTHING
from sfdag_magics.client.observing.history import HistoryRow
from sfdag_magics.client.observing.news import RunNews
from sfdag_magics.client.observing.shown import Shown
from sfdag_magics.client.observing.snapshot import RunSnapshot, TaskRun, run_label
from sfdag_magics.client.running.looks import RunLooks
from sfdag_magics.client.running.run_code import RunCode
from sfdag_magics.client.running.told_files import ToldFiles
from sfdag_magics.errors import SfdagError


class WatchedRun:
    """One run as it was last seen. Any thread.

    Args:
        token: what the run carries in its configuration, where it was started here.
        attempt: the one to show; None for the newest.
        asked: when it was asked for, where that is known.
    """

    def __init__(
        self,
        backend: Backend,
        deployed: DeployedGraph,
        *,
        group_id: str | None,
        token: str | None,
        attempt: int | None,
        asked: datetime | None,
    ) -> None:
        self._backend = backend
        self._deployed = deployed
        self._looks = RunLooks(backend, deployed, token=token, attempt=attempt, asked=asked)
        self._news = RunNews(backend)
        code = RunCode(backend, deployed)
        self._told = ToldFiles(backend, deployed, code)
        self._models = ModelsOfRun(backend, lambda: code.get().packages, deployed.root.database)
        self._telling = threading.Lock()  # guards the two above
        #: Held by the one that looks, where another one then sees the same.
        self._looking = threading.Lock()
        self._guard = threading.Lock()  # guards the seven below
        self._group_id = group_id
        self._snapshot: RunSnapshot | None = None
        self._followed = NOTHING
        self._mark = ""
        #: The last end of any run before the snapshot was asked for, or before the run was started.
        self._end = b""
        self._asked = 0
        self._answered = 0

    @property
    def group_id(self) -> str | None:
        """Snowflake's id of the run, as far as it is known."""
        return self._group_id

    @property
    def last(self) -> RunSnapshot | None:
        """The run as it was last seen; None where it never was."""
        return self._snapshot

    @property
    def label(self) -> str:
        """Which run it is, as far as that is known: `run 3f2a91bc of churn`."""
        if self._snapshot is not None:
            return self._snapshot.label
        name = self._deployed.name
        return name if self._group_id is None else run_label(name, self._group_id)

    def rows(self) -> Mapping[tuple[int, str], HistoryRow]:
        """Its rows in the history, of all attempts, as last seen."""
        with self._guard:
            return self._followed.rows

    def refresh(self) -> RunSnapshot:
        """Ask for the run's present state and keep it.

        Who comes while another one asks waits for that answer, which holds if the engine's mark
        says so: two views of a run in one kernel cost one question.

        Raises:
            BackendError: the question failed; what was last seen stays.
        """
        answered = self._answered
        if not self._backend.last_mark():
            return self._asked_now()
        with self._looking:
            seen = self._answered_meanwhile(answered)
            return self._asked_now() if seen is None else seen

    def _answered_meanwhile(self, before: int) -> RunSnapshot | None:
        """What was seen after the answer `before`, where nothing has changed since."""
        with self._guard:
            seen = self._snapshot
            is_new = self._answered != before and self._mark == self._backend.last_mark()
        return seen if is_new and seen is not None and self._looks.tells_all(seen) else None

    def _asked_now(self) -> RunSnapshot:
        with self._guard:
            self._asked += 1
            ticket = self._asked
            last, known, before = self._snapshot, self._mark, self._followed
            group_id = self._group_id
        end = self._backend.last_end()
        group_id = group_id or self._looks.found_by_token()
        # The mark first: rows read after it can only be newer.
        mark = self._news.mark(group_id, known)
        if last is not None and mark and mark == known and self._looks.tells_all(last):
            return self._kept_with_told(last)
        followed, seen = self._looks.look(group_id, last, before=before, mark=mark)
        seen = self._with_told(seen)
        with self._guard:
            if ticket > self._answered:  # an answer that overtook this one is newer
                self._answered, self._snapshot, self._followed = ticket, seen, followed
                self._group_id, self._mark, self._end = seen.group_id, mark, end
            return self._snapshot or seen

    def _with_told(self, seen: RunSnapshot) -> RunSnapshot:
        with self._telling:
            return self._models.with_models(self._told.with_told(seen))

    def _kept_with_told(self, last: RunSnapshot) -> RunSnapshot:
        """What was seen last, when nothing but what its tasks tell may be another."""
        told = self._with_told(last)
        with self._guard:
            if self._snapshot is last:
                self._snapshot = told
            return self._snapshot or told

    def look_whether_begun(self, last_end: bytes) -> None:
        """The first look at a run that was started now: whether it goes, if one statement says so.

        What it looks like is asked when somebody wants to know: a look costs its tasks time.

        Args:
            last_end: as `Backend.last_end` told before the run was started.

        Raises:
            BackendError: the question failed.
        """
        begun = self._looks.begun_by_token() if last_end else None
        if begun is None:  # it waits, or nobody tells when it is over
            self.refresh()
            return
        with self._guard:
            self._group_id, self._end = begun, last_end

    def seen_now(self) -> RunSnapshot:
        """The run as it is, where that can be asked at once; else as it was last seen.

        Starts no engine that somebody stopped.
        """
        if self._snapshot is not None and self._snapshot.is_over:
            return self._snapshot
        with contextlib.suppress(SfdagError), starting_crashed():
            return self.refresh()
        return self._snapshot or self.refresh()

    def goes_unseen(self, end: bytes) -> bool:
        """Whether the run was seen to begin and not since, and no run has ended meanwhile."""
        with self._guard:
            return self._snapshot is None and bool(end) and end == self._end

    def seen_since(self, end: bytes) -> RunSnapshot:
        """What was seen last, where that was after the last end of a run; else the run as it is."""
        with self._guard:
            seen, seen_after = self._snapshot, self._end
        if seen is None or seen.is_over or not end or end != seen_after:
            return self.refresh()
        return seen

    def expect(self, attempt: int) -> None:
        """The next look shows this attempt or a later one."""
        with self._guard:
            self._looks.at_least, self._mark = attempt, ""

    def seen_after(self) -> bytes:
        """The last end of any run before the run was last seen, or was started."""
        with self._guard:
            return self._end

    def shown(self, seen: RunSnapshot, task: TaskRun) -> tuple[Shown, ...]:
        """What a task kept with `ctx.show`, in its order."""
        with self._telling:
            return self._told.shown(seen, task)
