"""What the file beside the notebook says of the embedded engine: `[local]` of `sfdag.toml`.

Each setting is a variable of the engine's environment, which wins where it is set. Both count when
an engine starts; what a value may be, the engine says.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sfdag_magics.client.connecting.targets import file_beside
from sfdag_magics.errors import InputError
from sfdag_magics.graph.names import nearest

#: `{key: variable}`.
VARIABLES: Mapping[str, str] = {
    "memory": "SFDAG_MEMORY",
    "task_memory": "SFDAG_TASK_MEMORY",
    "parallel_tasks": "SFDAG_PARALLEL_TASKS",
    "idle_minutes": "SFDAG_IDLE_MINUTES",
    "history_days": "SFDAG_HISTORY_DAYS",
    "history_runs": "SFDAG_HISTORY_RUNS",
}


def local_settings(directory: Path) -> dict[str, str]:
    """The variables that the file beside a notebook in `directory`, or above it, sets.

    Raises:
        InputError: `[local]` holds something else.
    """
    found = file_beside(directory)
    if found is None:
        return {}
    described, path = found
    settings = described.get("local", {})
    if not isinstance(settings, dict):
        raise InputError(f"{path.name}: local is no table", hint="[local], and below it keys")
    return {_variable(key, value, path): str(value) for key, value in settings.items()}


def _variable(key: str, value: object, path: Path) -> str:
    if key not in VARIABLES:
        near = nearest(key, VARIABLES)
        raise InputError(
            f"{path.name}: [local] has unknown key {key!r}; known: {', '.join(VARIABLES)}",
            hint=f"{near} = …" if near else f"take {key} out",
        )
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise InputError(
            f"{path.name}: {key} of [local] is neither a text nor a number",
            hint=f'{key} = "3GB", or another amount' if "memory" in key else f"{key} = 4",
        )
    return VARIABLES[key]
