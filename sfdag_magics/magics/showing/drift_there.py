"""What others altered of a graph since it was deployed, by what was read anyway. Asks nobody."""

from __future__ import annotations

from collections.abc import Mapping

from sfdag_magics.client.deploying.undoing.drift import drift_seen
from sfdag_magics.client.observing.deployed import DeployedGraph
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.graph.names import key_of
from sfdag_magics.workspace.places import Places


class DriftThere:
    """Of one graph on one target. Any thread: what two work out at once is the same."""

    def __init__(self, places: Places, graph: TaskGraph, target: str) -> None:
        self._places = places
        self._graph = graph
        self._target = target
        self._known: tuple[object, Mapping[str, tuple[str, ...]]] = (None, {})

    def lines(self) -> Mapping[str, tuple[str, ...]]:
        """`{task: what differs, a line each}`; worked out again when another graph was read."""
        place, key = self._places.place(self._target), key_of(self._graph.name)
        seen, left = place.seen.get(key), place.left.get(key)
        there = seen.graph if seen is not None else None
        if there is None:
            return {}
        of, lines = self._known
        if of != (now := (there, _hidden(there))):
            found = drift_seen(there, left.graph if left is not None else None)
            lines = {name: tuple(map(str, each)) for name, each in found.items()}
            self._known = (now, lines)
        return lines


def _hidden(there: DeployedGraph) -> list[object]:
    """What was altered of it beyond SHOW TASKS, which no two graphs are compared by."""
    return [there.altered, *(task.altered for task in there.tasks.values())]
