"""The versions of a graph that were deployed, and deploying one of them again. Asks nobody."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sfdag_magics.client.code.deployed_code import graph_folder, listed_files, stage_location
from sfdag_magics.client.deploying.deploy import Deployed, apply
from sfdag_magics.client.deploying.elsewhere import left_by
from sfdag_magics.client.deploying.in_flight import RunsInFlight, mixed_code
from sfdag_magics.client.deploying.plan import Plan
from sfdag_magics.client.deploying.standing import Seen, Standing, read_standing
from sfdag_magics.client.deploying.undoing.going_back import plan_back
from sfdag_magics.client.deploying.undoing.rebuilt import altered_by_hand
from sfdag_magics.client.kept.files import read_versions_of
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.graph.names import key_of
from sfdag_magics.place_words import to_type
from sfdag_magics.workspace.answers.versions import Versions
from sfdag_magics.workspace.graphs_there import GraphsThere
from sfdag_magics.workspace.places import Places
from sfdag_magics.workspace.shipped_tasks import ShippedTasks

Say = Callable[[str], None]


class Rollbacks:
    """What was deployed of one notebook's graphs. Notebook's thread."""

    def __init__(self, places: Places, there: GraphsThere, shipped: ShippedTasks) -> None:
        self._places = places
        self._there = there
        self._shipped = shipped

    def versions(self, graph: TaskGraph, target: str | None = None) -> Versions:
        """All that are kept, the newest last.

        Raises:
            InputError: the graph is not deployed.
        """
        standing = self._standing(graph, target)
        backend, stage, folder = standing.backend, standing.stage, graph_folder(graph.name)
        files = listed_files(standing.asks, stage, folder) or ()
        found = read_versions_of(backend, stage_location(stage, folder), files)
        altered = altered_by_hand(standing.before) if standing.before is not None else {}
        return Versions(graph.name, backend.place, found, altered=[*altered.values()])

    def plan(self, graph: TaskGraph, number: int | None, target: str | None = None) -> Plan:
        """What going back to a version would do; without one, to that before the newest.

        Raises:
            InputError: the graph is not deployed, or has no such version.
        """
        return plan_back(self._standing(graph, target), graph.name, number)

    def carry_out(
        self, graph: TaskGraph, plan: Plan, say: Say, target: str | None = None, *, now: bool
    ) -> Deployed:
        """Deploy that version again; a run in flight is waited for.

        Args:
            now: do not wait, and say which tasks of such a run get which code.
        """
        backend = self._places.backend(target)
        for line in mixed_code(backend, plan) if now else ():
            say(line)
        instead = str(to_type("rollback", now=True))
        runs = None if now else RunsInFlight(backend, plan, say, instead=instead)
        deployed = apply(backend, plan, awaited=runs, insists=now)
        place, key = self._places.place(target), key_of(graph.name)
        place.left[key] = left_by(deployed.graph, plan)
        place.seen[key] = Seen(graph=deployed.graph)
        self._shipped.forget(graph.name, target)  # what the notebook has is another graph now
        return deployed

    def _standing(self, graph: TaskGraph, target: str | None) -> Standing:
        self._there.deployed(graph, target)
        backend, on = self._places.backend(target), self._places.target(target)
        # Nothing is said of it here: what counts is what was deployed, on whatever warehouse.
        alone = TaskGraph(graph.name)
        settings = replace(on, config={})
        return read_standing(backend, alone, settings, leaving=None, with_code=True)
