"""An open target as it is asked: what tells of graphs and runs, and changes nothing there.

Prints nothing, asks nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self

from sfdag_magics.client.checking.doctor import Diagnosis
from sfdag_magics.client.connecting.targets import Target
from sfdag_magics.client.deploying.plan import Plan
from sfdag_magics.client.exporting.exported import Exported
from sfdag_magics.client.importing.imported import Imported
from sfdag_magics.client.observing.outlook import outlooks
from sfdag_magics.client.observing.questions import Agrees
from sfdag_magics.client.running.meant import Graph, MeantGraphs, Which, check_of, run_id
from sfdag_magics.client.running.rootcause import RootCause
from sfdag_magics.client.running.runs import Run
from sfdag_magics.graph.arguments.calls import tells_arguments
from sfdag_magics.graph.arguments.option_values import AMOUNT, COUNT, TEXT, check_value
from sfdag_magics.simulating.simulation import Simulation
from sfdag_magics.workspace.answers.checking import Checked, validate
from sfdag_magics.workspace.answers.comparing_runs import compared_runs
from sfdag_magics.workspace.answers.comparison import Comparison
from sfdag_magics.workspace.answers.debugging import Debugged, debugged
from sfdag_magics.workspace.answers.doctor import doctor
from sfdag_magics.workspace.answers.exporting import exported_as
from sfdag_magics.workspace.answers.importing import imported_from
from sfdag_magics.workspace.answers.listings import GraphListing, LogListing, RunListing
from sfdag_magics.workspace.answers.looking import (
    Status,
    cause_of,
    recent_runs,
    status,
    task_of,
)
from sfdag_magics.workspace.answers.simulated import simulated
from sfdag_magics.workspace.answers.tracing import Traced, traced
from sfdag_magics.workspace.answers.versions import Versions
from sfdag_magics.workspace.asking.consent import Consent
from sfdag_magics.workspace.deploys import Say
from sfdag_magics.workspace.model_registry import ModelRegistry
from sfdag_magics.workspace.rows.rows_target import RowsTarget
from sfdag_magics.workspace.workspace import Workspace

#: What nobody said anything of.
NOTHING: Mapping[str, Any] = MappingProxyType({})


@tells_arguments
class AskedTarget(RowsTarget):
    """The part of `OpenTarget` that looks: each call may start an engine, and alters no graph."""

    def __init__(
        self,
        workspace: Workspace,
        *,
        production: str | None = None,
        agrees: Agrees | None = None,
        say: Say = lambda _: None,
    ) -> None:
        self._workspace = workspace
        self._consent = Consent(workspace.places, production, agrees)
        self._say = say
        self._closed: Target | None = None
        self._views: Any = None  # of a room above, made for the first
        self._meant = MeantGraphs(workspace.there)
        workspace.retries.agrees, workspace.retries.say = self._consent.is_given, self._say

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.target.name!r})"

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

    @property
    def models(self) -> ModelRegistry:
        """The models of the registry: their versions, and which is the default."""
        return ModelRegistry(self._workspace, self._consent)

    def validate(self, graph: Graph = None) -> Checked:
        """Check a graph without running it, and with what is deployed where that can be seen.

        Raises:
            GraphError: it cannot run; carries all problems.
            CaptureError: a task takes something that cannot be shipped.
        """
        return validate(self._workspace, self._meant.graph(graph))

    def doctor(self, graph: Graph = None) -> Diagnosis:
        """What a deploy needs of the target and is missing: privileges, packages, logs.

        Raises:
            BackendError: the target does not say what the session's role has.
            GraphError: the graph has a cycle.
            InputError: the target names no schema, or the tasks have no warehouse.
        """
        return doctor(self._workspace, self._meant.graph(graph))

    def simulate(
        self,
        graph: Graph = None,
        *,
        answers: Mapping[str, str] = NOTHING,
        returned: Mapping[str, str] = NOTHING,
        fails: Collection[str] = (),
        conditions: Mapping[str, bool] = NOTHING,
    ) -> Simulation:
        """What would run, be skipped and be blocked, and how the run would end; runs nothing.

        Args:
            answers: `{branch: the task it answers with}`; of the others each answer is tried.
            returned: `{task: what it returns}`, for conditions that ask for it.
            fails: tasks that fail, in each attempt.
            conditions: `{task: whether its own condition is met}`.

        Raises:
            GraphError: the graph cannot run; carries all problems.
            InputError: a task is not there, or cannot do what is said of it.
        """
        return simulated(
            self._workspace,
            self._meant.graph(graph),
            answers=answers,
            returned=returned,
            fails=fails,
            conditions=conditions,
        )

    def export(
        self, graph: Graph = None, form: str = "module", *, notebook: str | None = None
    ) -> Exported:
        """The graph as a text for elsewhere, and what that does not carry. Asks no target.

        Args:
            form: `module` (a Python file with its tasks), `sql`, `dag` (a program for Snowflake's
                own API), `dcm` (a DCM project) or `ci` (a job for GitHub's Actions).
            notebook: what the job reads: a path in its repository.

        Raises:
            InputError: there is no such form, the graph has no task here, its tasks call different
                things by one name, or the job has no notebook.
            CaptureError: a task takes something that has no source.
            GraphError: the graph cannot run, so there are no statements for it.
        """
        return exported_as(self._workspace, self._meant.graph(graph), form, notebook=notebook)

    def import_from(self, source: object, *, run: bool = False) -> Imported:
        """Tasks from elsewhere: as graphs, cells, a notebook and a Python file; runs none of them.

        Args:
            source: a file (a Python program, a notebook with one, a SQL script), a `DAG` of
                `snowflake.core`, or the name of a graph that is deployed, made here or not.
            run: a Python file runs, in a process of its own, for the DAGs that it makes.

        Raises:
            InputError: it is none of these, cannot be read, or makes no task.
            MachineError: a file cannot be read.
        """
        return imported_from(self._workspace, source, run=run)

    def plan(self, graph: Graph = None, *, prune: bool = False, suspended: bool = False) -> Plan:
        """What a deploy would change; changes nothing. Raises as `validate` does.

        Args:
            prune: drop the deployed tasks that the graph does not have.
            suspended: leave a new schedule off, suspend one that goes on.
        """
        deploys, known = self._workspace.deploys, self._meant.graph(graph)
        return deploys.with_runs(deploys.plan(known, prune=prune, suspended=suspended))

    def versions(self, graph: Graph = None) -> Versions:
        """What was deployed of a graph and is kept, the newest last."""
        return self._workspace.rollbacks.versions(self._meant.graph(graph))

    def find_run(self, graph: Graph = None, run: Which = None) -> Run:
        """A run by the start of its id, else the newest, whoever started it."""
        check_of(graph, run)
        if isinstance(run, Run):
            return run
        known = self._meant.graph(graph, run)
        return self._workspace.runs.find(known, run_id(run), begun=True, past=True)

    def runs(self, graph: Graph = None, *, last: int = 20) -> RunListing:
        """The last runs as they ended or are, the newest first.

        Args:
            last: how many at most.
        """
        check_value("last", last, AMOUNT)
        return recent_runs(self._workspace, self._meant.graph(graph), None, last=last)

    def status(self, graph: Graph = None, run: Which = None) -> Status:
        """A run, task by task, and the graph's schedule."""
        return status(self._workspace, self._meant.graph(graph, run), run_id(run), None)

    def logs(
        self,
        task: str | None = None,
        graph: Graph = None,
        run: Which = None,
        *,
        attempt: int | None = None,
    ) -> LogListing:
        """What a task, or each of a run, printed and logged; `Run.traceback` is what it raised."""
        check_value("task", task, TEXT)
        check_value("attempt", attempt, COUNT)
        found = self.find_run(graph, run)
        name = task_of(found, task) if task is not None else None
        return LogListing(name, found.logs(name, attempt))

    def why(self, graph: Graph = None, run: Which = None, *, task: str | None = None) -> RootCause:
        """What failed first, where, and what did not run because of it.

        Args:
            task: the task to explain; else the first that failed.
        """
        known = self._meant.graph(graph, run)
        return cause_of(self._workspace, known, self.find_run(known, run), task, None)

    def compare(
        self, first: str | None = None, second: str | None = None, graph: Graph = None
    ) -> Comparison:
        """Hold a run against another: configuration, code, and what each task did.

        Args:
            first: the start of a run's id; else the run before the newest.
            second: of another's; else the newest run.
        """
        check_value("first", first, TEXT)
        check_value("second", second, TEXT)
        known = self._meant.graph(graph, first or second)
        return compared_runs(self._workspace, known, first, second, None)

    def trace(
        self, graph: Graph = None, run: Which = None, *, form: str = "otel", to: str | None = None
    ) -> Traced:
        """Tell a run as OpenTelemetry spans or OpenLineage events, by the library's own settings.

        Args:
            form: `otel` or `openlineage`; the extra of that name installs the library.
            to: a file that they are written to instead, a line of JSON each.

        Raises:
            MachineError: the library is not installed, or the file cannot be written.
        """
        check_value("form", form, TEXT)
        check_value("to", to, TEXT)
        known = self._meant.graph(graph, run)
        found, path = self.find_run(known, run), Path(to) if to else None
        return traced(self._workspace, found, form, None, to=path)

    def debug(
        self,
        task: str,
        graph: Graph = None,
        run: Which = None,
        *,
        attempt: int | None = None,
        function: Callable[..., Any] | None = None,
    ) -> Debugged:
        """What a task was given in a run, restored: `train(**target.debug("train"))`.

        Args:
            attempt: an earlier one; else the last.
            function: the task's own, by whose annotations values are read; `call` calls it.
        """
        check_value("task", task, TEXT)
        check_value("attempt", attempt, COUNT)
        known = self._meant.graph(graph, run)
        found = self.find_run(known, run)
        return debugged(
            self._workspace, known, found, task, None, attempt=attempt, function=function
        )

    def graphs(self, *, everywhere: bool = False) -> GraphListing:
        """The deployed graphs of the target's schema, or of all, with schedule and last run."""
        backend = self._workspace.places.backend()
        return GraphListing(outlooks(backend, everywhere=everywhere))
