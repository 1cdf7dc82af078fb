"""How much tasks may take: what the environment may say of it, and what suits a small machine."""

import pytest

from sfdag_magics.engine.limits import budget, task_limits
from sfdag_magics.engine.limits.task_limits import TaskLimits, task_limits_from
from sfdag_magics.errors import MachineError

GB = 1024**3


@pytest.fixture
def machine_of(monkeypatch):
    def has(memory):
        for module in (budget, task_limits):
            monkeypatch.setattr(module, "machine_memory", lambda: memory)

    return has


@pytest.mark.parametrize(
    ("memory", "environment", "limits"),
    [
        (8 * GB, {}, TaskLimits(memory=int(2.4 * GB), parallel=4)),
        (1 * GB, {}, TaskLimits(memory=GB // 2, parallel=2)),
        (64 * GB, {}, TaskLimits(memory=int(19.2 * GB), parallel=8)),
        (
            8 * GB,
            {"SFDAG_TASK_MEMORY": "50%", "SFDAG_PARALLEL_TASKS": "12"},
            TaskLimits(memory=4 * GB, parallel=12),
        ),
    ],
)
def test_what_tasks_may_take(memory, environment, limits, machine_of):
    machine_of(memory)
    assert task_limits_from(environment) == limits


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("SFDAG_TASK_MEMORY", "much"),
        ("SFDAG_TASK_MEMORY", "1MB"),
        ("SFDAG_TASK_MEMORY", "900GB"),
        ("SFDAG_PARALLEL_TASKS", "0"),
        ("SFDAG_PARALLEL_TASKS", "65"),
        ("SFDAG_PARALLEL_TASKS", "two"),
    ],
)
def test_what_is_no_limit_is_refused_by_name(variable, text, machine_of):
    machine_of(8 * GB)
    with pytest.raises(MachineError, match=f"cannot start with {variable}={text}: "):
        task_limits_from({variable: text})
