"""What a task's function takes from a call that it was written in: names beside the module's own.

A task ships as a function at the top of a module, where what it encloses stands beside it. Refuses
what would be another thing there. Reads cells; runs nothing.
"""

from __future__ import annotations

import types
from collections.abc import Mapping

from sfdag_magics.bundle.written.function_state import sets_enclosed
from sfdag_magics.errors import InputError


def names_seen(function: types.FunctionType) -> Mapping[str, object]:
    """The names that a function sees, as they are now; what it encloses hides the module's.

    Raises:
        InputError: two things would have one name: what it encloses, and what others of the module
            see by it.
    """
    enclosed = _enclosed(function)
    for name, value in enclosed.items():
        if name in function.__globals__ and function.__globals__[name] is not value:
            raise InputError(
                f"{function.__qualname__} encloses {name}, and its module has another {name}: "
                "a task ships with one of each name",
                hint=f"call one of them otherwise than {name}",
            )
    return {**function.__globals__, **enclosed} if enclosed else function.__globals__


def check_enclosed(function: types.FunctionType) -> None:
    """Refuse a function that sets what others enclose too: each task would have its own.

    Raises:
        InputError: it does.
    """
    for name in function.__code__.co_freevars:
        if sets_enclosed(function.__code__, name):
            raise InputError(
                f"{function.__qualname__} sets {name} of the call that made it: a task runs in a "
                "process of its own, and nobody sees that there",
                hint="return it",
            )


def _enclosed(function: types.FunctionType) -> dict[str, object]:
    found = {}
    cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
    for name, cell in cells:
        try:
            found[name] = cell.cell_contents
        except ValueError:  # nothing yet; where it stays so the name is missing in the task as here
            continue
    return {name: value for name, value in found.items() if name != "__class__"}
