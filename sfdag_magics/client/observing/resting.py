"""How long to rest between two looks: until something may have changed, where somebody tells that.

Knows no run: what is looked at is another's.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

#: To read the hint costs some microseconds; twice as often nobody would see.
_STEP_S = 0.005


def rest(
    ended: threading.Event,
    last_stir: Callable[[], bytes],
    before: bytes,
    *,
    least_s: float,
    most_s: float,
) -> bool:
    """Wait for a change since `before`, so long at least and at most; not beyond `ended`.

    Args:
        last_stir: see `Backend.last_stir`; always empty where nobody tells.

    Returns:
        Whether a change was told of; it may be another run's.
    """
    ended.wait(least_s)
    deadline = time.monotonic() + most_s - least_s
    while not ended.is_set():
        if last_stir() != before:
            return True
        left_s = deadline - time.monotonic()
        if left_s <= 0:
            return False
        ended.wait(min(_STEP_S, left_s) if before else left_s)
    return False
