"""Which graph and which run a call means, as a script gives them. Asks no target itself."""

from __future__ import annotations

from typing import Protocol

from sfdag_magics.client.observing.snapshot import RunSnapshot
from sfdag_magics.client.running.runs import Run
from sfdag_magics.errors import InputError
from sfdag_magics.graph.arguments.option_values import shortly
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.graph.names import key_of
from sfdag_magics.place_words import to_type

#: A graph, the name of one that is known, or None: the graph of the run, else `@sftask`'s own.
Graph = TaskGraph | str | None
#: A run, one of those that `runs` lists, the start of a run's id, or None: the newest.
Which = Run | RunSnapshot | str | None


def check_of(graph: object, run: Which) -> None:
    """See that a run that is given is one of the graph that is given.

    Raises:
        InputError: it is another graph's.
    """
    name = graph.name if isinstance(graph, TaskGraph) else graph
    if not isinstance(name, str) or not isinstance(run, Run | RunSnapshot):
        return
    if key_of(run.graph) != key_of(name):
        raise InputError(f"{run!r} is no run of graph {name!r}", hint=to_type("runs"))


def run_id(run: Which) -> str | None:
    """How a run is named: by its id, or by the start of it.

    Raises:
        InputError: it is no run.
    """
    if isinstance(run, Run | RunSnapshot):
        return run.group_id
    if not isinstance(run, str | None):
        raise InputError(
            f"a run is a Run, one that is listed, or the start of its id, and "
            f"{shortly(run)} is none",
            hint=to_type("runs"),
        )
    return run


class KnownGraphs(Protocol):
    """The graphs that a process has, or that are deployed."""

    def graph(self, name: str | None, *, run: str | None = None) -> TaskGraph:
        """One by its name; by the start of a run's id, or the current one, where none is given.

        Raises:
            InputError: there is none.
        """


class MeantGraphs:
    """The graphs of one open target, as its calls name them. One thread.

    Args:
        known: a graph by its name, or by a run of it.
    """

    def __init__(self, known: KnownGraphs) -> None:
        self._known = known
        #: By the keys of their names: what was given before, with its tasks.
        self._given: dict[str, TaskGraph] = {}

    def graph(self, graph: Graph, run: Which = None) -> TaskGraph:
        """The graph that is meant; without one it is the run's.

        Raises:
            InputError: there is none of this name, or the values are neither.
        """
        check_of(graph, run)
        if isinstance(graph, TaskGraph):
            self._given[key_of(graph.name)] = graph
            return graph
        if not isinstance(graph, str | None):
            raise InputError(
                f"a graph is a TaskGraph or a name, and {shortly(graph)} is neither",
                hint=to_type("graphs"),
            )
        name = run.graph if graph is None and isinstance(run, Run | RunSnapshot) else graph
        if name is None and isinstance(run, str):
            name = self._known.graph(None, run=run).name
        known = self._given.get(key_of(name)) if name is not None else None
        return known or self._known.graph(name)
