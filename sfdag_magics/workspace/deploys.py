"""What deploying the notebook's graph would do, and doing it; the tasks that were told to go.

Asks nobody whether it may: the verbs and the view do. Starts no run.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sfdag_magics.client.code.deployed_code import Code
from sfdag_magics.client.deploying.deploy import Deployed, apply, apply_code
from sfdag_magics.client.deploying.difference import ChangeKind
from sfdag_magics.client.deploying.dropped import made_again
from sfdag_magics.client.deploying.elsewhere import (
    altered_there,
    changed_elsewhere,
    left_by,
    older_here,
    replacing,
    with_code,
)
from sfdag_magics.client.deploying.in_flight import RunsInFlight, mixed_code, said_of_runs
from sfdag_magics.client.deploying.plan import Plan
from sfdag_magics.client.deploying.planning import make_plan
from sfdag_magics.client.deploying.standing import Seen, Standing, read_standing
from sfdag_magics.client.deploying.still_so import OutdatedError
from sfdag_magics.client.deploying.undoing.drift import with_drift
from sfdag_magics.client.observing.deployed import DeployedGraph
from sfdag_magics.client.observing.questions import Agrees
from sfdag_magics.errors import InputError, SfdagError
from sfdag_magics.graph.model import GraphOptions, TaskGraph
from sfdag_magics.graph.names import did_you_mean, key_of
from sfdag_magics.place_words import PRUNE, to_type
from sfdag_magics.workspace.graphs_there import GraphsThere
from sfdag_magics.workspace.left_behind import left_behind
from sfdag_magics.workspace.places import Places
from sfdag_magics.workspace.registry import Registry
from sfdag_magics.workspace.shipped_tasks import ShippedTasks

Say = Callable[[str], None]


class Deploys:
    """Plans and deploys of one notebook. Notebook's and view's threads, one deploy at a time.

    Args:
        code: what a graph's Python tasks would ship.
    """

    def __init__(
        self,
        registry: Registry,
        places: Places,
        *,
        there: GraphsThere,
        shipped: ShippedTasks,
        code: Callable[[TaskGraph], Code | None],
    ) -> None:
        self._registry = registry
        self._places = places
        self._there = there
        self._shipped = shipped
        self._code = code
        #: `{graph: the tasks that the next deploy drops}`, by the keys of their names.
        self._forgotten: dict[str, set[str]] = {}

    def forget(self, name: str, graph: TaskGraph, target: str | None = None) -> tuple[str, ...]:
        """Take a task out, also one that is only deployed; the next deploy drops it.

        Args:
            name: the task's; a map's means all of its tasks.

        Returns:
            The tasks' names as they are spelled.

        Raises:
            InputError: there is no such task.
        """
        found = graph.means(name)
        for each in found:
            graph.forget(each)
        if not found:
            there = self._there.found(graph, target)
            deployed = there.tasks if there else {}
            maps = {each: task.element.map for each, task in deployed.items() if task.element}
            meant = key_of(name)
            found = tuple(each for each in deployed if key_of(each) == meant)
            found = found or tuple(each for each, of in maps.items() if key_of(of) == meant)
            if not found:
                known = [*(task.name for task in graph.tasks), *deployed, *graph.maps]
                raise InputError(
                    f"{name!r} is not a task of graph {graph.name!r}, here or deployed",
                    hint=did_you_mean(name, dict.fromkeys(known)),
                )
        self._forgotten.setdefault(key_of(graph.name), set()).update(map(key_of, found))
        return found

    def leaves_nothing(self, graph: TaskGraph, there: DeployedGraph) -> bool:
        """Whether no task stays, here or deployed: a deploy would be refused."""
        return not graph.tasks and set(map(key_of, there.tasks)) <= self._leaving(graph)

    def plan(
        self,
        graph: TaskGraph,
        target: str | None = None,
        *,
        prune: bool = False,
        suspended: bool = False,
        schedule_waits: bool = False,
        seen: Seen | None = None,
    ) -> Plan:
        """What deploying would do; everything is checked first.

        Args:
            seen: what is deployed; None has it looked at.

        Raises:
            InputError: pruning would leave nothing.
            GraphError: the graph cannot run; carries all problems.
            CaptureError: a task takes something that cannot be shipped.
        """
        if prune:
            gone = self._registry.without_cell(graph)
            kept = (task for task in graph.tasks if task.name not in gone)
            graph = TaskGraph(graph.name, graph.options, tasks=kept)
        if prune and not graph.tasks:
            forget = to_type("forget", task="NAME", graph=graph.name)
            raise InputError(
                f"{PRUNE} would drop every task of graph {graph.name!r}: "
                "no cell of it was run here",
                hint=f"run the cells that are to stay, or {forget}",
            )
        standing = self.standing(
            graph,
            target,
            prune=prune,
            schedule_waits=schedule_waits,
            seen=seen,
            with_hidden_options=True,
        )
        return self.plan_of(
            graph, standing, target, prune=prune, suspended=suspended, schedule_waits=schedule_waits
        )

    def plan_of(
        self,
        graph: TaskGraph,
        standing: Standing,
        target: str | None,
        *,
        prune: bool = False,
        suspended: bool = False,
        schedule_waits: bool = False,
    ) -> Plan:
        """The same of a graph whose standing was read. Raises as `plan` does."""
        notes = standing.check()
        code = self.code(standing.whole)
        notes = (*notes, *standing.check_packages(code))
        plan = make_plan(
            standing,
            graph,
            code,
            prune=prune,
            suspended=suspended,
            schedule_waits=schedule_waits,
            forgotten=self._leaving(graph),
        )
        place, key = self._places.place(target), key_of(graph.name)
        left = place.left.get(key)
        knows = left is not None or key in place.dropped
        plan = replace(
            plan,
            notes=(*notes, *left_behind(self._registry, graph)),
            elsewhere=changed_elsewhere(plan, left),
            older=older_here(plan, left),
            again={} if knows else made_again(plan),
        )
        plan = with_drift(self._places.backend(target), plan, left)
        return replace(plan, altered=altered_there(plan, left))

    def with_runs(self, plan: Plan, target: str | None = None, *, now: bool = False) -> Plan:
        """The plan with what becomes of runs that are executing, for who is to agree to it."""
        backend = self._places.backend(target)
        return replace(plan, in_flight=said_of_runs(backend, plan, now=now))

    def standing(
        self,
        graph: TaskGraph,
        target: str | None = None,
        *,
        prune: bool = False,
        schedule_waits: bool = False,
        seen: Seen | None = None,
        with_hidden_options: bool = False,
    ) -> Standing:
        """What is deployed, and the graph as it will stand; looked at where it was not seen."""
        standing = read_standing(
            self._places.backend(target),
            graph,
            self._places.target(target),
            leaving=None if prune else self._leaving(graph),
            schedule_waits=schedule_waits,
            seen=seen,
            with_hidden_options=with_hidden_options,
        )
        self._places.place(target).seen[key_of(graph.name)] = Seen(graph=standing.before)
        return standing

    def _leaving(self, graph: TaskGraph) -> frozenset[str]:
        forgotten = self._forgotten.get(key_of(graph.name), set())
        return frozenset(name for name in forgotten if name not in graph)

    def code(self, graph: TaskGraph) -> Code | None:
        """What the graph's Python tasks would ship; asks no target.

        Raises:
            CaptureError: a task takes something that cannot be shipped.
        """
        code = self._code(graph)
        if code is not None:
            code.check()
        return code

    def code_to_mend(self, graph: TaskGraph) -> Code | None:
        """The same with what cannot be shipped, for who tells of all that is wrong."""
        return self._code(graph)

    def plan_and_deploy(
        self,
        graph: TaskGraph,
        planned: Callable[[Seen | None], Plan],
        agreed: Callable[[Plan], bool],
        say: Say,
        target: str | None = None,
        *,
        now: bool | None = None,
        is_shown: bool = False,
    ) -> Deployed | None:
        """Plan and carry it out; None where somebody did not agree.

        Where nobody has to be asked, the plan is made of how the graph was seen last, and the graph
        is looked at with the turn taken: once before and once after. Where it is another by then,
        all begins anew with what was read.

        Args:
            planned: the plan by what was seen; None has it look.
            agreed: asked with each plan before it is carried out.
            now: as in `deploy`.
            is_shown: somebody is asked whether the plan is meant, so it has to be of what is there.
        """
        remembered = None if is_shown else self._remembered(graph, target, planned)
        plan = remembered or planned(None)
        while agreed(plan):
            try:
                return self.deploy(graph, plan, say, target, now=now)
            except OutdatedError as outdated:
                plan = planned(Seen(graph=outdated.now, is_remembered=False))
        return None

    def saw_another(self, graph: TaskGraph, target: str | None) -> None:
        """Look anew before the next plan: something stands beside the graph, such as a bridge."""
        self._places.place(target).seen.pop(key_of(graph.name), None)

    def _remembered(
        self, graph: TaskGraph, target: str | None, planned: Callable[[Seen | None], Plan]
    ) -> Plan | None:
        """The plan of how the graph was seen last; None where one has to look first."""
        seen = self._places.place(target).seen.get(key_of(graph.name))
        if seen is None or self._places.backend(target).looks_at_once:
            return None  # it is read with what has to be asked anyway
        try:
            plan = planned(seen)
        except SfdagError:  # it counts of what is there now
            return None
        is_asked = plan.takes_over or replacing(plan, "") is not None
        return None if is_asked or plan.resumes else plan

    def deploy(
        self,
        graph: TaskGraph,
        plan: Plan,
        say: Say,
        target: str | None = None,
        *,
        now: bool | None = None,
    ) -> Deployed:
        """Carry out a plan; a run in flight is waited for.

        Args:
            now: do not wait, and say which tasks of such a run get which code; None where nobody
                can say so.

        Raises:
            OutdatedError: the plan remembered another graph, and nothing was done.
        """
        backend = self._places.backend(target)
        instead = str(to_type("deploy", now=True)) if now is False else None
        if now:
            for line in mixed_code(backend, plan):
                say(line)
        runs = None if now else RunsInFlight(backend, plan, say, instead=instead)
        deployed = apply(backend, plan, awaited=runs, insists=bool(now))
        self._let_go(graph, plan)
        self._shipped.note(graph, target)
        place, key = self._places.place(target), key_of(graph.name)
        place.left[key] = left_by(deployed.graph, plan)
        place.seen[key] = Seen(graph=deployed.graph)
        self._forgotten.pop(key_of(graph.name), None)
        return deployed

    def _let_go(self, graph: TaskGraph, plan: Plan) -> None:
        """Take out the tasks without a cell that were dropped, or never deployed."""
        kept = {change.name for change in plan.changes if change.kind is not ChangeKind.DROPPED}
        for name in self._registry.without_cell(graph):
            if name not in kept:
                graph.forget(name)

    def ship_code(self, graph: TaskGraph, plan: Plan, say: Say, target: str | None = None) -> None:
        """Replace the code and alter no task, so that a failed run can be retried with it."""
        backend = self._places.backend(target)
        apply_code(backend, plan, awaited=RunsInFlight(backend, plan, say))
        if not plan.touched:
            self._shipped.note(graph, target)
        left = self._places.place(target).left
        if (before := left.get(key_of(graph.name))) is not None:
            left[key_of(graph.name)] = with_code(before, plan)

    def says_nothing_of(self, graph: TaskGraph) -> bool:
        """Whether this notebook has nothing that could be deployed."""
        forgotten = self._forgotten.get(key_of(graph.name))
        return not graph.tasks and not forgotten and graph.options == GraphOptions()

    def dropped(self, graph: str, target: str | None = None) -> None:
        """Know no longer what was left of a graph."""
        place = self._places.place(target)
        place.left.pop(key_of(graph), None)
        place.seen.pop(key_of(graph), None)
        place.dropped.add(key_of(graph))
        self._forgotten.pop(key_of(graph), None)


def may_replace(plan: Plan, command: str, agrees: Agrees) -> bool:
    """Whether what somebody else changed since this notebook's deploy may be replaced."""
    question = replacing(plan, command)
    return question is None or agrees(question)
