"""A run as a table that changes in a terminal. Knows snapshots, and asks nothing."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from sfdag_magics.client.observing.snapshot import RunSnapshot, TaskRun
from sfdag_magics.graph.grouped import GroupRun
from sfdag_magics.graph.names import counted
from sfdag_magics.graph.states import DisplayState
from sfdag_magics.render.run_seen import headline, task_note
from sfdag_magics.render.text import plain

_STYLES = {
    DisplayState.SUCCEEDED: "green",
    DisplayState.RUNNING: "blue",
    DisplayState.FAILED: "bold red",
    DisplayState.RETRYING: "yellow",
    DisplayState.BLOCKED: "red",
    DisplayState.CANCELLED: "magenta",
    DisplayState.REUSED: "green",
    DisplayState.SKIPPED: "dim",
    DisplayState.PENDING: "dim",
}


class LiveTable:
    """Follows one run, a snapshot at a time; when it is over, the table stays as it is."""

    def __init__(self, console: Console | None = None) -> None:
        self._live = Live(
            console=console or Console(file=sys.stdout), auto_refresh=False, transient=False
        )

    def __call__(self, seen: RunSnapshot) -> None:
        """Draw what is seen."""
        self._live.start()
        self._live.update(table_of(seen, datetime.now(UTC)), refresh=True)
        if seen.is_over:
            self._live.stop()


def live_table(say: Callable[[str], None]) -> LiveTable:
    """A table in place of lines."""
    del say
    return LiveTable()


def table_of(seen: RunSnapshot, now: datetime) -> Table:
    """The run's sentence, a row for each task, and one for each group of tasks."""
    table = Table(title=Text(f"{seen.label} · {headline(seen, now=now)}"), title_justify="left")
    for column in ("", "task", "state", "why"):
        table.add_column(column)
    for task in seen.tasks.values():
        note = task_note(task, now=now, is_by_hand=task.name in seen.by_hand)
        table.add_row(*_row(task, note), style=_STYLES.get(task.state, ""))
    for group in seen.groups.values():
        table.add_row(*_group_row(group, now), style=_STYLES.get(group.state, ""))
    return table


def _row(task: TaskRun, note: str) -> tuple[Text, ...]:
    words = (task.state.glyph, plain(task.name), note, plain(task.reason))
    return tuple(map(Text, words))  # what a task says is no markup


def _group_row(group: GroupRun, now: datetime) -> tuple[Text, ...]:
    of = f"group of {counted(len(group.tasks), 'task')}"
    return tuple(map(Text, (group.state.glyph, plain(group.name), task_note(group, now=now), of)))
