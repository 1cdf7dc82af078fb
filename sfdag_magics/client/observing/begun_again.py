"""Tasks that were running and begin again in the same attempt: what ran them ended meanwhile.

The embedded engine takes up its runs when it comes back after a crash; a task's time begins anew
then, and its log says so. A kernel that followed the run saw it; others are told by the engine.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from sfdag_magics.client.connecting.backend import Backend
from sfdag_magics.client.observing.intentions import listed
from sfdag_magics.client.observing.snapshot import RunSnapshot, TaskRun
from sfdag_magics.graph.names import deployed_name
from sfdag_magics.graph.states import DisplayState
from sfdag_magics.sqltext import quoted_string

_BEGUN_AGAIN = "SYSTEM$SFDAG_RUNS_BEGUN_AGAIN"
_AGAIN = frozenset({DisplayState.PENDING, DisplayState.RUNNING})


def with_begun_again(backend: Backend, seen: RunSnapshot) -> RunSnapshot:
    """The run with the tasks that the engine says began again in its attempt. One request."""
    return all_with_begun_again(backend, [seen])[0]


def all_with_begun_again(backend: Backend, runs: Sequence[RunSnapshot]) -> list[RunSnapshot]:
    """The same of several runs, in one request for all of them."""
    if not runs or not backend.knows(_BEGUN_AGAIN):
        return list(runs)
    groups = ", ".join(quoted_string(seen.group_id or "") for seen in runs)
    (row,) = backend.rows(f"SELECT {_BEGUN_AGAIN}({groups}) AS TOLD")
    told = json.loads(str(row["TOLD"]))
    return [_with_told(seen, pairs) for seen, pairs in zip(runs, told, strict=True)]


def _with_told(seen: RunSnapshot, told: Sequence[tuple[int, str]]) -> RunSnapshot:
    again = {name for attempt, name in told if attempt == seen.attempt}
    named = (name for name in seen.tasks if deployed_name(seen.graph, name) in again)
    return replace(seen, begun_again=tuple(named))


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
