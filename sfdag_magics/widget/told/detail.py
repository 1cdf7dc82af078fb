"""What the drawer shows of one task: everything known of it, on request. Asks nobody."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from types import MappingProxyType
from typing import Any, TypeVar

from sfdag_magics.client.observing.frames import raised_in, reason_of
from sfdag_magics.client.observing.history import HistoryRow
from sfdag_magics.client.observing.snapshot import RunSnapshot
from sfdag_magics.client.running.rootcause import place_of
from sfdag_magics.errors import SfdagError
from sfdag_magics.graph.states import DisplayState
from sfdag_magics.place_words import Next, to_type
from sfdag_magics.render.metrics.model_seen import models_text
from sfdag_magics.widget.held.actions import Parameters
from sfdag_magics.widget.told.data_told import OfThen, data_told
from sfdag_magics.widget.told.page_state import end_milliseconds, milliseconds
from sfdag_magics.widget.told.shown_text import shown_text

_T = TypeVar("_T")


def task_detail(
    name: str,
    seen: RunSnapshot | None,
    completed: Callable[[str], str] = str,
    *,
    attempts: Sequence[HistoryRow] = (),
    parameters: Parameters = lambda _: (),
    then: OfThen = OfThen(),  # noqa: B008 - a frozen value
    code: Callable[[str], str] | None = None,
    ran_with: Callable[[str], Sequence[tuple[str, str]]] | None = None,
    takes: Callable[[str], Sequence[tuple[str, str]]] | None = None,
    missed: Callable[[str, str], str] | None = None,
    changes: Callable[[str], Sequence[str]] | None = None,
    cancelled: Callable[[str], str] | None = None,
    page: Callable[[str], str] | None = None,
    by_others: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> dict[str, Any]:
    """The drawer's content for one task, as it travels to the page.

    Args:
        completed: completes the command that shows the whole log.
        attempts: the task's rows, one of each attempt.
        parameters: what tasks are given, by their names.
        then: what the code says that tasks of the run ran.
        code: says what code the task ran, where another would run now.
        ran_with: says what else it ran with.
        takes: says what its cell takes from the notebook, as it is now.
        changes: says what differs since the task last succeeded; asked where it failed.
        cancelled: says by whom and when; asked where it was cancelled.
        missed: says what the task had not and the notebook has, from its name and its error.
        by_others: what somebody altered there since it was deployed, as `Edited` has it.
        page: says where the service's own page shows a query.
    """
    task = seen.tasks.get(name) if seen is not None else None
    altered = _altered(name, by_others, completed)
    if seen is None or task is None:
        return {"name": name, "altered": altered}
    error = shown_text(task.error_message or "")
    has_started = task.started is not None
    was_cancelled = task.state is DisplayState.CANCELLED
    has_failed = task.state is DisplayState.FAILED
    changed: Sequence[str] = _answer(changes if has_failed else None, name, ())
    return {
        "name": name,
        "attempt": task.attempt,
        "code": _answer(code if has_started else None, name, ""),
        "ran_with": _facts(_answer(ran_with if has_started else None, name, ())),
        "takes": _facts(_answer(takes, name, ())),
        "query_id": task.query_id or "",
        "query_page": _answer(page if task.query_id else None, task.query_id or "", ""),
        "scheduled": milliseconds(task.scheduled),
        "started": milliseconds(task.started),
        "completed": end_milliseconds(task.started, task.completed),
        "error": error,
        "missed": missed(name, error) if missed is not None and error else "",
        "changes": [*map(shown_text, changed)],
        "cancelled": shown_text(_answer(cancelled if was_cancelled else None, name, "")),
        "altered": altered,
        "raised": [asdict(each) for each in raised_in(error)],
        "error_code": task.error_code or "",
        "place": place_of(error) or "",
        "kept_back": _kept_back(name, seen),
        "models": shown_text(models_text(task)),
        "logs_command": completed(str(logs_command(name, seen))),
        "attempts": [_attempt(row) for row in attempts],
        **data_told(task, seen, parameters, shown_text, then),
    }


def _altered(
    name: str, by_others: Mapping[str, Sequence[str]], completed: Callable[[str], str]
) -> list[str]:
    if name not in by_others:
        return []
    unknown = completed(f"{to_type('plan')} says what a deploy would take back")
    return [*map(shown_text, by_others[name])] or [unknown]


def _attempt(row: HistoryRow) -> dict[str, Any]:
    return {
        "attempt": row.attempt,
        "state": row.state.value,
        "started": milliseconds(row.started),
        "completed": end_milliseconds(row.started, row.completed),
        "error": shown_text(reason_of(row.error_message or "")),
        "query_id": row.query_id or "",
    }


def logs_command(task: str, seen: RunSnapshot | None) -> Next:
    """What shows the whole log of a task of this run."""
    return to_type("logs", task=task, of=seen.short_id if seen is not None else None)


def _answer(ask: Callable[[str], _T] | None, of: str, otherwise: _T) -> _T:
    """What is said of a task or a query; `otherwise` where it is not asked, or nobody answers."""
    try:
        return ask(of) if ask is not None else otherwise
    except SfdagError:  # no reason not to show the rest
        return otherwise


def _facts(facts: Sequence[tuple[str, str]]) -> list[list[str]]:
    return [[what, shown_text(which)] for what, which in facts]


def _kept_back(name: str, seen: RunSnapshot) -> list[str]:
    """The tasks below a failed one that did not run."""
    if seen.tasks[name].state is not DisplayState.FAILED:
        return []
    below = {name}
    for other, task in seen.tasks.items():  # topological order: one pass reaches everything
        if below.intersection(task.predecessors):
            below.add(other)
    return [
        other
        for other in seen.tasks
        if other in below and seen.tasks[other].state is DisplayState.BLOCKED
    ]
