"""Which files a table has loaded already: what a COPY without FORCE leaves out.

Kept in the catalogue beside the table it belongs to, by the table's id, so that a table of the same
name starts anew. Knows nothing of rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from sfdag_magics.engine.objects.stage_store import StagedFile, StageLocation
from sfdag_magics.engine.ports import FactsView, SqlSession
from sfdag_magics.sqltext import QualifiedName

KIND = "LOAD HISTORY"
#: Snowflake's (docs: "COPY INTO <table>", load metadata expires after 64 days).
_KEPT = timedelta(days=64)


class LoadHistory:
    """Reads and writes the history. Any thread."""

    def fresh(
        self,
        table: QualifiedName,
        files: Iterable[StagedFile],
        session: SqlSession,
        location: StageLocation,
    ) -> tuple[StagedFile, ...]:
        """The files that the table has not loaded with their present content."""
        known = _known(table, session.catalogue())
        return tuple(
            file
            for file in files
            if (entry := known.get(_key(file, location))) is None or entry[0] != file.md5()
        )

    def add(
        self,
        table: QualifiedName,
        files: Iterable[StagedFile],
        session: SqlSession,
        location: StageLocation,
    ) -> None:
        """Remember files as loaded. Call when their rows are durable."""
        now = datetime.now(UTC)
        oldest = (now - _KEPT).isoformat()
        with session.facts() as facts:
            owner = facts.find("TABLE", table)
            if owner is None:
                return
            known = {
                key: entry for key, entry in _known(table, facts).items() if entry[1] >= oldest
            }
            known |= {_key(file, location): [file.md5(), now.isoformat()] for file in files}
            detail = {"table": owner.id, "files": known}
            existing = facts.find(KIND, table)
            if existing is None:
                facts.add(KIND, table, detail=detail, temporary=owner.session_id is not None)
            else:
                facts.change(existing, detail=detail)

    def forget(self, table: QualifiedName, session: SqlSession) -> None:
        """Let the table load everything again, once it is durably empty (TRUNCATE)."""
        if session.catalogue().find(KIND, table) is None:
            return

        def after() -> None:
            with session.facts() as facts:
                history = facts.find(KIND, table)
                if history is not None:
                    facts.remove(history)

        session.after_commit(after)


def _known(table: QualifiedName, facts: FactsView) -> Mapping[str, list[str]]:
    """By stage and name: the content's MD5 and when it was loaded."""
    owner = facts.find("TABLE", table)
    history = facts.find(KIND, table)
    if owner is None or history is None or history.detail["table"] != owner.id:
        return {}
    files: Mapping[str, list[str]] = history.detail["files"]
    return files


def _key(file: StagedFile, location: StageLocation) -> str:
    return f"{location.stage_id}/{file.name}"
