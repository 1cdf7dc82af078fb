"""Task graphs from plain Python: what `%sfdag` does, for scripts, tests and schedulers.

A target that is open deploys graphs, runs them and tells of their runs; `opening` opens it, and
what it tells without changing anything is in `asked_target`. Prints nothing, and asks nobody unless
it is given who answers.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any, Literal, Unpack, overload

from sfdag_magics.client.backfilling.driving import EndedSlot
from sfdag_magics.client.connecting.backend import Backend
from sfdag_magics.client.deploying.deploy import Deployed
from sfdag_magics.client.deploying.lifecycle import check_droppable, drop, resume, suspend
from sfdag_magics.client.deploying.plan import Plan
from sfdag_magics.client.deploying.standing import Seen
from sfdag_magics.client.observing.deployed import DeployedGraph
from sfdag_magics.client.observing.snapshot import RunSnapshot
from sfdag_magics.client.parts.nothing_to_run import NothingToRun
from sfdag_magics.client.running.meant import Graph, Which, check_of, run_id
from sfdag_magics.client.running.runs import Run
from sfdag_magics.graph.arguments.calls import tells_arguments
from sfdag_magics.graph.arguments.option_values import COUNT, KEYED, check_value
from sfdag_magics.workspace.answers.backfill import Backfill
from sfdag_magics.workspace.answers.looking import Live
from sfdag_magics.workspace.asked_target import AskedTarget
from sfdag_magics.workspace.asking.consent import not_agreed
from sfdag_magics.workspace.asking.given_values import config_given
from sfdag_magics.workspace.backfilled.carrying_out import carried_out
from sfdag_magics.workspace.backfilled.options import BackfillOptions, backfill_from
from sfdag_magics.workspace.backfilled.planning import planned
from sfdag_magics.workspace.deploys import may_replace
from sfdag_magics.workspace.parted.options import (
    PartOptions,
    RetryOptions,
    part_from,
    retry_from,
)
from sfdag_magics.workspace.parted.retry_words import retry_lines
from sfdag_magics.workspace.starting import started


@tells_arguments
class OpenTarget(AskedTarget):
    """One target, open for graphs; `open_target` makes it, and `with` closes it. One thread.

    A graph is a `TaskGraph`, or the name of one that was given here before, that `@sftask` made or
    that is deployed; without one it is the graph of the run that is given, else the graph that
    `@sftask` puts tasks into where none is named. A run is a `Run`, one of those that `runs` lists,
    or the start of its id, in whatever graph where none is named; without one it is the graph's
    newest.

    Every call but `target` and `validate` may start the embedded engine, or open the session.

    Raises:
        InputError: of any call: there is no such graph or run, or the graph is not deployed.
        BackendError: of any call: the target refuses; `ConnectError` where nothing answers.
    """

    def deploy(
        self,
        graph: Graph = None,
        *,
        prune: bool = False,
        suspended: bool = False,
        now: bool = False,
    ) -> Deployed:
        """Make the target equal to the graph; a run that is going on is waited for.

        Args:
            prune: as in `plan`.
            suspended: as in `plan`.
            now: do not wait for a run in flight: its later tasks get the new code.

        Raises:
            GraphError: the graph cannot run; carries all problems.
            CaptureError: a task takes something that cannot be shipped.
            InputError: nobody agreed, where somebody has to.
        """
        known, deploys = self._meant.graph(graph), self._workspace.deploys

        def planned(seen: Seen | None) -> Plan:
            return deploys.plan(known, prune=prune, suspended=suspended, seen=seen)

        done = deploys.plan_and_deploy(known, planned, self._may_deploy, self._say, now=now)
        if done is None:
            raise not_agreed(f"deploy {known.name}")
        return done

    def rollback(
        self, graph: Graph = None, version: int | None = None, *, now: bool = False
    ) -> Deployed:
        """Deploy an earlier version again, its code included; a run that goes on is waited for.

        Args:
            version: its number; else the one before the newest.
            now: as in `deploy`.

        Raises:
            InputError: it is not kept, or nobody agreed, where somebody has to.
        """
        check_value("version", version, COUNT)
        known, rollbacks = self._meant.graph(graph), self._workspace.rollbacks
        plan = rollbacks.plan(known, version)
        self._consent.check(f"go back to version {plan.back_to} on {plan.place}")
        return rollbacks.carry_out(known, plan, self._say, now=now)

    def _may_deploy(self, plan: Plan) -> bool:
        if plan.is_empty:
            return True
        self._consent.check(f"deploy to {plan.place}")
        return may_replace(plan, "deploy", self._consent.is_given)

    @overload
    def run(
        self,
        graph: Graph = None,
        *,
        config: Mapping[str, Any] | None = None,
        reuse: Literal[False] = False,
        **part: Unpack[PartOptions],
    ) -> Run: ...

    @overload
    def run(
        self,
        graph: Graph = None,
        *,
        config: Mapping[str, Any] | None = None,
        reuse: bool,
        **part: Unpack[PartOptions],
    ) -> Run | NothingToRun: ...

    def run(
        self,
        graph: Graph = None,
        *,
        config: Mapping[str, Any] | None = None,
        reuse: bool = False,
        **part: Unpack[PartOptions],
    ) -> Run | NothingToRun:
        """Start a run and return it; on the embedded engine the graph is deployed first.

        What is new is deployed when no run of the graph is going on: until then this waits.

        Args:
            config: laid over the graph's own for this run.
            reuse: leave out what is proven to return the same again. Where that is all of it,
                `NothingToRun` stands for the run: it is false, and its `result` the values.
            part: what of the graph runs, as in `PartOptions`; else all of it. Other tasks give
                what an earlier run recorded of them.

        Raises:
            GraphError: the graph cannot run; carries all problems.
            InputError: the configuration does not fit or is no JSON, nothing is recorded of a task
                that is needed, or nobody agreed, where somebody has to.
        """
        check_value("config", config, KEYED)
        given, asked = config_given(config), part_from(part, reuse=reuse)
        known = self._meant.graph(graph)
        agrees, say = self._consent.is_given, self._say
        run = started(
            self._workspace, known, target=None, config=given, agrees=agrees, say=say, part=asked
        )
        if run is None:
            raise not_agreed(f"run {known.name}")
        return run

    def backfill(
        self,
        graph: Graph = None,
        start: str | date | None = None,
        end: str | date | None = None,
        *,
        dry_run: bool = False,
        **asked: Unpack[BackfillOptions],
    ) -> Backfill:
        """Run the times that a graph's schedule missed, each told its slot, and wait for them.

        What is left when it ends early is run when the same is called again, in any process.

        Args:
            start: from this day or moment on, in the schedule's zone; else since it is deployed.
            end: up to this day or moment, included; else until now.
            dry_run: only say what would run.
            asked: which slots, as in `BackfillOptions`.

        Raises:
            InputError: nothing says which slots there are, the range is none or lies ahead, or
                nobody agreed, where somebody has to.
        """
        wanted = backfill_from(start, end, asked)
        known = self._meant.graph(graph)
        plan = planned(self._workspace, known, wanted, None, now=datetime.now(UTC))
        if dry_run or not plan.chosen:
            return plan
        self._consent.check(f"run {plan.count} of {known.name}")
        agrees, say = self._consent.is_given, self._say
        to_run = self._workspace.made_ready(known, say, config={}, agrees=agrees)
        if to_run is None:
            raise not_agreed(f"run {plan.count} of {known.name}")
        return carried_out(self._workspace, known, plan, None, to_run=to_run, tell=_silent)

    def live(self, graph: Graph = None, run: Which = None) -> Live:
        """The live view of a graph, with its buttons: a notebook draws it as a cell's last value.

        It goes over to the graph's newest run, whoever starts it, until the target is closed; so a
        `with` block is too short for it. Starts no engine by itself.

        Args:
            graph: as everywhere; its tasks are drawn before it was ever deployed.
            run: the one run that is shown; else the newest.
        """
        self._workspace.places.target()  # a target that is closed says so before all else
        known = self._meant.graph(graph, run)
        found = None if run is None else self.find_run(known, run)
        above = importlib.import_module("sfdag_magics.live_view")
        if self._views is None:
            self._views = above.views_of(self._workspace)
        made: Live = above.live(self._workspace, self._views, known, found)
        return made

    def retry(
        self,
        graph: Graph = None,
        run: Which = None,
        *,
        current_code: bool = True,
        original_code: bool = False,
        **asked: Unpack[RetryOptions],
    ) -> Run:
        """Continue a failed run with the code as it is now; what succeeded is kept.

        By the service's own retry where that can do it; else by a bridge, which is a run of its
        own: the run that goes on is returned.

        Args:
            current_code: ship the graph's code first; else what is deployed runs again.
            original_code: run the code that the run began with, whatever is deployed by now.
            asked: what else is asked for, as in `RetryOptions`.

        Raises:
            InputError: the run is still going, nothing in it failed, what is to run again was
                changed in a way that a retry cannot apply, or nobody agreed.
        """
        more, group = retry_from(asked)
        known = self._meant.graph(graph, run)
        found = self.find_run(known, run)
        retries, agrees, say = self._workspace.retries, self._consent.is_given, self._say
        plan = retries.plan(
            found,
            known,
            current_code=current_code and not original_code,
            original_code=original_code,
            asked=more,
            group=group,
        )
        for line in retry_lines(plan):
            say(line)
        going = retries.retry(found, known, plan=plan, agrees=agrees, say=say)
        if going is None:
            raise not_agreed(f"retry {found.snapshot.label}")
        return going

    def stop(
        self,
        graph: Graph = None,
        run: Which = None,
        *,
        timeout: float = 60.0,
        by_name: bool = False,
    ) -> RunSnapshot:
        """Cancel the run that is executing, or the one that is named, and wait for its end.

        Args:
            timeout: seconds to wait for what was cancelled to end.
            by_name: cancel by the names of the tasks, which hits the graph's other runs as well.

        Raises:
            InputError: the target cancels by name only, other runs would be hit, and nobody agreed.
            StillGoingError: it is still going when the time is up.
        """
        check_of(graph, run)
        if isinstance(run, Run):
            found = run
        else:
            known = self._meant.graph(graph, run)
            found = self._workspace.runs.to_stop(known, run_id(run), None)
        self._consent.check(f"stop {found.snapshot.label}")
        say, asks = self._say, self._consent.asks
        return found.stop(timeout=timeout, by_name=by_name, say=say, agrees=asks)

    def suspend(self, graph: Graph = None) -> str:
        """Stop the graph's schedule; runs in flight go on. What was done, in a line."""
        return self._scheduled(suspend, "suspend", graph)

    def resume(self, graph: Graph = None) -> str:
        """Start the graph's schedule again. What was done, in a line."""
        return self._scheduled(resume, "resume", graph)

    def _scheduled(
        self, do: Callable[[Backend, DeployedGraph], str], verb: str, graph: Graph
    ) -> str:
        there = self._workspace.there.deployed(self._meant.graph(graph))
        backend = self._workspace.places.backend()
        self._consent.check(f"{verb} graph {there.name} on {backend.place}")
        return do(backend, there)

    def drop(self, graph: Graph = None) -> str:
        """Take a deployed graph away, with its code; its runs are told of all the same."""
        there = self._workspace.there.deployed(self._meant.graph(graph))
        backend = self._workspace.places.backend()
        check_droppable(backend, there)
        self._consent.check(f"drop graph {there.name} from {backend.place}")
        said = drop(backend, there)
        self._workspace.dropped(there.name)
        return said


def _silent(_: Backfill, __: EndedSlot) -> None:
    """Who waits for a call is told by its value."""
