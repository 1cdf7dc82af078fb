"""The options a graph is deployed with: what the notebook says, else what is deployed.

A kernel in which the line with the schedule was not run must not take the schedule away. Pure but
for one question to graphs whose mark does not tell their options.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sfdag_magics.client.code.deployed_code import DeployedCode
from sfdag_magics.client.connecting.backend import Backend
from sfdag_magics.client.connecting.targets import Target
from sfdag_magics.client.deploying.task_statements import TASK_TIMEOUT, merged_config
from sfdag_magics.client.observing.deployed import NOTED_OPTIONS, DeployedGraph
from sfdag_magics.graph.grammar import OverlapPolicy
from sfdag_magics.graph.model import GraphOptions
from sfdag_magics.sqltext import sql_identifier

#: As SHOW PARAMETERS names what SHOW TASKS leaves out.
_PARAMETERS = {
    "USER_TASK_TIMEOUT_MS": "user_task_timeout_ms",
    "SUSPEND_TASK_AFTER_NUM_FAILURES": "suspend_task_after_num_failures",
    "TASK_AUTO_RETRY_ATTEMPTS": "task_auto_retry_attempts",
}


def settled(
    options: GraphOptions, before: DeployedGraph | None, code: DeployedCode, target: Target
) -> GraphOptions:
    """The options as they will stand; those of the target count as said."""
    if before is None:
        return options
    noted = before.mark.get(NOTED_OPTIONS, {})
    deployed: Mapping[str, Any] = {
        "schedule": before.schedule,
        "warehouse": target.warehouse or (before.warehouse and sql_identifier(before.warehouse)),
        "stage": target.stage or _stage_of(code),
        "packages": code.named,
        "packages_from": code.repository,
        "unpinned": code.unpinned,
        "overlap": _overlap(noted.get("overlap_policy")),
        "timeout": _timeout(noted.get(TASK_TIMEOUT)),
        "graph_timeout": _timeout(noted.get("user_task_timeout_ms")),
        "auto_retry": noted.get("task_auto_retry_attempts"),
        "suspend_after": noted.get("suspend_task_after_num_failures"),
        "comment": before.comment or None,
    }
    kept = {
        name: value
        for name, value in deployed.items()
        if name not in options.without and getattr(options, name) in (None, ())
    }
    return replace(options, **kept, config=_config(options, before))


def _config(options: GraphOptions, before: DeployedGraph) -> Mapping[str, object]:
    if "config" in options.without:
        return {}
    if options.keeps_config or not options.config:
        return merged_config(before.config, options.config)
    return options.config


def _stage_of(code: DeployedCode) -> str | None:
    return code.archive.partition("/")[0] if code.archive else None


def _overlap(noted: object) -> OverlapPolicy | None:
    return OverlapPolicy(str(noted)) if noted else None


def _timeout(noted: object) -> timedelta | None:
    return timedelta(milliseconds=int(str(noted))) if noted else None


def with_noted_options(backend: Backend, before: DeployedGraph) -> DeployedGraph:
    """The same with what SHOW TASKS leaves out, for a graph whose mark does not tell it."""
    if NOTED_OPTIONS in before.mark:
        return before
    rows = backend.rows(f"SHOW PARAMETERS IN TASK {before.root.sql()}")
    noted: dict[str, object] = {
        _PARAMETERS[str(row["key"])]: int(row["value"])
        for row in rows
        if str(row["key"]) in _PARAMETERS and row["level"]
    }
    if before.overlaps:
        noted["overlap_policy"] = OverlapPolicy.ALLOW_CHILD_OVERLAP.value
    return replace(before, mark={**before.mark, NOTED_OPTIONS: noted})
