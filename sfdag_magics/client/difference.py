"""What differs between the definitions of a graph and the deployed graph, task by task. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from sfdag_magics.client.definitions import Definition
from sfdag_magics.client.deployed import DeployedGraph, DeployedTask
from sfdag_magics.graph.names import key_of


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
    """What happens to each wanted task, in their order."""
    for definition in wanted:
        there = _there(definition, before)
        if there is None:
            kind, details = ChangeKind.NEW, _placed(definition)
        elif there == definition.digest and not _drift(definition, before):
            kind, details = ChangeKind.UNCHANGED, ()
        else:
            kind, details = ChangeKind.CHANGED, _drift(definition, before)
        yield Change(
            kind=kind,
            name=definition.name,
            stored=definition.stored,
            definition=None if kind is ChangeKind.UNCHANGED else definition,
            details=details,
        )


def _there(definition: Definition, before: DeployedGraph | None) -> str | None:
    """The digest of the deployed definition, empty for one not made here; None for none."""
    if before is None:
        return None
    if definition.stored == before.root.name:
        return str(before.mark.get("hash", ""))
    found = by_stored(before).get(definition.stored)
    return None if found is None else str(found.mark.get("hash", ""))


def _placed(definition: Definition) -> tuple[str, ...]:
    after = [name.name for name in definition.statement.after]
    return (f"after {', '.join(after)}",) if after else ()


def _drift(definition: Definition, before: DeployedGraph | None) -> tuple[str, ...]:
    """What SHOW TASKS shows to be different; other properties are known by their hash only."""
    found = by_stored(before).get(definition.stored) if before else None
    if before is None or found is None:
        return ()
    statement = definition.statement
    spelled = {task.stored: name for name, task in before.tasks.items()}
    after = [spelled.get(name.name, name.name) for name in statement.after]
    wanted = sorted(name for name in after if name != before.root.name)
    pairs = (
        ("after", ", ".join(sorted(found.predecessors)), ", ".join(wanted)),
        ("when", found.condition or "", statement.condition or ""),
        ("body", found.definition.strip(), statement.body.strip()),
    )
    return tuple(f"{what}: {old or '–'} → {new or '–'}" for what, old, new in pairs if old != new)


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
            hint = f"its cell was not run here; %sfdag forget {task.name} drops it"
            yield Change(
                kind=ChangeKind.DROPPED if dropped else ChangeKind.NOT_LOADED,
                name=task.name,
                stored=task.stored,
                details=() if dropped else (hint,),
            )
