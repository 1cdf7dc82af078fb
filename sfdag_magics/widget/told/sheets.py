"""What stands in a sheet before an action, as it travels: a run's form, a retry's tasks, a plan.

Knows what is proposed; what is done then, `actions` knows.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

from sfdag_magics.client.observing.intentions import (
    Edited,
    gone_text,
    kept_as_it_was,
    runs_again,
)
from sfdag_magics.client.observing.outlook import Schedule
from sfdag_magics.client.observing.proposals import (
    RetryCode,
    RetryProposal,
    RetryWay,
    RunForm,
    retry_proposal,
)
from sfdag_magics.client.observing.snapshot import RunSnapshot, TaskRun
from sfdag_magics.client.observing.usual import Usual
from sfdag_magics.graph.config_form import FormRow
from sfdag_magics.graph.states import DisplayState
from sfdag_magics.graph.times.schedule_words import schedule_words
from sfdag_magics.place_words import retry_with, run_with, to_type
from sfdag_magics.render.run_seen import whole_milliseconds
from sfdag_magics.widget.messages import (
    PageAgain,
    PageAgainTask,
    PageCell,
    PageForm,
    PageFormRow,
    PagePlan,
    PageSchedule,
)
from sfdag_magics.widget.told.page_state import milliseconds
from sfdag_magics.widget.told.shown_text import shown_text

if TYPE_CHECKING:
    from sfdag_magics.client.deploying.plan import Plan

#: Of a value of the configuration a sheet shows the beginning.
_VALUE_LENGTH = 200
#: Of a plan so many tasks; its text has as many as the verb says.
_MOST_ROWS = 400

#: A longer cell is not compared with what the notebook has.
_CELL_LENGTH = 20_000

_BY_SERVICE = RetryWay()
Completed = Callable[[str], str]
CellOf = Callable[[str], tuple[str, str] | None]


def page_form(made: RunForm, completed: Completed, part: tuple[str, str] | None = None) -> PageForm:
    """The answer to `FORM`; `part` is which of the graph runs, as `run_with` takes it."""
    run = completed(str(to_type("run")))
    return {
        "rows": [_row(row) for row in made.form.rows],
        "problems": [shown_text(each) for each in made.form.problems],
        # What was typed is no text with commands in it, whatever it looks like.
        "command": str(run_with(run, made.arguments, made.form.config, part)),
        "note": completed(made.note),
        "runs": [[*row] for row in made.runs],
        "going": made.going,
    }


def _row(row: FormRow) -> PageFormRow:
    return {
        "key": row.key,
        "type": row.said,
        "choices": list(row.choices),
        "base": row.base,
        "of": row.of,
        "computed": shown_text(row.computed),
        "last": row.last,
        "text": row.text,
        "problem": shown_text(row.problem),
        "readers": list(row.readers),
    }


def page_again(
    seen: RunSnapshot,
    edited: Edited,
    usual: Usual,
    *,
    config: Mapping[str, object],
    code: RetryCode,
    completed: Completed,
    cell_of: CellOf = lambda _: None,
    way: RetryWay = _BY_SERVICE,
) -> PageAgain:
    """The answer to `AGAIN`.

    Args:
        config: the notebook's own now: a retry keeps the run's.
        code: which is asked for.
        cell_of: where the cell of a task stands, and what it was when it was last run.
        way: by what it goes on, where that was asked.
    """
    left = edited.left
    if left.is_all and code is RetryCode.CURRENT:
        code = RetryCode.DEPLOYED
    is_current = code is RetryCode.CURRENT
    along = edited if is_current else Edited(gone=edited.gone)
    made = retry_proposal(seen, along, usual, way.lineage)
    codes = _codes(made, edited, code, way)
    kept_so = [name for name in edited.in_graph if name in runs_again(seen)]
    line = completed(
        str(to_type("retry", run=seen.short_id, code=None if is_current else code.value))
    )
    return {
        "title": made.title,
        "again": _tasks(made.again, usual, codes),
        "kept": _as_it_is(made.kept, usual, made, DisplayState.REUSED),
        "skipped": _as_it_is(made.skipped, usual, made, DisplayState.SKIPPED),
        "finalizers": _tasks(made.finalizers, usual, codes),
        "expected": _milliseconds(made.expected),
        "usual": _milliseconds(made.usual),
        "config": _kept_config(seen.config, config),
        "code": code.value,
        "note": _same_note(code, way),
        "left": completed(left.says),
        "is_all": left.is_all,
        "cleaned": made.cleaned,
        "refused": _nothing_left(made, edited.gone)
        or (kept_as_it_was(kept_so) if kept_so and is_current else ""),
        "by": f"in a run of its own: {shown_text(way.why)}" if way.why else "",
        "problem": shown_text(way.problem),
        "command": str(retry_with(line, way.arguments, _said_of(seen, code, way)))
        if way.arguments
        else line,
        "cells": _cells(made.again, cell_of),
    }


def _nothing_left(made: RetryProposal, gone: Collection[str]) -> str:
    is_any = bool(made.again) or not gone
    return "" if is_any else f"{gone_text(gone)}. Nothing is left to run again; a new run can."


def _said_of(seen: RunSnapshot, code: RetryCode, way: RetryWay) -> dict[str, object]:
    """What a call is told: which run goes on, with which code, and what was chosen."""
    run = {"run": seen.short_id} if seen.short_id else {}
    deployed = {"current_code": False} if code is RetryCode.DEPLOYED else {}
    return {**run, **deployed, **way.options}


def _same_note(code: RetryCode, way: RetryWay) -> str:
    is_same = code is RetryCode.ORIGINAL and not way.began and not way.problem
    return "What runs again began with the code that is deployed." if is_same else ""


def _codes(made: RetryProposal, edited: Edited, code: RetryCode, way: RetryWay) -> dict[str, str]:
    """Which code each task runs, where that is not the same by every choice."""
    if code is RetryCode.CURRENT:
        return {
            **dict.fromkeys(made.edited, "edited"),
            **dict.fromkeys(edited.left.tasks, "as deployed"),
        }
    if code is RetryCode.ORIGINAL and way.began:
        other = dict.fromkeys((task.name for task in made.again), "as deployed")
        return other | dict.fromkeys(way.began, "as it began")
    return dict.fromkeys((*edited.code, *edited.altered, *edited.in_graph), "as deployed")


def _cells(tasks: Iterable[TaskRun], cell_of: CellOf) -> list[PageCell]:
    failed = [task.name for task in tasks if task.state is DisplayState.FAILED]
    found = [(name, cell) for name in failed if (cell := cell_of(name)) is not None]
    return [
        {"name": name, "place": place, "text": text}
        for name, (place, text) in found
        if len(text) <= _CELL_LENGTH
    ]


def _tasks(
    tasks: Iterable[TaskRun], usual: Usual, marks: Mapping[str, str] = MappingProxyType({})
) -> list[PageAgainTask]:
    return [
        {
            "name": task.name,
            "state": task.state.value,
            "took": _milliseconds(usual.tasks.get(task.name)),
            "mark": marks.get(task.name, ""),
            "by_hand": False,
        }
        for task in tasks
    ]


def _as_it_is(
    tasks: Iterable[TaskRun], usual: Usual, made: RetryProposal, said: DisplayState
) -> list[PageAgainTask]:
    """Those that do not run; `said` is what a person who says so makes of one."""
    told = _tasks(tasks, usual, dict.fromkeys(made.older, "edited since"))
    by_hand: list[PageAgainTask] = [
        {**each, "state": said.value, "mark": "by hand", "by_hand": True} for each in told
    ]
    pairs = zip(told, by_hand, strict=True)
    return [other if each["name"] in made.by_hand else each for each, other in pairs]


def _kept_config(run: Mapping[str, object], now: Mapping[str, object]) -> list[list[str | None]]:
    return [
        [key, _value(value), _value(now[key]) if key in now and now[key] != value else None]
        for key, value in run.items()
    ]


def _value(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return shown_text(text)[:_VALUE_LENGTH]


def page_plan(plan: Plan, completed: Completed) -> PagePlan:
    """The answer to `PLAN`."""
    return {
        "rows": [
            [what, how, shown_text("\n".join(details))]
            for what, how, details in plan.by_task[:_MOST_ROWS]
        ],
        "left": max(0, len(plan.by_task) - _MOST_ROWS),
        "warnings": [shown_text(each) for each in plan.warnings],
        "schedule": plan.schedule,
        "text": completed(shown_text(str(plan))),
        "empty": plan.is_empty,
        "mark": plan_mark(plan),
        "command": completed(str(to_type("deploy"))),
    }


def plan_mark(plan: Plan) -> str:
    """What tells whether a plan says the same as the one that was looked at."""
    said = f"{plan}\n{plan.code.code_hash if plan.code is not None else ''}"
    return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()[:16]


def page_schedule(schedule: Schedule | None) -> PageSchedule | None:
    """The schedule's part of `sfdag_past`."""
    if schedule is None:
        return None
    return {
        "text": shown_text(schedule_words(schedule.text)),
        "exact": shown_text(schedule.text),
        "on": schedule.is_on,
        "due": milliseconds(schedule.due),
    }


def _milliseconds(duration: timedelta | None) -> int | None:
    return whole_milliseconds(duration) if duration is not None else None
