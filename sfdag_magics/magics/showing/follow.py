"""Following a run where nobody watches a live view: lines, and a failure that is loud."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol

from sfdag_magics.client.connecting.activity import doing
from sfdag_magics.client.observing.begun_again import begun_again_text
from sfdag_magics.client.observing.intentions import listed
from sfdag_magics.client.observing.snapshot import RunSnapshot, TaskRun
from sfdag_magics.client.running.rootcause import RootCause
from sfdag_magics.client.running.runs import Run
from sfdag_magics.errors import RunFailedError
from sfdag_magics.graph.states import DisplayState, GraphRunState, state_word
from sfdag_magics.magics.showing.next_step import what_next
from sfdag_magics.render.run_seen import duration_text, headline, ran_count

Say = Callable[[str], None]
#: Makes, of what says lines, what is told each snapshot of a run.
FollowsWith = Callable[[Say], Callable[[RunSnapshot], None]]
_SAID = frozenset(DisplayState) - {DisplayState.PENDING, DisplayState.RETRYING}


class ProgressLines:
    """Says each task's state once when it is reached: `✓ train  succeeded · 2.3 s`."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._seen: dict[str, DisplayState] = {}
        self._waiting = ""
        self._last: RunSnapshot | None = None

    def __call__(self, seen: RunSnapshot) -> None:
        """Say what is new in this snapshot."""
        if not seen.has_begun and not seen.is_over and seen.note != self._waiting:
            self._waiting = seen.note
            self._say(f"○ {seen.label} {seen.note}")
        doing(seen.label, seen.note or "running")
        if again := begun_again_text(self._last, seen):
            self._say(f"↻ {again}")
        self._last = seen
        for task in seen.tasks.values():
            if self._seen.get(task.name) is task.state:
                continue
            # Also what is not said counts: a task that begins again is said to run again.
            self._seen[task.name] = task.state
            if task.state in _SAID:
                self._say(_line(task, is_by_hand=task.name in seen.by_hand))


class Drawn(Protocol):
    """A live view of the run."""

    @property
    def is_looked_at(self) -> bool:
        """Whether a page shows it: not every front end that takes a view draws it."""

    def show_end(self, seen: RunSnapshot) -> None:
        """Show at once how the run ended: the cell that waited for it ends now."""


def _drawn_by(view: Drawn) -> Callable[[RunSnapshot], None]:
    """Says nothing that the view shows; where no page does, how far the run is, in one line."""

    def tell(seen: RunSnapshot) -> None:
        if view.is_looked_at:
            doing("")
        else:
            doing(seen.label, seen.note or _how_far(seen))

    return tell


def _how_far(seen: RunSnapshot) -> str:
    running = [task.name for task in seen.tasks.values() if task.state is DisplayState.RUNNING]
    now = f": {listed(running)} running" if running else ""
    return f"{ran_count(seen)} of {len(seen.tasks)} ran{now}"


def follow(
    run: Run,
    say: Say,
    *,
    explain: Callable[[RootCause], RootCause],
    view: Drawn | None = None,
    tells: FollowsWith = ProgressLines,
) -> RunSnapshot | None:
    """Block until the run is over, saying what happens; None when Ctrl-C ended the waiting.

    Args:
        explain: completes why it failed with what the notebook knows of it.
        view: shows it, so that no other line has to say each state.
        tells: what says each state where no view does.

    Raises:
        RunFailedError: the run failed or was cancelled.
    """
    doing("")
    try:
        seen = run.wait(on_change=_drawn_by(view) if view is not None else tells(say))
        if view is not None:
            view.show_end(seen)
        doing("")
    except KeyboardInterrupt:
        say(f"no longer waiting; {run.snapshot.label} goes on: %sfdag status · %sfdag stop")
        return None
    sentence = headline(seen, now=datetime.now(UTC))
    if seen.note and seen.is_over:
        raise RunFailedError(f"{seen.label} {seen.note}", hint="%sfdag runs")
    if seen.state in {GraphRunState.FAILED, GraphRunState.CANCELLED}:
        cause = explain(run.why())
        raise RunFailedError(
            f"{seen.label} {seen.state.lower()}: {sentence}\n{cause}",
            query_id=cause.task.query_id if cause.task else None,
            hint=what_next(run, cause),
        )
    say(f"{seen.label}: {sentence}")
    return seen


def _line(task: TaskRun, *, is_by_hand: bool) -> str:
    took = f" · {duration_text(task.duration)}" if task.duration is not None else ""
    attempt = f" · attempt {task.attempt}" if task.attempt > 1 else ""
    word = state_word(task.state, is_by_hand=is_by_hand)
    return f"{task.state.glyph} {task.name}  {word}{attempt}{took}"
