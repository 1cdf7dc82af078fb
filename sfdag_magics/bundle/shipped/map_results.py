"""What all tasks of a map returned, as the list that a task below receives. Ships: Python 3.9.

In the order of the map's list. A task that gave nothing (it failed, was skipped, or returned None)
leaves None in its place where the annotation takes None, and is named.
"""

from __future__ import annotations

import importlib
import logging
from typing import Any

from .context import TaskContext
from .values import decode, form_of_each

_LOG = logging.getLogger("sfdag")
#: Named of those that gave nothing.
_MOST = 5
_ENDED = {"SUCCEEDED": "returned None", "UNKNOWN": "failed, was skipped, or returned None"}


def read_results(
    task: str,
    parameter: dict[str, Any],
    session: Any,  # noqa: ANN401 - a Snowpark session
    context: TaskContext,
    function: Any,  # noqa: ANN401 - the user's function
) -> list[Any]:
    """The list that a parameter receives.

    Raises:
        ValueError: a task gave nothing and the annotation does not take None, or a value does not
            fit it.
    """
    name, tasks = parameter["name"], parameter["tasks"]
    texts = context.values_of(tasks)
    form = form_of_each(function, parameter)
    nothing = [each for each in tasks if texts[each] is None]
    if nothing:
        said = _said_of(nothing, len(tasks), context)
        if "null" not in form.tokens:
            inner = "…" if parameter["annotation"] is None else form.said
            raise ValueError(
                f"{task}: {said}; {name}: list[{inner} | None] takes None in their places"
            )
        _LOG.warning(
            "%s: None stands in the list of %s where there is nothing: %s", task, name, said
        )
    if parameter.get("frame"):
        frames = importlib.import_module(".frames", __package__)
        kind = parameter["frame"]
        return [frames.read(task, each, texts[each], kind, session) for each in tasks]
    try:
        return [decode(texts[each], form, f"the return value of {each}") for each in tasks]
    except (ValueError, TypeError) as exc:
        raise ValueError(f"{task}: {exc}") from None


def _said_of(nothing: list[str], total: int, context: TaskContext) -> str:
    """Which tasks gave nothing, and how each ended."""
    shown = [f"{each} ({_ended(each, context)})" for each in nothing[:_MOST]]
    more = f" and {len(nothing) - _MOST} more" if len(nothing) > _MOST else ""
    return f"{len(nothing)} of {total} tasks gave no value: {', '.join(shown)}{more}"


def _ended(task: str, context: TaskContext) -> str:
    state = context.completion_of(task)
    return _ENDED.get(state) or state.lower().replace("_", " ")
