"""What happens to a deployed graph later: its schedule is suspended and resumed, or all of it goes.

Knows the statements and their order; who is asked before, and in which words, is the verb's.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import UTC, datetime

from sfdag_magics.client.code.deployed_code import (
    DEFAULT_STAGE,
    DeployedCode,
    default_stage,
    graph_folder,
    listed_files,
    read_code,
    stage_location,
    told_folder,
)
from sfdag_magics.client.connecting.backend import Backend
from sfdag_magics.client.deploying.dropped import dropped_whole
from sfdag_magics.client.deploying.dropped_file import (
    content_of,
    dropped_file,
    dropped_with_graph,
)
from sfdag_magics.client.deploying.in_flight import executing_with_bridge
from sfdag_magics.client.deploying.journal import own_journal, read_journals
from sfdag_magics.client.deploying.turns import Turns
from sfdag_magics.client.kept.files import version_files
from sfdag_magics.client.observing import attempts
from sfdag_magics.client.observing.deployed import (
    NOTED_WAITING,
    DeployedGraph,
    marked_comment,
    procedure_of,
    read_graph,
)
from sfdag_magics.client.observing.recent import recent_snapshots
from sfdag_magics.errors import BackendError, InputError
from sfdag_magics.graph.grammar import (
    AlterTask,
    DropTask,
    ResumeTask,
    SetProperties,
    SuspendTask,
    TaskProperties,
)
from sfdag_magics.graph.names import counted, short_run
from sfdag_magics.graph.times.schedule_words import schedule_words
from sfdag_magics.place_words import to_type
from sfdag_magics.sqltext import QualifiedName, TokenReader, quoted_string


def suspend(backend: Backend, graph: DeployedGraph) -> str:
    """Let the schedule start no run until it is resumed; says what that means, for people."""
    if graph.schedule is None:
        return f"graph {graph.name} has no schedule: it runs when it is told to · {backend.place}"
    if not graph.is_started:
        return f"graph {graph.name} is suspended already{_stays(backend, graph)} · {backend.place}"
    backend.rows(AlterTask(name=graph.root, action=SuspendTask()).to_sql())
    # Who started it left it noted that it waits; a deploy must not start what a person suspended.
    failed = _retryable(backend, graph) if graph.mark.get(NOTED_WAITING) else ""
    noted = f"; {failed} can no longer be retried" if _decide(backend, graph) and failed else ""
    running = attempts.executing(backend, graph)
    ids = ", ".join(short_run(run.group_id) for run in running)
    goes_on = f"; run {ids} goes on ({to_type('stop')} ends it)" if ids else ""
    return (
        f"suspended: graph {graph.name} starts no run by its schedule until {to_type('resume')}"
        f"{noted}{goes_on}"
        f" · {backend.place}"
    )


def resume(backend: Backend, graph: DeployedGraph) -> str:
    """Let the schedule start runs again.

    Raises:
        InputError: the graph has none.
    """
    if graph.schedule is None:
        raise InputError(
            f"graph {graph.name} on {backend.place} has no schedule that could be resumed",
            hint=f"{to_type('graph', schedule='1 day')}, then {to_type('deploy')}",
        )
    if graph.is_started:
        return f"graph {graph.name} runs by its schedule already: {schedule_words(graph.schedule)}"
    # Nothing but its state: a graph that was altered cannot go on with a run that failed.
    backend.rows(AlterTask(name=graph.root, action=ResumeTask()).to_sql())
    said = schedule_words(graph.schedule)
    return f"resumed: graph {graph.name} runs by its schedule, {said} · {backend.place}"


def _stays(backend: Backend, graph: DeployedGraph) -> str:
    """Whether a deploy starts the schedule that is off: a run that made it left that to one.

    To note that it does not alters the graph, and that ends the retry of a run that failed.
    """
    if not graph.schedule_waits:
        return ""
    if failed := _retryable(backend, graph):
        return (
            ", and the next deploy starts its schedule: "
            f"{to_type('deploy', suspended=True)} does not"
            f" ({failed} could not be retried if that was noted now)"
        )
    _decide(backend, graph)
    return ", and no deploy starts its schedule now"


def _retryable(backend: Backend, graph: DeployedGraph) -> str:
    """The newest run where it failed, for people; else empty."""
    newest = recent_snapshots(backend, graph, last=1)
    return newest[0].label if newest and newest[0].is_over and newest[0].failed else ""


def _decide(backend: Backend, graph: DeployedGraph) -> bool:
    """A person has said what the schedule does: it waits for no deploy any more, if it did."""
    mark = {key: value for key, value in graph.mark.items() if key != NOTED_WAITING}
    if len(mark) == len(graph.mark):
        return False
    noted = TaskProperties(comment=marked_comment(graph.comment or None, mark))
    backend.rows(AlterTask(name=graph.root, action=SetProperties(properties=noted)).to_sql())
    return True


def check_droppable(backend: Backend, graph: DeployedGraph) -> None:
    """See that no run would lose its tasks.

    Raises:
        InputError: one is executing; names it.
    """
    running = executing_with_bridge(backend, graph)
    if running:
        ids = ", ".join(short_run(run.group_id) for run in running)
        raise InputError(
            f"run {ids} of {graph.name} is executing, and dropping the graph would cut it off",
            hint=f"{to_type('stop')}, or wait for it, then {to_type('drop')}",
        )


def drop(backend: Backend, graph: DeployedGraph) -> str:
    """Take away the tasks, the procedure and the code; the history stays.

    What tasks showed stays where it goes with its run. A file stays as well: by it whoever makes
    such a task again is asked, as of a single one. The root goes last: what breaks off leaves a
    graph that can be dropped again. Nobody else changes the graph meanwhile.

    Raises:
        BackendError: somebody changed it since it was looked at.
        InputError: a run of it is executing.
    """
    procedure = procedure_of(graph.root)
    code = read_code(backend, procedure)
    stage = _stage(graph, code.archive)
    folder = graph_folder(graph.name)
    files = listed_files(backend, stage, folder)
    if files is None:  # SQL alone, of an earlier release
        return _dropped(backend, graph, "0 files")
    journal = own_journal(stage_location(stage, folder), secrets.token_hex(8), ())
    with Turns(backend, graph.name, stage).taken(journal):
        try:
            _check_unchanged(backend, graph)
            _note_dropped(backend, graph, code, stage_location(stage, folder), files)
            # First: the procedure says that there is something.
            if code.tells and not _stays_with_runs(backend, graph, stage):
                told = quoted_string(stage_location(stage, told_folder(graph.name)))
                backend.rows(f"REMOVE {told}")
            backend.rows(f"DROP PROCEDURE IF EXISTS {procedure.sql()}(VARCHAR)")
            return _dropped(backend, graph, _drop_files(backend, stage, folder))
        finally:
            backend.rows(journal.remove)


def _stays_with_runs(backend: Backend, graph: DeployedGraph, stage: QualifiedName) -> bool:
    """Whether what tasks showed is found without the graph, and the engine's retention takes it."""
    return backend.is_embedded and stage == default_stage(graph.root)


