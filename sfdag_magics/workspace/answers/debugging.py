"""What a task was given in an attempt, restored, so that its function can be called here.

Values and configuration come from the run's history, so it is the same for a run on Snowflake. What
tables held then is not restored: the session reads them as they are now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sfdag_magics.bundle.archive import parameters_told
from sfdag_magics.bundle.shipped.context import TaskContext
from sfdag_magics.bundle.shipped.inputs import read_inputs
from sfdag_magics.bundle.shipped.runtime import call_function
from sfdag_magics.client.observing.deployed import DeployedGraph
from sfdag_magics.client.observing.history import OWN_CONFIG_KEY
from sfdag_magics.client.observing.snapshot import RunSnapshot
from sfdag_magics.client.running.noted_slots import slot_note
from sfdag_magics.client.running.recorded_session import Recorded, recorded_session
from sfdag_magics.client.running.runs import Run
from sfdag_magics.errors import InputError
from sfdag_magics.graph.displayed import Displayed
from sfdag_magics.graph.model import ParameterKind, Task, TaskGraph, TaskKind
from sfdag_magics.graph.names import key_of
from sfdag_magics.graph.states import state_word
from sfdag_magics.place_words import to_type
from sfdag_magics.workspace.answers.looking import task_of
from sfdag_magics.workspace.workspace import Workspace

_SHOWN = 200
#: What a task is given of ours is told by what it is: where it lies in memory says nothing.
_OURS = {
    "Session": "a Snowpark session that answers as the run's did",
    "TaskContext": "the task's context, as it was in the run",
}


class Debugged(Mapping[str, Any], Displayed):
    """The inputs of one attempt of a task by their names: `train(**inputs)`.

    Attributes:
        task: as it is spelled.
        label: the run, for people.
        error: what the task raised then, in one line; empty where it did not.
    """

    def __init__(
        self,
        task: str,
        label: str,
        error: str,
        inputs: Mapping[str, Any],
        function: Callable[..., Any] | None,
    ) -> None:
        self.task, self.label, self.error = task, label, error
        self._inputs = dict(inputs)
        self._function = function

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - any value that a task is given
        return self._inputs[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._inputs)

    def __len__(self) -> int:
        return len(self._inputs)

    def __repr__(self) -> str:
        return f"<inputs of {self.task} in {self.label}: {', '.join(self) or 'none'}>"

    def __str__(self) -> str:
        width = max(map(len, self), default=0)
        lines = [f"  {name:<{width}}  {_shown(value)}" for name, value in self.items()]
        raised = [f"  it raised: {self.error}"] if self.error else []
        return "\n".join([f"{self.task} in {self.label} was given", *lines, *raised])

    def call(self) -> Any:  # noqa: ANN401 - whatever the function returns
        """Call the task's function with its inputs; raises whatever it raises.

        Raises:
            InputError: the function is not here.
        """
        __tracebackhide__ = True  # what it raises is told from its own lines on
        if self._function is None:
            raise InputError(
                f"the function of {self.task} is not here",
                hint="call it with **inputs, where it is defined",
            )
        try:
            return call_function(self._function, self._inputs)
        except Exception as raised:  # noqa: BLE001 - the user's own, told from their lines on
            inside = raised.__traceback__.tb_next if raised.__traceback__ else None
            own = inside.tb_next if inside else None
            raise raised.with_traceback(own or raised.__traceback__)  # noqa: B904 - it is the same


def value_text(value: object) -> str:
    """A value that a task was given, as text."""
    return _OURS.get(type(value).__name__) or repr(value)


def _shown(value: object) -> str:
    text = value_text(value)
    if type(value).__name__ in _OURS:
        return text
    said = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
    return f"{said}  ({type(value).__name__})"


def debugged(
    workspace: Workspace,
    graph: TaskGraph,
    run: Run,
    named: str,
    target: str | None,
    *,
    attempt: int | None,
    function: Callable[..., Any] | None,
) -> Debugged:
    """The inputs of a task in a run, its last attempt where none is named.

    Args:
        function: the task's own, by whose annotations values are read.

    Raises:
        InputError: the run has no such task or attempt, its code is not here, or it was not given
            what it needs.
    """
    run.refresh()
    name, seen = task_of(run, named), run.seen_at(attempt)
    task = _python_task(graph, name)
    if seen.tasks[name].started is None:
        word = state_word(seen.tasks[name].state, is_by_hand=name in seen.by_hand)
        raise InputError(
            f"{name} is {word} in {seen.label}: it was given nothing",
            hint=str(to_type("why", task=name)),
        )
    recorded = _recorded(run.deployed, seen, name)
    session = recorded_session(workspace.places.notebook_session(target), recorded)
    told = parameters_told(graph, task)
    given = run.elements(name, attempt) if task.element is not None else {}
    try:
        entry = {"name": name, "parameters": [_as_given(name, each, given) for each in told]}
        inputs = read_inputs(entry, session, TaskContext(session, name), function or _stub(task))
    except (LookupError, ValueError) as error:
        raise InputError(
            f"{seen.label} does not have what the cell asks for now: {error.args[0]}",
            hint="run the cell as it was then, or name a run of this code",
        ) from error
    return Debugged(name, seen.label, seen.tasks[name].reason, inputs, function)


def _as_given(task: str, parameter: dict[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """What the run's own code gave where the cell has an element of its map: another by now."""
    if parameter["kind"] != ParameterKind.GIVEN.value:
        return parameter
    name = parameter["name"]
    if name not in given:
        raise LookupError(f"{task} was given no element {name} of a map")
    return {**parameter, "value": given[name]}


def _python_task(graph: TaskGraph, name: str) -> Task:
    found = graph.task(name) if name in graph else None
    if found is None or found.kind is TaskKind.NOT_LOADED:
        raise InputError(
            f"the cell of {name} was not run here, so there is no function to call",
            hint=f"run its cell, then {to_type('debug', task=name)}",
        )
    if found.kind is TaskKind.SQL:
        raise InputError(
            f"{name} is a SQL task: there is no function to call",
            hint="run its statement by hand, with a session of your own",
        )
    return found


def _recorded(graph: DeployedGraph, seen: RunSnapshot, name: str) -> Recorded:
    """In the graph's own names, as its code has them: a bridge calls all of it otherwise."""
    root = (graph.origin or graph).root
    values = {f"{root.name}${key_of(each)}": task.return_value for each, task in seen.tasks.items()}
    above = [f"{root.name}${key_of(each)}" for each in seen.tasks[name].predecessors]
    ordered = {each: values[each] for each in above if each in values}
    return Recorded(
        task=f"{root.sql()}${key_of(name)}",
        root=root.sql(),
        group_id=seen.group_id,
        scheduled=seen.scheduled,
        values={**ordered, **values},
        config={
            **graph.config,
            **seen.config,
            **({OWN_CONFIG_KEY: slot_note(seen.slot)} if seen.slot else {}),
        },
    )


def _stub(task: Task) -> Callable[..., Any]:
    """Stands for a function that is not here: its parameters are annotated alike."""

    def stub() -> None:
        """Is only looked at."""

    said = {each.name: each.annotation for each in task.parameters if each.annotation}
    stub.__annotations__ = dict(said)
    return stub
