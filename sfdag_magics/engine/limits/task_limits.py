"""How many tasks run at once, and how much memory a Python task may have. Knows numbers, no task.

What nobody sets suits the machine: with 8 GB four tasks at once, each with 2.4 GB at most, beside
an engine that takes 3.2 GB. Few tasks need so much at one time; the bound is for the one that
would take all.
"""

from __future__ import annotations

from collections.abc import Mapping

from sfdag_magics.engine.limits.budget import amount_of_memory, machine_memory
from sfdag_magics.errors import MachineError
from sfdag_magics.light_classes import dataclass

TASK_MEMORY_VARIABLE, PARALLEL_VARIABLE = "SFDAG_TASK_MEMORY", "SFDAG_PARALLEL_TASKS"
_SHARE = 0.3
#: What a task with Snowpark, pandas and XGBoost imported has before it does anything.
_LEAST = 512 * 1024**2
_FEWEST, _USUAL, _MOST = 2, 8, 64
#: So much of the machine for each task that runs beside others.
_EACH = 2 * 1000**3


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskLimits:
    """What tasks may take: bytes for each, and how many there are at once."""

    memory: int
    parallel: int


def task_limits_from(environment: Mapping[str, str]) -> TaskLimits:
    """The limits that the environment asks for.

    Raises:
        MachineError: a variable holds no number of them, or too much.
    """
    memory = amount_of_memory(environment, TASK_MEMORY_VARIABLE, _SHARE, _LEAST, who="a task")
    return TaskLimits(memory=memory, parallel=_parallel(environment))


def _parallel(environment: Mapping[str, str]) -> int:
    text = environment.get(PARALLEL_VARIABLE, "").strip()
    if not text:
        return max(_FEWEST, min(_USUAL, machine_memory() // _EACH))
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else 0
    if not 1 <= number <= _MOST:
        raise MachineError(
            f"the engine cannot start with {PARALLEL_VARIABLE}={text}:"
            f" it is not a whole number from 1 to {_MOST}",
            hint=f"name one, such as {PARALLEL_VARIABLE}=4, or leave it out",
        )
    return number
