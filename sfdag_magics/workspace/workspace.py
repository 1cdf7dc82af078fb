"""All that verbs and buttons act on, put together; and how a run is started. Prints nothing.

Nothing is opened before the first verb that needs it; what was opened stays open until unloading.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sfdag_magics.client.code.deployed_code import noted_code
from sfdag_magics.client.deploying.plan import Plan
from sfdag_magics.client.deploying.turns import Turns
from sfdag_magics.client.observing.deployed import DeployedGraph
from sfdag_magics.client.observing.questions import Agrees
from sfdag_magics.client.running.begun import start_run
from sfdag_magics.client.running.runs import Run
from sfdag_magics.errors import InputError
from sfdag_magics.graph.config import with_insisted
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.place_words import to_type
from sfdag_magics.workspace.applied_text import applied_text
from sfdag_magics.workspace.deploys import Deploys, may_replace
from sfdag_magics.workspace.graphs_there import GraphsThere
from sfdag_magics.workspace.left_behind import left_behind
from sfdag_magics.workspace.places import Openers, Places
from sfdag_magics.workspace.registry import Registry
from sfdag_magics.workspace.retries import Retries, nobody_agrees
from sfdag_magics.workspace.run_book import RunBook
from sfdag_magics.workspace.shipped_tasks import ShippedTasks

Say = Callable[[str], None]


class Workspace:
    """The state behind `%sfdag`. Verbs call from the notebook's thread, buttons from the view's."""

    def __init__(self, registry: Registry, openers: Openers | None = None) -> None:
        self.registry = registry
        self._openers = openers or Openers()
        self.places = Places(self._openers)
        self.shipped = ShippedTasks(self.places)
        self.there = GraphsThere(registry, self.places)
        self.deploys = Deploys(
            registry,
            self.places,
            there=self.there,
            shipped=self.shipped,
            code=self._openers.code,
        )
        self.retries = Retries(
            self.places,
            there=self.there,
            deploys=self.deploys,
            began=lambda run, target: self.runs.began(run, target),
        )
        self.runs = RunBook(
            self.places,
            deployed=self.there.deployed,
            seen_by_runs=self.there.seen_by_runs,
            retrying=self.retries.of_runs,
        )

    def dropped(self, graph: str, target: str | None = None) -> None:
        """Know no longer what was deployed of a graph, nor its runs."""
        self.shipped.forget(graph, target)
        self.deploys.dropped(graph, target)
        self.runs.forget(graph, target)

    def run(
        self,
        graph: TaskGraph,
        say: Say,
        *,
        target: str | None = None,
        config: Mapping[str, Any] | None = None,
        agrees: Agrees | None = None,
    ) -> Run | None:
        """Start a run. On the embedded engine the notebook's edits are deployed first.

        Args:
            agrees: asked before what somebody else changed meanwhile is replaced; None where
                nobody can be asked.

        Returns:
            None when somebody did not agree.

        Raises:
            InputError: elsewhere, when the graph was never deployed.
        """
        backend = self.places.backend(target)
        standing = self.deploys.standing(graph, target, schedule_waits=True)
        if Turns(backend, graph.name, standing.stage).wait():  # half a deploy is nothing to run
            standing = self.deploys.standing(graph, target, schedule_waits=True)
        if self.deploys.says_nothing_of(graph) and standing.before is not None:
            say(f"no cell of graph {graph.name} was run here: what is deployed runs")
            applies = False
        else:
            applies = backend.is_embedded
        plan = (
            self.deploys.plan_of(graph, standing, target, schedule_waits=True) if applies else None
        )
        notes = (*standing.check_config(config or {}), *left_behind(self.registry, graph))
        for note in (*notes, *_schedule_that_stays(graph, standing.before)):
            say(f"  note: {note}")
        if plan is not None and not may_replace(plan, str(to_type("run")), agrees or nobody_agrees):
            return None
        if plan is not None:
            deployed, code = self._applied(graph, plan, say, target)
        else:
            deployed = self.there.deployed(graph, target)
            code = noted_code(standing.code.tasks, standing.code.code_hash, deployed)
        run = start_run(
            backend,
            deployed,
            config=with_insisted(config or {})[0],
            code=code,
            retrying=self.retries.of_runs(graph, target),
        )
        self.runs.began(run, target)
        return run

    def _applied(
        self, graph: TaskGraph, plan: Plan, say: Say, target: str | None
    ) -> tuple[DeployedGraph, Mapping[str, str]]:
        """The graph with the notebook's edits deployed, and `{task: hash of its code}`."""
        if plan.takes_over:
            raise InputError(
                f"graph {graph.name!r} on {plan.place} was not made here",
                hint=f"{to_type('deploy')} takes it over",
            )
        deployed = self.deploys.deploy(graph, plan, say, target).graph
        if not plan.is_empty:
            say(applied_text(plan))
        code = plan.code or plan.before_code
        return deployed, noted_code(code.tasks, code.code_hash, deployed)


def _schedule_that_stays(graph: TaskGraph, before: DeployedGraph | None) -> tuple[str, ...]:
    """What is said of a schedule that was taken back here and is still deployed."""
    if before is None or not before.schedule or "schedule" not in graph.options.without:
        return ()
    return (f"schedule {before.schedule} stays until a deploy: {to_type('deploy')} takes it away",)
