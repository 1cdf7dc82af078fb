"""Which run a verb or a view means, and who wants to know that one began.

A run is named by the start of its id; without a name it is the newest there is, whoever started it.
Prints nothing and starts nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

from sfdag_magics.client.code.retried_code import with_ran_code
from sfdag_magics.client.connecting.backend import Backend
from sfdag_magics.client.observing.begun_again import all_with_begun_again
from sfdag_magics.client.observing.deployed import DeployedGraph
from sfdag_magics.client.observing.recent import (
    executing_groups,
    groups_named,
    newest_run,
    recent_snapshots,
    start_of_id,
    with_bridges,
)
from sfdag_magics.client.observing.snapshot import RunSnapshot
from sfdag_magics.client.running.runs import Retrying, Run
from sfdag_magics.errors import InputError
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.graph.names import key_of, short_run
from sfdag_magics.light_classes import dataclass
from sfdag_magics.place_words import to_type
from sfdag_magics.workspace.places import Places


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """What a graph's view shows now: the deployed graph, and the run that matters, if any.

    Attributes:
        deployed: None where the graph is not there.
        is_going: whether the run is executing.
    """

    deployed: DeployedGraph | None
    group_id: str | None = None
    scheduled: datetime | None = None
    is_going: bool = False


#: Where nothing has changed a glance is not asked again for so long, by when who fails to answer
#: has to be seen.
_HOLDS_S = 5.0


@dataclass(frozen=True, slots=True)
class _Glanced:
    """A glance, the hint of the last change before it, and until when it may hold."""

    glance: Glance
    stir: bytes
    until: float


class RunBook:
    """The runs of all graphs on all targets. Any thread, but for `on_began`.

    Args:
        deployed: a graph as it is deployed on a target; raises InputError where it is not.
        seen_by_runs: the same of one that was dropped, by what its runs tell.
        retrying: how runs of a graph on a target are retried.
        clock: seconds, monotonic.
    """

    def __init__(
        self,
        places: Places,
        *,
        deployed: Callable[[TaskGraph, str | None], DeployedGraph],
        seen_by_runs: Callable[[TaskGraph, str | None], DeployedGraph],
        retrying: Callable[[TaskGraph, str | None], Retrying],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._places = places
        self._deployed = deployed
        self._seen_by_runs = seen_by_runs
        self._retrying = retrying
        self._clock = clock
        self._glanced: dict[tuple[str, str], _Glanced] = {}
        self._listeners: list[Callable[[Run, str], None]] = []

    def on_began(self, listener: Callable[[Run, str], None]) -> None:
        """Call `listener` with run and target whenever this kernel starts or continues one."""
        self._listeners.append(listener)

    def began(self, run: Run, target: str | None) -> None:
        """Note a run that this kernel started or continued."""
        self.note(run, target)
        for listener in self._listeners:
            listener(run, self._places.place(target).target.name)

    def note(self, run: Run, target: str | None) -> None:
        """Make a run the one that is used again for its id."""
        self._places.place(target).runs[key_of(run.graph)] = run

    def forget(self, graph: str, target: str | None) -> None:
        """Know no longer a run of a graph that is gone from there."""
        self._places.place(target).runs.pop(key_of(graph), None)

    def known(self, graph: TaskGraph, target: str | None = None) -> Run | None:
        """The run this kernel last started or looked at; asks nobody."""
        return self._places.place(target).runs.get(key_of(graph.name))

    def find(
        self,
        graph: TaskGraph,
        named: str | None = None,
        target: str | None = None,
        *,
        begun: bool = False,
        past: bool = False,
    ) -> Run:
        """A run by the start of its id, else the newest.

        Args:
            begun: the newest that is more than waiting for its turn, if there is one.
            past: also of a graph that was dropped, for who only looks.

        Raises:
            InputError: there is none, or several are called so.
        """
        seen_as = self._seen_by_runs if past else self._deployed
        deployed, backend = seen_as(graph, target), self._places.backend(target)
        if named is not None:
            group, there = self._named(graph, deployed, backend, named)
            return self.of_group(graph, there, group, target)
        newest = self.newest(graph, deployed, target, begun=begun)
        if newest is None:
            raise InputError(
                f"graph {graph.name!r} has no run yet on {backend.place}", hint=to_type("run")
            )
        return newest

    def newest(
        self, graph: TaskGraph, deployed: DeployedGraph, target: str | None, *, begun: bool = False
    ) -> Run | None:
        """The newest run; None for a graph that has none yet."""
        found = newest_run(self._places.backend(target), deployed, begun=begun)
        if found is not None:
            return self.of_group(graph, found.graph, found.row.group_id, target)
        return self.known(graph, target)  # it may have no row yet

    def to_stop(self, graph: TaskGraph, named: str | None, target: str | None) -> Run:
        """The run that is named, else the one that is executing, else the newest.

        Raises:
            InputError: there is none, or several are executing.
        """
        if named is not None:
            return self.find(graph, named, target)
        deployed, backend = self._deployed(graph, target), self._places.backend(target)
        going = dict.fromkeys(executing_groups(backend, deployed), deployed)
        newest = newest_run(backend, deployed, begun=True) if deployed.leftover else None
        if newest is not None and newest.graph.origin is not None:
            going |= dict.fromkeys(executing_groups(backend, newest.graph), newest.graph)
        if len(going) > 1:
            ids = ", ".join(map(short_run, going))
            raise InputError(
                f"{len(going)} runs of {graph.name} are going: {ids}",
                hint=to_type("stop", run=short_run(next(iter(going)))),
            )
        for group, there in going.items():
            return self.of_group(graph, there, group, target)
        return self.find(graph, None, target)

    def of_group(
        self, graph: TaskGraph, deployed: DeployedGraph, group: str, target: str | None
    ) -> Run:
        """The run with this id: the kernel's own object where it has one."""
        known = self.known(graph, target)
        if known is not None and known.snapshot.group_id == group:
            return known
        backend = self._places.backend(target)
        run = Run(backend, deployed, group_id=group, retrying=self._retrying(graph, target))
        self.note(run, target)
        return run

    def glance(self, graph: TaskGraph, target: str | None = None) -> Glance | None:
        """What there is to see of a graph now; None where nothing runs that could be asked.

        Starts no engine and opens no session to a service. Asks nobody while an engine nearby tells
        that nothing of any task or run has changed since the last glance.
        """
        if not self._places.is_there(target):
            return None
        stir = self._places.backend(target).last_stir()
        key, now = (key_of(graph.name), self._places.place(target).target.name), self._clock()
        known = self._glanced.get(key)
        if known is not None and stir and known.stir == stir and now < known.until:
            return known.glance
        glance = self._asked(graph, target)
        self._glanced[key] = _Glanced(glance, stir, now + _HOLDS_S)
        return glance

    def _asked(self, graph: TaskGraph, target: str | None) -> Glance:
        try:
            deployed = self._deployed(graph, target)
        except InputError:
            return Glance(deployed=None)
        backend = self._places.backend(target)
        going = executing_groups(backend, deployed)
        newest = newest_run(backend, deployed, begun=True)
        if newest is None:
            return Glance(deployed=deployed)
        group = newest.row.group_id
        if newest.graph.origin is not None:
            going = (*executing_groups(backend, newest.graph), *going)
        if going and group not in going:  # an older run is continued
            return Glance(deployed=deployed, group_id=going[0], is_going=True)
        return Glance(
            deployed=newest.graph,
            group_id=group,
            scheduled=newest.row.scheduled,
            is_going=group in going,
        )

    def newest_there(self, graph: TaskGraph, target: str | None = None) -> Run | None:
        """The run a picture of the graph shows, where one can be had without starting an engine."""
        glance = self.glance(graph, target)
        if glance is None or glance.deployed is None or glance.group_id is None:
            return self.known(graph, target)
        return self.of_group(graph, glance.deployed, glance.group_id, target)

    def recent(
        self, graph: TaskGraph, target: str | None = None, *, last: int
    ) -> list[RunSnapshot]:
        """The last runs as they ended or are, the newest first."""
        deployed = self._seen_by_runs(graph, target)
        backend = self._places.backend(target)
        own = with_ran_code(backend, deployed, recent_snapshots(backend, deployed, last=last))
        found = with_bridges(backend, deployed, own, last=last)
        return all_with_begun_again(backend, found) if backend.is_embedded else found

    def recent_there(
        self, graph: TaskGraph, target: str | None = None, *, last: int
    ) -> list[RunSnapshot]:
        """The last runs, where they can be had without starting an engine or opening a session."""
        return self.recent(graph, target, last=last) if self._places.is_there(target) else []

    def _named(
        self, graph: TaskGraph, deployed: DeployedGraph, backend: Backend, named: str
    ) -> tuple[str, DeployedGraph]:
        wanted = start_of_id(named)
        found = groups_named(backend, deployed, wanted)
        if not found:
            is_task = key_of(named) in map(key_of, deployed.tasks)
            task = "; that is a task, and a run is meant here" if is_task else ""
            raise InputError(
                f"graph {graph.name!r} has no run {named!r} on {backend.place}{task}",
                hint=to_type("runs"),
            )
        if len(found) > 1:
            ids = ", ".join(group[: max(8, len(wanted) + 4)] for group in [*found][:5])
            raise InputError(f"{len(found)} runs are called {named!r}: {ids}", hint=to_type("runs"))
        return next(iter(found.items()))
