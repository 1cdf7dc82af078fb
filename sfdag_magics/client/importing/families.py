"""Which tasks of a source are one graph, and which of them is its root. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from sfdag_magics.client.importing.found import Findings, FoundTask
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import QualifiedName


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """The tasks of one graph.

    Attributes:
        root: the task that all others are below.
        others: the tasks below it, in the order of the source.
        above: `{name: the names of the tasks above}`, without the root.
    """

    root: FoundTask
    others: tuple[FoundTask, ...]
    above: Mapping[QualifiedName, tuple[QualifiedName, ...]]


def families(tasks: Iterable[FoundTask], findings: Findings) -> Iterator[Family]:
    """The graphs of a source; what is wrong with their shape is a finding."""
    known = {task.name: task for task in tasks}
    above = {name: tuple(_above(task, known, findings)) for name, task in known.items()}
    for names in _components(above, known):
        yield _family([known[name] for name in known if name in names], above, findings)


def _above(
    task: FoundTask, known: Mapping[QualifiedName, FoundTask], findings: Findings
) -> Iterator[QualifiedName]:
    for name in task.after:
        found = _meant(name, known)
        if found is None:
            findings.problem(f"task {task.spelled}: AFTER {name.sql()}: nothing made it", task.line)
        else:
            yield found


def _meant(name: QualifiedName, known: Mapping[QualifiedName, FoundTask]) -> QualifiedName | None:
    if name in known:
        return name
    same = [each for each in known if each.name == name.name]
    return same[0] if len(same) == 1 else None


def _finalized(task: FoundTask, known: Mapping[QualifiedName, FoundTask]) -> QualifiedName | None:
    root = task.properties.finalize
    return _meant(root, known) if root is not None else None


def _components(
    above: Mapping[QualifiedName, tuple[QualifiedName, ...]],
    known: Mapping[QualifiedName, FoundTask],
) -> Iterator[set[QualifiedName]]:
    near: dict[QualifiedName, set[QualifiedName]] = {name: set() for name in known}
    for name, task in known.items():
        roots = [root for root in (_finalized(task, known), task.root) if root is not None]
        for other in (*above[name], *roots):
            near[name].add(other)
            near[other].add(name)
    left = dict.fromkeys(known)
    while left:
        found, waiting = set(), [next(iter(left))]
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                left.pop(name, None)
                waiting.extend(near[name])
        yield found


def _family(
    tasks: list[FoundTask],
    above: Mapping[QualifiedName, tuple[QualifiedName, ...]],
    findings: Findings,
) -> Family:
    first = [task for task in tasks if not above[task.name] and task.properties.finalize is None]
    root = first[0] if first else tasks[0]
    if not first:
        names = ", ".join(task.spelled for task in tasks)
        findings.problem(f"tasks {names} are a cycle: one of them has to wait for none", root.line)
    if len(first) > 1:
        names = ", ".join(task.spelled for task in first)
        findings.problem(f"tasks {names} are roots of one graph, which has one: {root.spelled}")
    others = tuple(task for task in tasks if task is not root)
    edges = {
        task.name: tuple(name for name in above[task.name] if name != root.name) for task in tasks
    }
    return Family(root=root, others=others, above=edges)
