"""The rows of the event table that tell how executions of tasks ended, as far as a level asks.

Snowflake docs, "Monitor events for task executions": ERROR has those that failed, INFO those that
succeeded as well; what was skipped or cancelled has none, and where no level is set there is none.
The level is the task's own, or the nearest above it, as it is when the execution ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sfdag_magics.engine.borders.runs import RunRecord, TaskRunRecord
from sfdag_magics.engine.borders.telling import KeepEvent, TaskEvent
from sfdag_magics.engine.tasks.defined.catalogue import TaskCatalogue
from sfdag_magics.engine.tasks.defined.definition import TaskDefinition
from sfdag_magics.graph.states import TaskState

LEVEL = "LOG_EVENT_LEVEL"
#: By severity, the levels that let it through.
_LETS_THROUGH = {
    "INFO": ("TRACE", "DEBUG", "INFO"),
    "ERROR": ("TRACE", "DEBUG", "INFO", "WARN", "ERROR"),
}


class TaskEvents:
    """Finds in what was just remembered what has an event. Scheduler thread only."""

    def __init__(self, catalogue: TaskCatalogue, keep: KeepEvent) -> None:
        self._catalogue = catalogue
        self._keep = keep

    def of(self, records: Iterable[RunRecord]) -> None:
        """Keep the events of these records, which are durable."""
        for record in records:
            if isinstance(record, TaskRunRecord) and record.state.is_final:
                task = self._catalogue.by_id(record.task_id)
                event = None if task is None else event_of(record, task)
                if event is not None:
                    self._keep(event)


def event_of(record: TaskRunRecord, task: TaskDefinition) -> TaskEvent | None:
    """The event of an execution that is over; None where none is kept."""
    severity = "ERROR" if record.state.is_failure else "INFO"
    is_told = record.state.is_failure or record.state is TaskState.SUCCEEDED
    if not is_told or record.attempt_id is None or record.completed_time is None:
        return None
    if level_of(task) not in _LETS_THROUGH[severity]:
        return None
    return TaskEvent(
        attempt_id=record.attempt_id,
        resource=_resource(record, task),
        severity=severity,
        value=_value(record),
        time=record.completed_time.timestamp(),
    )


def level_of(task: TaskDefinition) -> str | None:
    """The severity from which on its events are kept."""
    own = task.properties.log_level
    above = task.inherited.get(LEVEL)
    return own if own is not None or above is None else str(above[0])


def _resource(record: TaskRunRecord, task: TaskDefinition) -> Mapping[str, Any]:
    known = {
        "snow.database.name": task.name.database,
        "snow.schema.name": task.name.schema,
        "snow.executable.id": task.task_id,
        "snow.executable.name": task.name.name,
        "snow.executable.type": "TASK",
        "snow.owner.name": task.owner,
        "snow.query.id": record.attempt_id,
        "snow.warehouse.name": task.properties.warehouse,
    }
    return {name: value for name, value in known.items() if value is not None}


def _value(record: TaskRunRecord) -> Mapping[str, Any]:
    if not record.state.is_failure:
        return {"state": "SUCCEEDED"}
    message = f"{record.error_code or 0:06d}: {record.error_message}"
    return {"state": "FAILED", "message": message}
