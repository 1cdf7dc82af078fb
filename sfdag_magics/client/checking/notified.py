"""Notification integrations that a failed attempt is told by: noted where they are not there."""

from __future__ import annotations

from sfdag_magics.client.connecting.backend import Answering
from sfdag_magics.graph.failure_notice import integrations_of, is_notice
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.sqltext import sql_identifier

_ASKED = "SHOW NOTIFICATION INTEGRATIONS"


def missing_integrations(backend: Answering, graph: TaskGraph) -> tuple[str, ...]:
    """Notes on integrations that are not there: Snowflake takes the task, and fails when it tells.

    One request where somebody is told, and none else. An account shows those alone that the role
    may use, and the tasks may run as another: so it is no error.
    """
    named = {
        name: task.name for task in graph.tasks if is_notice(task) for name in integrations_of(task)
    }
    if not named:
        return ()
    there = {row["name"] for row in backend.rows(_ASKED)}
    return tuple(
        f"{task}: there is no notification integration {sql_identifier(name)} that this role sees,"
        " and without it nobody is told of a failed run: CREATE NOTIFICATION INTEGRATION"
        f" {sql_identifier(name)} TYPE = EMAIL ENABLED = TRUE"
        for name, task in named.items()
        if name not in there
    )
