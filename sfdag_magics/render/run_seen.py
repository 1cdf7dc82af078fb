"""What a drawing reads of a graph run, and how it says it in words. Asks nobody; pure.

`RunSeen` and `TaskSeen` are the borders: the snapshots of `client.snapshot` satisfy them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from sfdag_magics.graph.grouped import Ran
from sfdag_magics.graph.states import DisplayState, GraphRunState, state_word
from sfdag_magics.graph.times.moments import dated_text


class ProgressSeen(Protocol):
    """How far a task is; `str` is how it is read."""

    @property
    def share(self) -> float | None:
        """Between 0 and 1; None where it did not say of how many."""


class RowsSeen(Protocol):
    """What a task read and wrote; `str` is how it is read."""

    @property
    def read(self) -> int:
        """So many rows its own queries answered with."""

    @property
    def written(self) -> int:
        """So many it put into tables or changed there."""


class RanBeforeSeen(Protocol):
    """What a task did in an earlier attempt."""

    @property
    def attempt(self) -> int:
        """Which one it was."""

    @property
    def state(self) -> DisplayState:
        """How it ended."""

    @property
    def started(self) -> datetime:
        """When its body began."""

    @property
    def completed(self) -> datetime | None:
        """When its body ended."""


class ModelSeen(Protocol):
    """A version of a model that a task logged, beside the default."""

    @property
    def model(self) -> str:
        """The model's full name."""

    @property
    def version(self) -> str:
        """The version's name."""

    @property
    def metrics(self) -> Mapping[str, float]:
        """`{name: number}` in the order in which they were set."""

    @property
    def default(self) -> str:
        """The version that is the default; empty where there is none."""

    @property
    def beside(self) -> Mapping[str, float]:
        """The default's metrics."""


class TaskSeen(Ran, Protocol):
    """One task of a run at one moment. All times are aware UTC."""

    @property
    def query_id(self) -> str | None:
        """Snowflake's id of the query that ran it."""

    @property
    def scheduled(self) -> datetime | None:
        """When it was put on the list."""

    @property
    def return_value(self) -> str | None:
        """What it returned, as text."""

    @property
    def error_code(self) -> str | None:
        """As Snowflake shows it, such as `100357`."""

    @property
    def error_message(self) -> str | None:
        """In full, the notebook's own lines included."""

    @property
    def progress(self) -> ProgressSeen | None:
        """How far it said last that it is; None where it says nothing of that."""

    @property
    def shown(self) -> int:
        """So many things it shows."""

    @property
    def rows(self) -> RowsSeen | None:
        """What it read and wrote; None where nobody tells."""

    @property
    def before(self) -> Sequence[RanBeforeSeen]:
        """What it did in earlier attempts, the first first."""

    @property
    def models(self) -> Sequence[ModelSeen]:
        """The versions of models that it logged."""

    @property
    def reason(self) -> str:
        """What the error says, in one line; empty where nothing failed."""


class FailedBeforeSeen(Protocol):
    """A task that failed in an earlier attempt of a run."""

    @property
    def attempt(self) -> int:
        """Which attempt it was."""

    @property
    def task(self) -> str:
        """The task's name."""

    @property
    def reason(self) -> str:
        """What its error says, in one line."""


class RunSeen(Protocol):
    """One attempt of a graph run at one moment; `tasks` without the root."""

    @property
    def graph(self) -> str:
        """The graph's name."""

    @property
    def group_id(self) -> str | None:
        """One id over all attempts of the run."""

    @property
    def short_id(self) -> str | None:
        """The start of the id, enough to name the run by; None while it has none."""

    @property
    def config(self) -> Mapping[str, Any]:
        """What it was configured with."""

    @property
    def differs(self) -> Mapping[str, Any]:
        """The part of its configuration that is not the graph's own."""

    @property
    def note(self) -> str:
        """What else there is to say of it: `waits behind run 3f2a91c0`; empty for most."""

    @property
    def origin(self) -> str:
        """What it goes on from: `continues run 3f2a91c0`; empty for most."""

    @property
    def slot_text(self) -> str:
        """Of which slot of its graph's schedule it is, in words; empty of none."""

    @property
    def by_hand(self) -> Mapping[str, str]:
        """`{task: what a person said of it instead of running it, and why}`."""

    @property
    def interrupted(self) -> str:
        """That the engine ended meanwhile, and what began again; empty for most."""

    @property
    def failed_before(self) -> Sequence[FailedBeforeSeen]:
        """What failed in earlier attempts, the first first."""

    @property
    def attempt(self) -> int:
        """Which attempt this is, from 1."""

    @property
    def state(self) -> GraphRunState:
        """The state of the attempt."""

    @property
    def begun(self) -> datetime | None:
        """When its first attempt began, as far as that is known."""

    @property
    def started(self) -> datetime | None:
        """When the attempt began."""

    @property
    def completed(self) -> datetime | None:
        """When the attempt ended."""

    @property
    def tasks(self) -> Mapping[str, TaskSeen]:
        """`{task name: its run}`, without the root."""


#: So many keys of a configuration stand in a line, each value so long.
_MOST_KEYS = 4
_MOST_TEXT = 40

#: States in which a task has run, well or not.
RAN = frozenset(
    {
        DisplayState.SUCCEEDED,
        DisplayState.FAILED,
        DisplayState.REUSED,
        DisplayState.CANCELLED,
    }
)

_NOT_BEGUN = frozenset({DisplayState.PENDING, DisplayState.REUSED, DisplayState.SKIPPED})
_RUN_WORDS = {
    GraphRunState.SCHEDULED: "Scheduled",
    GraphRunState.EXECUTING: "Running",
    GraphRunState.SUCCEEDED: "Succeeded",
    GraphRunState.FAILED: "Failed",
    GraphRunState.CANCELLED: "Cancelled",
    GraphRunState.SKIPPED: "Skipped",
}


