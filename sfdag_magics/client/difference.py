"""What differs between the definitions of a graph and the deployed graph, task by task. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from sfdag_magics.client.definitions import NOTED, Definition
from sfdag_magics.client.deployed import NOTED_OPTIONS, DeployedGraph, DeployedTask
from sfdag_magics.client.intentions import listed
from sfdag_magics.errors import InputError
from sfdag_magics.graph.names import key_of
from sfdag_magics.graph.schedule import parse_schedule
from sfdag_magics.sqltext import bare_statement


class ChangeKind(StrEnum):
    """What happens to one task; the value is the word that is shown."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    DROPPED = "dropped"
    NOT_LOADED = "not loaded"


#: How each kind of change is listed.
SIGNS = {
    ChangeKind.NEW: "+",
    ChangeKind.CHANGED: "~",
    ChangeKind.UNCHANGED: " ",
    ChangeKind.DROPPED: "-",
    ChangeKind.NOT_LOADED: "?",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One task of the plan; `details` are lines that say what is different."""

    kind: ChangeKind
    name: str
    stored: str
    definition: Definition | None = None
    details: tuple[str, ...] = ()


def compared(wanted: tuple[Definition, ...], before: DeployedGraph | None) -> Iterator[Change]:
    """What happens to each wanted task, in their order, the root first."""
    spelled = {definition.stored: definition.name for definition in wanted[1:]}
    for definition in wanted:
        there = _there(definition, before)
        if there is None or before is None:
            kind, details = ChangeKind.NEW, _placed(definition, spelled)
        else:
            details = _differences(definition, there, before, spelled)
            same = not details and _is_known(definition, there, before)
            kind = ChangeKind.UNCHANGED if same else ChangeKind.CHANGED
        yield Change(
            kind=kind,
            name=definition.name,
            stored=definition.stored,
            definition=None if kind is ChangeKind.UNCHANGED else definition,
            details=details,
        )


def _there(
    definition: Definition, before: DeployedGraph | None
) -> DeployedGraph | DeployedTask | None:
    if before is None:
        return None
    return (
        before
        if definition.stored == before.root.name
        else by_stored(before).get(definition.stored)
    )


def _is_known(
    definition: Definition, there: DeployedGraph | DeployedTask, before: DeployedGraph
) -> bool:
    """Whether all that is deployed was compared: by its hash; a root property by property."""
    if there.mark.get("hash") == definition.digest:
        return True
    return there is before and bool(before.mark.get("hash")) and NOTED_OPTIONS in before.mark


def _placed(definition: Definition, spelled: Mapping[str, str]) -> tuple[str, ...]:
    above = (name.name for name in definition.statement.after)
    after = [spelled[stored] for stored in above if stored in spelled]  # all stand after the root
    return (f"after {listed(after)}",) if after else ()


def _differences(
    definition: Definition,
    there: DeployedGraph | DeployedTask,
    before: DeployedGraph,
    spelled: Mapping[str, str],
) -> tuple[str, ...]:
    """Property by property, as far as it is known what is deployed."""
    if isinstance(there, DeployedGraph):
        pairs = [*_root_pairs(definition, there)]
    else:
        pairs = [*_task_pairs(definition, there, before, spelled)]
    properties = definition.statement.properties
    pairs += [
        ("warehouse", there.warehouse, properties.warehouse),
        ("comment", there.comment, definition.comment),
    ]
    if NOTED_OPTIONS in there.mark or definition.noted:
        noted = there.mark.get(NOTED_OPTIONS, {})
        pairs += [(NOTED[name], noted.get(name), definition.noted.get(name)) for name in NOTED]
    return tuple(
        f"{what}: {_shown(old)} → {_shown(new)}"
        for what, old, new in pairs
        if (old or "") != (new or "")
    )


def _task_pairs(
    definition: Definition,
    there: DeployedTask,
    before: DeployedGraph,
    here: Mapping[str, str],
) -> Iterator[tuple[str, object, object]]:
    statement = definition.statement
    # As they are called there; those that are new, as here.
    spelled = {**here, **{task.stored: name for name, task in before.tasks.items()}}
    after = [spelled.get(name.name, name.name) for name in statement.after]
    wanted = sorted(name for name in after if name != before.root.name)
    yield "after", ", ".join(sorted(there.predecessors)), ", ".join(wanted)
    yield "when", there.condition, statement.condition
    yield "body", bare_statement(there.definition), bare_statement(statement.body)
    if there.was_never_started:
        yield "state", "never started", "started"
    yield "finalizer", there.is_finalizer, statement.properties.finalize is not None


def _root_pairs(
    definition: Definition, there: DeployedGraph
) -> Iterator[tuple[str, object, object]]:
    properties = definition.statement.properties
    waits = bool(there.mark.get("off"))
    old, new = (
        _schedule(text, off=off)
        for text, off in ((there.schedule, waits), (properties.schedule, definition.waits))
    )
    yield "schedule", old, new
    wanted = json.loads(properties.config) if properties.config else {}
    for key in dict.fromkeys((*there.config, *wanted)):
        old, new = (json.dumps(c[key]) if key in c else None for c in (there.config, wanted))
        yield f"config {key}", old, new


def _schedule(text: str | None, *, off: bool) -> str | None:
    if text is None:
        return None
    try:
        text = parse_schedule(text).to_text()
    except InputError:  # a service may know more kinds of schedules than we do
        text = text.strip()
    return f"{text} (waits for a deploy)" if off else text


def _shown(value: object) -> object:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value or "–"


def by_stored(before: DeployedGraph) -> Mapping[str, DeployedTask]:
    """`{stored name: task}` of a deployed graph."""
    return {task.stored: task for task in before.tasks.values()}


def only_there(
    wanted: tuple[Definition, ...],
    before: DeployedGraph | None,
    forgotten: frozenset[str],
    *,
    prune: bool,
) -> Iterator[Change]:
    """What happens to deployed tasks that are not wanted: kept, or dropped where asked for."""
    ours = {definition.stored for definition in wanted}
    for task in before.tasks.values() if before else ():
        if task.stored not in ours:
            dropped = prune or key_of(task.name) in forgotten
            yield Change(
                kind=ChangeKind.DROPPED if dropped else ChangeKind.NOT_LOADED,
                name=task.name,
                stored=task.stored,
            )
