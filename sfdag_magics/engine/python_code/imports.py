"""IMPORTS of a definition as files on this machine. Knows stages, not what is in the files."""

from __future__ import annotations

from collections.abc import Sequence

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.borders.ports import SqlSession
from sfdag_magics.engine.stages.locations import locate
from sfdag_magics.engine.stages.stage_store import StageStore


def import_paths(
    imports: Sequence[str], session: SqlSession, stages: StageStore
) -> tuple[str, ...]:
    """Where each imported file is.

    Raises:
        SqlError: names the first that is not there, or has the name of another one: all lie in one
            directory (Snowflake docs: CREATE PROCEDURE, "IMPORTS").
    """
    catalogue = session.catalogue()
    paths: dict[str, str] = {}
    for written in imports:
        location = written if written.startswith("@") else f"@{written}"
        path = stages.path(locate(location, session, catalogue))
        if not path.is_file():
            raise SqlError(
                f"SQL compilation error:\nThe import '{written}' is not a file on its stage.",
                code=391546,
            )
        if paths.setdefault(path.name, str(path)) != str(path):
            raise SqlError(
                f"SQL compilation error:\nThe import '{written}' has the name of another import,"
                f" {path.name}: give one of the files another name on its stage.",
                code=391546,
            )
    return tuple(paths.values())