def run_word(state: GraphRunState) -> str:
    """The word a sentence about a run begins with."""
    return _RUN_WORDS[state]


def word_of(run: RunSeen) -> str:
    """The same of a run; one that is held up before any of its tasks has begun only starts."""
    is_held_up = run.state is GraphRunState.EXECUTING and bool(run.note)
    untouched = all(task.state in _NOT_BEGUN for task in run.tasks.values())
    return "Starting" if is_held_up and untouched else run_word(run.state)


def headline(run: RunSeen, *, now: datetime) -> str:
    """One sentence: state, how many tasks ran to an end, time of all attempts, what went wrong."""
    tasks = run.tasks.values()
    parts = [f"{word_of(run)} {ran_count(run)}/{len(tasks)}"]
    attempts = f" in {run.attempt} attempts" if run.attempt > 1 else ""
    if run.started is not None:
        elapsed = (run.completed or now) - run.started + took_before(run)
        parts.append(f"{duration_text(elapsed)}{attempts}")
    for state in (DisplayState.FAILED, DisplayState.CANCELLED):
        count = sum(task.state is state for task in tasks)
        parts += [f"{count} {state.word}"] if count else []
    return " · ".join(parts)


def took_before(run: RunSeen) -> timedelta:
    """How long the attempts before this one took together, without the time between them."""
    begun, ended = dict[int, datetime](), dict[int, datetime]()
    for attempt, started, completed in _earlier(run):
        begun[attempt] = min(started, begun.get(attempt, started))
        ended[attempt] = max(completed, ended.get(attempt, completed))
    if 1 in begun and run.begun is not None:  # its first task had to wait, as in a run of one
        begun[1] = min(begun[1], run.begun)
    return sum((ended[attempt] - begun[attempt] for attempt in begun), timedelta())


def _earlier(run: RunSeen) -> Iterator[tuple[int, datetime, datetime]]:
    """`(attempt, begin, end)` of what tasks did before this attempt."""
    if run.attempt == 1 or run.started is None:
        return
    for task in run.tasks.values():
        for each in task.before:
            yield each.attempt, each.started, each.completed or each.started
        if task.started is not None and task.started < run.started:  # kept
            yield task.attempt, task.started, task.completed or task.started


def ran_count(run: RunSeen) -> int:
    """How many of the run's tasks have run to an end, well or not: a cancelled one has not."""
    ended = RAN - {DisplayState.CANCELLED}
    return sum(task.state in ended for task in run.tasks.values())


def which_run(run: RunSeen, *, is_configured: bool = True) -> str:
    """Which run it is: its id, when it began, how it was configured, what else there is to say.

    Args:
        is_configured: False where its configuration is told beside it.
    """
    first = run.begun or run.started
    began = dated_text(first) if first else ""
    name = f"run {run.short_id}" if run.short_id else "run (waiting)"
    again = ""
    if run.started and run.started != first:
        again = f"attempt {run.attempt} from {dated_text(run.started)}"
    config = config_text(run.differs) if is_configured else ""
    said = (name, began, again, config, run.origin, run.note, run.interrupted)
    return " · ".join(filter(None, said))


def config_text(config: Mapping[str, Any]) -> str:
    """A configuration in a few words.

    >>> config_text({"rows": 10, "day": "2026-06-28"})
    'rows=10 day=2026-06-28'
    """
    shown = [f"{key}={short_text(value)}" for key, value in config.items()]
    more = [f"and {len(shown) - _MOST_KEYS} more"] if len(shown) > _MOST_KEYS else []
    return " ".join([*shown[:_MOST_KEYS], *more])


def short_text(value: object) -> str:
    """A value on part of a line: text as it is, anything else as JSON."""
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    return text if len(text) <= _MOST_TEXT else f"{text[: _MOST_TEXT - 1]}…"


def task_note(task: Ran | None, *, now: datetime, is_by_hand: bool = False) -> str:
    """The second line of a task's or a group's box: its state and how long it took so far.

    Args:
        is_by_hand: a person said so of the task instead of running it.
    """
    if task is None:
        return DisplayState.PENDING.word
    word = state_word(task.state, is_by_hand=is_by_hand)
    if task.state is DisplayState.RETRYING:
        return f"{word} · attempt {task.attempt}"
    duration = took(task, now=now)
    return f"{word} · {duration}" if duration else word


def took(task: Ran | None, *, now: datetime) -> str:
    """How long a task or a group took, or has taken so far; empty for one that did not run."""
    if task is None or task.started is None:
        return ""
    if task.state not in RAN and task.state is not DisplayState.RUNNING:
        return ""
    return duration_text((task.completed or now) - task.started)


def whole_milliseconds(duration: timedelta) -> int:
    """A duration as it is told to the page and said in words, so that both say the same."""
    return (duration + timedelta(microseconds=500)) // timedelta(milliseconds=1)


def duration_text(duration: timedelta) -> str:
    """A duration as short as it is still useful.

    >>> [duration_text(timedelta(seconds=s)) for s in (0.042, 9.96, 179, 7260)]
    ['42 ms', '10.0 s', '2m59s', '2h01m']
    """
    ms = max(whole_milliseconds(duration), 0)
    if ms < 1000:
        return f"{ms} ms"
    tenths = (ms + 50) // 100
    if tenths < 600:
        return f"{tenths // 10}.{tenths % 10} s"
    minutes, rest = divmod((ms + 500) // 1000, 60)
    if minutes < 60:
        return f"{minutes}m{rest:02d}s"
    return f"{minutes // 60}h{minutes % 60:02d}m"
