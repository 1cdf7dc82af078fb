"""Which files a table has loaded already: what a COPY without FORCE leaves out.

Knows Snowflake's rules of it; where it is kept, and that it is kept with the rows, is the
session's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from sfdag_magics.engine.borders.answers import LOADED_MEANWHILE, SqlError
from sfdag_magics.engine.borders.object_facts import CopiedFile, FilesLoaded, LoadedFile
from sfdag_magics.engine.borders.ports import SqlSession
from sfdag_magics.engine.stages.stage_store import StagedFile, StageLocation
from sfdag_magics.light_classes import dataclass

#: Snowflake's (docs: "COPY INTO <table>", load metadata expires after 64 days).
_KEPT = timedelta(days=64)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadHistory:
    """What one table has loaded of one location, as it was when it was looked at.

    Attributes:
        contents: digests of the files that are there.
    """

    table_id: str
    location: StageLocation
    known: Mapping[str, LoadedFile]
    contents: Mapping[str, str]

    @classmethod
    def of(
        cls,
        table_id: str,
        location: StageLocation,
        files: Iterable[StagedFile],
        session: SqlSession,
    ) -> LoadHistory:
        """The history of a table's id, as the session's transaction sees it."""
        return cls(
            table_id=table_id,
            location=location,
            known=session.loaded_files(table_id),
            contents={_key(file, location): file.md5() for file in files},
        )

    def fresh(self, files: Iterable[StagedFile]) -> tuple[StagedFile, ...]:
        """The files that the table has not loaded with their present content."""
        oldest = datetime.now(UTC) - _KEPT
        return tuple(
            file
            for file in files
            if (found := self.known.get(key := _key(file, self.location))) is None
            or found.content != self.contents[key]
            or found.loaded_on < oldest
        )

    def with_loaded(
        self, files: Iterable[StagedFile], copied: tuple[CopiedFile, ...], *, force: bool
    ) -> FilesLoaded:
        """What a COPY that has read `files` leaves behind; without `force` nobody else may have.

        Of `copied`, which are all that it has looked at, `files` are those it has loaded.

        Raises:
            SqlError: a file is not the one that was looked at; its rows may be of either.
        """
        contents = {}
        for file in files:
            key = _key(file, self.location)
            contents[key] = self.contents[key]
            if file.md5() != contents[key]:
                raise SqlError(
                    f"The file '{self.location.listed_as}{file.name}' was replaced while it was"
                    " being loaded; nothing was loaded. Run the COPY again.",
                    code=LOADED_MEANWHILE,
                    sqlstate="40001",
                )
        seen = {key: self.known.get(key) for key in contents}
        return FilesLoaded(
            table_id=self.table_id,
            contents=contents,
            copied=copied,
            seen=None if force else seen,
        )


def _key(file: StagedFile, location: StageLocation) -> str:
    return f"{location.stage_id}/{file.name}"
