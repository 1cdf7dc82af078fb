"""COPY FILES INTO @target FROM @source or (query): copies files between stages, byte for byte."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

from sfdag_magics.engine.borders.answers import Result, SfType, SqlError
from sfdag_magics.engine.borders.ports import SqlSession, Statement
from sfdag_magics.engine.borders.rowset import rowset
from sfdag_magics.engine.objects.statement_reader import StatementReader, listed, truth
from sfdag_magics.engine.stages.locations import locate
from sfdag_magics.engine.stages.stage_statements import matching
from sfdag_magics.engine.stages.stage_store import (
    MissingFileError,
    StagedFile,
    StageLocation,
    StageStore,
)

_KNOWN = {"FILES", "PATTERN", "DETAILED_OUTPUT"}


class CopyFiles:
    """The handler, over one store. Any thread."""

    def __init__(self, store: StageStore) -> None:
        self._store = store

    def copy(self, statement: Statement, session: SqlSession) -> Result:
        """COPY FILES INTO location FROM location or (query) [FILES] [PATTERN] [DETAILED_OUTPUT]."""
        reader = StatementReader(statement)
        reader.expect("COPY", "FILES", "INTO")
        target = locate(reader.location(), session, session.catalogue()).for_writing()
        reader.expect("FROM")
        is_query = reader.peek_words("(")
        source = reader.parenthesized() if is_query else reader.location()
        options = reader.options()
        unknown = set(options) - _KNOWN
        if unknown:
            raise SqlError(f"SQL compilation error:\ninvalid parameter '{min(unknown)}'")
        pattern = options.get("PATTERN")
        if is_query:
            pairs = list(self._by_query(source, session))
        else:
            names = listed(options["FILES"]) if "FILES" in options else None
            pairs = list(self._by_location(source, names, pattern and str(pattern), session))
        for file, name in pairs:
            self._copy(file, target.below(name))
        if truth(options.get("DETAILED_OUTPUT", True)):
            return rowset({"file": SfType.TEXT}, [(name,) for _, name in pairs])
        return rowset({"numOfFilesCopied": SfType.FIXED}, [(len(pairs),)])

    def _by_location(
        self,
        source: str,
        names: tuple[str, ...] | None,
        pattern: object,
        session: SqlSession,
    ) -> Iterator[tuple[StagedFile, str]]:
        """Each file with the name it gets: its path below the source's directory."""
        location = locate(source, session, session.catalogue())
        wanted = None if not pattern else str(pattern)
        files = matching(self._store.files(location), location.listed_as, wanted)
        directory, _, _ = location.prefix.rstrip("/").rpartition("/")
        base = location.prefix.strip("/") if location.prefix.endswith("/") else directory
        for file in files:
            name = file.name.removeprefix(base).lstrip("/")
            if names is None or name in names:
                yield file, name

    def _by_query(self, query: str, session: SqlSession) -> Iterator[tuple[StagedFile, str]]:
        rows = session.execute_over(query, {}).rows
        for row in zip(*(column.to_pylist() for column in rows.columns), strict=True):
            location = locate(str(row[0]), session, session.catalogue())
            exact = [
                file
                for file in self._store.files(location)
                if file.name == location.prefix.strip("/")
            ]
            if not exact:
                raise MissingFileError(str(row[0]))
            yield exact[0], str(row[1]) if len(row) > 1 and row[1] else exact[0].name

    def _copy(self, file: StagedFile, target: StageLocation) -> None:
        with file.opened() as opened, self._store.writing(target) as written:
            shutil.copyfileobj(opened, written)
