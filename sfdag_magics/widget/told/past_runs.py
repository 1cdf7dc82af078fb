"""The last runs of a graph, as the page is told them, and the thread that asks for them.

They change when a run begins or ends, and not meanwhile: the page shows the one that goes on by its
state. What is asked is a callable.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace

from sfdag_magics.client.code.deployed_code import DeployedCode
from sfdag_magics.client.code.retried_code import as_it_ran
from sfdag_magics.client.observing.comparing import Topic, compared
from sfdag_magics.client.observing.outlook import Schedule
from sfdag_magics.client.observing.snapshot import RunSnapshot, TaskRun
from sfdag_magics.client.observing.usual import Usual, usual_times
from sfdag_magics.errors import InputError, SfdagError
from sfdag_magics.graph.states import DisplayState
from sfdag_magics.place_words import to_type
from sfdag_magics.render.run_seen import (
    RAN,
    config_text,
    run_word,
    took_before,
    whole_milliseconds,
)
from sfdag_magics.widget.held.actions import Parameters, Worker
from sfdag_magics.widget.messages import (
    PageCompared,
    PageComparedTask,
    PageComparison,
    PagePast,
    PagePastRun,
)
from sfdag_magics.widget.told.page_state import milliseconds
from sfdag_magics.widget.told.sheets import page_schedule
from sfdag_magics.widget.told.shown_text import shown_text

_log = logging.getLogger(__name__)

#: So many runs a page shows.
LAST = 20
#: What a run has for a task it did not have.
_NOTHING = "."
#: One letter for each state, so that twenty runs of a thousand tasks are no megabyte.
_LETTERS = {state: chr(ord("a") + number) for number, state in enumerate(DisplayState)}
#: Of a value in a comparison; the drawer has all of it.
_VALUE_LENGTH = 200

Runs = Sequence[RunSnapshot]


class PastRuns:
    """Asks for the last runs in a thread of its own, `sfdag-past`, started when first needed.

    Args:
        read: the last runs, the newest first; without, there are none to show.
        tell: is given what the page is told, in that thread.
        schedule: the graph's schedule; without, none is shown.
        shown: the id of the run that is shown: it is held against what is usual, and no part of it.
    """

    def __init__(
        self,
        read: Callable[[], Runs] | None,
        tell: Callable[[PagePast], None],
        schedule: Callable[[], Schedule | None] | None = None,
        shown: Callable[[], str | None] = lambda: None,
    ) -> None:
        self._read = read
        self._shown = shown
        self._schedule = schedule
        self._tell = tell
        self._worker = Worker("sfdag-past")
        self._waiting = threading.Event()
        self._runs: Runs = ()

    @property
    def newest(self) -> str | None:
        """The id of the newest run, as of the last answer."""
        return self._runs[0].group_id if self._runs else None

    @property
    def usual(self) -> Usual:
        """How long the graph and its tasks usually take, as of the last answer."""
        return _usual(self._runs, self._shown())

    def ask(self) -> None:
        """Have the last runs looked up, once for all wishes until then. Any thread."""
        if self._read is not None and not self._waiting.is_set():
            self._waiting.set()
            self._worker.put(self._look)

    def close(self) -> None:
        """Stop asking."""
        self._worker.close()

    def compared(
        self,
        groups: Sequence[str],
        shown: RunSnapshot | None = None,
        parameters: Parameters = lambda _: (),
    ) -> PageComparison:
        """Two of the last runs beside each other; `shown` as it is by now.

        Args:
            groups: their ids.
            shown: the run that the view shows.
            parameters: what a task is given: what it takes for a key that is not set.

        Raises:
            InputError: one of them is none of the last runs.
        """
        there = {run.group_id: run for run in self._runs}
        if shown is not None:
            there[shown.group_id] = _with_code(shown, there.get(shown.group_id))
        missing = [group for group in groups if group not in there]
        if missing or len(groups) != 2:
            raise InputError("two of the last runs can be compared", hint=to_type("runs"))
        first, second = (there[group] for group in groups)
        return page_comparison(first, second, parameters)

    def _look(self) -> None:
        self._waiting.clear()  # a wish from now on may be for something newer
        try:
            self._runs = self._read() if self._read is not None else ()
            schedule = self._schedule() if self._schedule is not None else None
        except SfdagError as error:  # what is shown stays; the next wish may be answered
            _log.debug("looking for the last runs: %s", error)
        except Exception:  # noqa: BLE001 - the thread's border: the view goes on without them
            _log.exception("looking for the last runs failed")
        else:
            self._tell(page_past(self._runs, schedule, shown=self._shown()))


def _with_code(shown: RunSnapshot, listed: RunSnapshot | None) -> RunSnapshot:
    """The run as it is by now; what a later attempt ran, only the list was asked."""
    if listed is not None and listed.attempt == shown.attempt:
        return replace(shown, code=listed.code)
    return as_it_ran(shown, DeployedCode())


def _usual(runs: Runs, shown: str | None) -> Usual:
    """What the run that is shown is held against; what the last one took is of one before it."""
    groups = [run.group_id for run in runs]
    at = groups.index(shown) if shown in groups else -1
    usual = usual_times([run for run in runs if run.group_id != shown or shown is None])
    before = usual_times(runs[at + 1 :])
    lately = usual.lately.intersection(before.tasks)
    tasks = {name: took for name, took in usual.tasks.items() if name not in usual.lately}
    return replace(
        usual,
        run=before.run if usual.run_is_lately else usual.run,
        tasks=tasks | {name: before.tasks[name] for name in lately},
        lately=lately,
        run_is_lately=usual.run_is_lately and before.run is not None,
    )


def page_past(
    runs: Runs, schedule: Schedule | None = None, *, shown: str | None = None
) -> PagePast:
    """`sfdag_past` for the last runs, the newest first; `shown` is as in `PastRuns`."""
    tasks = tuple(dict.fromkeys(name for run in runs for name in run.tasks))
    usual = _usual(runs, shown)
    return {
        "runs": [_past_run(run, tasks) for run in reversed(runs)],
        "tasks": list(tasks),
        "letters": {letter: state.value for state, letter in _LETTERS.items()},
        "usual": [
            whole_milliseconds(usual.tasks[name]) if name in usual.tasks else None for name in tasks
        ],
        "lately": [name in usual.lately for name in tasks],
        "lately_run": usual.run_is_lately,
        "usual_run": whole_milliseconds(usual.run) if usual.run is not None else None,
        "rows": _rows(runs, tasks, shown),
        "rows_of": shown or "",
        "usual_rows": [usual.rows.get(name) for name in tasks],
        "schedule": page_schedule(schedule),
    }


def _rows(runs: Runs, tasks: Sequence[str], shown: str | None) -> list[list[int] | None]:
    """What the tasks of the run that is shown read and wrote.

    Of what it took from another run that is what the other's task did.
    """
    by_group = {run.group_id: run for run in runs}
    seen = by_group.get(shown)
    kept = seen.lineage.kept if seen is not None and seen.lineage is not None else {}
    of = [by_group.get(kept[name]) if kept.get(name) else seen for name in tasks]
    ran = [
        run.tasks.get(name) if run is not None else None
        for name, run in zip(tasks, of, strict=True)
    ]
    return [
        [task.rows.read, task.rows.written] if task is not None and task.rows else None
        for task in ran
    ]


def _past_run(run: RunSnapshot, tasks: Sequence[str] = ()) -> PagePastRun:
    ended = run.completed if run.started is not None else None
    return {
        "group": run.group_id or "",
        "id": run.short_id or "",
        "state": run.state.value,
        "word": run_word(run.state),
        "attempt": run.attempt,
        "begun": milliseconds(run.begun or run.started),
        "took": whole_milliseconds(ended - run.started + took_before(run))
        if ended and run.started
        else None,
        "differs": config_text(run.differs),
        "origin": shown_text(run.origin),
        "tasks": "".join(
            _LETTERS[run.tasks[name].state] if name in run.tasks else _NOTHING for name in tasks
        ),
    }


def page_comparison(
    first: RunSnapshot, second: RunSnapshot, parameters: Parameters = lambda _: ()
) -> PageComparison:
    """The answer to what two runs have in common."""
    found = compared(first, second, parameters)
    edited = {each.what for each in found.differences if each.topic is Topic.CODE}
    return {
        "runs": [_past_run(first), _past_run(second)],
        "differences": [
            {
                "topic": each.topic.value,
                "what": each.what,
                "values": [*each.said],
            }
            for each in found.differences
        ],
        "same": found.same,
        "tasks": [
            _compared_task(name, first, second, is_edited=name in edited) for name in found.tasks
        ],
    }


def _compared_task(
    name: str, first: RunSnapshot, second: RunSnapshot, *, is_edited: bool
) -> PageComparedTask:
    return {
        "name": name,
        "edited": is_edited,
        "runs": [_compared(run.tasks.get(name)) for run in (first, second)],
    }


def _compared(task: TaskRun | None) -> PageCompared | None:
    if task is None:
        return None
    is_given = task.state in (DisplayState.SUCCEEDED, DisplayState.REUSED)
    said = (is_given and task.return_value) or task.reason or task.return_value or ""
    took = task.duration if task.state in RAN else None
    return {
        "state": task.state.value,
        "took": whole_milliseconds(took) if took is not None else None,
        "value": shown_text(said)[:_VALUE_LENGTH],
    }
