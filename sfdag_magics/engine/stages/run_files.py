"""What the tasks of runs told, as it lies on stages: below a folder that is named by the run's id.

Knows the one place where `bundle.shipped.telling` puts it, and nothing of runs: what else lies on a
stage is its user's, whatever its name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sfdag_magics.engine.stages.stage_store import StageLocation, StageStore

#: `GRAPH$runs/RUN/`
_GRAPH = re.compile(r".+\$runs")
_RUN = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class StagedRunFiles:
    """Those of all graphs on all stages of an engine."""

    def __init__(self, store: StageStore) -> None:
        self._store = store

    def runs(self) -> frozenset[str]:
        """The ids of the runs of which there is something."""
        return frozenset(run for folder in self._folders() for run in self._runs(folder))

    def remove(self, group_id: str) -> None:
        """Delete what there is of one of these runs, wherever it lies."""
        for folder in self._folders():
            self._store.remove_folder(folder.below(group_id))

    def _folders(self) -> Iterator[StageLocation]:
        for stage_id in self._store.stage_ids():
            stage = StageLocation(stage_id=stage_id)
            for name in self._store.folders(stage):
                if _GRAPH.fullmatch(name):
                    yield stage.below(name)

    def _runs(self, folder: StageLocation) -> set[str]:
        return {name for name in self._store.folders(folder) if _RUN.fullmatch(name)}
