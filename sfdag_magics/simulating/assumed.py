"""What a simulation takes for given: answers of branches, return values, failures, conditions.

Knows the graph's tasks and no run.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import field, replace

from sfdag_magics.errors import InputError
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.graph.names import did_you_mean, key_of, nearest
from sfdag_magics.graph.rules import return_value_problem
from sfdag_magics.light_classes import dataclass
from sfdag_magics.place_words import ByPlace


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumed:
    """All by the tasks' own names; of a task that is not named, that it succeeds.

    Attributes:
        returned: what tasks return, the answers of branches among it.
        fails: tasks whose bodies fail, in each attempt.
        conditions: whether tasks' own WHEN are met, whatever they say.
    """

    returned: Mapping[str, str] = field(default_factory=dict)
    fails: frozenset[str] = frozenset()
    conditions: Mapping[str, bool] = field(default_factory=dict)

    def answering(self, branch: str, answer: str) -> Assumed:
        """The same, with a branch's answer."""
        return replace(self, returned={**self.returned, branch: answer})


def assumed(
    graph: TaskGraph,
    *,
    answers: Mapping[str, str],
    returned: Mapping[str, str],
    fails: Collection[str],
    conditions: Mapping[str, bool],
) -> Assumed:
    """What is to be taken for given, checked against the graph.

    Raises:
        InputError: there is no such task, or it cannot do what is said of it; offers what can.
    """
    said = {_branch(graph, name): answer for name, answer in answers.items()}
    said = {name: _arm(graph, name, answer) for name, answer in said.items()}
    values = {_task(graph, name): value for name, value in returned.items()}
    for name, value in values.items():
        _check_value(graph, name, value)
    failing = frozenset(_task(graph, name) for name in fails)
    if both := sorted(failing & {*said, *values}):
        raise InputError(
            f"{both[0]} is said to fail and to return {({**values, **said})[both[0]]!r}",
            hint="leave out one of the two: what fails returns nothing",
        )
    met = {_conditional(graph, name): is_met for name, is_met in conditions.items()}
    return Assumed(returned={**values, **said}, fails=failing, conditions=met)


def _task(graph: TaskGraph, name: str) -> str:
    return graph.task(name).name


def _branch(graph: TaskGraph, name: str) -> str:
    found = _task(graph, name)
    if found not in graph.branches:
        branches = ", ".join(graph.branches) or "none"
        raise InputError(
            f"{found} is no branch of graph {graph.name!r}, so it answers nothing",
            hint=f"branches: {branches}; {_says('returns', found, 'VALUE')} says what it returns",
        )
    return found


def _arm(graph: TaskGraph, branch: str, answer: str) -> str:
    """The candidate that an answer names: by its own spelling, as a branch's code has to."""
    arms = graph.branches[branch]
    found = next((arm for arm in arms if key_of(arm) == key_of(answer)), None)
    if found is None:
        raise InputError(
            f"{branch} cannot answer {answer!r}: {', '.join(arms)} come after it",
            hint=did_you_mean(answer, arms),
        )
    return found


def _check_value(graph: TaskGraph, name: str, value: str) -> None:
    if name in graph.branches:
        raise InputError(
            f"{name} is a branch: what it returns is its answer",
            hint=_says("branch", name, nearest(value, graph.branches[name]) or value),
        )
    if problem := return_value_problem(value):
        raise InputError(f"{name}: {problem}", hint="return the name of a table, and read that")


def _conditional(graph: TaskGraph, name: str) -> str:
    task = graph.task(name)
    if task.when is None:
        having = ", ".join(each.name for each in graph.tasks if each.when) or "none"
        raise InputError(
            f"{task.name} has no condition of its own", hint=f"tasks that have one: {having}"
        )
    return task.name


#: What an option of the notebook is called as an argument of `OpenTarget.simulate`.
_ARGUMENTS = {"branch": "answers", "returns": "returned"}


def _says(option: str, name: str, value: str) -> str:
    script = f'simulate(…, {_ARGUMENTS[option]}={{"{name}": "{value}"}})'
    return str(ByPlace(f"--{option} {name}={value}", script))
