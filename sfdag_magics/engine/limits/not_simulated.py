"""What a statement comes to whose work another service would do. Knows only the setting."""

from __future__ import annotations

from collections.abc import Mapping

from sfdag_magics.errors import MachineError

VARIABLE = "SFDAG_NOT_SIMULATED"
FAIL, SUCCEED = "fail", "succeed"


def succeeds_elsewhere(environment: Mapping[str, str]) -> bool:
    """Whether what is not simulated succeeds and does nothing; without the variable it fails.

    Raises:
        MachineError: the variable holds another word.
    """
    text = environment.get(VARIABLE, "").strip().lower() or FAIL
    if text not in (FAIL, SUCCEED):
        raise MachineError(
            f"the engine cannot start with {VARIABLE}={text}",
            hint=f"it is {FAIL} or {SUCCEED}, or left out",
        )
    return text == SUCCEED
