"""What CREATE, ALTER and DROP TASK make of the catalogue, or why they may not. Pure rules.

Each function looks at the catalogue and answers what is to be put, removed, started and stopped;
nothing is changed here. Texts that a test of Snowflake's clients asserts are theirs to the letter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from datetime import datetime

from sfdag_magics.engine.borders.answers import SqlError, already_exists, does_not_exist
from sfdag_magics.engine.borders.cloning import Cloned
from sfdag_magics.engine.borders.inherited import Inherited, inherited
from sfdag_magics.engine.borders.object_facts import ObjectFact
from sfdag_magics.engine.borders.tagging import with_values
from sfdag_magics.engine.tasks.defined.catalogue import Family, TaskCatalogue, check_rooted
from sfdag_magics.engine.tasks.defined.checks import check, check_suspended, invalid_predecessor
from sfdag_magics.engine.tasks.defined.definition import (
    BECAME_ROOT,
    BY_USER,
    FINALIZER_BECAME_ROOT,
    TaskDefinition,
)
from sfdag_magics.graph.grammar import (
    AddAfter,
    AlterTask,
    CloneTask,
    CreateMode,
    CreateTask,
    DropTask,
    ModifyBody,
    ModifyWhen,
    RemoveAfter,
    RemoveWhen,
    ResumeTask,
    SetProperties,
    SetTags,
    SuspendTask,
    TaskProperties,
    UnsetProperties,
    UnsetTags,
)
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import QualifiedName


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a statement comes to.

    Attributes:
        message: the answer's one row.
        started: the root whose schedule begins.
        stopped: ids of roots whose schedule ends.
    """

    message: str
    put: Sequence[TaskDefinition] = ()
    remove: Sequence[TaskDefinition] = ()
    started: TaskDefinition | None = None
    stopped: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """When, by whom, and the id a new task gets.

    Attributes:
        inherited: what a task of this schema inherits.
        tags: those the statement names, each with its value, None where it is taken away.
    """

    now: datetime
    owner: str
    new_id: str
    inherited: Inherited = field(default_factory=dict)
    tags: Sequence[tuple[ObjectFact, str | None]] = ()

    def tagged(self, tags: Mapping[str, str]) -> dict[str, str]:
        """An object's tags with what the statement says of them.

        Raises:
            SqlError: a tag does not take its value.
        """
        gone = {tag.id for tag, value in self.tags if value is None}
        kept = {tag_id: value for tag_id, value in tags.items() if tag_id not in gone}
        return with_values(kept, [(tag, value) for tag, value in self.tags if value is not None])


def created(
    catalogue: TaskCatalogue, statement: CreateTask, name: QualifiedName, around: Circumstances
) -> Change:
    """CREATE [OR REPLACE | OR ALTER] TASK [IF NOT EXISTS].

    Raises:
        SqlError: it may not.
    """
    old = catalogue.find(name)
    said = name.name
    if old is not None and statement.mode is CreateMode.CREATE:
        raise already_exists(name.sql())
    if old is not None and statement.mode is CreateMode.IF_NOT_EXISTS:
        return Change(message=f"{said} already exists, statement succeeded.")
    family = catalogue.family(name)
    altered = old is not None and statement.mode is CreateMode.OR_ALTER
    task = TaskDefinition(
        task_id=old.task_id if old and altered else around.new_id,
        name=name,
        body=statement.body,
        created_on=old.created_on if old and altered else around.now,
        owner=old.owner if old and altered else around.owner,
        condition=statement.condition,
        predecessors=_siblings(name, statement.after),
        finalizes=_finalized(name, statement.properties),
        properties=replace(statement.properties, finalize=None),
        last_committed_on=old.last_committed_on if old and altered else None,
        last_suspended_on=old.last_suspended_on if old and altered else None,
        last_suspended_reason=old.last_suspended_reason if old and altered else None,
        inherited=around.inherited,
        tags=around.tagged(old.tags if old and altered else {}),
        grants_id=old.granted_on if old and (altered or statement.copy_grants) else None,
    )
    if old is None or not altered:
        return _put_new(family, task, old)
    check_suspended(family, old.name.name)
    check(family, task, old)
    return Change(message="Statement executed successfully.", put=[task])


