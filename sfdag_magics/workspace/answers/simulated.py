"""What a run of a graph would come to, with what is deployed of it where that can be seen.

Starts nothing and changes nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sfdag_magics.graph.arguments.option_values import KEYED, NAMES, check_value, names_of
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.simulating.assumed import assumed
from sfdag_magics.simulating.simulate import simulate
from sfdag_magics.simulating.simulation import Simulation
from sfdag_magics.workspace.workspace import Workspace


def simulated(
    workspace: Workspace,
    graph: TaskGraph,
    target: str | None = None,
    *,
    answers: Mapping[str, str],
    returned: Mapping[str, str],
    fails: Collection[str],
    conditions: Mapping[str, bool],
) -> Simulation:
    """The ways a run can take; the arguments are those of `OpenTarget.simulate`.

    Raises:
        GraphError: the graph cannot run; carries all problems.
        InputError: a task is not there, or cannot do what is said of it.
    """
    for name, value in (("answers", answers), ("returned", returned), ("conditions", conditions)):
        check_value(name, value, KEYED)
    check_value("fails", fails, NAMES)
    whole = graph
    if workspace.places.is_there(target):
        whole = workspace.deploys.standing(graph, target).whole
    whole.check()
    given = assumed(
        whole,
        answers=answers,
        returned=returned,
        fails=names_of(fails),
        conditions=conditions,
    )
    return simulate(whole, given)
