"""A graph run to hold on to: follow it, explain it, retry it, stop it.

A run is known by its group and attempt, never as "the most recent". Knows no notebook: who wants
to see a run asks for its snapshots.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from sfdag_magics.bundle import CodeLine
from sfdag_magics.client.connecting.backend import Backend
from sfdag_magics.client.observing import history
from sfdag_magics.client.observing.deployed import DeployedGraph
from sfdag_magics.client.observing.frames import raised_in, without_services_words
from sfdag_magics.client.observing.questions import Agrees
from sfdag_magics.client.observing.shown import Shown
from sfdag_magics.client.observing.snapshot import RunSnapshot, TaskRun
from sfdag_magics.client.observing.traces.log_window import (
    LogAsk,
    LogWindow,
    raised_lines,
    read_window,
    with_raised,
)
from sfdag_magics.client.observing.traces.logs import LogLine, read_logs, why_nothing
from sfdag_magics.client.running.cancelled import Cancelled, who_cancelled
from sfdag_magics.client.running.explaining import explained, last_success
from sfdag_magics.client.running.following import lines_as_they_come
from sfdag_magics.client.running.named_tables import NamedTable, first_rows, named_tables
from sfdag_magics.client.running.next_attempt import begin_after, check_attempt, check_retryable
from sfdag_magics.client.running.ran_lines import RanLines
from sfdag_magics.client.running.ran_with import Facts
from sfdag_magics.client.running.rootcause import RootCause, first_failure
from sfdag_magics.client.running.stopping import Stopping
from sfdag_magics.client.running.waiting import TimeGiven, Waiting, pauses
from sfdag_magics.client.running.watched import WatchedRun
from sfdag_magics.errors import (
    InputError,
    RunFailedError,
)
from sfdag_magics.graph.arguments.calls import tells_arguments
from sfdag_magics.graph.arguments.option_values import SECONDS, check_value
from sfdag_magics.graph.displayed import Displayed
from sfdag_magics.graph.states import GraphRunState
from sfdag_magics.place_words import to_type

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Run", "RunSnapshot", "TaskRun"]

#: A cancelled run has ended when everything in flight has; how long `stop` waits for that.
_STOP_S = 60.0


class Retrying(Protocol):
    """How a run is retried by whoever knows the code: the workspace of a notebook."""

    def __call__(self, run: Run, *, current_code: bool) -> RunSnapshot:
        """Ship what is to run, then have the run begin its next attempt."""


@tells_arguments
class Run(Displayed):
    """One graph run over its attempts. Any thread may call; every call but `snapshot` asks.

    Attributes:
        graph: the graph's name.
        deployed: the graph as it was deployed when the run was started or found.
    """

    def __init__(
        self,
        backend: Backend,
        deployed: DeployedGraph,
        *,
        group_id: str | None = None,
        token: str | None = None,
        attempt: int | None = None,
        retrying: Retrying | None = None,
        asked: datetime | None = None,
        over: Callable[[], None] | None = None,
    ) -> None:
        self._backend = backend
        self._watched = WatchedRun(
            backend, deployed, group_id=group_id, token=token, attempt=attempt, asked=asked
        )
        self._retrying = retrying
        self._ran = RanLines(backend, deployed)
        #: Done once, by whoever sees first that the run is over.
        self._over = [over] if over is not None else []
        self.graph = deployed.name
        self.deployed = deployed

    def __repr__(self) -> str:
        # Stands in the notebook beside a picture that goes on: it says which, and not how it goes.
        return f"Run({self._watched.label})"

    @property
    def snapshot(self) -> RunSnapshot:
        """The run as it was last seen; asks once when it never was."""
        return self._watched.last or self.refresh()

    @property
    def group_id(self) -> str | None:
        """Snowflake's id of the run; None while it waits behind another run."""
        return self._watched.group_id or self.snapshot.group_id

    @property
    def attempt(self) -> int:
        """The attempt that is shown, from 1."""
        return self.snapshot.attempt

    @property
    def state(self) -> GraphRunState:
        """The state of the shown attempt, as last seen."""
        return self.snapshot.state

    @property
    def tasks(self) -> Mapping[str, TaskRun]:
        """`{task name: TaskRun}` as last seen, in topological order."""
        return self.snapshot.tasks

    @property
    def place(self) -> str:
        """Where it runs, for people: `embedded engine (DB.SCHEMA)`."""
        return self._backend.place

    @property
    def is_embedded(self) -> bool:
        """Whether it runs on the embedded engine."""
        return self._backend.is_embedded

    def refresh(self) -> RunSnapshot:
        """Ask for the run's present state and keep it.

        Raises:
            BackendError: the question failed; what was last seen stays.
        """
        return self._seen(self._watched.refresh())

    def _seen(self, seen: RunSnapshot) -> RunSnapshot:
        if seen.is_over and self._over:
            with contextlib.suppress(IndexError):  # another thread saw it at the same time
                self._over.pop()()
        return seen

    def look_whether_begun(self, last_end: bytes) -> None:
        """The first look at a run that was started now: whether it goes, if one statement says so.

        What it looks like is asked when somebody wants to know: a look costs its tasks time.

        Args:
            last_end: as `Backend.last_end` told before the run was started.

        Raises:
            BackendError: the question failed.
        """
        self._watched.look_whether_begun(last_end)

    def last_stir(self) -> bytes:
        """Another value when a look may show something new; empty where nobody tells."""
        return self._backend.last_stir()

    def seen_now(self) -> RunSnapshot:
        """The run as it is, where that can be asked at once; else as it was last seen.

        Starts no engine that somebody stopped.
        """
        return self._seen(self._watched.seen_now())

    def to_pandas(self) -> pd.DataFrame:
        """The tasks of the run as last seen, a row each. Raises as `RunSnapshot.to_pandas`."""
        return self.snapshot.to_pandas()

    def wait(
        self,
        timeout: float | None = None,
        on_change: Callable[[RunSnapshot], None] | None = None,
    ) -> RunSnapshot:
        """Block until the attempt is over; Ctrl-C stops the waiting and not the run.

        Args:
            timeout: seconds to wait; None waits for as long as it takes.
            on_change: called in this thread with the first snapshot and each different one; without
                it, the run is looked at when one has ended and now and then.

        Raises:
            StillGoingError: the time is up, or nothing answers; `snapshot` is what was seen last.
        """
        check_value("timeout", timeout, SECONDS)
        # To look at a run that goes on costs its tasks time: nobody sees what is between.
        hint = self.last_stir if on_change is not None else self._backend.last_end
        waiting = Waiting(self._backend, self.refresh, hint, self._time_given(timeout))
        if on_change is not None:
            return waiting.until_over(tell=on_change)
        if self._watched.goes_unseen(self._backend.last_end()):
            waiting.rest_unseen(self._watched.seen_after())
        return self._seen(waiting.until_over(first=self._watched.seen_since))

    def result(self, timeout: float | None = None) -> RunSnapshot:
        """Block until the attempt is over, and be loud where it did not succeed: for scripts.

        Args:
            timeout: as in `wait`.

        Raises:
            RunFailedError: it failed, was cancelled or never began; says what failed first.
            StillGoingError: the time is up.
        """
        seen = self.wait(timeout)
        if seen.state is GraphRunState.SUCCEEDED:
            return seen
        if not seen.failed:
            raise RunFailedError(f"{seen.label} {seen.note or seen.state.lower()}")
        cause = self.why()
        raise RunFailedError(
            f"{seen.label} {seen.state.lower()}\n{cause}",
            query_id=cause.task.query_id if cause.task else None,
        )

    def retry(self, *, current_code: bool = True) -> RunSnapshot:
        """Continue the run: what failed runs again, what succeeded is kept.

        Args:
            current_code: ship the notebook's code first; else what is deployed runs again.

        Raises:
            InputError: the run is still going, or nothing in it failed.
            BackendError: the service refuses, for instance because the graph was modified.
        """
        if self._retrying is not None:
            return self._retrying(self, current_code=current_code)
        return self.begin_next_attempt()

    def begin_next_attempt(self) -> RunSnapshot:
        """Start the next attempt with what is deployed. Raises as `retry` does."""
        seen = self.check_retryable()
        begin_after(self._backend, self.deployed, seen)
        # A later one may follow by itself, so this is no more than the least to look for.
        self._watched.expect(seen.attempt + 1)
        return self.refresh()

    def check_retryable(self) -> RunSnapshot:
        """The run as it is now, if a retry has something to do.

        Raises:
            InputError: it is still going, or nothing in it failed.
        """
        seen = self.refresh()
        check_retryable(seen)
        return seen

    def stop(
        self,
        *,
        timeout: float = _STOP_S,
        by_name: bool = False,
        say: Callable[[str], None] = lambda _: None,
        agrees: Agrees | None = None,
    ) -> RunSnapshot:
        """Cancel this run and wait for its end; its finalizer still runs: it cleans up.

        Args:
            timeout: seconds for all of it, but for the time in which somebody is asked.
            by_name: cancel by the names of the tasks, which hits the graph's other runs as well.
            say: told what is cancelled and what is waited for.
            agrees: asked before other runs are hit; None where nobody can be asked.

        Raises:
            InputError: the target cancels by name only, other runs would be hit, and nobody agreed.
            StillGoingError: it is still going when the time is up, or nothing answers.
        """
        check_value("timeout", timeout, SECONDS)
        given = self._time_given(timeout)
        stopping = Stopping(
            self._backend, self.deployed, say, by_name=by_name, agrees=agrees, given=given
        )
        return stopping.until_over(self.refresh)

    def _time_given(self, timeout: float | None) -> TimeGiven:
        return TimeGiven(self._backend, self._watched, timeout)

    def logs(self, task: str | None = None, attempt: int | None = None) -> tuple[LogLine, ...]:
        """What the task printed and logged, oldest first; empty for one that did not run.

        Args:
            task: its name in the notebook; None for all tasks, by time.
            attempt: an earlier attempt; else the one that produced the shown state.
        """
        return read_logs(self._backend, self.seen_at(attempt).executions(task, attempt))

    def traceback(self, task: str, attempt: int | None = None) -> str:
        """The whole text of what the task raised; empty where nothing was."""
        error = without_services_words(self.seen_at(attempt).tasks[task].error_message or "")
        return error if raised_in(error) else ""

    def shown(self, task: str, attempt: int | None = None) -> tuple[Shown, ...]:
        """What the task kept with `ctx.show`, in its order; empty where it showed nothing.

        Args:
            task: its name in the notebook.
            attempt: an earlier attempt; else the one that produced the shown state.
        """
        seen = self.seen_at(attempt)
        return self._watched.shown(seen, seen.tasks[task])

    def ran_lines(self, task: str, attempt: int | None = None) -> tuple[CodeLine, ...]:
        """The code of a task as it ran, in an earlier attempt or that of the shown state.

        Raises:
            InputError: it did not run, or what it ran is not kept any more.
        """
        seen = self.seen_at(attempt)
        return self._ran.of(seen, seen.tasks[task])

    def elements(self, task: str, attempt: int | None = None) -> Mapping[str, object]:
        """`{parameter: element}` that the task was given of a map; raises as `ran_lines` does."""
        return self._ran.elements(seen := self.seen_at(attempt), seen.tasks[task])

    def defaults(self, task: str) -> Mapping[str, str | None]:
        """`{config key: its default}` in the code that the task ran; raises as `ran_lines` does."""
        return self._ran.defaults(self.snapshot, self.tasks[task])

    def beside(self, group_id: str) -> Run:
        """Another run of the graph."""
        return Run(self._backend, self.deployed, group_id=group_id, retrying=self._retrying)

    def ran_with(self, task: str) -> Facts:
        """What the task ran with besides its code, as far as that is known by now."""
        return self._ran.ran_with(self.tasks[task])

    def last_good_lines(self, task: str) -> tuple[CodeLine, ...]:
        """The same of the last run before this one that succeeded.

        Raises:
            InputError: there is none, or what it ran is not kept any more.
        """
        success = last_success(self._backend, self.deployed, self.snapshot)
        if success is None:
            raise InputError(
                f"no run of {self.graph} before this one succeeded", hint=to_type("runs")
            )
        return self._ran.of(success, success.tasks[task])

    def named_tables(self, task: str) -> tuple[NamedTable, ...]:
        """The tables and views that the task's return value names, as far as they are there."""
        returned = self.tasks[task].return_value
        return named_tables(self._backend, self.deployed.root, returned) if returned else ()

    def first_rows(self, task: str, said: str) -> Shown:
        """The first rows of one of them, by the name as the value says it.

        Raises:
            InputError: the value names no such table, or it is not there any more.
        """
        for table in self.named_tables(task):
            if table.said == said:
                return first_rows(self._backend, table)
        message = f"{task} returned no name of a table {said!r} that is there"
        raise InputError(message, hint=to_type("logs", task=task))

    def log_window(self, names: Sequence[str], attempt: int | None, ask: LogAsk) -> LogWindow:
        """The last of what these tasks logged and raised, or without one all of them."""
        seen = self.seen_at(attempt)
        tasks = [seen.tasks[name] for name in names] or [*seen.tasks.values()]
        executions = {each.query_id: each.name for each in tasks if each.query_id}
        return with_raised(read_window(self._backend, executions, ask), raised_lines(tasks), ask)

    def attempts(self, task: str) -> tuple[history.HistoryRow, ...]:
        """The task's row in each attempt in which it ran, the first first; as last seen."""
        stored = self.deployed.tasks[task].stored if task in self.deployed.tasks else ""
        rows = [row for row in self._watched.rows().values() if row.stored == stored]
        return tuple(sorted(rows, key=lambda row: row.attempt))

    def why_no_logs(self) -> str:
        """Why a task that ran may have no line, as the end of a sentence about it."""
        return why_nothing(self._backend)

    def follow_logs(self, task: str | None = None) -> Iterator[LogLine]:
        """The lines of a task or of all, those that are there first; ends with it or the run."""
        return lines_as_they_come(
            self.refresh, lambda: self.logs(task), task, pauses(self._backend)
        )

    def why(self, task: str | None = None) -> RootCause:
        """The first task that failed itself, where, and what did not run because of it."""
        seen = self.refresh()
        failed = seen.tasks[task] if task else first_failure(seen)
        return explained(self._backend, self.deployed, seen, failed)

    def cancelled(self, task: str) -> Cancelled | None:
        """Who cancelled a task and when; None where it was not, or nobody tells."""
        seen = self.snapshot
        return who_cancelled(self._backend, self.deployed.root, seen, seen.tasks[task])

    def seen_at(self, attempt: int | None) -> RunSnapshot:
        """An attempt as it ended; None is the last, as it was last looked at.

        Raises:
            InputError: the run has no such attempt.
        """
        if attempt is None or attempt == self.snapshot.attempt:
            return self.snapshot
        if attempt not in range(1, self.snapshot.attempt):
            check_attempt(attempt, self.refresh())
        earlier = Run(self._backend, self.deployed, group_id=self.group_id, attempt=attempt)
        return earlier.refresh()
