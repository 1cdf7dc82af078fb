"""How a failed run goes on: with the notebook's code where that can be, asked for where it must be.

One way for verb, button and `Run.retry`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import UTC, datetime

from sfdag_magics.client.code.deployed_code import noted_code
from sfdag_magics.client.code.modified import modified_text
from sfdag_magics.client.deploying.applied_text import applied_text
from sfdag_magics.client.deploying.difference import Change, ChangeKind
from sfdag_magics.client.deploying.elsewhere import of_code_alone
from sfdag_magics.client.deploying.journal import own_journal
from sfdag_magics.client.deploying.plan import Plan
from sfdag_magics.client.deploying.standing import Standing
from sfdag_magics.client.deploying.task_statements import merged_config
from sfdag_magics.client.observing.deployed import DeployedGraph
from sfdag_magics.client.observing.intentions import kept_as_it_was, listed, runs_again
from sfdag_magics.client.observing.questions import Agrees, Question
from sfdag_magics.client.observing.snapshot import RunSnapshot
from sfdag_magics.client.parts.asked import FROM, GROUP, Asked, selected, spelled
from sfdag_magics.client.parts.bridge import begin
from sfdag_magics.client.parts.bridge_plan import BridgePlan
from sfdag_magics.client.parts.frames_there import check_frames, lost_frames
from sfdag_magics.client.parts.original_code import OriginalCode
from sfdag_magics.client.parts.original_code import original_code as code_of_then
from sfdag_magics.client.parts.retried import (
    RetryAsked,
    check_by_hand,
    reason_for_bridge,
    retry_bridge,
)
from sfdag_magics.client.running.runs import Retrying, Run
from sfdag_magics.errors import BackendError, InputError
from sfdag_magics.graph.config import with_insisted
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.place_words import to_type
from sfdag_magics.workspace.deploys import Deploys, may_replace
from sfdag_magics.workspace.graphs_there import GraphsThere
from sfdag_magics.workspace.parted.planning import groups_of, needed_by
from sfdag_magics.workspace.parted.retry_plan import RetryPlan
from sfdag_magics.workspace.places import Places

Say = Callable[[str], None]
#: How the service begins what it says where it continues no run.
_NO_RETRY = "Cannot perform retry"


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
        self,
        run: Run,
        graph: TaskGraph,
        target: str | None = None,
        *,
        current_code: bool,
        original_code: bool = False,
        asked: RetryAsked | None = None,
        group: str | None = None,
    ) -> RetryPlan:
        """How a run would go on; changes nothing.

        Args:
            current_code: ship the notebook's code; without a cell there is none to ship.
            original_code: run the code that the run began with, also where another is deployed.
            asked: what else is asked for.
            group: its tasks run again although they succeeded.

        Raises:
            InputError: the run is still going, nothing in it failed, a task that is named is none,
                or what is to run again was edited in a way that no retry can apply there.
        """
        seen = run.check_retryable()
        standing = (
            self._deploys.standing(graph, target, schedule_waits=True)
            if current_code and graph.tasks
            else None
        )
        there = standing.before if standing is not None else None
        deployed = there or self._there.deployed(graph, target)
        asked = _spelled(asked or RetryAsked(), group, deployed, graph)
        check_by_hand(seen, deployed, asked, graph)
        if asked.config:
            known = standing or self._deploys.standing(graph, target, schedule_waits=True)
            runs = self._bridge(deployed, seen, asked).lineage.runs
            asked = _checked_config(known, seen, asked, runs)
        now = datetime.now(UTC)
        why = reason_for_bridge(seen, asked, modified_text(seen, deployed), now)
        plan = None
        if standing is not None:
            plan = self._deploys.plan_of(graph, standing, target, schedule_waits=True)
        edited = _edited_in_graph(plan, run, asked)
        gone = [change for change in edited if change.kind is ChangeKind.DROPPED]
        if refused := gone or ([] if run.is_embedded else edited):
            raise _cannot_apply(refused, run)
        if edited:
            names = listed([change.name for change in edited])
            why = why or f"{names} changed here in more than code, which alters the graph"
        original = None
        if original_code:
            original = code_of_then(self._places.backend(target), deployed, seen)
        if original is not None:
            why = why or "other code is deployed now than the run began with"
        bridge = self._bridge(deployed, seen, asked, original) if why else None
        no_more = _no_more(seen, deployed, bridge)
        runs = bridge.lineage.runs if bridge is not None else runs_again(seen)
        needed = needed_by([name for name in runs if name in deployed.tasks], deployed)
        lost = lost_frames(self._places.backend(target), deployed.root, [seen])
        check_frames(seen, deployed, needed, lost)
        return RetryPlan(
            asked=asked,
            code=plan,
            deploys=bool(edited),
            why=why,
            bridge=bridge,
            original=original,
            gone=no_more,
        )

    def _bridge(
        self,
        deployed: DeployedGraph,
        seen: RunSnapshot,
        asked: RetryAsked,
        original: OriginalCode | None = None,
    ) -> BridgePlan:
        if "hash" not in deployed.mark:
            raise InputError(
                f"{seen.label} cannot be continued: of a graph that was not made here not all is "
                "known",
                hint=f"{to_type('deploy')} takes it over, {to_type('run')} starts over",
            )
        bridge = retry_bridge(deployed, seen, asked, who=own_journal("", "", ()).who)
        if original is None:
            return bridge
        lineage = replace(bridge.lineage, archive=original.archive)
        return replace(bridge, lineage=lineage, code=original.code)

    def retry(
        self,
        run: Run,
        graph: TaskGraph,
        target: str | None = None,
        *,
        plan: RetryPlan,
        agrees: Agrees,
        say: Say,
    ) -> Run | None:
        """Ship what is edited and have the run go on; for verb, button and `Run.retry`.

        Args:
            plan: of `plan`.
            agrees: asked before new code goes to production.

        Returns:
            The run in its next attempt, or the run of the bridge in which it goes on; None when
            somebody did not agree.

        Raises:
            BackendError: the service refuses what no bridge can do either.
        """
        deployed = None
        if plan.code is not None:
            command = str(to_type("retry", run=run.snapshot.short_id))
            changes = plan.code.changes_code or plan.deploys
            replaces = plan.code if plan.deploys else of_code_alone(plan.code)
            if changes and not (
                may_replace(replaces, command, agrees)
                and self._agreed(run, plan.code, target, agrees)
            ):
                say("not retried")
                return None
            deployed = self._ship(graph, plan, target, say)
        going = self._go_on(run, graph, plan, deployed, target, say)
        self._began(going, target)
        return going

    def _go_on(
        self,
        run: Run,
        graph: TaskGraph,
        plan: RetryPlan,
        deployed: DeployedGraph | None,
        target: str | None,
        say: Say,
    ) -> Run:
        if not plan.why:
            try:
                run.begin_next_attempt()
            except BackendError as refused:
                if _NO_RETRY not in refused.message:
                    raise
                say(f"the service refuses its own retry: {refused.message}")
            else:
                return run
        backend, seen = self._places.backend(target), run.snapshot
        deployed = deployed or self._there.deployed(graph, target)
        code = self._deploys.standing(graph, target, schedule_waits=True).code
        self._deploys.saw_another(graph, target)
        return begin(
            backend,
            self._bridge(deployed, seen, plan.asked, plan.original),
            config=merged_config(seen.config, plan.asked.config),
            code=seen.code if plan.original else noted_code(code.tasks, code.code_hash, deployed),
            retrying=self.of_runs(graph, target),
        )

    def _agreed(self, run: Run, plan: Plan, target: str | None, agrees: Agrees) -> bool:
        """Whether new code may go there: production is asked for."""
        instead = str(to_type("retry", run=run.snapshot.short_id))
        question = self._places.question(f"deploy to {plan.place}", target, instead=instead)
        return not question.name or agrees(question)

    def _ship(
        self, graph: TaskGraph, plan: RetryPlan, target: str | None, say: Say
    ) -> DeployedGraph | None:
        """Ship the code, or deploy all; the graph as it is deployed then, where that is known."""
        code = plan.code
        if code is None:
            return None
        if plan.deploys:
            deployed = self._deploys.deploy(graph, code, say, target).graph
            say(applied_text(code))
            return deployed
        if code.touched:
            names = listed([change.name for change in code.touched])
            say(
                f"only code is shipped with a retry; not applied to the graph: {names} "
                f"({to_type('deploy')}, then {to_type('run')})"
            )
        if code.changes_code:
            self._deploys.ship_code(graph, code, say, target)
            say(f"new code: {listed(code.edited) or graph.name} · {code.place}")
        return None

    def of_runs(self, graph: TaskGraph, target: str | None) -> Retrying:
        """How `Run.retry` of this graph's runs is made."""

        def retried(run: Run, *, current_code: bool) -> RunSnapshot:
            plan = self.plan(run, graph, target, current_code=current_code)
            going = self.retry(run, graph, target, plan=plan, agrees=self.agrees, say=self.say)
            if going is None:
                raise InputError(
                    f"nobody agreed to retry {run.snapshot.label} with the code as it is now",
                    hint="Run.retry(current_code=False), which runs again what is deployed",
                )
            return going.snapshot

        return retried


