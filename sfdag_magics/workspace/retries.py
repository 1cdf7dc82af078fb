"""How a failed run goes on: with the notebook's code where that can be, asked for where it must be.

One way for verb, button and `Run.retry`.
"""

from __future__ import annotations

from collections.abc import Callable

from sfdag_magics.client.code.modified import modified_text
from sfdag_magics.client.deploying.difference import Change, ChangeKind
from sfdag_magics.client.deploying.plan import Plan
from sfdag_magics.client.observing.intentions import kept_as_it_was, listed, runs_again
from sfdag_magics.client.observing.questions import Agrees, Question
from sfdag_magics.client.observing.snapshot import RunSnapshot
from sfdag_magics.client.running.runs import Retrying, Run
from sfdag_magics.errors import InputError
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.place_words import to_type
from sfdag_magics.workspace.deploys import Deploys, may_replace
from sfdag_magics.workspace.graphs_there import GraphsThere
from sfdag_magics.workspace.places import Places

Say = Callable[[str], None]


class Retries:
    """The retries of one notebook's graphs. Notebook's and view's threads.

    Args:
        began: told of a run that was continued, and of its target.

    Attributes:
        agrees: asked by `Run.retry`, which names nobody itself.
        say: told by it what is done meanwhile.
    """

    def __init__(
        self,
        places: Places,
        *,
        there: GraphsThere,
        deploys: Deploys,
        began: Callable[[Run, str | None], None],
    ) -> None:
        self._places = places
        self._there = there
        self._deploys = deploys
        self._began = began
        self.agrees: Agrees = nobody_agrees
        self.say: Say = lambda _: None

    def plan(
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
        standing = (
            self._deploys.standing(graph, target, schedule_waits=True)
            if current_code and graph.tasks
            else None
        )
        there = standing.before if standing is not None else None
        if modified := modified_text(seen, there or self._there.deployed(graph, target)):
            raise InputError(
                f"{seen.label} cannot be continued: the graph was changed since it began "
                f"({modified})",
                hint=f"{to_type('run')} starts over with the graph as it is",
            )
        if standing is None:
            return None
        plan = self._deploys.plan_of(graph, standing, target, schedule_waits=True)
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
            plan: of `plan`.
            agrees: asked before new code goes to production.

        Returns:
            False when somebody did not agree.

        Raises:
            BackendError: the service refuses, for instance because the graph was modified.
        """
        if plan is not None:
            command = str(to_type("retry", run=run.snapshot.short_id))
            if plan.changes_code and not (
                may_replace(plan, command, agrees) and self._agreed(run, plan, target, agrees)
            ):
                say("not retried")
                return False
            self._ship_for_retry(graph, plan, target, say)
        run.begin_next_attempt()
        self._began(run, target)
        return True

    def _agreed(self, run: Run, plan: Plan, target: str | None, agrees: Agrees) -> bool:
        """Whether new code may go there: production is asked for."""
        instead = str(to_type("retry", run=run.snapshot.short_id))
        question = self._places.question(f"deploy to {plan.place}", target, instead=instead)
        return not question.name or agrees(question)

    def _ship_for_retry(self, graph: TaskGraph, plan: Plan, target: str | None, say: Say) -> None:
        if plan.touched:
            names = listed([change.name for change in plan.touched])
            say(
                f"only code is shipped with a retry; not applied to the graph: {names} "
                f"({to_type('deploy')}, then {to_type('run')})"
            )
        if plan.changes_code:
            self._deploys.ship_code(graph, plan, say, target)
            say(f"new code: {listed(plan.edited) or graph.name} · {plan.place}")

    def of_runs(self, graph: TaskGraph, target: str | None) -> Retrying:
        """How `Run.retry` of this graph's runs is made."""

        def retried(run: Run, *, current_code: bool) -> RunSnapshot:
            plan = self.plan(run, graph, target, current_code=current_code)
            if not self.retry(run, graph, target, plan=plan, agrees=self.agrees, say=self.say):
                raise InputError(
                    f"nobody agreed to retry {run.snapshot.label} with the code as it is now",
                    hint="Run.retry(current_code=False), which runs again what is deployed",
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
    asks = f"{to_type('retry')} asks, {to_type('retry', code='original')} ships nothing"
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
        names = [change.name for change in edited]
        details = [f"{change.name}: {_in_a_word(change)}" for change in edited]
        anew = (
            f"{to_type('run')} deploys the edit and starts over"
            if run.is_embedded
            else f"{to_type('deploy')} and {to_type('run')} start over with the edit"
        )
        raise InputError(
            kept_as_it_was(names, details),
            hint=f"{anew}, {to_type('retry', code='original')} runs what is deployed",
        )


def _in_a_word(change: Change) -> str:
    """What is different, the first of it; not every difference has a line."""
    if change.kind is ChangeKind.DROPPED:
        return "forgotten"
    return change.details[0] if change.details else str(change.kind)
