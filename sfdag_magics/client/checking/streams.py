"""Conditions that ask a stream: refused where there are none, noted where it is not there yet."""

from __future__ import annotations

from sfdag_magics.client.connecting.backend import Backend
from sfdag_magics.client.connecting.targets import Target
from sfdag_magics.client.observing.deployed import DOES_NOT_EXIST
from sfdag_magics.errors import BackendError, Problem
from sfdag_magics.graph.model import TaskGraph, TaskKind
from sfdag_magics.graph.sql.when import ASKS_STREAM, asks_stream, names_asked
from sfdag_magics.sqltext import QualifiedName, SqlTextError, TokenReader, quoted_string


def unsupported_here(graph: TaskGraph, target: Target) -> tuple[Problem, ...]:
    """What a target is known not to have, and the graph asks for."""
    if not target.is_embedded:
        return ()
    return tuple(
        Problem(
            task=task.name,
            message="--when asks a stream, and the embedded engine has no streams",
            hint="leave out --when to run it here; on Snowflake it works: -t TARGET",
        )
        for task in graph.tasks
        if task.kind is not TaskKind.NOT_LOADED and asks_stream(task.when)
    )


def missing_streams(backend: Backend, graph: TaskGraph, root: QualifiedName) -> tuple[str, ...]:
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


def _is_there(backend: Backend, stream: QualifiedName) -> bool:
    place = QualifiedName(stream.schema or "", stream.database).sql()
    try:
        rows = backend.rows(f"SHOW STREAMS LIKE {quoted_string(stream.name)} IN SCHEMA {place}")
    except BackendError as error:
        if error.code == DOES_NOT_EXIST:
            return False
        raise
    return any(row["name"] == stream.name for row in rows)
