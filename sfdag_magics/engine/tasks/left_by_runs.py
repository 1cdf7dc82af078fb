"""What runs leave outside the run log, as retention needs it: logs, and files of their tasks."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Protocol


class Logs(Protocol):
    """What tasks and others have logged, by query. Any thread."""

    def remove(self, query_id: str, began: datetime, ended: datetime) -> None:
        """Delete what a query logged that ran from then till then, if it did."""

    def remove_before(self, moment: datetime) -> None:
        """Delete what is older, whoever logged it."""


class RunFiles(Protocol):
    """What tasks told while they ran, by the id of their run. Any thread."""

    def runs(self) -> Collection[str]:
        """The ids of the runs of which there is something."""

    def remove(self, group_id: str) -> None:
        """Delete what there is of a run; called again where that broke off."""


class _NoLogs:
    """Where nothing is logged."""

    def remove(self, query_id: str, began: datetime, ended: datetime) -> None:
        """See `Logs`."""

    def remove_before(self, moment: datetime) -> None:
        """See `Logs`."""


class _NoFiles:
    """Where tasks tell nothing."""

    def runs(self) -> Collection[str]:
        """See `RunFiles`."""
        return ()

    def remove(self, group_id: str) -> None:
        """See `RunFiles`."""


NO_LOGS: Logs = _NoLogs()
NO_FILES: RunFiles = _NoFiles()
