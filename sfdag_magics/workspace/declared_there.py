"""What deployed tasks read of the configuration whose cells were not run here, for a run's form.

Looks only at a target that can be asked at once: a form is no reason to start an engine.
"""

from __future__ import annotations

import contextlib

from sfdag_magics.client.code.declared import with_declared
from sfdag_magics.client.code.not_loaded import not_loaded
from sfdag_magics.client.connecting.keeper import starting_none
from sfdag_magics.errors import SfdagError
from sfdag_magics.graph.model import Task, TaskGraph
from sfdag_magics.graph.names import key_of
from sfdag_magics.workspace.deploys import Deploys
from sfdag_magics.workspace.places import Places


class DeclaredThere:
    """The tasks by which a form is made. Any thread."""

    def __init__(self, places: Places, deploys: Deploys) -> None:
        self._places = places
        self._deploys = deploys
        self._found: dict[tuple[str, str], tuple[Task, ...]] = {}

    def tasks(self, graph: TaskGraph, target: str) -> tuple[Task, ...]:
        """The notebook's tasks, and the others as they were looked at last; asks nobody."""
        others = self._found.get((key_of(graph.name), target), ())
        return (*graph.tasks, *(task for task in others if task.name not in graph))

    def may_be_more(self, graph: TaskGraph, target: str) -> bool:
        """Whether a look could find tasks that are not loaded; asks nobody."""
        if not self._places.is_open(target):
            return False
        seen = self._places.place(target).seen.get(key_of(graph.name))
        return seen is None or bool(not_loaded(graph, seen.graph))

    def look(self, graph: TaskGraph, target: str) -> None:
        """Read what is deployed; where that cannot be read, what was known stays."""
        if not self._places.is_open(target):
            return
        with starting_none(), contextlib.suppress(SfdagError):
            there = self._deploys.standing(graph, target)
            found = with_declared(there.backend, there.whole.tasks, there.code)
            self._found[key_of(graph.name), target] = tuple(
                task for task in found if task.name not in graph
            )
