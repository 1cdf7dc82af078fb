"""With which code an error ends a command of a shell. Knows kinds of errors, and no command."""

from __future__ import annotations

from sfdag_magics.errors import CaptureError, InputError, SfdagError

FAILED, WRONG = 1, 2


def exit_code(error: SfdagError) -> int:
    """2 for what was typed wrongly or nobody is there to answer, 1 for what failed."""
    is_typed_wrongly = isinstance(error, InputError) and not isinstance(error, CaptureError)
    return WRONG if is_typed_wrongly else FAILED
