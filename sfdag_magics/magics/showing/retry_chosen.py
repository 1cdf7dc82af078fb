"""What a view's retry does with what was chosen in its sheet, as the verb would do it.

Knows the workspace and how a line is typed; knows no page.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import TypedDict

from sfdag_magics.client.observing.proposals import Chosen, RetryCode, RetryWay
from sfdag_magics.client.parts.retried import RetryAsked, without_reason
from sfdag_magics.client.running.runs import Run
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.magics.reading.words import as_a_word
from sfdag_magics.workspace.parted.retry_plan import RetryPlan
from sfdag_magics.workspace.workspace import Workspace

#: Stands for the reason as long as none is typed: a plan is made with it, and no run.
_NOT_YET = "not said yet"


class CodesAsked(TypedDict):
    """The same choice as two of `Retries.plan`'s arguments."""

    current_code: bool
    original_code: bool


def retry_asked(chosen: Chosen) -> RetryAsked:
    """What is asked of the retry beyond running again what failed."""
    return RetryAsked(
        again=chosen.again, done=chosen.done, skip=chosen.skip, because=chosen.because
    )


def codes_asked(chosen: Chosen) -> CodesAsked:
    """Which code is asked for, as `Retries.plan` is told it."""
    return {
        "current_code": chosen.code is RetryCode.CURRENT,
        "original_code": chosen.code is RetryCode.ORIGINAL,
    }


def retry_way(
    workspace: Workspace, graph: TaskGraph, run: Run, target: str, chosen: Chosen
) -> RetryWay:
    """By what the run goes on with what is chosen. Raises as `Retries.plan` does.

    Without a reason yet, what is said by hand is shown as what it will do, and cannot be done.
    """
    asked = retry_asked(chosen)
    unsaid = without_reason(asked)
    asked = replace(asked, because=_NOT_YET) if unsaid else asked
    plan = workspace.retries.plan(run, graph, target, asked=asked, **codes_asked(chosen))
    options = {
        "start": list(chosen.again),
        "done": dict(chosen.done),
        "skip": list(chosen.skip),
        "because": chosen.because,
        "original_code": chosen.code is RetryCode.ORIGINAL,
    }
    return RetryWay(
        why=plan.why,
        lineage=plan.bridge.lineage if plan.bridge is not None else None,
        arguments=_typed(chosen, graph),
        problem=f"{unsaid.message} ({unsaid.hint})" if unsaid else "",
        began=_with_code_of_then(plan),
        options={name: value for name, value in options.items() if value},
    )


def _with_code_of_then(plan: RetryPlan) -> tuple[str, ...]:
    """Those in Python: what SQL a task has is part of the graph that is deployed."""
    if plan.original is None or plan.bridge is None:
        return ()
    tasks = plan.bridge.graph.tasks
    return tuple(name for name in plan.bridge.lineage.runs if tasks[name].is_python)


def _typed(chosen: Chosen, graph: TaskGraph) -> str:
    """What is typed behind `%sfdag retry` for the same."""
    words = [_again(chosen.again, graph)] if chosen.again else []
    words += [f"--mark-done {task}={as_a_word(value)}" for task, value in chosen.done.items()]
    words += [f"--skip {','.join(chosen.skip)}"] if chosen.skip else []
    words += [f"--because {as_a_word(chosen.because)}"] if chosen.because else []
    return " ".join(words)


def _again(tasks: Collection[str], graph: TaskGraph) -> str:
    """The group that these are all the tasks of, else the tasks."""
    groups: dict[str, set[str]] = {}
    for task in graph.tasks:
        if task.group is not None:
            groups.setdefault(task.group, set()).add(task.name)
    group = next((name for name, members in groups.items() if members == set(tasks)), None)
    return f"--from {','.join(tasks)}" if group is None else f"--group {as_a_word(group)}"
