"""GET_DDL of a task: the statement that makes it again, with what of it is not executed."""

from __future__ import annotations

from dataclasses import replace

from sfdag_magics.engine.borders.answers import does_not_exist
from sfdag_magics.engine.borders.ports import SqlSession
from sfdag_magics.engine.borders.tagging import TAG
from sfdag_magics.engine.tasks.defined.catalogue import TaskCatalogue
from sfdag_magics.engine.tasks.defined.definition import TaskDefinition
from sfdag_magics.graph.grammar import CreateMode, CreateTask, SetTag
from sfdag_magics.sqltext import QualifiedName, SqlTextError, TokenReader


def task_ddl(
    catalogue: TaskCatalogue,
    name: str,
    is_full: bool,  # noqa: FBT001 - the signature of a `Definition`
    session: SqlSession,
) -> str:
    """What GET_DDL('TASK', name [, with full names]) says.

    Raises:
        SqlError: there is no such task.
    """
    task = catalogue.get(session.resolve(_name(name)))
    return _statement(task, session, is_full=is_full).to_sql() + ";"


def _name(text: str) -> QualifiedName:
    try:
        reader = TokenReader(text)
        name = reader.qualified_name()
    except SqlTextError as problem:
        raise does_not_exist("Task", text) from problem
    if not reader.at_end:
        raise does_not_exist("Task", text)
    return name


def _statement(task: TaskDefinition, session: SqlSession, *, is_full: bool) -> CreateTask:
    place = (task.name.schema, task.name.database) if is_full else (None, None)

    def sibling(name: str) -> QualifiedName:
        return QualifiedName(name, *place)

    finalized = None if task.finalizes is None else sibling(task.finalizes)
    tags = session.catalogue().listed(TAG) if task.tags else ()
    return CreateTask(
        name=sibling(task.name.name),
        mode=CreateMode.OR_REPLACE,
        body=task.body,
        properties=replace(task.properties, finalize=finalized),
        after=tuple(sibling(name) for name in task.predecessors),
        condition=task.condition,
        tags=tuple(
            SetTag(name=QualifiedName(tag.name, tag.schema, tag.database), value=task.tags[tag.id])
            for tag in tags
            if tag.id in task.tags
        ),
    )
