"""Files of stages by the stage's id and their names, for clients that send and fetch them by HTTP.

Knows the store; who may ask, and how, is the wire's.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.stages.locations import is_of_version
from sfdag_magics.engine.stages.stage_store import StageLocation, StageStore


class SentFiles:
    """Implements `ports.SentFiles` over one store. Any thread."""

    def __init__(self, store: StageStore) -> None:
        self._store = store

    def path(self, stage_id: str, name: str) -> Path | None:
        """Where the bytes of a file are; None where there is no file of this name."""
        try:
            path = self._store.path(StageLocation(stage_id=stage_id, prefix=name))
        except SqlError:
            return None
        return path if path.is_file() else None

    @contextmanager
    def writing(self, stage_id: str, name: str) -> Iterator[BinaryIO]:
        """A new file; it appears whole, in the place of an older one, when the block ends well.

        Raises:
            SqlError: the stage was dropped meanwhile, its files never change, or no file can have
                this name.
        """
        if not self._store.path(StageLocation(stage_id=stage_id)).is_dir():
            raise SqlError(f"The stage of '{name}' was dropped.")
        location = StageLocation(
            stage_id=stage_id, prefix=name, listed_as=name, read_only=is_of_version(stage_id)
        )
        with self._store.writing(location.for_writing()) as opened:
            yield opened
