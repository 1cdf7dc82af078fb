"""What happens to a deployed graph later: its schedule is suspended and resumed, or all of it goes.

Knows the statements and their order; who is asked before, and in which words, is the verb's.
"""

from __future__ import annotations

from sfdag_magics.client import history
from sfdag_magics.client.backend import Backend
from sfdag_magics.client.code import DEFAULT_STAGE, listed_files, read_code, stage_location
from sfdag_magics.client.deployed import DeployedGraph
from sfdag_magics.errors import InputError
from sfdag_magics.graph.grammar import AlterTask, DropTask, ResumeTask, SuspendTask
from sfdag_magics.graph.names import counted
from sfdag_magics.sqltext import QualifiedName, TokenReader, quoted_string


def suspend(backend: Backend, graph: DeployedGraph) -> str:
    """Let the schedule start no run until it is resumed; says what that means, for people."""
    if not graph.is_started:
        return f"graph {graph.name} is suspended already · {backend.place}"
    backend.rows(AlterTask(name=graph.root, action=SuspendTask()).to_sql())
    running = history.executing(backend, graph)
    ids = ", ".join(run.group_id[:8] for run in running)
    goes_on = f"; run {ids} goes on (%sfdag stop ends it)" if ids else ""
    return (
        f"suspended: graph {graph.name} starts no run by its schedule until %sfdag resume{goes_on}"
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
            hint="%sfdag graph --schedule '1 day', then %sfdag deploy",
        )
    if graph.is_started:
        return f"graph {graph.name} runs by its schedule already: {graph.schedule}"
    backend.rows(AlterTask(name=graph.root, action=ResumeTask()).to_sql())
    return f"resumed: graph {graph.name} runs by its schedule, {graph.schedule} · {backend.place}"


def check_droppable(backend: Backend, graph: DeployedGraph) -> None:
    """See that no run would lose its tasks.

    Raises:
        InputError: one is executing; names it.
    """
    running = history.executing(backend, graph)
    if running:
        ids = ", ".join(run.group_id[:8] for run in running)
        raise InputError(
            f"run {ids} of {graph.name} is executing, and dropping the graph would cut it off",
            hint="%sfdag stop, or wait for it, then %sfdag drop",
        )


def drop(backend: Backend, graph: DeployedGraph) -> str:
    """Take away the tasks, the procedure and the code; the history of runs stays.

    The root goes last: what breaks off leaves a graph that can be dropped again.
    """
    if graph.is_started:
        backend.rows(AlterTask(name=graph.root, action=SuspendTask()).to_sql())
    for task in reversed(tuple(graph.tasks.values())):
        name = QualifiedName(task.stored, graph.root.schema, graph.root.database)
        backend.rows(DropTask(name=name).to_sql())
    files = _drop_code(backend, graph)
    backend.rows(DropTask(name=graph.root).to_sql())
    tasks = counted(len(graph.tasks), "task")
    return f"dropped: graph {graph.name}, {tasks}, {files} of code · {backend.place}"


def _drop_code(backend: Backend, graph: DeployedGraph) -> str:
    root = graph.root
    procedure = QualifiedName(f"{root.name}$RUN", root.schema, root.database)
    archive = read_code(backend, procedure).archive
    backend.rows(f"DROP PROCEDURE IF EXISTS {procedure.sql()}(VARCHAR)")
    named = archive.partition("/")[0] if archive else DEFAULT_STAGE
    stage = TokenReader(named.lstrip("@")).qualified_name().within(root.database, root.schema)
    folder = f"{graph.name.lower()}/"
    files = listed_files(backend, stage, folder) or ()
    if files:
        backend.rows(f"REMOVE {quoted_string(stage_location(stage, folder))}")
    return counted(len(files), "file")