def nobody_agrees(question: Question) -> bool:
    """For who cannot be asked: new code for production, or over another's, needs a person.

    What is older over what is newer does not: who wrote a program meant it.

    Raises:
        InputError: always.
    """
    if question.programs_mean_it:
        return True
    said = f"{question.name} is production: " if question.name else ""
    asks = f"{to_type('retry')} asks, {to_type('retry', code='deployed')} ships nothing"
    raise InputError(
        f"{said}nobody agreed to {question.what}", hint=asks if question.name else question.instead
    )


def _spelled(
    asked: RetryAsked, group: str | None, deployed: DeployedGraph, graph: TaskGraph
) -> RetryAsked:
    """The same with tasks as they are spelled, and those of the group among them."""
    again = spelled(asked.again, deployed)
    if group is not None:
        if again:
            raise InputError(
                f"{FROM} and {GROUP} each say what runs again", hint=f"leave {GROUP} out"
            )
        again = selected(Asked(group=group), deployed, groups_of(graph, deployed)).runs
    names = {name: spelled([name], deployed)[0] for name in (*asked.done, *asked.skip)}
    if both := sorted(set(again) & set(names.values())):
        raise InputError(
            f"{listed(both)} would run again and be done by hand at once",
            hint=f"leave out {FROM} or what is said by hand of {both[0]}",
        )
    return replace(
        asked,
        again=again,
        done={names[name]: value for name, value in asked.done.items()},
        skip=tuple(dict.fromkeys(names[name] for name in asked.skip)),
    )