def _note_dropped(
    backend: Backend,
    graph: DeployedGraph,
    code: DeployedCode,
    folder: str,
    files: Collection[str],
) -> None:
    known = dropped_with_graph(backend, folder, files)
    dropped = dropped_whole(graph, code, datetime.now(UTC), known)
    backend.upload(content_of(dropped), dropped_file(folder))


def _check_unchanged(backend: Backend, graph: DeployedGraph) -> None:
    if read_graph(backend, graph.root) != graph:
        raise BackendError(
            f"graph {graph.name} was changed by somebody else since it was looked at; "
            "nothing of it was dropped",
            hint=f"{to_type('show')}, then {to_type('drop')}",
        )
    check_droppable(backend, graph)


def _dropped(backend: Backend, graph: DeployedGraph, files: str) -> str:
    if graph.is_started:
        backend.rows(AlterTask(name=graph.root, action=SuspendTask()).to_sql())
    left = graph.leftover
    bridge = [*reversed(left.stored), left.root.name] if left is not None else []
    tasks_there = [task.stored for task in reversed(tuple(graph.tasks.values()))]
    for stored in (*bridge, *tasks_there, graph.root.name):
        name = QualifiedName(stored, graph.root.schema, graph.root.database)
        backend.rows(DropTask(name=name).to_sql())
    tasks = counted(len(graph.tasks), "task")
    return f"dropped: graph {graph.name}, {tasks}, {files} of code · {backend.place}"


def _stage(graph: DeployedGraph, archive: str | None) -> QualifiedName:
    named = archive.partition("/")[0] if archive else DEFAULT_STAGE
    found = TokenReader(named.lstrip("@")).qualified_name()
    return found.within(graph.root.database, graph.root.schema)


def _drop_files(backend: Backend, stage: QualifiedName, folder: str) -> str:
    """Take away what was shipped, and what broke off; others wait for this to end."""
    files = listed_files(backend, stage, folder) or ()
    place = stage_location(stage, folder)
    for journal in read_journals(backend, place, files):
        if journal.has_broken_off:
            backend.rows(journal.remove)
    shipped = [name for name in files if name.endswith(".zip")]
    if shipped or version_files(files):
        backend.rows(f"REMOVE {quoted_string(place)} PATTERN = '.*[.](zip|json[.]gz)'")
    return counted(len(shipped), "file")