def _put_new(family: Family, task: TaskDefinition, old: TaskDefinition | None) -> Change:
    """A new task, in the place of an old one where there is one."""
    if old is not None:
        check_suspended(family, old.name.name, but_itself=True)
    check(family, task, old)
    return Change(
        message=f"Task {task.name.name} successfully created.",
        put=[task],
        remove=[old] if old is not None else [],
        stopped=[old.task_id] if old is not None else [],
    )


def cloned(
    catalogue: TaskCatalogue, statement: CloneTask, name: QualifiedName, around: Circumstances
) -> Change:
    """CREATE TASK … CLONE: a suspended task of the same definition, after the same predecessors.

    In another schema it has none, and it finalizes nothing: a root has one finalizer.

    Raises:
        SqlError: it may not.
    """
    source = catalogue.get(statement.source)
    old = catalogue.find(name)
    if old is not None and statement.mode is CreateMode.CREATE:
        raise already_exists(name.sql())
    if old is not None and statement.mode is CreateMode.IF_NOT_EXISTS:
        return Change(message=f"{name.name} already exists, statement succeeded.")
    is_sibling = (source.name.database, source.name.schema) == (name.database, name.schema)
    task = replace(
        source,
        task_id=around.new_id,
        name=name,
        created_on=around.now,
        owner=around.owner,
        predecessors=source.predecessors if is_sibling else (),
        finalizes=None,
        is_started=False,
        last_committed_on=None,
        last_suspended_on=None,
        last_suspended_reason=None,
        inherited=around.inherited,
        grants_id=old.granted_on if old and statement.copy_grants else None,
    )
    return _put_new(catalogue.family(name), task, old)


def dropped(
    catalogue: TaskCatalogue, statement: DropTask, name: QualifiedName, around: Circumstances
) -> Change:
    """DROP TASK [IF EXISTS].

    Raises:
        SqlError: it may not.
    """
    task = _found(catalogue, statement, name)
    if task is None:
        return Change(
            message=f"Drop statement executed successfully ({name.name} already dropped)."
        )
    family = catalogue.family(name)
    is_alone = not family.children(name.name) and family.finalizer(name.name) is None
    if not (task.is_root and is_alone):
        check_suspended(family, name.name)
    left = [
        without(family.tasks[child], name.name, around.now)
        for child in family.children(name.name)
        if child != name.name  # it may be its own predecessor
    ]
    finalizer = family.finalizer(name.name)
    if finalizer is not None:
        freed = finalizer.suspended(around.now, FINALIZER_BECAME_ROOT)
        left.append(replace(freed, finalizes=None))
    return Change(
        message=f"{name.name} successfully dropped.",
        put=left,
        remove=[task],
        stopped=[task.task_id] if task.is_root else [],
    )


def _found(
    catalogue: TaskCatalogue, statement: DropTask | AlterTask, name: QualifiedName
) -> TaskDefinition | None:
    """The task; None where there is none and the statement says IF EXISTS."""
    task = catalogue.find(name)
    if task is None and not statement.if_exists:
        raise does_not_exist("Task", name.sql())
    return task


def altered(
    catalogue: TaskCatalogue, statement: AlterTask, name: QualifiedName, around: Circumstances
) -> Change:
    """ALTER TASK [IF EXISTS].

    Raises:
        SqlError: it may not.
    """
    task = _found(catalogue, statement, name)
    if task is None:
        return Change(message="Statement executed successfully.")
    family = catalogue.family(name)
    message = "Statement executed successfully."
    if isinstance(statement.action, SuspendTask):
        return replace(_suspended(family, task, around.now), message=message)
    if isinstance(statement.action, ResumeTask):
        return replace(_resumed(family, task), message=message)
    if isinstance(statement.action, SetTags | UnsetTags):
        return Change(message=message, put=[replace(task, tags=around.tagged(task.tags))])
    check_suspended(family, name.name)
    changed = _altered(task, statement, around.now)
    check(family, changed, task)
    return Change(message=message, put=[changed])


def _suspended(family: Family, task: TaskDefinition, now: datetime) -> Change:
    if not task.is_root:
        check_suspended(family, task.name.name)
        return Change(message="", put=[task.suspended(now, BY_USER)])
    return Change(message="", put=[task.suspended(now, BY_USER)], stopped=[task.task_id])


