"""What a part of the engine would tell others of tasks, for whoever keeps it instead."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from sfdag_magics.light_classes import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskEvent:
    """The end of one execution of a task, as a row of the event table has it.

    Attributes:
        attempt_id: of the execution; its query has the same id.
        resource: what it belongs to, by the event table's names.
        severity: INFO or ERROR.
        value: how it ended, and why.
        time: when, in seconds since 1970.
    """

    attempt_id: str
    resource: Mapping[str, Any]
    severity: str
    value: Mapping[str, Any]
    time: float


class Tell(Protocol):
    """Keeps one message. Any thread; it must not fail, for nobody waits for it."""

    def __call__(self, integration: str, payload: Mapping[str, Any], *, attempt_id: str) -> None:
        """Keep what would be told to an integration of an execution of a task."""


class KeepEvent(Protocol):
    """Keeps one event. Any thread; it must not fail, for nobody waits for it."""

    def __call__(self, event: TaskEvent) -> None:
        """Keep it as a row of the event table."""


def tell_nobody(integration: str, payload: Mapping[str, Any], *, attempt_id: str) -> None:
    """Keeps nothing."""
    del integration, payload, attempt_id


def keep_no_event(event: TaskEvent) -> None:
    """Keeps nothing."""
    del event
