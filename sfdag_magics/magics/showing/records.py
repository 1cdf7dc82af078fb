"""What verbs show as JSON, for `--json`: times as ISO text, states in Snowflake's and our words."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sfdag_magics.client.checking.doctor import Diagnosis
from sfdag_magics.client.connecting.explained import Explained
from sfdag_magics.client.connecting.targets import Target
from sfdag_magics.client.deploying.plan import Plan
from sfdag_magics.client.observing.deployed import DeployedGraph
from sfdag_magics.client.observing.outlook import Outlook
from sfdag_magics.client.observing.snapshot import RunSnapshot
from sfdag_magics.client.observing.traces.logs import LogLine
from sfdag_magics.client.observing.usual import Usual
from sfdag_magics.client.running.cancelled import Cancelled
from sfdag_magics.client.running.rootcause import RootCause
from sfdag_magics.errors import Problem
from sfdag_magics.graph.grouped import GroupRun
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.render.shape import Shape
from sfdag_magics.workspace.answers.checking import Checked
from sfdag_magics.workspace.answers.debugging import Debugged, value_text
from sfdag_magics.workspace.answers.listings import schedule_state
from sfdag_magics.workspace.answers.versions import Versions
from sfdag_magics.workspace.parted.retry_plan import RetryPlan
from sfdag_magics.workspace.parted.retry_words import groups_of_retry


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
        "lineage": dict(seen.lineage.noted()) if seen.lineage is not None else None,
        "slot": [each.isoformat() for each in seen.slot] if seen.slot is not None else None,
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
                "group": task.group,
                "rows_read": task.rows.read if task.rows is not None else None,
                "rows_written": task.rows.written if task.rows is not None else None,
            }
            for task in seen.tasks.values()
        },
        "groups": {name: _group_record(group) for name, group in seen.groups.items()},
    }


def _group_record(group: GroupRun) -> dict[str, Any]:
    return {
        "state": group.state.value,
        "tasks": list(group.tasks),
        "started": iso(group.started),
        "completed": iso(group.completed),
    }


def usual_record(usual: Usual) -> dict[str, Any]:
    """What is usual of a graph as JSON; null what nobody knows."""
    names = dict.fromkeys((*usual.tasks, *usual.rows))
    return {
        "seconds": usual.run.total_seconds() if usual.run is not None else None,
        "tasks": {
            name: {
                "seconds": usual.tasks[name].total_seconds() if name in usual.tasks else None,
                "rows_written": usual.rows.get(name),
            }
            for name in names
        },
    }


def retry_record(seen: RunSnapshot, plan: RetryPlan, left: Collection[str] = ()) -> dict[str, Any]:
    """What a retry would do as JSON."""
    groups = groups_of_retry(seen, plan, left).items()
    does = {what.replace(" ", "_"): list(names) for what, names in groups}
    by = {"by": "bridge" if plan.why else "service", "why": plan.why}
    return {"graph": seen.graph, "group_id": seen.group_id, "attempt": seen.attempt, **by, **does}


def no_retry_record(seen: RunSnapshot) -> dict[str, Any]:
    """The same where nothing failed, so that nothing would be done."""
    run = {"graph": seen.graph, "group_id": seen.group_id, "attempt": seen.attempt}
    return {**run, "by": None, "why": "nothing failed: nothing to retry", "runs": []}


def no_run_record(graph: DeployedGraph) -> dict[str, Any]:
    """A deployed graph without a run, with the keys of one."""
    nothing = dict.fromkeys(
        ("group_id", "attempt", "state", "scheduled", "begun", "started", "completed")
    )
    return {"graph": graph.name, "root": graph.root.sql(), **nothing, "tasks": {}}


def later_record(
    graph: DeployedGraph, place: str, did: str, said: str, *, done: bool
) -> dict[str, Any]:
    """What was done with a deployed graph as JSON; `done` is whether somebody agreed to it."""
    return {"graph": graph.name, "place": place, "did": did, "done": done, "said": said}


def shape_record(shape: Shape, seen: RunSnapshot | None) -> dict[str, Any]:
    """A graph as it is drawn, and the run it shows, as JSON."""
    return {
        "graph": shape.name,
        "tasks": {
            node.name: {
                "kind": node.kind.value,
                "group": node.group,
                "absence": node.absence.value if node.absence is not None else None,
            }
            for node in shape.nodes
        },
        "edges": [
            {"from": edge.tail, "to": edge.head, "kind": edge.kind.value} for edge in shape.edges
        ],
        "run": run_record(seen) if seen is not None else None,
    }


def debugged_record(found: Debugged) -> dict[str, Any]:
    """What a task was given as JSON."""
    return {
        "task": found.task,
        "run": found.label,
        "error": found.error or None,
        "inputs": {name: value_record(value) for name, value in found.items()},
        "returned": None,
        "raised": None,
    }


def value_record(value: object) -> dict[str, Any]:
    """A value of Python: its type, its text, and itself where JSON has it."""
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        as_json = None
    else:
        as_json = value
    return {"type": type(value).__name__, "text": value_text(value), "value": as_json}


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
        "altered_there": list(plan.altered),
        "drifted": list(plan.drifted),
        "in_flight": list(plan.in_flight),
        "is_empty": plan.is_empty,
    }


def versions_record(versions: Versions) -> list[dict[str, Any]]:
    """The versions of a graph as JSON."""
    return [
        {
            "version": each.number,
            "at": iso(each.since),
            "who": each.who,
            "said": each.said,
            "back_to": each.back_to,
            "tasks": [task.name for task in each.tasks[1:]],
        }
        for each in versions
    ]


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


def diagnosis_record(found: Diagnosis) -> dict[str, Any]:
    """What a deploy would lack as JSON."""
    return {
        "place": found.place,
        "role": found.role,
        "is_well": found.is_well,
        "is_refused": found.is_refused,
        "lacks": [asdict(lack) for lack in found.lacks],
        "problems": list(found.problems),
        "notes": list(found.notes),
    }


def log_record(line: LogLine) -> dict[str, Any]:
    """A log record as JSON."""
    return {
        "task": line.task,
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
        "empty": list(cause.empty),
        "waits": cause.waits,
        "sql": cause.sql or None,
        "cancelled": _cancelled_record(cause.cancelled),
        "logs": [log_record(line) for line in cause.logs],
    }


def _cancelled_record(found: Cancelled | None) -> dict[str, Any] | None:
    return {"by": found.by, "at": iso(found.at)} if found is not None else None


def explained_record(found: Explained) -> dict[str, Any]:
    """Where a setting comes from, as JSON."""
    said = [{"value": each.value, "from": each.source} for each in found.said]
    return {"target": found.target, "key": found.key, "value": found.value, "said": said}


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
