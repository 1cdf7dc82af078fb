"""Tasks that are deployed and whose cells were not run here: they stay as they are.

As the rest of the graph they count for its edges, branches and limits; as code they are carried
on from the archive that is deployed. Nothing of them is ever guessed from the notebook.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter
from heapq import heappop, heappush

from sfdag_magics.bundle import Shipped, code_hash, content_hash, merged, read_archive
from sfdag_magics.client.code.deployed_code import Code, DeployedCode, described_code
from sfdag_magics.client.code.shipping import without_twins
from sfdag_magics.client.connecting.backend import Backend
from sfdag_magics.client.observing.deployed import DeployedGraph, DeployedTask
from sfdag_magics.client.observing.intentions import listed
from sfdag_magics.errors import BackendError, InputError
from sfdag_magics.graph.model import Task, TaskGraph, TaskKind
from sfdag_magics.graph.names import key_of
from sfdag_magics.graph.packages import clashes, is_bare, package_name
from sfdag_magics.sqltext import QualifiedName


def not_loaded(
    graph: TaskGraph, before: DeployedGraph | None, leaving: Collection[str] = ()
) -> tuple[DeployedTask, ...]:
    """The deployed tasks that this notebook does not have, without those that are leaving.

    Args:
        leaving: `key_of` the names of tasks that are to be dropped.
    """
    if before is None:
        return ()
    gone = {*leaving, *outgrown(graph, before)}
    tasks = before.tasks.values()
    return tuple(task for task in tasks if task.name not in graph and key_of(task.name) not in gone)


def outgrown(graph: TaskGraph, before: DeployedGraph) -> frozenset[str]:
    """`key_of` the names of deployed tasks of a map that the notebook makes without them by now."""
    maps = {key_of(name) for name in graph.maps}
    return frozenset(
        key_of(name)
        for name, task in before.tasks.items()
        if task.element is not None and key_of(task.element.map) in maps and name not in graph
    )


def whole_graph(
    graph: TaskGraph,
    before: DeployedGraph | None,
    kept: Collection[DeployedTask],
    code: DeployedCode,
) -> TaskGraph:
    """The graph as it will stand: the notebook's tasks, and in their places those that are kept."""
    if before is None or not kept:
        return graph
    branches = _branches(before)
    in_place = (_in_place(there, branches, code) for there in kept)
    tasks = _in_graph_order([*graph.tasks, *in_place])
    return TaskGraph(graph.name, graph.options, tasks=tasks)


def _in_graph_order(tasks: list[Task]) -> tuple[Task, ...]:
    """Each behind those above it, else as they come, a finalizer last; on a cycle as they come."""
    places = {key_of(task.name): place for place, task in enumerate(tasks)}
    sorter = TopologicalSorter(
        {
            place: [places[key_of(name)] for name in task.after if key_of(name) in places]
            for place, task in enumerate(tasks)
        }
    )
    try:
        sorter.prepare()
    except CycleError:
        return tuple(tasks)
    found: list[Task] = []
    ready: list[tuple[bool, int]] = []
    while sorter.is_active():
        for place in sorter.get_ready():
            heappush(ready, (tasks[place].finalizer, place))
        place = heappop(ready)[1]
        found.append(tasks[place])
        sorter.done(place)
    return tuple(found)


def _in_place(there: DeployedTask, branches: Collection[str], code: DeployedCode) -> Task:
    return Task(
        name=there.name,
        kind=TaskKind.NOT_LOADED,
        body=there.definition,
        after=there.predecessors,
        branch=there.name in branches,
        finalizer=there.is_finalizer,
        when=there.condition,
        returns=code.returns.get(there.name),
        group=there.group,
        element=there.element,
    )


def _branches(before: DeployedGraph) -> set[str]:
    """The tasks whose answer a condition waits for."""
    return {
        above
        for task in before.tasks.values()
        for above in task.predecessors
        if before.is_answer(above, task.name)
    }


def with_kept_code(
    backend: Backend,
    procedure: QualifiedName,
    code: Code,
    there: DeployedCode,
    kept: Collection[DeployedTask],
) -> Code:
    """The notebook's code and, as it is deployed, that of the tasks that are kept.

    Asks for the deployed archive only where something is to be shipped.

    Raises:
        BackendError: the archive is not there, or is not what its name says.
        InputError: one procedure cannot have the packages that both need.
    """
    hashes = {task.name: there.tasks[task.name] for task in kept if task.name in there.tasks}
    if not hashes:
        return code
    tasks = {**code.tasks, **hashes}
    returns = {name: there.returns[name] for name in hashes if name in there.returns}
    both = replace(
        code, tasks=tasks, code_hash=code_hash(tasks), returns={**code.returns, **returns}
    )
    if both.code_hash == there.code_hash and set(code.packages) <= set(there.packages):
        return replace(both, packages=there.packages, python=there.python or code.python)
    there = described_code(backend, procedure, there)
    shipped = _fetched(backend, there, hashes)
    archive = merged(code.archive, shipped, tuple(hashes))
    return replace(
        both,
        archive=archive,
        digest=content_hash(archive),
        packages=_packages(code, there, shipped, hashes),
        python=there.python or code.python,
    )


def _fetched(backend: Backend, there: DeployedCode, kept: Mapping[str, str]) -> Shipped:
    """The deployed archive, if it is what its name says and has the code of all that is kept."""
    try:
        shipped = _read(backend, there.archive or "")
    except (BackendError, ValueError) as error:
        reason = error.message if isinstance(error, BackendError) else str(error)
        raise _unreadable(there, kept, reason) from error
    if missing := [name for name in kept if name.upper() not in shipped.tasks]:
        raise _unreadable(there, missing, "it is not in there")
    return shipped


def _read(backend: Backend, archive: str) -> Shipped:
    content = backend.download(archive)
    if content_hash(content) != archive.rpartition("/")[2].removesuffix(".zip"):
        raise ValueError("its content is not what its name says")
    return read_archive(content)


def _unreadable(there: DeployedCode, tasks: Collection[str], reason: str) -> BackendError:
    return BackendError(
        f"the code of {listed(tasks)}, whose cells were not run here, cannot be read from "
        f"{there.archive or 'the procedure, which names no archive'}: {reason}",
        hint="run those cells too, then the same again",
    )


def _packages(
    code: Code, there: DeployedCode, shipped: Shipped, kept: Mapping[str, str]
) -> tuple[str, ...]:
    """What both need; a package that both name with different versions is refused."""
    wanted = {package_name(package): package for package in code.packages}
    found = list(code.packages)
    for task in kept:
        # An archive of an earlier release does not say which task needs what.
        for package in shipped.tasks[task.upper()].get("packages", there.packages):
            here = wanted.get(package_name(package), package)
            if clashes(here, package):
                raise InputError(
                    f"{task} is deployed with {package}, its cell was not run here, and this "
                    f"notebook needs {here}: the graph's tasks share one set of packages",
                    hint=f"run the cell of {task} too, or name {package} by --packages",
                )
            found.append(package)
    return without_twins(sorted(found, key=is_bare))
