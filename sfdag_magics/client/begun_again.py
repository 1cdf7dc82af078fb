"""Tasks that were running and begin again in the same attempt: what ran them ended meanwhile.

The embedded engine takes up its runs when it comes back after a crash; a task's time begins anew
then, and its log says so. Pure.
"""

from __future__ import annotations

from sfdag_magics.client.intentions import listed
from sfdag_magics.client.snapshot import RunSnapshot, TaskRun
from sfdag_magics.graph.states import DisplayState

_AGAIN = frozenset({DisplayState.PENDING, DisplayState.RUNNING})


def begun_again_text(before: RunSnapshot | None, now: RunSnapshot) -> str:
    """Which tasks begin again, in a sentence; empty where none does."""
    if before is None or (before.group_id, before.attempt) != (now.group_id, now.attempt):
        return ""
    names = [
        name
        for name, task in now.tasks.items()
        if name in before.tasks and _begins_again(before.tasks[name], task)
    ]
    if not names:
        return ""
    begins = "begins" if len(names) == 1 else "begin"
    return f"the engine had ended and is back: {listed(names)} {begins} again"


def _begins_again(before: TaskRun, now: TaskRun) -> bool:
    was_running = before.state is DisplayState.RUNNING
    return was_running and now.state in _AGAIN and now.started != before.started
