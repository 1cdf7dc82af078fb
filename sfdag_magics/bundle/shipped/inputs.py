"""What a task's parameters get from the graph's run: values of tasks above, config, the context.

Knows the manifest's words and the context's questions; runs nothing of the user's. Python 3.9.
"""

from __future__ import annotations

import logging
from typing import Any

from .config_values import checked_config
from .context import TaskContext
from .typed_values import Unread, hints_of, read_text
from .values import decode, is_ambiguous, shortened

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
    hints = hints_of(function)
    for parameter in entry["parameters"]:
        name, kind = parameter["name"], parameter["kind"]
        if kind == "session":
            inputs[name] = session
        elif kind == "context":
            inputs[name] = context
        elif kind == "value":
            inputs[name] = _value(entry["name"], parameter, context, hints)
        else:
            _add_config(entry["name"], parameter, context, inputs)
    return inputs


def _value(
    task: str, parameter: dict[str, Any], context: TaskContext, hints: dict[str, Any]
) -> Any:  # noqa: ANN401 - a return value
    name, annotations = parameter["name"], (parameter["annotation"], parameter["produced"])
    try:
        text = context.value_of(name)
    except Exception as exc:
        if NOT_IN_A_TASK in str(exc):
            raise LookupError(
                f"{task} reads the return value of {name}, which there is only in a graph run"
            ) from exc
        raise
    try:
        return _typed(text, hints[name])
    except (KeyError, Unread):
        pass  # read by the text of the annotations
    except (ValueError, TypeError) as exc:
        wanted = parameter["annotation"]
        raise ValueError(
            f"{task}: the return value of {name}: {shortened(str(text))} is not {wanted}: {exc}"
        ) from None
    try:
        value = decode(text, *annotations)
    except ValueError as exc:
        raise ValueError(f"{task}: the return value of {name}: {exc}") from None
    if is_ambiguous(text, *annotations):
        _LOG.warning(
            "%s: the return value of %s is kept as text; annotate the parameter to read it as "
            "another type",
            task,
            name,
        )
    return value


def _typed(text: str | None, kind: Any) -> Any:  # noqa: ANN401 - any annotation, any value
    return None if text is None else read_text(text, kind)


def _add_config(
    task: str, parameter: dict[str, Any], context: TaskContext, inputs: dict[str, Any]
) -> None:
    name = parameter["name"]
    try:
        config = context.get_task_graph_config() or {}
    except Exception as exc:
        if NOT_IN_A_TASK not in str(exc):
            raise
        config = {}
    if name in config:
        try:
            inputs[name] = checked_config(config[name], parameter["annotation"])
        except ValueError as exc:
            raise ValueError(f"{task}: config key {name}: {exc}") from None
    elif parameter["required"]:
        keys = sorted(key for key in config if key != _OWN_KEY)
        raise LookupError(
            f"{task} needs the config key {name!r}, and this run's config has "
            + (f"only {', '.join(keys)}" if keys else "no keys")
        )


def warn_of_another_type(task: str, text: str | None, function: Any) -> None:  # noqa: ANN401 - the user's function
    """Log that a return value is not what its function says; the work is done, and it is kept."""
    kind = hints_of(function).get("return")
    if text is None or kind is None:
        return
    try:
        read_text(text, kind)
    except Unread:
        return
    except (ValueError, TypeError) as exc:
        said = getattr(kind, "__name__", str(kind))
        _LOG.warning("%s returned %s, which is not %s: %s", task, shortened(text), said, exc)
