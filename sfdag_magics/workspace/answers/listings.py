"""What is listed (runs, graphs, lines of logs): tuples that print as tables. Asks nobody."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sfdag_magics.client.observing.deployed import DeployedGraph
from sfdag_magics.client.observing.intentions import listed
from sfdag_magics.client.observing.outlook import Outlook
from sfdag_magics.client.observing.snapshot import RunSnapshot
from sfdag_magics.client.observing.traces.logs import LogLine
from sfdag_magics.client.observing.usual import Usual, green_but_empty, usual_times
from sfdag_magics.graph.displayed import Displayed, data_frame, table_lines
from sfdag_magics.graph.names import counted
from sfdag_magics.graph.states import DisplayState, GraphRunState
from sfdag_magics.graph.times.moments import dated_text
from sfdag_magics.graph.times.schedule_words import schedule_words
from sfdag_magics.place_words import to_type
from sfdag_magics.render.run_seen import (
    config_text,
    duration_text,
    ran_count,
    short_text,
    took,
    took_before,
)
from sfdag_magics.sqltext import sql_identifier

if TYPE_CHECKING:
    import pandas as pd

#: So many results stand in a line.
_MOST_RESULTS = 3
#: So many groups of tasks.
_MOST_GROUPS = 3
#: So much longer or shorter than usual is unusual; less than a moment nobody notices.
_MUCH, _NOTICED = 1.5, timedelta(seconds=1)

_GLYPHS = {
    GraphRunState.SUCCEEDED: "✓",
    GraphRunState.FAILED: "✕",
    GraphRunState.CANCELLED: "⊗",
    GraphRunState.EXECUTING: "●",
    GraphRunState.SCHEDULED: "○",
    GraphRunState.SKIPPED: "⤼",
}


class RunListing(tuple[RunSnapshot, ...], Displayed):
    """Runs, the newest first; prints as a table."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<{counted(len(self), 'run')} of {self[0].graph}>" if self else "<no runs>"

    def __str__(self) -> str:
        usual = usual_times(self)
        return "\n".join(_run_line(seen, usual) for seen in self)

    def to_pandas(self) -> pd.DataFrame:
        """A row per run, the newest first. Raises MachineError where pandas is not installed."""
        columns = (
            *("run", "graph", "state", "attempt", "scheduled_from", "begun", "started"),
            *("completed", "duration", "tasks", "failed", "empty", "config", "older_code"),
            *("origin", "slot", "note"),
        )
        usual = usual_times(self)
        return data_frame((_run_row(seen, usual) for seen in self), columns)


class LogListing(tuple[LogLine, ...], Displayed):
    """What one task, or all of a run, printed and logged, oldest first.

    Attributes:
        task: None where it is all; each line then prints with its task in front.
    """

    task: str | None

    def __new__(cls, task: str | None, lines: Sequence[LogLine]) -> LogListing:
        """The lines of one task, or of all."""
        listing = super().__new__(cls, lines)
        listing.task = task
        return listing

    def __repr__(self) -> str:
        return f"<{counted(len(self), 'line')} of {self.task or 'all tasks'}>"

    def __str__(self) -> str:
        if self.task is not None:
            return "\n".join(map(str, self))
        width = max((len(line.task) for line in self), default=0)
        return "\n".join(with_task(line, width) for line in self)

    def to_pandas(self) -> pd.DataFrame:
        """A row per line. Raises MachineError where pandas is not installed."""
        columns = ("task", "time", "severity", "logger", "message")
        return data_frame(
            ({name: getattr(line, name) for name in columns} for line in self), columns
        )


def with_task(line: LogLine, width: int) -> str:
    """A line among those of other tasks: its task in front."""
    return f"{line.task:<{width}}  {line}"


