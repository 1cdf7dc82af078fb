"""What is deployed as the definitions that would make it so: from SHOW TASKS and our marks. Pure.

A definition is exactly what a deploy of ours sent where its hash is the mark's. Where it is not,
somebody altered the task since, by hand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from sfdag_magics.client.deploying.task_statements import (
    TASK_TIMEOUT,
    Definition,
    marked_definition,
    remembering,
    root_config_text,
)
from sfdag_magics.client.observing.deployed import (
    NOTED_DROPPED,
    NOTED_TIME,
    NOTED_VERSIONS,
    NOTED_WAITING,
    DeployedGraph,
    DeployedTask,
)
from sfdag_magics.graph.grammar import CreateMode, CreateTask, TaskProperties

#: What a mark says beside the definition itself.
_KEPT = ("hash", NOTED_TIME, NOTED_VERSIONS, NOTED_DROPPED)


def definitions_there(graph: DeployedGraph) -> Iterator[Definition]:
    """Those of the root and of all tasks, as they are now, whoever altered them."""
    yield _root(graph)
    yield from (_task(task, graph) for task in graph.tasks.values())


def altered_by_hand(graph: DeployedGraph) -> dict[str, str]:
    """`{stored name: name}` of what is no longer as a deploy of ours left it, the root first.

    Of tasks that no deploy of ours made nothing is said.
    """
    ours = [task for task in graph.tasks.values() if "hash" in task.mark]
    altered = {each.stored: each.name for each in ours if task_definition(each, graph) is None}
    is_root = "hash" in graph.mark and root_definition(graph) is None
    return {graph.root.name: graph.name, **altered} if is_root else altered


def task_definition(task: DeployedTask, graph: DeployedGraph) -> Definition | None:
    """A task's, if it is what was deployed; else None."""
    return _if_it_is(_task(task, graph), task.mark)


def root_definition(graph: DeployedGraph) -> Definition | None:
    """The same of the root."""
    return _if_it_is(_root(graph), graph.mark)


def _task(task: DeployedTask, before: DeployedGraph) -> Definition:
    noted = task.options
    stored = {each.name: each.stored for each in before.tasks.values()}
    above = [stored[name] for name in task.predecessors] or [before.root.name]
    statement = CreateTask(
        name=replace(before.root, name=task.stored),
        mode=CreateMode.OR_ALTER,
        body=task.definition,
        properties=TaskProperties(
            warehouse=task.warehouse,
            comment=task.comment or None,
            finalize=before.root if task.is_finalizer else None,
            **noted,
        ),
        after=() if task.is_finalizer else tuple(replace(before.root, name=n) for n in above),
        condition=task.condition,
    )
    return marked_definition(task.name, statement, group=task.group, element=task.element)


def _root(before: DeployedGraph) -> Definition:
    noted = dict(before.options)
    defaults = {name: noted.pop(name) for name in (TASK_TIMEOUT,) if name in noted}
    statement = CreateTask(
        name=before.root,
        mode=CreateMode.OR_ALTER,
        body=before.definition,
        properties=TaskProperties(
            warehouse=before.warehouse,
            schedule=before.schedule,
            config=root_config_text(before.config),
            comment=before.comment or None,
            **noted,
        ),
    )
    waits = bool(before.mark.get(NOTED_WAITING))
    found = {
        off: marked_definition(before.name, statement, defaults=defaults, off=off)
        for off in (False, True)
    }
    # A schedule that waited as it was deployed may have been resumed since: the hash is of then.
    was = found[waits] if found[waits].digest == before.mark.get("hash") else found[True]
    return replace(found[waits], digest=was.digest)


def _if_it_is(definition: Definition, mark: Mapping[str, Any]) -> Definition | None:
    """The definition with its own history, if it is what was deployed with this mark."""
    if definition.digest != mark.get("hash"):
        return None
    kept = {name: mark[name] for name in _KEPT if name in mark}
    return remembering(definition, kept)
