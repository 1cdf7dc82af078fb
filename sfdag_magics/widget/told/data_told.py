"""What a task was given and what it returned, as the page shows it. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from json import dumps  # as it is now: a cell may put its own in the module
from typing import Any

from sfdag_magics.client.observing.intentions import listed
from sfdag_magics.client.observing.shown import size_text
from sfdag_magics.client.observing.snapshot import RunSnapshot, TaskRun
from sfdag_magics.errors import SfdagError
from sfdag_magics.graph.model import Parameter, ParameterKind
from sfdag_magics.graph.rules import MAX_RETURN_BYTES
from sfdag_magics.widget.held.actions import Parameters

#: `{parameter: the element of its map}` that a task of the run was given, asked for only then.
Elements = Callable[[], Mapping[str, Any]]
_ELEMENT = "element of the map"

_KINDS = {dict: "dict", list: "list", str: "text", bool: "bool", int: "int", float: "float"}


def data_told(
    task: TaskRun,
    seen: RunSnapshot,
    parameters: Parameters,
    shown: Callable[[str], str],
    elements: Elements,
) -> dict[str, Any]:
    """`returned` and `inputs` of one task.

    Args:
        shown: takes out of a text what a terminal would obey.
        elements: of a map's task; the cell may have others by now.
    """
    return {
        "returned": _returned(task, _readers(task.name, seen.tasks, parameters), shown),
        "inputs": [
            [name, shown(text), kind]
            for name, text, kind in _inputs(task, seen, parameters, elements)
        ],
    }


def _inputs(
    task: TaskRun, seen: RunSnapshot, parameters: Parameters, elements: Elements
) -> Iterator[tuple[str, str, str]]:
    """`(name, value, where from)`; of a task that is not loaded here, what stood there for it."""
    given = parameters(task.name)
    if given is not None:
        for each in given:
            found = (
                _element(each, task, elements)
                if each.kind is ParameterKind.GIVEN
                else _given(each, seen)
            )
            yield from ((each.name, text, kind) for text, kind in found)
        return
    for name in task.predecessors:
        above = seen.tasks.get(name)
        if above is not None and above.return_value is not None:
            yield name, above.return_value, "returned by the task before it"


def _returned(
    task: TaskRun, readers: Sequence[str], shown: Callable[[str], str]
) -> dict[str, str] | None:
    if task.return_value is None:
        return None
    text, kind = pretty(task.return_value)
    size = len(task.return_value.encode("utf-8", "replace"))
    of = f"{size_text(size)}, at most {size_text(MAX_RETURN_BYTES)}"
    read = f"read by {listed(readers)}" if readers else ""
    return {"text": shown(text), "note": " · ".join(filter(None, (kind, of, read)))}


def pretty(value: str) -> tuple[str, str]:
    """A return value as it is read, and what it is.

    >>> pretty('{"f1": 0.5}')
    ('{\\n  "f1": 0.5\\n}', 'dict')
    >>> pretty("V20260626")
    ('V20260626', 'text')
    """
    try:
        read = json.loads(value)
    except (ValueError, RecursionError):
        return value, "text"
    return dumps(read, indent=2, ensure_ascii=False), _KINDS.get(type(read), "nothing")


def _readers(name: str, tasks: Iterable[str], parameters: Parameters) -> list[str]:
    return [
        other
        for other in tasks
        if any(
            each.kind is ParameterKind.VALUE and each.name == name
            for each in parameters(other) or ()
        )
    ]


def _given(parameter: Parameter, seen: RunSnapshot) -> list[tuple[str, str]]:
    """What a parameter was given, in one line, and where it comes from."""
    if parameter.kind is ParameterKind.VALUE:
        above = seen.tasks.get(parameter.name)
        return [] if above is None else [(above.return_value or "nothing", "task")]
    if parameter.kind is ParameterKind.CONFIG:
        return [_configured(parameter, seen.config)]
    return []


def _element(parameter: Parameter, task: TaskRun, elements: Elements) -> list[tuple[str, str]]:
    """By the code that the task ran; of one that did not begin by its cell."""
    if task.started is None:
        return [(parameter.default or "nothing", _ELEMENT)]
    try:
        given = elements()
    except SfdagError:
        return [("unknown", f"{_ELEMENT}: the code that it ran is not there any more")]
    if parameter.name not in given:
        return []
    return [(dumps(given[parameter.name], ensure_ascii=False), _ELEMENT)]


def _configured(parameter: Parameter, config: Mapping[str, Any]) -> tuple[str, str]:
    if parameter.name in config:
        return dumps(config[parameter.name], ensure_ascii=False, default=str), "configuration"
    return parameter.default or "nothing", "its default"