def _checked_config(
    standing: Standing, seen: RunSnapshot, asked: RetryAsked, runs: Collection[str]
) -> RetryAsked:
    """The same with its configuration as a run takes it; what the run had is not asked about.

    Raises:
        InputError: a key is unknown, or a value is of another type; lists all.
    """
    said, _ = with_insisted(asked.config)
    before = {f"+{key}": value for key, value in seen.config.items() if key not in said}
    standing.check_config({**before, **asked.config}, runs=runs)
    return replace(asked, config=said)


def _edited_in_graph(plan: Plan | None, run: Run, asked: RetryAsked) -> list[Change]:
    """What is to run again and was edited in more than its code, which no retry can apply."""
    again = {*runs_again(run.snapshot), *asked.again} - asked.by_hand.keys()
    touched = plan.touched if plan else ()
    return [each for each in touched if each.name in again and not each.only_regroups]


def _no_more(
    seen: RunSnapshot, deployed: DeployedGraph, bridge: BridgePlan | None
) -> tuple[str, ...]:
    """The tasks that did not succeed and that the graph has no more.

    Raises:
        InputError: nothing else is left to run, and success would be said of what nobody did.
    """
    again = runs_again(seen)
    gone = tuple(name for name in again if name not in deployed.tasks)
    runs = bridge.lineage.runs if bridge is not None else again
    left = (deployed.tasks[name] for name in runs if name in deployed.tasks)
    if gone and all(task.is_finalizer for task in left):
        each = "it is" if len(gone) == 1 else "they are"
        raise InputError(
            f"{listed(gone)} did not succeed in {seen.label}, and {each} gone from the graph "
            "since: nothing is left to run again",
            hint=f"{to_type('run')} runs the graph as it is",
        )
    return gone


def _cannot_apply(edited: list[Change], run: Run) -> InputError:
    """An account runs what is deployed, and what is forgotten is nothing to run again."""
    names = [change.name for change in edited]
    details = [f"{change.name}: {_in_a_word(change)}" for change in edited]
    run_id = run.snapshot.short_id
    anew = f"{to_type('deploy')}, then {to_type('retry', run=run_id)} goes on with the edit"
    if run.is_embedded:
        anew = f"{to_type('run')} deploys the edit and starts over"
    return InputError(
        kept_as_it_was(names, details),
        hint=f"{anew}, {to_type('retry', code='deployed')} runs what is deployed",
    )


def _in_a_word(change: Change) -> str:
    """What is different, the first of it; not every difference has a line."""
    if change.kind is ChangeKind.DROPPED:
        return "forgotten"
    return change.details[0] if change.details else str(change.kind)
