"""Which graph and which run a call means, as a script gives them. Asks no target."""

from __future__ import annotations

from sfdag_magics.client.observing.snapshot import RunSnapshot
from sfdag_magics.client.running.runs import Run
from sfdag_magics.errors import InputError
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.graph.names import key_of
from sfdag_magics.graph.option_values import shortly
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
