"""What is asked of streams by functions: whether they have anything, and how far they were read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC

from sfdag_magics.engine.borders.answers import SqlError, does_not_exist
from sfdag_magics.engine.borders.object_facts import ObjectFact
from sfdag_magics.engine.borders.ports import SqlSession, SystemFunction, Value
from sfdag_magics.engine.sql.names.scope import name_from_text
from sfdag_magics.engine.sql.reading.parse import parse
from sfdag_magics.engine.sql.sessions.session import Session, own_session
from sfdag_magics.engine.sql.statements.query import run_query
from sfdag_magics.engine.sql.translating.translate import Translator
from sfdag_magics.engine.store import changes
from sfdag_magics.sqltext import QualifiedName

_HAS_DATA = "SYSTEM$STREAM_HAS_DATA"
_TIMESTAMP = "SYSTEM$STREAM_GET_TABLE_TIMESTAMP"


def _has_data(values: tuple[Value, ...], session: SqlSession) -> Value:
    """SYSTEM$STREAM_HAS_DATA('name'): whether a query on the stream has rows now."""
    own = own_session(session)
    stream = _named(_HAS_DATA, values, own)
    name = QualifiedName(stream.name, stream.schema, stream.database).sql()
    asked = parse(f"SELECT 1 FROM {name} LIMIT 1")  # noqa: S608 - the name is quoted
    before = dict(own.streams_read)
    try:
        return run_query(own, Translator(own).query(asked)).rows.num_rows > 0
    finally:  # it was only looked at
        own.streams_read.clear()
        own.streams_read.update(before)


def _table_timestamp(values: tuple[Value, ...], session: SqlSession) -> Value:
    """SYSTEM$STREAM_GET_TABLE_TIMESTAMP('name'): of the table's version at the offset, in ns."""
    own = own_session(session)
    stream = _named(_TIMESTAMP, values, own)
    asked = {"stream_id": stream.id, "tables": list(stream.detail["tables"])}
    ((moment,),) = own.run_duckdb(changes.TIME_OF_OFFSET, asked).to_pydict().values()
    since = moment.replace(tzinfo=UTC) if moment is not None else stream.created_on
    return str(int(since.timestamp() * 1_000_000) * 1000)


def _named(function: str, values: tuple[Value, ...], session: Session) -> ObjectFact:
    if len(values) != 1:
        raise SqlError(
            f"SQL compilation error:\ninvalid number of arguments for {function}: {len(values)}"
        )
    name = session.resolve(name_from_text(str(values[0])))
    found = session.catalogue().find("STREAM", name)
    if found is None:
        raise does_not_exist("Stream", name.sql())
    return found


STREAM_FUNCTIONS: Mapping[str, SystemFunction] = {
    _HAS_DATA: _has_data,
    _TIMESTAMP: _table_timestamp,
}
