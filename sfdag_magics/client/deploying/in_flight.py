"""Runs of a graph that are executing while it is deployed: their later tasks would get new code.

A task's definition belongs to the version a run began with; its code does not: the procedure that
every task calls is replaced for all of them at once.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace

from sfdag_magics.client.connecting.activity import doing
from sfdag_magics.client.connecting.backend import Answering, Backend
from sfdag_magics.client.deploying.plan import Plan
from sfdag_magics.client.observing import attempts, history
from sfdag_magics.client.observing.attempts import GraphState
from sfdag_magics.client.observing.deployed import DeployedGraph
from sfdag_magics.client.observing.intentions import listed
from sfdag_magics.graph.names import short_run
from sfdag_magics.place_words import to_type

Say = Callable[[str], None]
_EMBEDDED_POLL_S = 0.2
_SNOWFLAKE_POLL_S = 5.0


def executing_with_bridge(backend: Answering, graph: DeployedGraph) -> list[GraphState]:
    """The attempts that are running now, of the graph and of a bridge that stands beside it.

    What runs in a bridge calls the graph's own procedure.
    """
    return [run for each in _with_bridge(graph) for run in attempts.executing(backend, each)]


def _with_bridge(graph: DeployedGraph) -> list[DeployedGraph]:
    left = graph.leftover
    bridge = [replace(graph, root=left.root, root_id=left.root_id)] if left is not None else []
    return [graph, *bridge]


class RunsInFlight:
    """The executing runs of the graph of a plan; see `turns.Awaited`.

    Args:
        say: told once of what is waited for.
        instead: what to type to not wait, where there is such a thing.
    """

    def __init__(
        self, backend: Backend, plan: Plan, say: Say, *, instead: str | None = None
    ) -> None:
        self._backend = backend
        self._plan = plan
        self._say = say
        self._instead = instead

    @property
    def questions(self) -> Sequence[str]:
        """See `turns.Awaited`."""
        before = self._plan.before
        graphs = _with_bridge(before) if before is not None else []
        return [attempts.states_question(each) for each in graphs]

    def is_going_on(self, answers: Answering) -> bool:
        """Whether a run is executing."""
        return bool(self._running(answers))

    def wait(self) -> None:
        """Block while one is."""
        said = False
        pause = _EMBEDDED_POLL_S if self._backend.is_embedded else _SNOWFLAKE_POLL_S
        while running := self._running(self._backend):
            if not said:
                self._tell([short_run(run.group_id) for run in running])
                said = True
            threading.Event().wait(pause)

    def _running(self, answers: Answering) -> Sequence[GraphState]:
        before = self._plan.before
        return executing_with_bridge(answers, before) if before is not None else ()

    def _tell(self, running: list[str]) -> None:
        ids = ", ".join(running)
        why = ": its later tasks would run the new code" if self._plan.changes_code else ""
        other = f" · {self._instead} does not wait" if self._instead else ""
        doing("waiting for another run to end", ids)
        self._say(f"waiting for run {ids} to end{why} ({to_type('stop')} ends it{other})")


def said_of_runs(backend: Backend, plan: Plan, *, now: bool = False) -> tuple[str, ...]:
    """What becomes of each run that is executing, to be said before the plan is carried out.

    Args:
        now: nobody waits for it.
    """
    if plan.before is None or plan.is_empty:
        return ()
    if now and plan.changes_code:
        return mixed_code(backend, plan)
    ids = [short_run(run.group_id) for run in executing_with_bridge(backend, plan.before)]
    waits = "a deploy waits for its end" + (
        ": its later tasks would run the new code" if plan.changes_code else ""
    )
    goes_on = "goes on with the tasks that it began with"
    return tuple(f"run {each} is executing: {goes_on if now else waits}" for each in ids)


def mixed_code(backend: Backend, plan: Plan) -> tuple[str, ...]:
    """Per run in flight, which of the edited tasks will run which code if nobody waits."""
    if plan.before is None or not plan.changes_code:
        return ()
    lines = []
    for run in attempts.executing(backend, plan.before):
        rows = history.rows_of_group(backend, plan.before, run.group_id)
        begun = {row.stored for row in rows if row.started is not None}
        stored = {name: task.stored for name, task in plan.before.tasks.items()}
        edited = [name for name in plan.edited if name in stored]
        old = [name for name in edited if stored[name] in begun]
        new = [name for name in edited if stored[name] not in begun]
        parts = [f"{listed(new)} will run the new code"] if new else []
        parts += [f"{listed(old)} ran what was deployed"] if old else []
        lines.append(
            f"run {short_run(run.group_id)} goes on: {'; '.join(parts) or 'no task of it changes'}"
        )
    return tuple(lines)
