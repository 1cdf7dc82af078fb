"""A deploy that was refused half-way is undone: what was there before is made again.

Only what can be made exactly as it was: a definition is written from what SHOW TASKS told before
the deploy and from our mark, and is the old one where its hash says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sfdag_magics.client.code.deployed_code import read_code
from sfdag_magics.client.connecting.backend import Backend
from sfdag_magics.client.deploying.difference import by_stored
from sfdag_magics.client.deploying.plan import Plan
from sfdag_magics.client.deploying.task_statements import Definition
from sfdag_magics.client.deploying.undoing.rebuilt import root_definition, task_definition
from sfdag_magics.client.observing.deployed import DeployedGraph
from sfdag_magics.errors import BackendError
from sfdag_magics.graph.grammar import AlterTask, DropTask, ResumeTask
from sfdag_magics.sqltext import QualifiedName


def put_back(backend: Backend, plan: Plan, now: DeployedGraph | None) -> bool:
    """Make the graph again what it was before the plan; False where that cannot be done exactly."""
    if plan.resumes or now is None or _runs_new_code(backend, plan):
        return False
    if plan.before is None:
        statements = [DropTask(name=name).to_sql() for name in _names_in_reverse(now)]
    else:
        wrong = [*_definitions_that_differ(plan.before, now)]
        if any(definition is None for definition in wrong):
            return False
        statements = [*_undone(plan.before, now, [each for each in wrong if each is not None])]
    try:
        for statement in statements:
            backend.rows(statement)
        backend.rows(plan.journal.withdraw)
    except BackendError:
        return False  # what is left is told, and the journal stays
    return True


def _runs_new_code(backend: Backend, plan: Plan) -> bool:
    return plan.changes_code and read_code(backend, plan.procedure) != plan.before_code


def _names_in_reverse(graph: DeployedGraph) -> Iterator[QualifiedName]:
    for task in reversed([*graph.tasks.values()]):
        yield replace(graph.root, name=task.stored)
    yield graph.root


def _definitions_that_differ(
    before: DeployedGraph, now: DeployedGraph
) -> Iterator[Definition | None]:
    """The old definitions of what was changed or dropped, the root first; None for unknown ones."""
    was, is_now = (replace(g, tasks={}, is_started=False) for g in (before, now))
    if was != is_now:
        yield root_definition(before)
    there = by_stored(now)
    for task in before.tasks.values():
        found = there.get(task.stored)
        if found is None or replace(found, is_started=task.is_started) != task:
            yield task_definition(task, before)


def _undone(before: DeployedGraph, now: DeployedGraph, wrong: list[Definition]) -> Iterator[str]:
    old = by_stored(before)
    for task in reversed([*now.tasks.values()]):
        if task.stored not in old and task.is_finalizer:
            yield DropTask(name=replace(before.root, name=task.stored)).to_sql()
    for definition in wrong:
        yield definition.statement.to_sql()
    for task in reversed([*now.tasks.values()]):
        if task.stored not in old and not task.is_finalizer:
            yield DropTask(name=replace(before.root, name=task.stored)).to_sql()
    for definition in wrong:
        if definition.stored in old and old[definition.stored].is_started:
            yield AlterTask(name=definition.statement.name, action=ResumeTask()).to_sql()
    if before.is_started:
        yield AlterTask(name=before.root, action=ResumeTask()).to_sql()
