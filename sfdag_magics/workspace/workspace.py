"""All that verbs and buttons act on, put together; and how a run is started. Prints nothing.

Nothing is opened before the first verb that needs it; what was opened stays open until unloading.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from sfdag_magics.client.code.deployed_code import noted_code
from sfdag_magics.client.deploying.applied_text import applied_text
from sfdag_magics.client.deploying.plan import Plan
from sfdag_magics.client.deploying.standing import Seen, Standing
from sfdag_magics.client.deploying.task_statements import merged_config
from sfdag_magics.client.deploying.turns import Turns
from sfdag_magics.client.observing.deployed import DeployedGraph
from sfdag_magics.client.observing.questions import Agrees
from sfdag_magics.client.parts.bridge import begin, clear
from sfdag_magics.client.parts.frames_there import lost_frames
from sfdag_magics.client.parts.nothing_to_run import NothingToRun
from sfdag_magics.client.running.begun import start_run
from sfdag_magics.client.running.runs import Run
from sfdag_magics.errors import InputError
from sfdag_magics.graph.config import key_readers, with_insisted
from sfdag_magics.graph.model import Task, TaskGraph
from sfdag_magics.graph.times.schedule_words import schedule_words
from sfdag_magics.place_words import to_type
from sfdag_magics.workspace.backfilled.going import BackfillsGoing
from sfdag_magics.workspace.declared_there import DeclaredThere
from sfdag_magics.workspace.deploys import Deploys, may_replace
from sfdag_magics.workspace.graphs_there import GraphsThere
from sfdag_magics.workspace.left_behind import left_behind
from sfdag_magics.workspace.parted.planning import Part, PartPlanning, groups_of
from sfdag_magics.workspace.places import Openers, Places
from sfdag_magics.workspace.registry import Registry
from sfdag_magics.workspace.retries import Retries, nobody_agrees
from sfdag_magics.workspace.rollbacks import Rollbacks
from sfdag_magics.workspace.run_book import RunBook
from sfdag_magics.workspace.shipped_tasks import ShippedTasks

Say = Callable[[str], None]
#: What a run is started of, and `{task: hash of its code}`.
ToRun = tuple[DeployedGraph, Mapping[str, str]]


class Workspace:
    """The state behind `%sfdag`. Verbs call from the notebook's thread, buttons from the view's."""

    def __init__(self, registry: Registry, openers: Openers | None = None) -> None:
        self.registry = registry
        self._openers = openers or Openers()
        self.places = Places(self._openers)
        self.shipped = ShippedTasks(self.places)
        self.backfills = BackfillsGoing()
        self.there = GraphsThere(registry, self.places)
        self.deploys = Deploys(
            registry,
            self.places,
            there=self.there,
            shipped=self.shipped,
            code=self._openers.code,
        )
        self.rollbacks = Rollbacks(self.places, self.there, self.shipped)
        self.declared = DeclaredThere(self.places, self.deploys)
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
        part: Part | None = None,
    ) -> Run | NothingToRun | None:
        """Start a run. On the embedded engine the notebook's edits are deployed first.

        Args:
            part: what of the graph runs; else all of it.
            agrees: asked before what somebody else changed meanwhile is replaced; None where
                nobody can be asked.

        Returns:
            None when somebody did not agree.

        Raises:
            InputError: elsewhere, when the graph was never deployed.
        """
        given = config or {}
        found = self.made_ready(graph, say, target=target, config=given, agrees=agrees, part=part)
        if found is None:
            return None
        deployed, code = found
        run = self._begun(graph, deployed, with_insisted(given)[0], code, part, say, target)
        if isinstance(run, Run):
            self.runs.began(run, target)
        return run

    def made_ready(
        self,
        graph: TaskGraph,
        say: Say,
        *,
        target: str | None = None,
        config: Mapping[str, Any],
        agrees: Agrees | None,
        part: Part | None = None,
    ) -> ToRun | None:
        """What runs of the graph are started of, as often as they are; args as of `run`."""
        if self.places.backend(target).is_embedded and not self._runs_as_it_is(graph, say, target):
            agrees = agrees or nobody_agrees
            return self._brought_up(graph, say, target, config=config, agrees=agrees, part=part)
        return self._as_it_is(graph, say, target, config=config, part=part)

    def run_noted(
        self, graph: TaskGraph, to_run: ToRun, noted: Mapping[str, Any], target: str | None
    ) -> Run:
        """Start a run of the whole graph that is told something of our own, as of its slot."""
        deployed, code = to_run
        retrying = self.retries.of_runs(graph, target)
        backend = self.places.backend(target)
        run = start_run(backend, deployed, code=code, retrying=retrying, noted=noted)
        self.runs.began(run, target)
        return run

    def readers(
        self, graph: TaskGraph, keys: Collection[str], target: str | None = None
    ) -> tuple[Task, ...]:
        """The tasks by whose types these keys are read; what is deployed is asked where it must."""
        known = key_readers(graph.tasks)
        if all(key.removeprefix("+") in known for key in keys):
            return graph.tasks
        return self.deploys.standing(graph, target).readers(keys)

    def _runs_as_it_is(self, graph: TaskGraph, say: Say, target: str | None) -> bool:
        """Whether there is nothing here to deploy, and a graph there."""
        if not self.deploys.says_nothing_of(graph) or self.there.found(graph, target) is None:
            return False
        say(f"no cell of graph {graph.name} was run here: what is deployed runs")
        return True

    def _as_it_is(
        self,
        graph: TaskGraph,
        say: Say,
        target: str | None,
        *,
        config: Mapping[str, Any],
        part: Part | None,
    ) -> ToRun:
        standing = self._standing(graph, target)
        for note in self._notes(graph, standing, config, part):
            say(f"  note: {note}")
        deployed = standing.before or self.there.deployed(graph, target)  # which says what to do
        return deployed, noted_code(standing.code.tasks, standing.code.code_hash, deployed)

    def _brought_up(
        self,
        graph: TaskGraph,
        say: Say,
        target: str | None,
        *,
        config: Mapping[str, Any],
        agrees: Agrees,
        part: Part | None,
    ) -> ToRun | None:
        """The graph with the notebook's edits deployed; None where somebody did not agree."""
        noted: dict[str, bool] = {}  # whether it was said: a plan may have to be made anew

        def planned(seen: Seen | None) -> Plan:
            standing = self._standing(graph, target, seen)
            plan = self.deploys.plan_of(graph, standing, target, schedule_waits=True)
            for note in self._notes(graph, standing, config, part):
                noted.setdefault(note, False)
            return plan

        def agreed(plan: Plan) -> bool:
            for note in [note for note, is_said in noted.items() if not is_said]:
                say(f"  note: {note}")
                noted[note] = True
            if plan.takes_over:
                raise InputError(
                    f"graph {graph.name!r} on {plan.place} was not made here",
                    hint=f"{to_type('deploy')} takes it over",
                )
            return may_replace(plan, str(to_type("run")), agrees)

        done = self.deploys.plan_and_deploy(graph, planned, agreed, say, target)
        if done is None:
            return None
        if not done.plan.is_empty:
            say(applied_text(done.plan))
        code = done.plan.code or done.plan.before_code
        return done.graph, noted_code(code.tasks, code.code_hash, done.graph)

    def _standing(self, graph: TaskGraph, target: str | None, seen: Seen | None = None) -> Standing:
        """What is deployed, for a run; half a deploy is nothing to run."""
        standing = self.deploys.standing(graph, target, schedule_waits=True, seen=seen)
        turns = Turns(self.places.backend(target), graph.name, standing.stage)
        if turns.wait(standing.asks):
            return self.deploys.standing(graph, target, schedule_waits=True)
        return standing

    def _notes(
        self,
        graph: TaskGraph,
        standing: Standing,
        config: Mapping[str, Any],
        part: Part | None,
    ) -> tuple[str, ...]:
        """What may surprise of a run, whose configuration is checked."""
        runs = part.tasks_of(standing.whole, groups_of(standing.whole)) if part else None
        notes = (*standing.check_config(config, runs=runs), *left_behind(self.registry, graph))
        return (*notes, *_schedule_that_stays(graph, standing.before))

    def _begun(
        self,
        graph: TaskGraph,
        deployed: DeployedGraph,
        config: Mapping[str, Any],
        code: Mapping[str, str],
        part: Part | None,
        say: Say,
        target: str | None,
    ) -> Run | NothingToRun:
        """The run of what is deployed, or of a part of it."""
        backend, retrying = self.places.backend(target), self.retries.of_runs(graph, target)
        if not part:
            clear(backend, deployed)
            return start_run(backend, deployed, config=config, code=code, retrying=retrying)
        whole = merged_config(deployed.config, config)
        planning = PartPlanning(
            graph=graph,
            deployed=deployed,
            config=whole,
            said=config,
            code=code,
            recent=lambda last: self.runs.recent(graph, target, last=last),
            named=lambda named: self.runs.find(graph, named, target),
            lost=lambda runs: lost_frames(backend, deployed.root, runs),
        )
        plan = planning.plan(part, say)
        if isinstance(plan, NothingToRun):
            return plan
        self.deploys.saw_another(graph, target)
        return begin(backend, plan, config=whole, code=code, retrying=retrying)


def _schedule_that_stays(graph: TaskGraph, before: DeployedGraph | None) -> tuple[str, ...]:
    """What is said of a schedule that was taken back here and is still deployed."""
    if before is None or not before.schedule or "schedule" not in graph.options.without:
        return ()
    said = schedule_words(before.schedule)
    return (f"schedule {said} stays until a deploy: {to_type('deploy')} takes it away",)
