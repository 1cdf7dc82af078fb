"""What a part of the engine would tell a notification integration, for whoever keeps it instead."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol


class Tell(Protocol):
    """Keeps one message. Any thread; it must not fail, for nobody waits for it."""

    def __call__(self, integration: str, payload: Mapping[str, Any], *, attempt_id: str) -> None:
        """Keep what would be told to an integration of an execution of a task."""


def tell_nobody(integration: str, payload: Mapping[str, Any], *, attempt_id: str) -> None:
    """Keeps nothing."""
    del integration, payload, attempt_id
