"""Which graph is meant, and how it is deployed: asked of the notebook first, then of a target.

Changes nothing there; a graph that only the target has is noted in the registry.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping

from sfdag_magics.client.deploying.standing import Seen, root_name
from sfdag_magics.client.observing.deployed import DeployedGraph, deployed_names, read_graph
from sfdag_magics.client.observing.intentions import listed
from sfdag_magics.client.observing.recent import past_graph, runs_named, start_of_id
from sfdag_magics.errors import InputError, SfdagError
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.graph.names import key_of
from sfdag_magics.place_words import HERE, to_type
from sfdag_magics.workspace.places import Places
from sfdag_magics.workspace.registry import DEFAULT_GRAPH, Registry, unknown_graph


class GraphsThere:
    """The graphs on all targets. Any thread; every call but of a graph of the notebook asks."""

    def __init__(self, registry: Registry, places: Places) -> None:
        self._registry = registry
        self._places = places

    def graph(
        self, name: str | None, target: str | None = None, *, run: str | None = None
    ) -> TaskGraph:
        """The notebook's graph of this name (None is the current one), else the deployed one.

        Args:
            run: how a run is named that is meant: where no graph is named, it is that run's.

        Raises:
            InputError: there is none of this name, or no run, or runs of several graphs.
        """
        if name is None and run:
            name = self._of_run(run, target)
        try:
            return self._registry.named(name)
        except InputError:
            if not name:
                raise
            there = self.found(TaskGraph(name), target) or self._past(name, target)
            if there is None:
                raise self._unknown(name, target) from None
        graph = TaskGraph(there.name)
        self._registry.add(graph)
        return graph

    def _of_run(self, named: str, target: str | None) -> str | None:
        """The graph whose run begins so; None leaves it to the current one to say what is wrong."""
        backend, current = self._places.backend(target), self._registry.current
        place = root_name(current, backend, self._places.target(target))
        found = runs_named(backend, place, start_of_id(named))
        roots = [*dict.fromkeys(found.values())]
        if len(roots) > 1:
            raise self._ambiguous(named, found, target)
        if not roots and not current.tasks and self.found(current, target) is None:
            raise InputError(
                f"there is no run {named!r} on {backend.place}", hint=to_type("graphs")
            )
        return roots[0] if roots else None

    def _ambiguous(self, named: str, found: Mapping[str, str], target: str | None) -> InputError:
        length = max(8, len(named) + 4)
        runs = [
            f"{group[:length]} of {self.graph(root, target).name}" for group, root in found.items()
        ]
        return InputError(
            f"{len(found)} runs are called {named!r}: {listed(runs)}",
            hint=to_type("status", run=next(iter(found))[:length]),
        )

    def count(self, graph: TaskGraph) -> int | None:
        """How many tasks of it are deployed on the chosen target; None of one not yet asked."""
        places = self._places
        if not places.is_open():
            is_new = places.target().is_embedded and not (places.is_there() or places.has_run())
            return 0 if is_new else None
        with contextlib.suppress(SfdagError):  # what the target lacks is said by who needs it
            there = self.found(graph, None)
            return len(there.tasks) if there else 0
        return None

    def found(self, graph: TaskGraph, target: str | None) -> DeployedGraph | None:
        """The graph as it is deployed; None where it is not."""
        backend = self._places.backend(target)
        found = read_graph(backend, root_name(graph, backend, self._places.target(target)))
        self._places.place(target).seen[key_of(graph.name)] = Seen(graph=found)
        return found

    def deployed(self, graph: TaskGraph, target: str | None = None) -> DeployedGraph:
        """The graph as it is deployed.

        Raises:
            InputError: it is not.
        """
        found = self.found(graph, target)
        if found is None:
            raise self._not_deployed(graph, target)
        return found

    def seen_by_runs(self, graph: TaskGraph, target: str | None = None) -> DeployedGraph:
        """The graph as it is deployed, or, of one that was dropped, what its runs tell of it.

        Raises:
            InputError: it is not deployed, and there is no run of it.
        """
        found = self.found(graph, target) or self._past(graph.name, target)
        if found is None:
            raise self._not_deployed(graph, target)
        return found

    def _past(self, name: str, target: str | None) -> DeployedGraph | None:
        backend = self._places.backend(target)
        root = root_name(TaskGraph(name), backend, self._places.target(target))
        return past_graph(backend, name, root)

    def _unknown(self, name: str, target: str | None) -> InputError:
        backend = self._places.backend(target)
        root = root_name(TaskGraph(name), backend, self._places.target(target))
        here = [graph.name for graph in self._registry.graphs]
        known = [*here, *deployed_names(backend, root)]
        return unknown_graph(
            name,
            known,
            f"{HERE} or on {backend.place}",
            self._registry.current,
        )

    def _not_deployed(self, graph: TaskGraph, target: str | None) -> InputError:
        backend = self._places.backend(target)
        message = f"graph {graph.name!r} is not deployed on {backend.place}"
        root = root_name(graph, backend, self._places.target(target))
        others = () if graph.tasks else deployed_names(backend, root)
        if others:  # such as in a new kernel, in which no cell named the graph
            named, deploy = to_type("graph", name="NAME"), to_type("deploy")
            hint = f"{named}, if one of them is meant; else run its cells, {deploy}"
            if key_of(graph.name) == key_of(DEFAULT_GRAPH) and len(others) == 1:
                hint = str(to_type("graph", name=others[0]))
            return InputError(f"{message}; there are: {listed(others)}", hint=hint)
        if not graph.tasks:
            everywhere, deploy = to_type("graphs", all=True), to_type("deploy")
            hint = f"{everywhere} lists others, or run the cells of its tasks, {deploy}"
            return InputError(message, hint=hint)
        return InputError(message, hint=to_type("deploy"))
