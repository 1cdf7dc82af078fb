"""A session with stages, and short ways to fill and read them, for the tests of this folder."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sfdag_magics.engine.borders.answers import Result
from sfdag_magics.engine.borders.ports import SessionOptions, SqlFeature, SqlSession
from sfdag_magics.engine.features import stages_feature
from sfdag_magics.engine.sql.sql_engine import SqlEngine, open_engine
from sfdag_magics.engine.stages.locations import locate
from sfdag_magics.engine.stages.stage_store import StageStore
from tests.engine.emptied import empty
from tests.engine.furnished import furnished


class StageRoom:
    """One engine with its stage store, its directory, and one session."""

    def __init__(self, engine: SqlEngine, store: StageStore, directory: Path) -> None:
        self.engine = engine
        self.store = store
        self.directory = directory
        self.session = self.open_session()

    def open_session(self) -> SqlSession:
        return self.engine.open_session(SessionOptions(database="SFDAG", schema="PUBLIC"))

    def run(self, text: str, *bindings: Any) -> Result:
        return self.session.execute(text, bindings=bindings)

    def rows(self, text: str, *bindings: Any) -> list[tuple[Any, ...]]:
        columns = [column.to_pylist() for column in self.run(text, *bindings).rows.columns]
        return list(zip(*columns, strict=True))

    def records(self, text: str, *bindings: Any) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.run(text, *bindings).rows.to_pylist()
        return rows

    def put(self, location: str, content: str | bytes) -> None:
        """Lay a file onto a stage, as a PUT of it would."""
        content = content.encode() if isinstance(content, str) else content
        place = locate(location, self.session, self.session.catalogue())
        with self.store.writing(place) as opened:
            opened.write(content)

    def put_parquet(self, location: str, table: pa.Table) -> None:
        written = io.BytesIO()
        pq.write_table(table, written)
        self.put(location, written.getvalue())

    def names(self, location: str) -> list[str]:
        return [row[0] for row in self.rows(f"LIST {location}")]

    def content(self, location: str) -> bytes:
        place = locate(location, self.session, self.session.catalogue())
        return self.store.path(place).read_bytes()


@contextmanager
def stage_room(
    directory: Path, more: Callable[[StageStore], list[SqlFeature]] = lambda _store: []
) -> Iterator[StageRoom]:
    store = StageStore(directory / "stages")
    engine = open_engine(furnished(directory), [stages_feature(store), *more(store)])
    room = StageRoom(engine, store, directory)
    try:
        yield room
    finally:
        room.session.close()
        engine.close()


@contextmanager
def emptied(lasting: StageRoom) -> Iterator[StageRoom]:
    """The same engine for one test: a session of its own, and nothing there before nor after."""
    room = StageRoom(lasting.engine, lasting.store, lasting.directory)
    yield room
    room.session.close()
    empty(room.engine)
    for stage in room.store.stage_ids():  # the user's own
        room.store.remove_stage(stage)
