"""What verbs show as JSON, for `--json`: times as ISO text, states in Snowflake's and our words."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sfdag_magics.client.connecting.targets import Target
from sfdag_magics.client.deploying.plan import Plan
from sfdag_magics.client.observing.deployed import DeployedGraph
from sfdag_magics.client.observing.intentions import retry_groups
from sfdag_magics.client.observing.logs import LogLine
from sfdag_magics.client.observing.outlook import Outlook
from sfdag_magics.client.observing.snapshot import RunSnapshot
from sfdag_magics.client.running.rootcause import RootCause
from sfdag_magics.errors import Problem
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.workspace.checking import Checked
from sfdag_magics.workspace.listings import schedule_state


def run_record(seen: RunSnapshot) -> dict[str, Any]:
    """A run as JSON."""
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


def retry_record(
    seen: RunSnapshot, edited: Collection[str], left: Collection[str] = ()
) -> dict[str, Any]:
    """What a retry would do as JSON."""
    groups = retry_groups(seen, edited, left).items()
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


def schedule_record(graph: DeployedGraph, due: datetime | None) -> dict[str, Any]:
    """A graph's schedule as JSON."""
    return {
        "schedule": graph.schedule,
        "schedule_state": schedule_state(graph),
        "next_run": iso(due),
    }


def graph_record(outlook: Outlook) -> dict[str, Any]:
    """A deployed graph as JSON."""
    graph, last = outlook.graph, outlook.last
    return {
        "graph": graph.name,
        "root": graph.root.sql(),
        "tasks": list(outlook.task_names),
        **schedule_record(graph, outlook.due),
        "last_run": {
            "group_id": last.group_id,
            "attempt": last.attempt,
            "state": last.state.value,
            "started": iso(last.started),
            "completed": iso(last.completed),
        }
        if last
        else None,
    }
