"""IMPORTS of a definition as files on this machine. Knows stages, not what is in the files."""

from __future__ import annotations

from collections.abc import Sequence

from sfdag_magics.engine.answers import SqlError
from sfdag_magics.engine.ports import SqlSession
from sfdag_magics.engine.stages.locations import locate
from sfdag_magics.engine.stages.stage_store import StageStore


def import_paths(
    imports: Sequence[str], session: SqlSession, stages: StageStore
) -> tuple[str, ...]:
    """Where each imported file is.

    Raises:
        SqlError: names the first that is not there.
    """
    catalogue = session.catalogue()
    paths = []
    for written in imports:
        location = written if written.startswith("@") else f"@{written}"
        path = stages.path(locate(location, session, catalogue))
        if not path.is_file():
            raise SqlError(
                f"SQL compilation error:\nThe import '{written}' is not a file on its stage.",
                code=391546,
            )
        paths.append(str(path))
    return tuple(paths)
