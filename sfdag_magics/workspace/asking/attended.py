"""Whether a person is there to answer, by the environment and the input. Asks nobody.

What a pipe holds is no answer: who writes `--yes` knows what is asked, a program that fills a pipe
may be asked something else one day.
"""

from __future__ import annotations

import os
import sys

#: Says it where the input does not, as in a terminal that a program drives.
_VARIABLE = "SFDAG_INTERACTIVE"
_YES = {"1", "true", "yes", "on"}
_NO = {"0", "false", "no", "off"}


def said_attended() -> bool | None:
    """What the environment says of it; None where it says nothing."""
    said = os.environ.get(_VARIABLE, "").lower()
    return said in _YES if said in _YES | _NO else None


def is_at_terminal() -> bool:
    """Whether a person types what this process reads."""
    said = said_attended()
    return said if said is not None else sys.stdin is not None and sys.stdin.isatty()
