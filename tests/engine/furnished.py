"""A directory as an engine leaves it that has had a statement: its macros are made.

DuckDB binds each of them: in a new directory more work than all else that most tests ask of an
engine. One is made in a process, and copied for each engine that need not make it itself.
"""

from __future__ import annotations

from contextlib import closing
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from sfdag_magics.engine.borders.ports import SessionOptions
from sfdag_magics.engine.sql.sql_engine import open_engine

_DATA = "data.duckdb"


def furnished(directory: Path) -> Path:
    """The directory, with the file of such an engine unless it has one of its own."""
    directory.mkdir(parents=True, exist_ok=True)
    file = directory / _DATA
    if not file.exists():
        file.write_bytes(_file())
    return directory


@cache
def _file() -> bytes:
    with TemporaryDirectory() as place:
        directory = Path(place)
        with (
            closing(open_engine(directory)) as engine,
            closing(engine.open_session(SessionOptions())) as session,
        ):
            session.execute("select upper('a')")
        return (directory / _DATA).read_bytes()