def _resumed(family: Family, task: TaskDefinition) -> Change:
    started = resumed(task)
    if not task.is_root:
        check_rooted(family, task.name.name)
        check_suspended(family, task.name.name)
        return Change(message="", put=[started])
    # Again for a started one, as Snowflake does: an interval is counted from now.
    return Change(message="", put=[started], started=started)


def resumed(task: TaskDefinition) -> TaskDefinition:
    """The task as started."""
    return replace(task, is_started=True)


def cloned_into(
    task: TaskDefinition, cloned: Cloned, task_id: str, now: datetime
) -> TaskDefinition:
    """The task in the clone of its schema or database: suspended, and joined as it was."""
    schema = cloned.new_schema or task.name.schema
    name = QualifiedName(task.name.name, schema, cloned.new_database)
    return replace(
        task,
        task_id=task_id,
        name=name,
        created_on=now,
        is_started=False,
        last_committed_on=None,
        last_suspended_on=None,
        last_suspended_reason=None,
        inherited=inherited(cloned.facts, name.database, name.schema),
        tags={cloned.ids.get(tag, tag): value for tag, value in task.tags.items()},
        grants_id=None,
    )


def moved(task: TaskDefinition, *, whole: bool, new: str) -> TaskDefinition:
    """The task after its database (`whole`) or its schema was renamed."""
    name = task.name
    place = (name.schema, new) if whole else (new, name.database)
    return replace(task, name=QualifiedName(name.name, *place))


def _altered(task: TaskDefinition, statement: AlterTask, now: datetime) -> TaskDefinition:
    match statement.action:
        case SetProperties(properties=said):
            finalizes = _finalized(task.name, said) or task.finalizes
            merged = task.properties.with_set(replace(said, finalize=None))
            return replace(task, properties=merged, finalizes=finalizes)
        case UnsetProperties(names=names):
            return _unset(task, names, now)
        case AddAfter(names=names):
            added = _siblings(task.name, names)
            both = (*task.predecessors, *(n for n in added if n not in task.predecessors))
            return replace(task, predecessors=both)
        case RemoveAfter(names=names):
            return _removed(task, _siblings(task.name, names), now)
        case ModifyBody(body=body):
            return replace(task, body=body)
        case ModifyWhen(condition=condition):
            return replace(task, condition=condition)
        case RemoveWhen():
            return replace(task, condition=None)
        case _:  # RESUME and SUSPEND were taken before
            raise SqlError(f"Invalid action {type(statement.action).__name__}")


def _removed(task: TaskDefinition, names: Sequence[str], now: datetime) -> TaskDefinition:
    for name in names:
        if name not in task.predecessors:
            raise invalid_predecessor(task.name, name)
        task = without(task, name, now)
    return task


def without(task: TaskDefinition, predecessor: str, now: datetime) -> TaskDefinition:
    """The task without one predecessor; a child that becomes a root is suspended."""
    left = tuple(name for name in task.predecessors if name != predecessor)
    task = replace(task, predecessors=left)
    return task if left else task.suspended(now, BECAME_ROOT)


def _unset(task: TaskDefinition, names: Sequence[str], now: datetime) -> TaskDefinition:
    if "FINALIZE" in names and task.finalizes is not None:
        task = replace(task.suspended(now, FINALIZER_BECAME_ROOT), finalizes=None)
    return replace(task, properties=task.properties.without(names))


def _siblings(name: QualifiedName, others: Sequence[QualifiedName]) -> tuple[str, ...]:
    """The stored names of tasks of the same schema, which is also where bare names are looked up.

    Snowflake takes no others, so looking bare names up elsewhere could only fail.
    """
    found = []
    for other in others:
        there = other.within(name.database, name.schema)
        if (there.database, there.schema) != (name.database, name.schema):
            raise SqlError(
                f"Task {name.sql()} and its predecessor {there.sql()} must be in the same schema."
            )
        found.append(there.name)
    return tuple(dict.fromkeys(found))


def _finalized(name: QualifiedName, said: TaskProperties) -> str | None:
    return None if said.finalize is None else _siblings(name, [said.finalize])[0]
