"""What differs between the definitions of a graph and the deployed graph, task by task. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from enum import StrEnum
from json import dumps  # as it is now: a cell may put its own in the module

from sfdag_magics.client.deploying.task_statements import DURATIONS, NOTED, Definition
from sfdag_magics.client.observing.deployed import BODY, NOTED_OPTIONS, DeployedGraph, DeployedTask
from sfdag_magics.client.observing.intentions import listed
from sfdag_magics.errors import InputError
from sfdag_magics.graph.names import key_of
from sfdag_magics.graph.times.moments import typed_duration
from sfdag_magics.graph.times.schedule import parse_schedule
from sfdag_magics.graph.times.schedule_words import schedule_words
from sfdag_magics.graph.values.element import Element
from sfdag_magics.light_classes import dataclass
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


#: Behind a schedule that is not to start before a deploy.
WAITS = " (waits for a deploy)"
#: When its runs are due, with `WAITS` behind it where it does.
SCHEDULE = "schedule"
#: Whether it was started.
STATE = "state"
#: What a task is drawn, read and retried with: it changes nothing that runs.
GROUP, MAP = "group", "map"


@dataclass(frozen=True, slots=True, kw_only=True)
class PropertyDifference:
    """One property as it is there and as it is to be; prints as a line of the plan.

    Attributes:
        is_drift: somebody altered it there, by hand, since it was deployed.
        deployed: as it was deployed then.
    """

    what: str
    old: object
    new: object
    is_drift: bool = False
    deployed: object = None

    def __str__(self) -> str:
        if self.what == SCHEDULE:
            shown: Callable[[object], object] = schedule_as_said
            line = f"{self.what}: {schedule_change(self.old, self.new)}"
        else:
            shown = _duration if self.what in DURATIONS else _shown
            line = f"{self.what}: {shown(self.old)} → {shown(self.new)}"
        if not self.is_drift:
            return line
        if (self.deployed or "") == (self.new or ""):
            return f"{line}  (altered there by hand; this is as it was deployed)"
        return f"{line}  (altered there by hand; deployed was {shown(self.deployed)})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One task of the plan.

    Attributes:
        place: where a new task goes, in lines.
        differences: what a deploy changes of one that is there, as far as that is known.
    """

    kind: ChangeKind
    name: str
    stored: str
    definition: Definition | None = None
    place: tuple[str, ...] = ()
    differences: tuple[PropertyDifference, ...] = ()

    @property
    def details(self) -> tuple[str, ...]:
        """Lines that say where it goes, or what is different."""
        return self.place or tuple(map(str, self.differences))

    @property
    def only_regroups(self) -> bool:
        """Whether nothing that runs is another: a task folds and retries with others."""
        return bool(self.differences) and all(
            each.what in (GROUP, MAP) for each in self.differences
        )


def compared(wanted: tuple[Definition, ...], before: DeployedGraph | None) -> Iterator[Change]:
    """What happens to each wanted task, in their order, the root first."""
    spelled = {definition.stored: definition.name for definition in wanted[1:]}
    for definition in wanted:
        there = there_of(definition.stored, before)
        place: tuple[str, ...] = ()
        found: tuple[PropertyDifference, ...] = ()
        if there is None or before is None:
            kind, place = ChangeKind.NEW, _placed(definition, spelled)
        else:
            found = _differences(definition, there, before, spelled)
            is_same = not found and _is_known(definition, there, before)
            kind = ChangeKind.UNCHANGED if is_same else ChangeKind.CHANGED
        yield Change(
            kind=kind,
            name=definition.name,
            stored=definition.stored,
            definition=None if kind is ChangeKind.UNCHANGED else definition,
            place=place,
            differences=found,
        )


def there_of(stored: str, before: DeployedGraph | None) -> DeployedGraph | DeployedTask | None:
    """What is deployed under a stored name: the graph itself for its root's."""
    if before is None:
        return None
    return before if stored == before.root.name else by_stored(before).get(stored)


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
) -> tuple[PropertyDifference, ...]:
    """Property by property, as far as it is known what is deployed."""
    return differences(said_of(there), said_by(definition, before, spelled))


def said_by(
    definition: Definition, before: DeployedGraph, spelled: Mapping[str, str]
) -> dict[str, object]:
    """`{property: what a definition says}`, in the words of `said_of`.

    Args:
        spelled: `{stored name: name}` of tasks that are not there yet.
    """
    there = there_of(definition.stored, before)
    if isinstance(there, DeployedGraph):
        wanted = _wanted_of_root(definition)
    else:
        wanted = _wanted_of_task(definition, before, spelled)
    mark = there.mark if there is not None else {}
    is_altered = there is not None and there.altered is not None
    knows_options = NOTED_OPTIONS in mark or bool(definition.noted) or is_altered
    noted = {NOTED[name]: definition.noted.get(name) for name in NOTED if knows_options}
    properties = definition.statement.properties
    return wanted | {"warehouse": properties.warehouse, "comment": definition.comment, **noted}


