"""How long an answer is waited for, where the question itself may take as long as the network does.

Knows no question: whoever asks says what is to be asked.
"""

from __future__ import annotations

import contextvars
import queue
import threading
from collections.abc import Callable
from typing import TypeVar

Answer = TypeVar("Answer")


def answer_within(ask: Callable[[], Answer], seconds: float | None) -> Answer:
    """What `ask` gives, or raises; asked in a thread of its own, which is left behind.

    Args:
        ask: may go on behind this call, and what it gives then is nobody's.
        seconds: None asks in this thread, for as long as it takes.

    Raises:
        TimeoutError: it is not there in time.
    """
    if seconds is None:
        return ask()
    came: queue.SimpleQueue[Callable[[], Answer]] = queue.SimpleQueue()
    context = contextvars.copy_context()  # who listens, and what a statement is worth
    threading.Thread(
        target=lambda: came.put(context.run(_outcome, ask)), name="sfdag-asks", daemon=True
    ).start()
    try:
        outcome = came.get(timeout=seconds)
    except queue.Empty:
        raise TimeoutError from None
    return outcome()


def _outcome(ask: Callable[[], Answer]) -> Callable[[], Answer]:
    """Gives or raises what asking gave or raised, in whatever thread."""
    try:
        answer = ask()
    except Exception as error:  # noqa: BLE001 - raised again by who waits
        raised = error
    else:
        return lambda: answer

    def fail() -> Answer:
        raise raised

    return fail
