"""What stands for a run where nothing had to run. Pure: knows no target, and asks nothing."""

from __future__ import annotations

from collections.abc import Mapping

from sfdag_magics.client.observing.deployed import DeployedGraph
from sfdag_magics.client.observing.snapshot import RunSnapshot, TaskRun
from sfdag_magics.client.parts.reuse import Verdict
from sfdag_magics.graph.arguments.calls import tells_arguments
from sfdag_magics.graph.states import DisplayState, GraphRunState
from sfdag_magics.light_classes import dataclass


@tells_arguments
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class NothingToRun:
    """That every task is as it last succeeded, so that no run was started. It is false.

    Attributes:
        snapshot: what a run would have been: a success in which all tasks are reused. It has no id.
        reused: `{task: the id of the run that its value is of}`.
    """

    snapshot: RunSnapshot
    reused: Mapping[str, str]

    def __bool__(self) -> bool:
        return False

    def __str__(self) -> str:
        return f"nothing to run: all of {self.graph} is as it last succeeded"

    def __repr__(self) -> str:
        return f"NothingToRun({self.graph})"

    @property
    def graph(self) -> str:
        """The graph's name."""
        return self.snapshot.graph

    @property
    def state(self) -> GraphRunState:
        """As of a run that succeeded."""
        return self.snapshot.state

    @property
    def tasks(self) -> Mapping[str, TaskRun]:
        """`{task: TaskRun}` with what they returned."""
        return self.snapshot.tasks

    def wait(self, timeout: float | None = None) -> RunSnapshot:
        """As of a run that is over."""
        return self.snapshot

    def result(self, timeout: float | None = None) -> RunSnapshot:
        """As of a run that succeeded."""
        return self.snapshot


def nothing_to_run(deployed: DeployedGraph, known: Mapping[str, Verdict]) -> NothingToRun:
    """What is told instead of a run, by what is known of each task."""
    values = {name: each.value for name, each in known.items() if each.value is not None}
    skipped = [name for name, each in known.items() if each.stays_skipped]
    tasks = {
        name: TaskRun(
            name=name,
            state=DisplayState.SKIPPED if name in skipped else DisplayState.REUSED,
            predecessors=tuple(deployed.parents[name]),
            return_value=values[name].value if name in values else None,
        )
        for name in deployed.tasks
        if name in values or name in skipped
    }
    return NothingToRun(
        snapshot=RunSnapshot(
            graph=deployed.name,
            root=deployed.root.sql(),
            group_id=None,
            attempt=1,
            state=GraphRunState.SUCCEEDED,
            tasks=tasks,
            note="nothing had to run",
        ),
        reused={name: value.run for name, value in values.items()},
    )