def differences(
    old: Mapping[str, object], new: Mapping[str, object]
) -> tuple[PropertyDifference, ...]:
    """Those properties of which both do not say the same."""
    return tuple(
        PropertyDifference(what=what, old=old.get(what), new=new.get(what))
        for what in dict.fromkeys((*old, *new))
        if (old.get(what) or "") != (new.get(what) or "")
    )


def said_of(there: DeployedGraph | DeployedTask) -> dict[str, object]:
    """`{property: what is deployed}` of a task, or of a graph's root."""
    said = _said_of_root(there) if isinstance(there, DeployedGraph) else _said_of_task(there)
    hidden = {NOTED[name]: value for name, value in there.options.items() if name in NOTED}
    return {**said, "warehouse": there.warehouse, "comment": there.comment, **hidden}


def _said_of_task(there: DeployedTask) -> dict[str, object]:
    return {
        "after": ", ".join(sorted(there.predecessors)),
        "when": there.condition,
        BODY: bare_statement(there.definition),
        STATE: "never started" if there.was_never_started else "started",
        "finalizer": there.is_finalizer,
        GROUP: there.group,
        MAP: _place(there.element),
    }


def _wanted_of_task(
    definition: Definition, before: DeployedGraph, here: Mapping[str, str]
) -> dict[str, object]:
    statement = definition.statement
    # As they are called there; those that are new, as here.
    spelled = {**here, **{task.stored: name for name, task in before.tasks.items()}}
    after = [spelled.get(name.name, name.name) for name in statement.after]
    return {
        "after": ", ".join(sorted(name for name in after if name != before.root.name)),
        "when": statement.condition,
        BODY: bare_statement(statement.body),
        STATE: "started",
        "finalizer": statement.properties.finalize is not None,
        GROUP: definition.group,
        MAP: _place(definition.element),
    }


def _place(element: Element | None) -> str | None:
    return f"{element.map}, element {element.place}" if element is not None else None


def _said_of_root(there: DeployedGraph) -> dict[str, object]:
    schedule = _schedule(there.schedule, off=there.schedule_waits)
    return {SCHEDULE: schedule, **_config(there.config)}


def _wanted_of_root(definition: Definition) -> dict[str, object]:
    properties = definition.statement.properties
    schedule = _schedule(properties.schedule, off=definition.waits)
    config = json.loads(properties.config) if properties.config else {}
    return {SCHEDULE: schedule, **_config(config)}


def _config(config: Mapping[str, object]) -> dict[str, object]:
    return {f"config {key}": dumps(value) for key, value in config.items()}


def _schedule(text: str | None, *, off: bool) -> str | None:
    if text is None:
        return None
    try:
        text = parse_schedule(text).to_text()
    except InputError:  # a service may know more kinds of schedules than we do
        text = text.strip()
    return f"{text}{WAITS}" if off else text


def _shown(value: object) -> object:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value or "–"


def _duration(milliseconds: object) -> str:
    """A timeout as one types it."""
    if not milliseconds:
        return "–"
    return typed_duration(timedelta(milliseconds=int(str(milliseconds))))


def schedule_change(old: object, new: object) -> str:
    """From one schedule to another, each with `WAITS` where it does.

    >>> schedule_change("24 HOURS (waits for a deploy)", "24 HOURS")
    'every 24 hours stays; it no longer waits for a deploy'
    >>> schedule_change("24 HOURS", None)
    'every 24 hours → –'
    """
    there, then = (str(each or "").removesuffix(WAITS) for each in (old, new))
    if there and there == then:
        waits = str(new).endswith(WAITS)
        said = "is off until a deploy" if waits else "no longer waits for a deploy"
        return f"{schedule_words(then)} stays; it {said}"
    words = [schedule_as_said(each) for each in (old, new)]
    return " → ".join(words if words[0] != words[1] else [there, then])


def schedule_as_said(schedule: object) -> str:
    """A schedule, and whether it waits."""
    text = str(schedule or "")
    words = schedule_words(text.removesuffix(WAITS)) or "–"
    return f"{words}{WAITS}" if text.endswith(WAITS) else words


def schedule_text(root: Change, before: DeployedGraph | None) -> str | None:
    """The schedule that a root has then: `every 60 minutes`."""
    there = before.schedule if before is not None else None
    defined = root.definition
    text = defined.statement.properties.schedule if defined else there
    return schedule_words(text) if text is not None else None


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
