"""What stands in a sheet before an action, as it travels: a run's form, a retry's tasks, a plan.

Knows what is proposed; what is done then, `actions` knows.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

from sfdag_magics.client.observing.intentions import Edited, kept_as_it_was, runs_again
from sfdag_magics.client.observing.outlook import Schedule
from sfdag_magics.client.observing.proposals import RunForm, retry_proposal
from sfdag_magics.client.observing.snapshot import RunSnapshot, TaskRun
from sfdag_magics.client.observing.usual import Usual
from sfdag_magics.graph.config_form import FormRow
from sfdag_magics.render.run_seen import whole_milliseconds
from sfdag_magics.widget.messages import (
    PageAgain,
    PageAgainTask,
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
_MOST_ROWS = 40

Completed = Callable[[str], str]


def page_form(made: RunForm, completed: Completed) -> PageForm:
    """The answer to `FORM`."""
    return {
        "rows": [_row(row) for row in made.form.rows],
        "problems": [shown_text(each) for each in made.form.problems],
        # What was typed is no text with commands in it, whatever it looks like.
        "command": " ".join(filter(None, (completed("%sfdag run"), made.arguments))),
        "note": completed(made.note),
        "runs": [[*row] for row in made.runs],
    }


def _row(row: FormRow) -> PageFormRow:
    return {
        "key": row.key,
        "type": row.said,
        "choices": list(row.choices),
        "base": row.base,
        "of": row.of,
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
    original: bool,
    completed: Completed,
) -> PageAgain:
    """The answer to `AGAIN`.

    Args:
        config: the notebook's own now: a retry keeps the run's.
        original: with the code that is deployed.
    """
    left = edited.left
    original = original or left.is_all
    made = retry_proposal(seen, Edited() if original else edited, usual)
    kept_so = [name for name in edited.in_graph if name in runs_again(seen)]
    command = completed(f"%sfdag retry {seen.short_id or ''}".strip())
    return {
        "title": made.title,
        "again": _tasks(
            made.again,
            usual,
            {
                **dict.fromkeys(made.edited, "edited"),
                **({} if original else dict.fromkeys(left.tasks, "as deployed")),
            },
        ),
        "kept": _tasks(made.kept, usual, dict.fromkeys(made.older, "edited since")),
        "skipped": _tasks(made.skipped, usual),
        "finalizers": _tasks(made.finalizers, usual),
        "expected": _milliseconds(made.expected),
        "usual": _milliseconds(made.usual),
        "config": _kept_config(seen.config, config),
        "original": original,
        "left": completed(left.says),
        "is_all": left.is_all,
        "refused": kept_as_it_was(kept_so) if kept_so and not original else "",
        "command": f"{command} --code original" if original else command,
    }


def _tasks(
    tasks: Iterable[TaskRun], usual: Usual, marks: Mapping[str, str] = MappingProxyType({})
) -> list[PageAgainTask]:
    return [
        {
            "name": task.name,
            "state": task.state.value,
            "took": _milliseconds(usual.tasks.get(task.name)),
            "mark": marks.get(task.name, ""),
        }
        for task in tasks
    ]


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
        "text": completed(shown_text(str(plan))),
        "empty": plan.is_empty,
        "mark": plan_mark(plan),
        "command": completed("%sfdag deploy"),
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
        "text": shown_text(schedule.text),
        "on": schedule.is_on,
        "due": milliseconds(schedule.due),
    }


def _milliseconds(duration: timedelta | None) -> int | None:
    return whole_milliseconds(duration) if duration is not None else None
