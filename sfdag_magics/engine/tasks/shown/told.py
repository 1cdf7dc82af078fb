"""What the integrations of a graph's root would be told of its runs, with the documented fields.

ERROR_INTEGRATION hears of each execution that failed, SUCCESS_INTEGRATION of graphs that succeeded
as a whole, and of no task alone (Snowflake docs: "Task error notifications", "Task success
notifications").
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sfdag_magics.engine.borders.runs import GraphRunRecord, RunRecord, TaskRunRecord
from sfdag_magics.engine.borders.telling import Tell
from sfdag_magics.engine.store.runlog import RunLog
from sfdag_magics.engine.tasks.defined.definition import TaskDefinition
from sfdag_magics.engine.tasks.defined.versions import GraphVersion, Versions
from sfdag_magics.graph.states import GraphRunState

_VERSION, _ACCOUNT = "1.0", "SFDAG"


class Told:
    """Finds in what was just remembered what is to be told. Scheduler thread only."""

    def __init__(self, runlog: RunLog, versions: Versions, tell: Tell) -> None:
        self._runlog = runlog
        self._versions = versions
        self._tell = tell

    def of(self, records: Iterable[RunRecord]) -> None:
        """Tell of these records, which are durable."""
        for record in records:
            if isinstance(record, TaskRunRecord) and record.state.is_failure:
                self._failed(record)
            elif isinstance(record, GraphRunRecord) and record.state is GraphRunState.SUCCEEDED:
                self._succeeded(record)

    def _failed(self, record: TaskRunRecord) -> None:
        runs = self._runlog.group_runs(record.group_id)
        run = next((each for each in runs if each.attempt == record.attempt), None)
        if run is None or record.attempt_id is None:
            return
        version = self._versions.get(run.root_id, run.version)
        integration, task = version.root.properties.error_integration, version.tasks[record.name]
        if integration is None:
            return
        message = {
            "runId": _text(run.original_scheduled_time),
            "scheduledTime": _text(record.scheduled_time),
            "queryStartTime": _text(record.query_start_time),
            "completedTime": _text(record.completed_time),
            "queryId": record.attempt_id,
            "errorCode": f"{record.error_code or 0:06d}",
            "errorMessage": record.error_message,
        }
        named = {"taskName": task.name.sql(), "taskId": task.task_id}
        payload = _payload("USER_TASK_FAILED", record.attempt_id, version, named, message)
        self._tell(
            integration,
            {**payload, "timestamp": _text(record.completed_time)},
            attempt_id=record.attempt_id,
        )

    def _succeeded(self, run: GraphRunRecord) -> None:
        version = self._versions.get(run.root_id, run.version)
        integration = version.root.properties.success_integration
        if integration is None or len(version.tasks) < 2:
            return
        root_name = version.root.name.name
        found = self._runlog.rows(
            "SELECT attempt_id FROM task_runs WHERE group_id = ? AND name = ?"
            " AND attempt_id IS NOT NULL ORDER BY attempt DESC LIMIT 1",
            (run.group_id, root_name),
        )
        query_id = str(found[0]["attempt_id"]) if found else run.group_id
        message = {
            "runId": _text(run.original_scheduled_time),
            "scheduledTime": _text(run.scheduled_time),
            "queryStartTime": _text(run.query_start_time),
            "graphCompletedTime": _text(run.completed_time),
            "queryId": query_id,
            "attemptNumber": run.attempt,
        }
        payload = _payload("GRAPH_SUCCEEDED", f"{run.group_id}-{run.attempt}", version, {}, message)
        self._tell(
            integration, {**payload, "timestamp": _text(run.completed_time)}, attempt_id=query_id
        )


def _payload(
    kind: str,
    message_id: str,
    version: GraphVersion,
    named: dict[str, str],
    message: dict[str, Any],
) -> dict[str, Any]:
    root: TaskDefinition = version.root
    return {
        "version": _VERSION,
        "messageId": message_id,
        "messageType": kind,
        "accountName": _ACCOUNT,
        **named,
        "rootTaskName": root.name.sql(),
        "rootTaskId": root.task_id,
        "messages": [message],
    }


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
