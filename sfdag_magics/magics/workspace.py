"""What the verbs do with graphs, deployments and runs. Knows no option and prints nothing.

Nothing is opened before the first verb that needs it; what was opened stays open until unloading.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sfdag_magics.client.code import noted_code
from sfdag_magics.client.deployed import DeployedGraph
from sfdag_magics.client.difference import Change, ChangeKind
from sfdag_magics.client.in_flight import wait_for_runs
from sfdag_magics.client.intentions import listed, runs_again
from sfdag_magics.client.modified import modified_text
from sfdag_magics.client.plan import Plan
from sfdag_magics.client.questions import Agrees, Question
from sfdag_magics.client.runs import Retrying, Run, start_run
from sfdag_magics.client.snapshot import RunSnapshot
from sfdag_magics.client.turns import Turns
from sfdag_magics.errors import InputError
from sfdag_magics.graph.config import with_insisted
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.magics.applied_text import applied_text
from sfdag_magics.magics.deploys import Deploys, may_replace
from sfdag_magics.magics.graphs_there import GraphsThere
from sfdag_magics.magics.left_behind import left_behind
from sfdag_magics.magics.places import Openers, Places
from sfdag_magics.magics.registry import Registry
from sfdag_magics.magics.run_book import RunBook
from sfdag_magics.magics.shipped_tasks import ShippedTasks

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
        self.runs = RunBook(
            self.places,
            deployed=self.there.deployed,
            seen_by_runs=self.there.seen_by_runs,
            retrying=self._retrying,
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
        for note in (*standing.check_config(config or {}), *left_behind(self.registry, graph)):
            say(f"  note: {note}")
        if plan is not None and not may_replace(plan, "%sfdag run", agrees or nobody_agrees):
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
            retrying=self._retrying(graph, target),
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
                hint="%sfdag deploy takes it over",
            )
        deployed = self.deploys.deploy(graph, plan, say, target).graph
        if not plan.is_empty:
            say(applied_text(plan))
        code = plan.code or plan.before_code
        return deployed, noted_code(code.tasks, code.code_hash, deployed)

    def plan_of_retry(
        self, run: Run, graph: TaskGraph, target: str | None = None, *, current_code: bool
    ) -> Plan | None:
        """The plan whose code a retry ships first; None where what is deployed runs again.

        Args:
            current_code: ship the notebook's code; without a cell there is none to ship.

        Raises:
            InputError: the run is still going, nothing in it failed, or what is to run again was
                edited in a way that a retry cannot apply.
        """
        seen = run.check_retryable()
        if modified := modified_text(seen, self.there.deployed(graph, target)):
            raise InputError(
                f"{seen.label} cannot be continued: the graph was changed since it began "
                f"({modified})",
                hint="%sfdag run starts over with the graph as it is",
            )
        if not current_code or not graph.tasks:
            return None
        plan = self.deploys.plan(graph, target, schedule_waits=True)
        _refuse_what_a_retry_cannot_apply(plan, run)
        return plan

    def retry(
        self,
        run: Run,
        graph: TaskGraph,
        target: str | None = None,
        *,
        plan: Plan | None,
        agrees: Agrees,
        say: Say,
    ) -> bool:
        """Ship what is edited and begin the run's next attempt; for verb, button and `Run.retry`.

        Args:
            plan: of `plan_of_retry`.
            agrees: asked before new code goes to production.

        Returns:
            False when somebody did not agree.

        Raises:
            BackendError: the service refuses, for instance because the graph was modified.
        """
        if plan is not None:
            command = f"%sfdag retry {run.snapshot.short_id}"
            if plan.changes_code and not (
                may_replace(plan, command, agrees) and self._agreed(run, plan, target, agrees)
            ):
                say("not retried")
                return False
            self._ship_for_retry(graph, plan, target, say)
        run.begin_next_attempt()
        self.runs.began(run, target)
        return True

    def _agreed(self, run: Run, plan: Plan, target: str | None, agrees: Agrees) -> bool:
        """Whether new code may go there: production is asked for."""
        instead = f"%sfdag retry {run.snapshot.short_id}"
        question = self.places.question(f"deploy to {plan.place}", target, instead=instead)
        return not question.name or agrees(question)

    def _ship_for_retry(self, graph: TaskGraph, plan: Plan, target: str | None, say: Say) -> None:
        if plan.touched:
            names = listed([change.name for change in plan.touched])
            say(
                f"only code is shipped with a retry; not applied to the graph: {names} "
                "(%sfdag deploy, then %sfdag run)"
            )
        if plan.changes_code:
            wait_for_runs(self.places.backend(target), plan, say)
            self.deploys.ship_code(graph, plan, say, target)
            say(f"new code: {listed(plan.edited) or graph.name} · {plan.place}")

    def _retrying(self, graph: TaskGraph, target: str | None) -> Retrying:
        """How `Run.retry` of this graph's runs is made."""

        def retried(run: Run, *, current_code: bool) -> RunSnapshot:
            self.retry(
                run,
                graph,
                target,
                plan=self.plan_of_retry(run, graph, target, current_code=current_code),
                agrees=nobody_agrees,
                say=lambda _: None,
            )
            return run.snapshot

        return retried


def nobody_agrees(question: Question) -> bool:
    """For who cannot be asked: new code for production, or over another's, needs a person.

    What is older over what is newer does not: who wrote a program meant it.

    Raises:
        InputError: always.
    """
    if question.for_people:
        return True
    said = f"{question.name} is production: " if question.name else ""
    asks = "%sfdag retry asks, %sfdag retry --code original ships nothing"
    raise InputError(
        f"{said}nobody agreed to {question.what}", hint=asks if question.name else question.instead
    )


def _refuse_what_a_retry_cannot_apply(plan: Plan, run: Run) -> None:
    """A retry runs the graph as it was: only the code of Python tasks can be newer.

    Raises:
        InputError: a task that is to run again was edited otherwise.
    """
    again = runs_again(run.snapshot)
    edited = [change for change in plan.touched if change.name in again]
    if edited:
        names = listed([change.name for change in edited])
        what = "; ".join(f"{change.name}: {_in_a_word(change)}" for change in edited)
        anew = (
            "%sfdag run deploys the edit and starts over"
            if run.is_embedded
            else "%sfdag deploy and %sfdag run start over with the edit"
        )
        raise InputError(
            f"a retry runs {names} as it was when the run began, and it was changed here ({what}): "
            "tasks, SQL and options make the graph, of which a retry keeps the version",
            hint=f"{anew}, %sfdag retry --code original runs what is deployed",
        )


def _in_a_word(change: Change) -> str:
    """What is different, the first of it; not every difference has a line."""
    if change.kind is ChangeKind.DROPPED:
        return "forgotten"
    return change.details[0] if change.details else str(change.kind)