def _run_row(seen: RunSnapshot, usual: Usual) -> dict[str, Any]:
    return {
        "run": seen.group_id,
        "graph": seen.graph,
        "state": seen.state.value,
        "attempt": seen.attempt,
        "scheduled_from": seen.scheduled_from,
        "begun": seen.begun,
        "started": seen.started,
        "completed": seen.completed,
        "duration": _took(seen),
        "tasks": len(seen.tasks),
        "failed": tuple(task.name for task in seen.failed),
        "empty": tuple(green_but_empty(seen, usual)),
        "config": dict(seen.config),
        "older_code": seen.older,
        "origin": seen.origin,
        "slot": tuple(seen.slot) if seen.slot else None,
        "note": seen.note,
    }


def _took(seen: RunSnapshot) -> timedelta | None:
    """All its attempts together, as the live view and `status` have it."""
    if not seen.completed or not seen.started:
        return None
    return seen.completed - seen.started + took_before(seen)


def _run_line(seen: RunSnapshot, usual: Usual) -> str:
    took = _took(seen)
    empty = green_but_empty(seen, usual)
    parts = (
        f"{glyph_of(seen.state)} {seen.short_id}",
        clock(seen.begun or seen.started or seen.scheduled),
        f"{seen.state.lower():<9}",
        _ran(seen),
        f"{duration_text(took)}{_unusual(seen, took, usual)}" if took is not None else "–",
        f"attempt {seen.attempt}" if seen.attempt > 1 else "",
        "by schedule" if seen.scheduled_from == "SCHEDULE" else "",
        # That of a scheduled run is the time at which it began.
        "" if seen.scheduled_from == "SCHEDULE" and not seen.slot_told else seen.slot_text,
        config_text(seen.differs),
        f"older code: {listed(seen.older)}" if seen.older else "",
        seen.origin,
        f"green but empty: {listed(empty)}" if empty else "",
        _result(seen),
        _groups(seen),
        seen.interrupted,
    )
    return "  ".join(part for part in parts if part)


def _ran(seen: RunSnapshot) -> str:
    """How many tasks ran in it; of a bridge, how many only gave what another run or a person did.

    What the service's retry keeps did run, in an earlier attempt of the same run.
    """
    kept = seen.lineage.kept if seen.lineage is not None else {}
    given = [
        name
        for name in kept
        if name in seen.tasks and seen.tasks[name].state is DisplayState.REUSED
    ]
    by_hand = sum(not kept[name] for name in given)  # no run gave it
    reused = len(given) - by_hand
    parts = (
        f"{ran_count(seen) - len(given)} of {len(seen.tasks)} ran",
        f"{reused} reused" if reused else "",
        f"{by_hand} by hand" if by_hand else "",
    )
    return ", ".join(filter(None, parts))


def _groups(seen: RunSnapshot) -> str:
    """What its groups of tasks came to, and how long each took."""
    now = seen.completed or datetime.now(UTC)
    told = [
        f"{name} {group.state.glyph} {took(group, now=now)}".rstrip()
        for name, group in seen.groups.items()
    ]
    more = [f"and {len(told) - _MOST_GROUPS} more"] if len(told) > _MOST_GROUPS else []
    return f"groups: {', '.join([*told[:_MOST_GROUPS], *more])}" if told else ""


def _unusual(seen: RunSnapshot, took: timedelta, by: Usual) -> str:
    """What is usual, where it took so much longer or shorter that somebody would ask.

    Of a run that failed, or was one of a part, it says nothing.
    """
    usual = None if by.run_is_lately else by.run
    is_whole = seen.state is GraphRunState.SUCCEEDED and seen.lineage is None
    if not is_whole or usual is None or abs(took - usual) < _NOTICED:
        return ""
    is_usual = usual / _MUCH < took < usual * _MUCH
    return "" if is_usual else f", usually {duration_text(usual)}"


def _result(seen: RunSnapshot) -> str:
    """What came of it: what failed or was cancelled, else what its last tasks returned."""
    if seen.failed:
        return " · ".join(_itself_failed(seen))
    above = {name for task in seen.tasks.values() for name in task.predecessors}
    last = [task for name, task in seen.tasks.items() if name not in above]
    returned = [
        f"{task.name} → {short_text(task.return_value)}" for task in last if task.return_value
    ]
    return seen.note or " ".join(returned[:_MOST_RESULTS])


