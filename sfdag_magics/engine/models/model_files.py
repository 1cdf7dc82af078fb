"""Where the files of model versions live: in directories of the stage store, one per version.

Knows nothing of models but the ids of their versions; never looks into a file.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.borders.ports import SqlSession
from sfdag_magics.engine.stages.locations import locate, version_stage
from sfdag_magics.engine.stages.stage_store import StagedFile, StageLocation, StageStore


class VersionFiles:
    """Implements `models.ModelFiles` over one store. Any thread."""

    def __init__(self, store: StageStore) -> None:
        self._store = store

    def copied(self, location: str, session: SqlSession, version_id: str) -> None:
        """Copy everything under a stage location into a version of its own.

        Raises:
            SqlError: the stage does not exist, or nothing lies there.
        """
        text = location.strip()
        if len(text) > 1 and text[0] == text[-1] == "'":
            text = text[1:-1].replace("''", "'")
        source = locate(text, session, session.catalogue())
        directory = source.prefix.strip("/")
        base = f"{directory}/" if directory else ""
        files = [file for file in self._store.files(source) if file.name.startswith(base)]
        if not files:
            raise SqlError(f"SQL compilation error:\nNo files of a model are at '{text}'.")
        self._copy(files, base, version_id)

    def duplicated(self, source_id: str, version_id: str) -> None:
        """Copy the files of one version to another."""
        files = self._store.files(StageLocation(stage_id=version_stage(source_id)))
        self._copy(files, "", version_id)

    def text(self, version_id: str, name: str) -> str | None:
        """A version's file as text; None where there is no such file."""
        location = StageLocation(stage_id=version_stage(version_id), prefix=name)
        for file in self._store.files(location):
            if file.name == name:
                with file.opened() as opened:
                    return opened.read().decode("utf-8", "replace")
        return None

    def path(self, version_id: str, name: str) -> Path:
        """Where a file or folder of a version is; it never changes."""
        return self._store.path(StageLocation(stage_id=version_stage(version_id), prefix=name))

    def removed(self, version_ids: tuple[str, ...]) -> None:
        """Delete the files of versions that are gone."""
        for version_id in version_ids:
            self._store.remove_stage(version_stage(version_id))

    def _copy(self, files: Iterable[StagedFile], base: str, version_id: str) -> None:
        target = StageLocation(stage_id=version_stage(version_id))
        for file in files:
            name = file.name.removeprefix(base)
            with file.opened() as opened, self._store.writing(target.below(name)) as written:
                shutil.copyfileobj(opened, written)
