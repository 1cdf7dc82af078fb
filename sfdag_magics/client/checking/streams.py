"""Conditions that ask a stream: noted where it is not there yet."""

from __future__ import annotations

from sfdag_magics.client.connecting.backend import Answering
from sfdag_magics.client.observing.deployed import DOES_NOT_EXIST
from sfdag_magics.errors import BackendError
from sfdag_magics.graph.model import TaskGraph, TaskKind
from sfdag_magics.graph.sql.when import ASKS_STREAM, names_asked
from sfdag_magics.sqltext import QualifiedName, SqlTextError, TokenReader, quoted_string


def missing_streams(backend: Answering, graph: TaskGraph, root: QualifiedName) -> tuple[str, ...]:
    """Notes on streams that conditions ask and that are not there; Snowflake accepts that."""
    notes = []
    for task in graph.tasks:
        if task.kind is TaskKind.NOT_LOADED:
            continue
        for named in names_asked(task.when or "", ASKS_STREAM):
            try:
                stream = TokenReader(named).qualified_name().within(root.database, root.schema)
            except SqlTextError:
                notes.append(f"{task.name}: {named!r} is no name of a stream")
                continue
            if not _is_there(backend, stream):
                notes.append(
                    f"{task.name}: the stream {stream.sql()} is not there: the task does not run "
                    "until it is and has data"
                )
    return tuple(notes)


def _is_there(backend: Answering, stream: QualifiedName) -> bool:
    place = QualifiedName(stream.schema or "", stream.database).sql()
    try:
        rows = backend.rows(f"SHOW STREAMS LIKE {quoted_string(stream.name)} IN SCHEMA {place}")
    except BackendError as error:
        if error.code == DOES_NOT_EXIST:
            return False
        raise
    return any(row["name"] == stream.name for row in rows)
