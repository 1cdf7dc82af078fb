"""Maps: one function as a task for each element of a list, and a task below that reads them all.

A parameter of the map's name receives the list of their results. Pure; knows no place they run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Unpack

from sfdag_magics.errors import InputError
from sfdag_magics.graph.names import key_of, name_problem
from sfdag_magics.graph.source import FunctionSource
from sfdag_magics.graph.task import Task, TaskOptions, python_task
from sfdag_magics.graph.values.annotations import arms_of, head_of
from sfdag_magics.graph.values.element import Element, elements_of
from sfdag_magics.graph.values.signature import Parameter, ParameterKind
from sfdag_magics.light_classes import dataclass

#: What a parameter of a map's name may be annotated as.
_LISTS = frozenset({"list", "List", "Sequence", "Iterable", "Collection", "Any", "object"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapped:
    """The tasks of one map, in the order of their results."""

    name: str
    tasks: tuple[str, ...]


def mapped_tasks(
    source: FunctionSource,
    over: object,
    name: str | None = None,
    **options: Unpack[TaskOptions],
) -> tuple[Task, ...]:
    """A task for each element: `score_1`, `score_2` … of a list, `score_de` … of a dict.

    Its first parameter that is no session and no context receives the element.

    Args:
        over: the elements.
        name: of the map, and of the group that its tasks are where no other is named; else the
            function's.

    Raises:
        InputError: a name, an element or an option does not fit, or no parameter takes an element.
    """
    called = name or source.name
    base = python_task(source, called, **options)
    if base.finalizer:
        raise InputError(
            f"{called}: a graph has one finalizer, and a map makes a task for each element",
            hint="a finalizer that goes through the list itself",
        )
    receives = next((each.name for each in base.parameters if _may_receive(each)), None)
    if receives is None:
        raise InputError(
            f"{called}: no parameter takes an element of the map",
            hint=f"a first one without default: def {source.name}(each, …)",
        )
    made = []
    for place, (key, text) in enumerate(elements_of(called, over).items(), 1):
        task_name = f"{called}_{key}"
        if problem := name_problem(task_name):
            raise InputError(
                f"map {called}: {key!r} ends no task's name: {problem}",
                hint="letters, digits and _, as in {'north_1': …}",
            )
        element = Element(map=called, place=place, parameter=receives, text=text)
        group = base.group if base.group is not None else called
        made.append(of_element(replace(base, name=task_name, group=group), element))
    return tuple(made)


def of_element(task: Task, element: Element) -> Task:
    """The task as one of a map, which is given that element."""
    parameters = tuple(
        replace(each, kind=ParameterKind.GIVEN) if each.name == element.parameter else each
        for each in task.parameters
    )
    return replace(task, parameters=parameters, element=element)


def _may_receive(parameter: Parameter) -> bool:
    return parameter.kind is ParameterKind.VALUE


def maps_of(tasks: Iterable[Task]) -> dict[str, Mapped]:
    """`{key of a map's name: its tasks}`."""
    found: dict[str, list[Task]] = {}
    for task in tasks:
        if task.element is not None:
            found.setdefault(key_of(task.element.map), []).append(task)
    return {key: _mapped(those) for key, those in found.items()}


def _mapped(tasks: list[Task]) -> Mapped:
    ordered = sorted(tasks, key=lambda task: task.element.place if task.element else 0)
    first = ordered[0].element
    return Mapped(name=first.map if first else "", tasks=tuple(task.name for task in ordered))


def named_by(name: str, tasks: Mapping[str, Task], maps: Mapping[str, Mapped]) -> tuple[str, ...]:
    """The tasks that a name means, as they are spelled: one, or all of a map; none it is neither.

    Args:
        tasks: by `key_of` their names.
    """
    key = key_of(name)
    if key in tasks:
        return (tasks[key].name,)
    return maps[key].tasks if key in maps else ()


def of_each(parameter: Parameter) -> Parameter | None:
    """What a parameter that receives a map's results says of each; None where it is no list."""
    if parameter.annotation is None:
        return parameter
    arms = [arm for arm in arms_of(parameter.annotation) if arm != "None"]
    head, inside = head_of(arms[0]) if len(arms) == 1 else (None, ())
    if head not in _LISTS:
        return None
    return replace(parameter, annotation=inside[0] if inside else None)
