"""What list verbs return: values with a one-line repr and a table for the eye. Pure."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sfdag_magics.client.connecting.targets import Target
from sfdag_magics.client.deploying.plan import Plan
from sfdag_magics.client.observing.deployed import DeployedGraph
from sfdag_magics.client.observing.intentions import listed, retry_groups
from sfdag_magics.client.observing.logs import LogLine
from sfdag_magics.client.observing.snapshot import RunSnapshot
from sfdag_magics.client.running.rootcause import RootCause
from sfdag_magics.errors import Problem
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.graph.moments import dated_text
from sfdag_magics.graph.names import counted
from sfdag_magics.graph.states import GraphRunState
from sfdag_magics.render.run_seen import config_text, duration_text, ran_count, short_text
from sfdag_magics.workspace.checking import Checked

#: So many results stand in a line.
_MOST_RESULTS = 3

_GLYPHS = {
    GraphRunState.SUCCEEDED: "✓",
    GraphRunState.FAILED: "✕",
    GraphRunState.CANCELLED: "⊗",
    GraphRunState.EXECUTING: "●",
    GraphRunState.SCHEDULED: "○",
    GraphRunState.SKIPPED: "⤼",
}


class RunListing(tuple[RunSnapshot, ...]):
    """Runs, the newest first; prints as a table."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<{counted(len(self), 'run')} of {self[0].graph}>" if self else "<no runs>"

    def __str__(self) -> str:
        return "\n".join(map(_run_line, self))


class LogListing(tuple[LogLine, ...]):
    """What one task printed and logged, oldest first."""

    task: str

    def __new__(cls, task: str, lines: Sequence[LogLine]) -> LogListing:
        """The lines of one task."""
        listing = super().__new__(cls, lines)
        listing.task = task
        return listing

    def __repr__(self) -> str:
        return f"<{counted(len(self), 'line')} of {self.task}>"


def _run_line(seen: RunSnapshot) -> str:
    took = seen.completed - seen.started if seen.completed and seen.started else None
    parts = (
        f"{glyph_of(seen.state)} {seen.short_id}",
        clock(seen.begun or seen.started or seen.scheduled),
        f"{seen.state.lower():<9}",
        f"{ran_count(seen)} of {len(seen.tasks)} ran",
        duration_text(took) if took is not None else "–",
        f"attempt {seen.attempt}" if seen.attempt > 1 else "",
        "by schedule" if seen.scheduled_from == "SCHEDULE" else "",
        config_text(seen.differs),
        f"older code: {listed(seen.older)}" if seen.older else "",
        _result(seen),
        seen.interrupted,
    )
    return "  ".join(part for part in parts if part)


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
    took = [seen.completed - seen.started for seen in good if seen.completed and seen.started]
    line = f"{len(good)} of {len(ended)} succeeded"
    if took:
        middle = statistics.median_low(took)
        line += f" · median {duration_text(middle)} · longest {duration_text(max(took))}"
    return line


def run_record(seen: RunSnapshot) -> dict[str, Any]:
    """A run as JSON: times as ISO text, states in Snowflake's and our words."""
    return {
        "graph": seen.graph,
        "root": seen.root,
        "group_id": seen.group_id,
        "attempt": seen.attempt,
        "state": seen.state.value,
        "scheduled_from": seen.scheduled_from,
        "config": dict(seen.config),
        "differs": dict(seen.differs),
        "note": seen.note,
        "begun_again": list(seen.begun_again),
        "older_code": list(seen.older),
        "scheduled": iso(seen.scheduled),
        "begun": iso(seen.begun),
        "started": iso(seen.started),
        "completed": iso(seen.completed),
        "tasks": {
            task.name: {
                "state": task.state.value,
                "attempt": task.attempt,
                "query_id": task.query_id,
                "started": iso(task.started),
                "completed": iso(task.completed),
                "return_value": task.return_value,
                "error_code": task.error_code,
                "error_message": task.error_message,
            }
            for task in seen.tasks.values()
        },
    }


def retry_record(seen: RunSnapshot, edited: Sequence[str]) -> dict[str, Any]:
    """What a retry would do as JSON."""
    groups = retry_groups(seen, edited).items()
    does = {what.replace(" ", "_"): list(names) for what, names in groups}
    return {"graph": seen.graph, "group_id": seen.group_id, "attempt": seen.attempt, **does}


def no_run_record(graph: DeployedGraph) -> dict[str, Any]:
    """A deployed graph without a run, with the keys of one."""
    nothing = dict.fromkeys(
        ("group_id", "attempt", "state", "scheduled", "begun", "started", "completed")
    )
    return {"graph": graph.name, "root": graph.root.sql(), **nothing, "tasks": {}}


def plan_record(plan: Plan) -> dict[str, Any]:
    """A plan as JSON."""
    return {
        "graph": plan.graph,
        "place": plan.place,
        "changes": [
            {"task": change.name, "kind": change.kind.value, "details": list(change.details)}
            for change in plan.changes
        ],
        "edited": list(plan.edited),
        "changed_elsewhere": list(plan.elsewhere),
        "older_here": [*plan.older, *plan.again],
        "code": list(plan.code_lines),
        "packages": list(plan.package_changes),
        "is_empty": plan.is_empty,
    }


def checked_record(
    graph: TaskGraph, found: Checked | None = None, *, problems: Sequence[Problem] = ()
) -> dict[str, Any]:
    """What validating found as JSON; `found` where nothing is wrong."""
    return {
        "graph": graph.name,
        "tasks": [task.name for task in graph.tasks],
        "problems": [asdict(problem) for problem in problems],
        "notes": list(found.notes) if found else [],
        "not_loaded": list(found.not_loaded) if found else [],
    }


def log_record(line: LogLine) -> dict[str, Any]:
    """A log record as JSON."""
    return {
        "time": iso(line.time),
        "severity": line.severity,
        "logger": line.logger,
        "message": line.message,
    }


def cause_record(cause: RootCause) -> dict[str, Any]:
    """A root cause as JSON; `task` is null where nothing failed."""
    return {
        "run": cause.run,
        "task": cause.task.name if cause.task else None,
        "place": cause.place,
        "reason": cause.reason,
        "error": cause.task.error_message if cause.task else None,
        "not_run": None if cause.not_run is None else list(cause.not_run),
        "others": list(cause.others),
        "changes": list(cause.changes),
        "code": cause.code,
        "missed": cause.missed,
        "logs": [log_record(line) for line in cause.logs],
    }


def target_record(target: Target) -> dict[str, Any]:
    """A target as JSON; it holds no secret."""
    return asdict(target)


def iso(moment: datetime | None) -> str | None:
    """A moment as JSON has it."""
    return moment.isoformat() if moment else None
