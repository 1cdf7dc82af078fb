"""Which attempts of a graph run, or ended within the last hour: CURRENT_ and COMPLETE_TASK_GRAPHS.

The same statements on both engines. What the tasks of a run did is asked in `history`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from sfdag_magics.client.connecting.backend import Answering, Backend, utc
from sfdag_magics.client.observing.deployed import DeployedGraph
from sfdag_magics.client.observing.history_arguments import (
    OF_GROUP,
    information,
    known_of,
    of_groups,
    unless,
)
from sfdag_magics.graph.states import GraphRunState
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import quoted_string

_IS_EXECUTING = "STATE = 'EXECUTING'"
_NONE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphState:
    """What CURRENT_ or COMPLETE_TASK_GRAPHS says of one attempt of a run."""

    state: GraphRunState
    attempt: int
    group_id: str


def graph_state(backend: Backend, graph: DeployedGraph, group_id: str) -> GraphState | None:
    """The state of the run's last attempt; None when it ended more than an hour ago."""
    return last_states(backend, graph, [group_id]).get(group_id)


def last_states(
    backend: Backend, graph: DeployedGraph, group_ids: Sequence[str]
) -> dict[str, GraphState]:
    """`{group id: the state of its last attempt}`; of runs that ended within the last hour."""
    wanted = ", ".join(map(quoted_string, group_ids))
    said = known_of(backend, of_groups(group_ids))
    condition = unless(OF_GROUP, said, f"GRAPH_RUN_GROUP_ID IN ({wanted})")
    found = graph_states(backend, graph, condition, arguments=said)
    return {state.group_id: state for state in sorted(found, key=lambda state: state.attempt)}


def executing(backend: Answering, graph: DeployedGraph) -> list[GraphState]:
    """The graph's attempts that are running now."""
    return graph_states(backend, graph, _IS_EXECUTING)


def following_run(backend: Backend, graph: DeployedGraph) -> datetime | None:
    """When the schedule is due after the run that is going began; None where none tells.

    It may be over by now: the service tells it as the run begins.
    """
    rows = backend.rows(
        "SELECT NEXT_SCHEDULED_TIME FROM TABLE("  # noqa: S608 - literals are quoted by sqltext
        f"{information(graph.root, 'CURRENT_TASK_GRAPHS')}"
        f"(ROOT_TASK_NAME => {quoted_string(graph.root.name)})) "
        f"WHERE ROOT_TASK_ID = {quoted_string(graph.root_id)} AND {_IS_EXECUTING}"
    )
    told = (utc(row["NEXT_SCHEDULED_TIME"]) for row in rows)
    return max((each for each in told if each is not None), default=None)


def graph_states(
    backend: Answering,
    graph: DeployedGraph,
    condition: str,
    *,
    arguments: Mapping[str, str] = _NONE,
) -> list[GraphState]:
    """The running and the recently ended attempts of the graph for which `condition` holds."""
    return [
        GraphState(
            state=GraphRunState(str(row["STATE"])),
            attempt=int(row["ATTEMPT_NUMBER"]),
            group_id=str(row["GRAPH_RUN_GROUP_ID"]),
        )
        for row in backend.rows(states_question(graph, condition, arguments))
    ]


def states_question(
    graph: DeployedGraph, condition: str = _IS_EXECUTING, arguments: Mapping[str, str] = _NONE
) -> str:
    """The statement that `graph_states` asks; by itself that of `executing`."""
    said = {"ROOT_TASK_NAME": quoted_string(graph.root.name), **arguments}
    listed = ", ".join(f"{name} => {value}" for name, value in said.items())
    selects = (
        f"SELECT STATE, ATTEMPT_NUMBER, GRAPH_RUN_GROUP_ID, ROOT_TASK_ID FROM TABLE("  # noqa: S608 - literals are quoted by sqltext
        f"{information(graph.root, function)}({listed})) "
        f"WHERE ROOT_TASK_ID = {quoted_string(graph.root_id)} AND {condition}"
        for function in ("CURRENT_TASK_GRAPHS", "COMPLETE_TASK_GRAPHS")
    )
    return " UNION ALL ".join(selects)
