"""Task graphs from plain Python: what `%sfdag` does, for scripts, tests and schedulers.

A target that is open deploys graphs, runs them and tells of their runs. Prints nothing and asks
nobody, unless it is given who answers.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import Any, Protocol, Self

from sfdag_magics.client.connecting.backend import Backend
from sfdag_magics.client.connecting.targets import Target
from sfdag_magics.client.deploying.deploy import Deployed
from sfdag_magics.client.deploying.lifecycle import check_droppable, drop, resume, suspend
from sfdag_magics.client.deploying.plan import Plan
from sfdag_magics.client.observing.deployed import DeployedGraph
from sfdag_magics.client.observing.outlook import outlooks
from sfdag_magics.client.observing.questions import Agrees, Question
from sfdag_magics.client.observing.snapshot import RunSnapshot
from sfdag_magics.client.running.meant import Graph, Which, check_of, run_id
from sfdag_magics.client.running.rootcause import RootCause
from sfdag_magics.client.running.runs import Run
from sfdag_magics.errors import InputError
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.graph.names import key_of
from sfdag_magics.graph.option_values import (
    AMOUNT,
    COUNT,
    KEYED,
    TEXT,
    check_value,
    shortly,
)
from sfdag_magics.place_words import to_type
from sfdag_magics.workspace.checking import Checked, validate
from sfdag_magics.workspace.deploys import Say, may_replace
from sfdag_magics.workspace.listings import GraphListing, LogListing, RunListing
from sfdag_magics.workspace.looking import Status, cause_of, recent_runs, status, task_of
from sfdag_magics.workspace.registry import REGISTRY
from sfdag_magics.workspace.starting import started
from sfdag_magics.workspace.workspace import Workspace


class Live(Protocol):
    """A live view: a widget, drawn where a notebook displays it. Any thread."""

    @property
    def snapshot(self) -> RunSnapshot | None:
        """The run as it was last seen; None before the first."""

    def close(self) -> None:
        """Take it from the page; a run goes on without it."""


def _say_nothing(_: str) -> None:
    """Hears nothing."""


def open_target(
    where: object = None,
    *,
    production: str | None = None,
    agrees: Agrees | None = None,
    say: Say = _say_nothing,
) -> OpenTarget:
    """A place to deploy to and to run on; the session is opened by the first call that needs it.

    Args:
        where: a name of `sfdag.toml` beside the working directory, or `embedded`; a `Target`; an
            open Snowpark session, connection or `Root`, which stays open. None is the file's
            default, else the embedded engine of this machine.
        production: the name of a production target that is meant; there, whatever changes
            something asks for it, but a retry without new code.
        agrees: asked before production or another's work is changed; else that is an error.
        say: told what is done meanwhile, a line at a time, such as `print`.

    Raises:
        InputError: there is no target of this name, or the value is none of these.
        ConnectError: Snowflake's file of connections cannot be read.
    """
    workspace = Workspace(REGISTRY)
    if isinstance(where, Target):
        workspace.places.use_target(where)
    elif isinstance(where, str):
        workspace.places.use(where)
    elif where is not None:
        _use_opened(workspace, where)
    return OpenTarget(workspace, production=production, agrees=agrees, say=say)


def _use_opened(workspace: Workspace, value: object) -> None:
    try:
        workspace.places.use_value(value, "session")
    except InputError as error:
        raise InputError(
            f"{shortly(value)} is no target: neither a name, a Target nor an open Session, "
            "connection or Root",
            hint='open_target("embedded"), or none of it for the default',
        ) from error


class OpenTarget:
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

    def __init__(
        self,
        workspace: Workspace,
        *,
        production: str | None = None,
        agrees: Agrees | None = None,
        say: Say = _say_nothing,
    ) -> None:
        self._workspace = workspace
        self._production = production
        self._asks = agrees
        self._say = say
        self._closed: Target | None = None
        self._views: Any = None  # of a room above, made for the first
        #: By the keys of their names: what was given here, with its tasks.
        self._given: dict[str, TaskGraph] = {}
        workspace.retries.agrees, workspace.retries.say = self._agreed, self._say

    def __repr__(self) -> str:
        return f"OpenTarget({self.target.name!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the session that was opened here; runs and the engine go on.

        Whatever asks the target or one of its runs afterwards raises an `InputError`.
        """
        if self._closed is None:
            self._closed = self.target
            self._workspace.places.end()
            if self._views is not None:
                self._views.look_no_more()

    @property
    def target(self) -> Target:
        """Its name and settings."""
        return self._closed or self._workspace.places.target()

    @property
    def session(self) -> Any:  # noqa: ANN401 - a Snowpark Session, imported late
        """A Snowpark session to the target, for queries of one's own."""
        return self._workspace.places.notebook_session()

    def validate(self, graph: Graph = None) -> Checked:
        """Check a graph without running it, and with what is deployed where that can be seen.

        Raises:
            GraphError: it cannot run; carries all problems.
            CaptureError: a task takes something that cannot be shipped.
        """
        return validate(self._workspace, self._graph(graph))

    def plan(self, graph: Graph = None, *, prune: bool = False, suspended: bool = False) -> Plan:
        """What a deploy would change; changes nothing. Raises as `validate` does.

        Args:
            prune: drop the deployed tasks that the graph does not have.
            suspended: leave a new schedule off, suspend one that goes on.
        """
        return self._workspace.deploys.plan(self._graph(graph), prune=prune, suspended=suspended)

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
        known = self._graph(graph)
        plan = self._workspace.deploys.plan(known, prune=prune, suspended=suspended)
        if not plan.is_empty:
            self._check_agreed(f"deploy to {plan.place}")
            if not may_replace(plan, "deploy", self._agreed):
                raise _not_agreed(f"deploy {known.name}")
        return self._workspace.deploys.deploy(known, plan, self._say, now=now)

    def run(self, graph: Graph = None, *, config: Mapping[str, Any] | None = None) -> Run:
        """Start a run and return it; on the embedded engine the graph is deployed first.

        What is new is deployed when no run of the graph is going on: until then this waits.

        Args:
            config: laid over the graph's own for this run.

        Raises:
            GraphError: the graph cannot run; carries all problems.
            InputError: the configuration does not fit, or nobody agreed, where somebody has to.
        """
        check_value("config", config, KEYED)
        known = self._graph(graph)
        run = started(
            self._workspace, known, target=None, config=config, agrees=self._agreed, say=self._say
        )
        if run is None:
            raise _not_agreed(f"run {known.name}")
        return run

    def find_run(self, graph: Graph = None, run: Which = None) -> Run:
        """A run by the start of its id, else the newest, whoever started it."""
        check_of(graph, run)
        if isinstance(run, Run):
            return run
        known = self._graph(graph, run)
        return self._workspace.runs.find(known, run_id(run), begun=True, past=True)

    def live(self, graph: Graph = None, run: Which = None) -> Live:
        """The live view of a graph, with its buttons: a notebook draws it as a cell's last value.

        It goes over to the graph's newest run, whoever starts it, until the target is closed; so a
        `with` block is too short for it. Starts no engine by itself.

        Args:
            graph: as everywhere; its tasks are drawn before it was ever deployed.
            run: the one run that is shown; else the newest.
        """
        self._workspace.places.target()  # a target that is closed says so before all else
        known = self._graph(graph, run)
        found = None if run is None else self.find_run(known, run)
        above = importlib.import_module("sfdag_magics.live_view")
        if self._views is None:
            self._views = above.views_of(self._workspace)
        made: Live = above.live(self._workspace, self._views, known, found)
        return made

    def runs(self, graph: Graph = None, *, last: int = 20) -> RunListing:
        """The last runs as they ended or are, the newest first.

        Args:
            last: how many at most.
        """
        check_value("last", last, AMOUNT)
        return recent_runs(self._workspace, self._graph(graph), None, last=last)

    def status(self, graph: Graph = None, run: Which = None) -> Status:
        """A run, task by task, and the graph's schedule."""
        return status(self._workspace, self._graph(graph, run), run_id(run), None)

    def retry(self, graph: Graph = None, run: Which = None, *, current_code: bool = True) -> Run:
        """Continue a failed run with the code as it is now; what succeeded is kept.

        Args:
            current_code: ship the graph's code first; else what is deployed runs again.

        Raises:
            InputError: the run is still going, nothing in it failed, what is to run again was
                changed in a way that a retry cannot apply, or nobody agreed.
        """
        known = self._graph(graph, run)
        found = self.find_run(known, run)
        retries = self._workspace.retries
        plan = retries.plan(found, known, current_code=current_code)
        if not retries.retry(found, known, plan=plan, agrees=self._agreed, say=self._say):
            raise _not_agreed(f"retry {found.snapshot.label}")
        return found

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
            known = self._graph(graph, run)
            found = self._workspace.runs.to_stop(known, run_id(run), None)
        self._check_agreed(f"stop {found.snapshot.label}")
        return found.stop(timeout=timeout, by_name=by_name, say=self._say, agrees=self._asks)

    def logs(
        self, task: str, graph: Graph = None, run: Which = None, *, attempt: int | None = None
    ) -> LogListing:
        """What a task printed and logged, oldest first; `Run.traceback` is what it raised."""
        check_value("task", task, TEXT)
        check_value("attempt", attempt, COUNT)
        found = self.find_run(graph, run)
        name = task_of(found, task)
        return LogListing(name, found.logs(name, attempt))

    def why(self, graph: Graph = None, run: Which = None, *, task: str | None = None) -> RootCause:
        """What failed first, where, and what did not run because of it.

        Args:
            task: the task to explain; else the first that failed.
        """
        known = self._graph(graph, run)
        return cause_of(self._workspace, known, self.find_run(known, run), task, None)

    def graphs(self, *, everywhere: bool = False) -> GraphListing:
        """The deployed graphs of the target's schema, or of all, with schedule and last run."""
        backend = self._workspace.places.backend()
        return GraphListing(outlooks(backend, everywhere=everywhere))

    def suspend(self, graph: Graph = None) -> str:
        """Stop the graph's schedule; runs in flight go on. What was done, in a line."""
        return self._scheduled(suspend, "suspend", graph)

    def resume(self, graph: Graph = None) -> str:
        """Start the graph's schedule again. What was done, in a line."""
        return self._scheduled(resume, "resume", graph)

    def _scheduled(
        self, do: Callable[[Backend, DeployedGraph], str], verb: str, graph: Graph
    ) -> str:
        there = self._workspace.there.deployed(self._graph(graph))
        backend = self._workspace.places.backend()
        self._check_agreed(f"{verb} graph {there.name} on {backend.place}")
        return do(backend, there)

    def drop(self, graph: Graph = None) -> str:
        """Take a deployed graph away, with its code; its runs are told of all the same."""
        there = self._workspace.there.deployed(self._graph(graph))
        backend = self._workspace.places.backend()
        check_droppable(backend, there)
        self._check_agreed(f"drop graph {there.name} from {backend.place}")
        said = drop(backend, there)
        self._workspace.dropped(there.name)
        return said

    def _graph(self, graph: Graph, run: Which = None) -> TaskGraph:
        check_of(graph, run)
        if isinstance(graph, TaskGraph):
            self._given[key_of(graph.name)] = graph
            return graph
        if not isinstance(graph, str | None):
            raise InputError(
                f"a graph is a TaskGraph or a name, and {shortly(graph)} is neither",
                hint=to_type("graphs"),
            )
        name = run.graph if graph is None and isinstance(run, Run | RunSnapshot) else graph
        if name is None and isinstance(run, str):
            name = self._workspace.there.graph(None, run=run).name
        known = self._given.get(key_of(name)) if name is not None else None
        return known or self._workspace.there.graph(name)

    def _check_agreed(self, what: str) -> None:
        """See that production is meant, where the target is."""
        question = self._workspace.places.question(what, instead="open_target")
        if question.name and not self._agreed(question):
            raise _not_agreed(what)

    def _agreed(self, question: Question) -> bool:
        """Whether somebody agrees, by having named production or by being asked."""
        if question.name and self._production is not None and question.agrees(self._production):
            return True
        if self._asks is not None:
            return self._asks(question)
        if question.for_people:
            return True
        if question.name:
            raise InputError(
                f"{question.name} is production: nobody agreed to {question.what}",
                hint=f"open_target({question.name!r}, production={question.name!r})",
            )
        raise InputError(
            f"nobody agreed to {question.what}",
            hint="open_target(…, agrees=…), which is asked: lambda question: True agrees to all",
        )


def _not_agreed(what: str) -> InputError:
    return InputError(f"not done, for nobody agreed: {what}", hint="open_target(…, agrees=…)")
