"""What a task's parameters get from the graph's run: values of tasks above, config, the context.

Knows the manifest's words and the context's questions; runs nothing of the user's. Python 3.9.
"""

from __future__ import annotations

import importlib
import logging
from typing import Any

from .context import TaskContext
from .form_of import Open
from .values import decode, form_of_key, form_of_parameter, is_json

_LOG = logging.getLogger("sfdag")
#: The config key by which the notebook finds its run again.
_OWN_KEY = "sfdag"
#: Snowflake's words when a task's function is called by hand.
NOT_IN_A_TASK = "must be called from within a task"


def read_inputs(
    entry: dict[str, Any],
    session: Any,  # noqa: ANN401 - a Snowpark session
    context: TaskContext,
    function: Any = None,  # noqa: ANN401 - the user's function
) -> dict[str, Any]:
    """`{parameter: value}` for what the graph gives; a config key with a default may be missing.

    Values of tasks above are read as `function` annotates them.
    """
    inputs: dict[str, Any] = {}
    for parameter in entry["parameters"]:
        name, kind = parameter["name"], parameter["kind"]
        if kind == "session":
            inputs[name] = session
        elif kind == "context":
            inputs[name] = context
        elif kind == "given":
            inputs[name] = _element(entry["name"], parameter, function)
        elif kind == "value" and "tasks" in parameter:
            # Only a task that reads a map loads what reads one.
            read = importlib.import_module(".map_results", __package__).read_results
            inputs[name] = read(entry["name"], parameter, session, context, function)
        elif kind == "value":
            inputs[name] = _value(entry["name"], parameter, session, context, function)
        else:
            _add_config(entry["name"], parameter, context, inputs, function)
    return inputs


def _value(
    task: str,
    parameter: dict[str, Any],
    session: Any,  # noqa: ANN401 - a Snowpark session
    context: TaskContext,
    function: Any,  # noqa: ANN401 - the user's function
) -> Any:  # noqa: ANN401 - a return value
    name = parameter["name"]
    try:
        text = context.value_of(name)
    except Exception as exc:
        if NOT_IN_A_TASK in str(exc):
            raise LookupError(
                f"{task} reads the return value of {name}, which there is only in a graph run"
            ) from exc
        raise
    if parameter.get("frame"):
        frames = importlib.import_module(".frames", __package__)
        return frames.read(task, name, text, parameter["frame"], session)
    form, wanted = form_of_parameter(function, parameter), parameter["annotation"]
    if text is None and "null" not in form.tokens:
        raise ValueError(
            f"{task}: {name} has no return value (it returned None, or was skipped), and is taken "
            f"as {wanted}; {name}: {wanted} | None takes it"
        )
    try:
        value = decode(text, form, f"the return value of {name}")
    except (ValueError, TypeError) as exc:
        raise ValueError(f"{task}: {exc}") from None
    if isinstance(form, Open) and wanted is None and value is text and is_json(text or "x"):
        _LOG.warning(
            "%s: the return value of %s is kept as text; annotate the parameter to read it as "
            "another type",
            task,
            name,
        )
    return value


def _element(
    task: str,
    parameter: dict[str, Any],
    function: Any,  # noqa: ANN401 - the user's function
) -> Any:  # noqa: ANN401 - an element of the map
    value, name = parameter["value"], parameter["name"]
    try:
        return None if value is None else form_of_key(function, name).read(value, f"element {name}")
    except (ValueError, TypeError) as exc:
        raise ValueError(f"{task}: {exc}") from None


def _add_config(
    task: str,
    parameter: dict[str, Any],
    context: TaskContext,
    inputs: dict[str, Any],
    function: Any,  # noqa: ANN401 - the user's function
) -> None:
    name = parameter["name"]
    try:
        config = context.get_task_graph_config() or {}
    except Exception as exc:
        if NOT_IN_A_TASK not in str(exc):
            raise
        config = {}
    if name in config:
        value = config[name]
        try:
            form = form_of_key(function, name)
            inputs[name] = None if value is None else form.read(value, f"config key {name}")
        except (ValueError, TypeError) as exc:
            raise ValueError(f"{task}: {exc}") from None
    elif parameter["required"]:
        keys = sorted(key for key in config if key != _OWN_KEY)
        raise LookupError(
            f"{task} needs the config key {name!r}, and this run's config has "
            + (f"only {', '.join(keys)}" if keys else "no keys")
        )
