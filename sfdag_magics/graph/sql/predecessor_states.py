"""What SYSTEM$PREDECESSORS_STATE and SYSTEM$TASK_COMPLETION_STATE say of tasks above. Pure.

The same rules for the engine and for a simulation (Snowflake docs: the two functions).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sfdag_magics.graph.states import TaskState
from sfdag_magics.sqltext import tokenize

#: How the tasks above ended; None stands for one that did not run.
States = Sequence[TaskState | None]
ASKS_OUTCOMES = "SYSTEM$PREDECESSORS_STATE"
#: What it asks where nothing is named.
DEFAULT_OUTCOME = "ALL_SUCCEEDED"

_SUCCEEDED = {TaskState.SUCCEEDED}
_FAILED = {TaskState.FAILED, TaskState.FAILED_AND_AUTO_SUSPENDED}
_SKIPPED = {TaskState.SKIPPED}
_DONE = _SUCCEEDED | _FAILED | _SKIPPED | {TaskState.CANCELLED}


def _all(wanted: set[TaskState]) -> Callable[[States], bool]:
    return lambda states: all(state in wanted for state in states)


def _any(wanted: set[TaskState]) -> Callable[[States], bool]:
    return lambda states: any(state in wanted for state in states)


#: `{what is asked for: whether these states are so}`.
OUTCOMES: Mapping[str, Callable[[States], bool]] = {
    "ALL_SUCCEEDED": _all(_SUCCEEDED),
    "ALL_FAILED": _all(_FAILED),
    "ALL_DONE": _all(_DONE),
    "ALL_SKIPPED": _all(_SKIPPED),
    "AT_LEAST_ONE_FAILED": _any(_FAILED),
    "AT_LEAST_ONE_SUCCEEDED": _any(_SUCCEEDED),
    "NONE_FAILED": _all(_SUCCEEDED | _SKIPPED),
    "NONE_FAILED_MIN_ONE_SUCCEEDED": lambda states: (
        _all(_SUCCEEDED | _SKIPPED)(states) and _any(_SUCCEEDED)(states)
    ),
    "NONE_SKIPPED": _all(_SUCCEEDED | _FAILED),
}


def completion_state(state: TaskState | None) -> str:
    """The word for how a task ended, or has not yet."""
    if state is None or not state.is_final:
        return "NOT_EXECUTED"
    return "FAILED" if state.is_failure else state.value


def needs_any_outcome(condition: str | None) -> bool:
    """Whether a WHEN is to be asked whatever became of the predecessors."""
    return condition is not None and any(t.word == ASKS_OUTCOMES for t in tokenize(condition))
