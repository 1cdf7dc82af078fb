"""Which tasks of a graph a person asks to run. Pure: knows names and edges."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Protocol

from sfdag_magics.client.observing.intentions import listed
from sfdag_magics.errors import InputError
from sfdag_magics.graph.names import did_you_mean, key_of
from sfdag_magics.graph.topology import Topology
from sfdag_magics.light_classes import dataclass
from sfdag_magics.place_words import ByPlace, to_type

ONLY, FROM, TO = ByPlace("--only", "only="), ByPlace("--from", "start="), ByPlace("--to", "end=")
GROUP = ByPlace("--group", "group=")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What of a graph is to run.

    Attributes:
        only: these tasks and no others.
        start: these and what stands below them.
        end: these and what stands above them.
        group: the tasks of this group.
    """

    only: tuple[str, ...] = ()
    start: tuple[str, ...] = ()
    end: tuple[str, ...] = ()
    group: str | None = None

    def __bool__(self) -> bool:
        return bool(self.only or self.start or self.end or self.group is not None)


def check_names_some(option: ByPlace, names: Collection[str]) -> None:
    """Refuse a list of tasks that was given and is empty: a program that computed it means none.

    Raises:
        InputError: it names no task.
    """
    if not names:
        raise InputError(
            f"{option} names no task, and nothing was run",
            hint=f"leave {option} out for all of the graph",
        )


class HasEdges(Protocol):
    """A graph as far as its tasks are chosen by it: deployed, or of the notebook."""

    @property
    def name(self) -> str:
        """As it is spelled."""

    @property
    def parents(self) -> Mapping[str, tuple[str, ...]]:
        """`{task: tasks above it}` in topological order."""

    @property
    def finalizers(self) -> frozenset[str]:
        """The tasks that run when all others have ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selected:
    """The tasks that are to run, in topological order, and those that were asked for by name.

    Attributes:
        named: they run whatever a branch answered: a person wants them.
    """

    runs: tuple[str, ...]
    named: frozenset[str]


def selected(asked: Asked, graph: HasEdges, groups: Mapping[str, Collection[str]]) -> Selected:
    """The tasks that are asked for.

    Args:
        groups: `{group: its tasks}`.

    Raises:
        InputError: there is no such task or group, the options contradict each other, or nothing
            is left to run.
    """
    check_together(asked)
    if asked.group is not None:
        names = _of_group(asked.group, graph, groups)
        return _in_order(graph, names, names)
    if asked.only:
        names = spelled(asked.only, graph)
        return _in_order(graph, names, names)
    start, end = spelled(asked.start, graph), spelled(asked.end, graph)
    edges = Topology(graph.parents)
    below = {*start, *edges.descendants(*start)} if start else {*edges.order}
    above = {*end, *edges.ancestors(*end)} if end else {*edges.order}
    finalizers = graph.finalizers
    # It ends a run to the end of the graph; in the middle of one it would clean up too early.
    last = finalizers if not end else finalizers & {*end}
    runs = ((below & above) - finalizers) | last
    if not runs - last:
        raise InputError(
            f"no task of {graph.name} stands between {listed(start)} and {listed(end)}",
            hint=to_type("show"),
        )
    return _in_order(graph, runs, start)


def spelled(names: Iterable[str], graph: HasEdges) -> tuple[str, ...]:
    """The tasks of these names as they are spelled, each once.

    Raises:
        InputError: there is no such task; offers the nearest name.
    """
    known = {key_of(name): name for name in graph.parents}
    unknown = [name for name in names if key_of(name) not in known]
    if unknown:
        raise InputError(
            f"{unknown[0]!r} is not a task of graph {graph.name!r}",
            hint=did_you_mean(unknown[0], known.values()),
        )
    return tuple(dict.fromkeys(known[key_of(name)] for name in names))


def check_together(asked: Asked) -> None:
    """Refuse ways to choose tasks that contradict each other.

    Raises:
        InputError: they do.
    """
    said = {ONLY: asked.only, GROUP: asked.group, FROM: asked.start or asked.end}
    given = [str(option) for option, value in said.items() if value]
    if len(given) > 1:
        raise InputError(
            f"{' and '.join(given)} each say which tasks run", hint=f"leave {given[-1]} out"
        )


def _of_group(
    group: str, graph: HasEdges, groups: Mapping[str, Collection[str]]
) -> tuple[str, ...]:
    known = {key_of(name): name for name in graph.parents}
    tasks = [key_of(name) for name in groups.get(group, ())]
    found = tuple(known[name] for name in tasks if name in known)
    if not found:
        there = listed(groups) if groups else "no group is known here"
        raise InputError(
            f"no task of {graph.name} is in group {group!r}; {'groups: ' if groups else ''}{there}",
            hint=f"{to_type('sftask', group=group or 'NAME')} puts a task into one",
        )
    return found


def _in_order(graph: HasEdges, runs: Collection[str], named: Collection[str]) -> Selected:
    return Selected(
        runs=tuple(name for name in graph.parents if name in runs), named=frozenset(named)
    )
