"""What a task was given and what it returned, as the page shows it. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from json import dumps  # as it is now: a cell may put its own in the module
from types import MappingProxyType
from typing import Any

from sfdag_magics.client.observing.intentions import listed
from sfdag_magics.client.observing.snapshot import RunSnapshot, TaskRun
from sfdag_magics.errors import SfdagError
from sfdag_magics.graph.displayed import size_text
from sfdag_magics.graph.model import Parameter, ParameterKind
from sfdag_magics.graph.rules import MAX_RETURN_BYTES
from sfdag_magics.light_classes import dataclass
from sfdag_magics.widget.held.actions import Parameters

_ELEMENT, _DEFAULT = "element of the map", "its default"

_KINDS = {dict: "dict", list: "list", str: "text", bool: "bool", int: "int", float: "float"}


@dataclass(frozen=True, slots=True, kw_only=True)
class OfThen:
    """What the code says that tasks of a run ran, by their names; asked for only where it matters.

    Attributes:
        elements: `{parameter: the element of its map}` that a task was given.
        defaults: `{config key: what the task took where it was not set}`; None where its cell still
            says the same.
    """

    elements: Callable[[str], Mapping[str, Any]] = lambda _: MappingProxyType({})
    defaults: Callable[[str], Mapping[str, str | None] | None] = lambda _: None


def data_told(
    task: TaskRun,
    seen: RunSnapshot,
    parameters: Parameters,
    shown: Callable[[str], str],
    then: OfThen,
) -> dict[str, Any]:
    """`returned` and `inputs` of one task.

    Args:
        shown: takes out of a text what a terminal would obey.
        then: says what the cell may have otherwise by now.
    """
    return {
        "returned": _returned(task, _readers(task.name, seen.tasks, parameters), shown),
        "inputs": [
            [name, shown(text), kind] for name, text, kind in _inputs(task, seen, parameters, then)
        ],
    }


def _inputs(
    task: TaskRun, seen: RunSnapshot, parameters: Parameters, then: OfThen
) -> Iterator[tuple[str, str, str]]:
    """`(name, value, where from)`; of a task that is not loaded here, what stood there for it."""
    given = parameters(task.name)
    if given is not None:
        for each in given:
            found = _given(each, task, seen, then)
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


def _given(
    parameter: Parameter, task: TaskRun, seen: RunSnapshot, then: OfThen
) -> list[tuple[str, str]]:
    """What a parameter was given, in one line, and where it comes from."""
    match parameter.kind:
        case ParameterKind.VALUE:
            above = seen.tasks.get(parameter.name)
            return [] if above is None else [(above.return_value or "nothing", "task")]
        case ParameterKind.CONFIG if parameter.name in seen.config:
            value = dumps(seen.config[parameter.name], ensure_ascii=False, default=str)
            return [(value, "configuration")]
        case ParameterKind.CONFIG:
            return _of_code(parameter, task, then.defaults, _DEFAULT)
        case ParameterKind.GIVEN:
            return _of_code(parameter, task, lambda name: _elements(then, name), _ELEMENT)
    return []


def _of_code(
    parameter: Parameter,
    task: TaskRun,
    ran: Callable[[str], Mapping[str, str | None] | None],
    what: str,
) -> list[tuple[str, str]]:
    """By the code that the task ran; of one that did not begin by its cell."""
    try:
        said = ran(task.name) if task.started is not None else None
    except SfdagError:
        return [("unknown", f"{what}: the code that it ran is not there any more")]
    if said is None:
        return [(parameter.default or "nothing", what)]
    if parameter.name not in said:
        return []
    return [(said[parameter.name] or "nothing", what)]


def _elements(then: OfThen, name: str) -> dict[str, str | None]:
    return {key: dumps(each, ensure_ascii=False) for key, each in then.elements(name).items()}
