"""SHOW STREAMS and DESCRIBE STREAM: streams as rows, with Snowflake's columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sfdag_magics.engine.borders.answers import Result, SfType, does_not_exist
from sfdag_magics.engine.borders.object_facts import ObjectFact
from sfdag_magics.engine.borders.ports import Statement
from sfdag_magics.engine.borders.rowset import rowset
from sfdag_magics.engine.sql.reading.words import end, read_statement
from sfdag_magics.engine.sql.sessions.session import Session
from sfdag_magics.engine.sql.show.show_objects import Columns, facts_shown, texts
from sfdag_magics.engine.sql.streams.staleness import freshness
from sfdag_magics.engine.sql.streams.watched import by_id, name_of, stream_of

_COLUMNS: Columns = {
    "created_on": SfType.TIMESTAMP_LTZ,
    **texts("name", "database_name", "schema_name", "owner", "comment", "table_name"),
    **texts("source_type", "base_tables", "type", "stale", "mode"),
    "stale_after": SfType.TIMESTAMP_LTZ,
    **texts("invalid_reason", "owner_role_type"),
}
_TERSE: Columns = {
    "created_on": SfType.TIMESTAMP_LTZ,
    **texts("name", "kind", "database_name", "schema_name", "tableOn"),
}
#: Snowflake's words for a source that is not there any more.
_GONE = "No privilege or table dropped"


def show_streams(statement: Statement, session: Session) -> Result:
    """SHOW [TERSE] STREAMS with its filters."""
    is_terse = statement.tokens[1].word == "TERSE"
    with read_statement(statement, "STREAMS") as reader:
        facts = facts_shown("STREAMS", reader, session)
    rows = _rows(facts, session)
    if not is_terse:
        return rowset(_COLUMNS, [list(row.values()) for row in rows])
    shown = [{**row, "kind": "STREAM", "tableOn": row["table_name"]} for row in rows]
    return rowset(_TERSE, [[row[name] for name in _TERSE] for row in shown])


def describe_stream(statement: Statement, session: Session) -> Result:
    """DESCRIBE STREAM name: the columns of SHOW STREAMS."""
    with read_statement(statement, "STREAM") as reader:
        name = session.resolve(reader.object_name())
        end(reader)
    found = session.catalogue().find("STREAM", name)
    if found is None:
        raise does_not_exist("Stream", name.sql())
    return rowset(_COLUMNS, [list(row.values()) for row in _rows([found], session)])


def _rows(facts: Sequence[ObjectFact], session: Session) -> list[dict[str, Any]]:
    return [_row(fact, session) for fact in facts]


def _row(fact: ObjectFact, session: Session) -> dict[str, Any]:
    stream = stream_of(fact)
    wanted = {stream.source_id, *stream.tables}
    found = by_id(session.shared.catalogue.all().values(), wanted)
    is_there = len(found) == len(wanted)
    tables = [found[each] for each in stream.tables if each in found]
    fresh = freshness(session.connection, session.catalogue(), fact, tables)
    values = {
        "created_on": fact.created_on,
        "name": fact.name,
        "database_name": fact.database,
        "schema_name": fact.schema,
        "owner": fact.owner,
        "comment": fact.comment,
        "table_name": name_of(found[stream.source_id]) if stream.source_id in found else _GONE,
        "source_type": "View" if stream.is_view else "Table",
        "base_tables": ", ".join(name_of(found[each]) for each in stream.tables if each in found),
        "type": "DELTA",
        "stale": str(not is_there or fresh.is_stale).lower(),
        "mode": stream.mode.value,
        "stale_after": fresh.after,
        "invalid_reason": "N/A" if is_there else "Base table dropped or replaced",
        "owner_role_type": "ROLE",
    }
    return {name: values[name] for name in _COLUMNS}
