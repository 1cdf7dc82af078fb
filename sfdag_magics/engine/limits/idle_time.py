"""How long an engine that nobody needs goes on. Knows the number and where it comes from."""

from __future__ import annotations

import math
from collections.abc import Mapping

from sfdag_magics.errors import MachineError

#: Minutes without any client, run or schedule after which an engine stops by itself.
IDLE_VARIABLE = "SFDAG_IDLE_MINUTES"
_IDLE_MINUTES = 15.0


def idle_minutes_from(environment: Mapping[str, str]) -> float:
    """The minutes that the environment asks for.

    Raises:
        MachineError: the variable holds no number, or one below zero.
    """
    text = environment.get(IDLE_VARIABLE, "").strip()
    if not text:
        return _IDLE_MINUTES
    try:
        minutes = float(text)
    except ValueError:
        minutes = math.nan
    if not (math.isfinite(minutes) and minutes >= 0):
        raise MachineError(
            f"the engine cannot start with {IDLE_VARIABLE}={text}: it is not a number of minutes",
            hint=f"name one, such as {IDLE_VARIABLE}={_IDLE_MINUTES:g}, or leave it out",
        )
    return minutes
