"""One record of what was said and not sent, or of how a task ended, in the logs of its run."""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import Mapping
from typing import Any

from sfdag_magics.engine.borders.ports import SqlSession
from sfdag_magics.engine.borders.telling import TaskEvent
from sfdag_magics.engine.workers.jobs import LogRecord
from sfdag_magics.engine.workers.logs import LogStore

_LOG = logging.getLogger(__name__)
#: The logger of what would be sent.
SENT_BY = "sfdag.notifications"


class Captured:
    """The records. Any thread."""

    def __init__(self, logs: LogStore) -> None:
        self._logs = logs

    def keep(
        self,
        session: SqlSession,
        logger: str,
        message: str,
        *,
        level: str = "INFO",
        attributes: Mapping[str, Any] | None = None,
    ) -> None:
        """Keep a record: whoever reads the log of a task finds it there, by its attempt."""
        resource = {
            "db.user": session.user,
            "snow.database.name": session.database,
            "snow.schema.name": session.schema,
            "snow.session.id": session.id,
            "snow.session.role.primary.name": session.role,
            "snow.task.attempt.id": session.attempt_id,
        }
        self._write(
            {name: value for name, value in resource.items() if value is not None},
            LogRecord(level=level, logger=logger, message=message, attributes=attributes or {}),
        )

    def tell(self, integration: str, payload: Mapping[str, Any], *, attempt_id: str) -> None:
        """See `telling.Tell`."""
        message = f"Not sent, by integration {integration}\n{json.dumps(payload)}"
        record = LogRecord(
            level="INFO", logger=SENT_BY, message=message, attributes={"integration": integration}
        )
        try:
            self._write({"snow.task.attempt.id": attempt_id}, record)
        except OSError:  # a full disk: the run itself is remembered elsewhere
            _LOG.exception("what integration %s would be told could not be kept", integration)

    def event(self, event: TaskEvent) -> None:
        """See `telling.KeepEvent`."""
        try:
            log = self._logs.open(event.attempt_id, event.resource)
            log.event(
                {"severity": event.severity, "value": dict(event.value), "time": event.time},
            )
            log.close()
        except OSError:
            _LOG.exception("the event of execution %s could not be kept", event.attempt_id)

    def _write(self, resource: Mapping[str, Any], record: LogRecord) -> None:
        # What a task says stands in the log of its attempt, whose id is that of its query.
        query_id = str(resource.get("snow.task.attempt.id") or uuid.uuid4())
        log = self._logs.open(query_id, {**resource, "snow.query.id": query_id})
        log.record(record)
        log.close()