def _itself_failed(seen: RunSnapshot) -> list[str]:
    """`failed: a, b` and `cancelled: c`, each in the order in which they ended."""
    by_word: dict[str, list[str]] = {}
    for task in seen.failed:
        by_word.setdefault(task.state.word, []).append(task.name)
    return [f"{word}: {listed(names)}" for word, names in by_word.items()]


def glyph_of(state: GraphRunState) -> str:
    """The sign of a run's state."""
    return _GLYPHS[state]


def clock(moment: datetime | None) -> str:
    """A moment as all verbs say it."""
    return dated_text(moment) if moment else "–"


def stats_line(runs: Sequence[RunSnapshot]) -> str:
    """How many of the ended runs succeeded, and how long those took."""
    ended = [seen for seen in runs if seen.is_over]
    good = [seen for seen in ended if seen.state is GraphRunState.SUCCEEDED]
    took = [each for each in map(_took, good) if each is not None]
    line = f"{len(good)} of {len(ended)} succeeded"
    if took:
        middle = statistics.median_low(took)
        line += f" · median {duration_text(middle)} · longest {duration_text(max(took))}"
    return line


_HEADS = ("graph", "tasks", "schedule", "state", "next run", "last run")


class GraphListing(tuple[Outlook, ...], Displayed):
    """Deployed graphs by name; prints as a table."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<{counted(len(self), 'graph')}>" if self else "<no graphs>"

    def __str__(self) -> str:
        places = {(each.graph.root.database, each.graph.root.schema) for each in self}
        rows = [_HEADS, *(_cells(each, is_placed=len(places) > 1) for each in self)]
        return "\n".join(table_lines(rows))

    def to_pandas(self) -> pd.DataFrame:
        """A row per graph. Raises MachineError where pandas is not installed."""
        columns = (
            *("graph", "root", "tasks", "schedule", "schedule_state", "next_run"),
            *("last_run", "last_state", "last_started", "last_completed"),
        )
        return data_frame(map(_graph_row, self), columns)


def _graph_row(outlook: Outlook) -> dict[str, Any]:
    graph, last = outlook.graph, outlook.last
    return {
        "graph": graph.name,
        "root": graph.root.sql(),
        "tasks": outlook.task_names,
        "schedule": graph.schedule,
        "schedule_state": schedule_state(graph),
        "next_run": outlook.due,
        "last_run": last.group_id if last else None,
        "last_state": last.state.value if last else None,
        "last_started": last.started if last else None,
        "last_completed": last.completed if last else None,
    }


def _cells(outlook: Outlook, *, is_placed: bool) -> tuple[str, ...]:
    graph, last = outlook.graph, outlook.last
    root = graph.root
    where = ".".join(sql_identifier(part) for part in (root.database, root.schema) if part)
    return (
        f"{where}.{graph.name}" if is_placed else graph.name,
        str(len(outlook.task_names)),
        schedule_words(graph.schedule) if graph.schedule else "none",
        schedule_state(graph) or "–",
        clock(outlook.due),
        f"{glyph_of(last.state)} {last.short_id} {last.state.lower()} "
        f"{clock(last.started or last.scheduled)}"
        if last
        else "–",
    )


def schedule_state(graph: DeployedGraph) -> str | None:
    """`started` or `suspended`; None for a graph that only `run` starts."""
    if graph.schedule is None:
        return None
    return "started" if graph.is_started else "suspended"


def schedule_line(
    graph: DeployedGraph, due: datetime | None, seen: RunSnapshot | None = None
) -> str:
    """A graph's schedule in a line: when it runs next, or what starts it again.

    Args:
        seen: its newest run, which may be what suspended it.
    """
    if graph.schedule is None:
        return "no schedule"
    if not graph.is_started:
        itself = " by itself, for too many runs failed in a row"
        why = itself if seen is not None and seen.ended_schedule else ""
        return f"schedule {schedule_words(graph.schedule)} · suspended{why}: {to_type('resume')}"
    next_run = clock(due) if due else "unknown"
    return f"schedule {schedule_words(graph.schedule)} · started · next run {next_run}"
