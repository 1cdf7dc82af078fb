"""What stands on a target before a deploy, and the graph as it will stand after it. Reads only."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from sfdag_magics.bundle.passed_values import problems_of_config
from sfdag_magics.client.checking.available import (
    lacking,
    new_packages,
    packages_question,
    stock_of,
    unsure,
)
from sfdag_magics.client.checking.notified import missing_integrations
from sfdag_magics.client.checking.refused_sql import sql_read
from sfdag_magics.client.checking.secrets_said import refuse_secrets, secrets_said
from sfdag_magics.client.checking.streams import missing_streams
from sfdag_magics.client.code.declared import with_declared
from sfdag_magics.client.code.deployed_code import (
    DEFAULT_STAGE,
    Code,
    DeployedCode,
    graph_folder,
    list_statement,
    read_code,
    show_code,
)
from sfdag_magics.client.code.not_loaded import not_loaded, whole_graph
from sfdag_magics.client.connecting.activity import doing
from sfdag_magics.client.connecting.backend import Backend
from sfdag_magics.client.connecting.looked_ahead import LookedAhead
from sfdag_magics.client.connecting.targets import Target
from sfdag_magics.client.deploying.hidden_options import hidden_looks, with_hidden
from sfdag_magics.client.deploying.settled import settled, with_noted_options
from sfdag_magics.client.deploying.task_statements import merged_config
from sfdag_magics.client.observing.deployed import (
    DeployedGraph,
    procedure_of,
    read_graph,
    show_graph,
)
from sfdag_magics.errors import BackendError, ConnectError, InputError, Problem
from sfdag_magics.graph.config import key_readers, with_insisted
from sfdag_magics.graph.model import GraphOptions, Task, TaskGraph, TaskKind
from sfdag_magics.graph.names import key_of
from sfdag_magics.light_classes import dataclass
from sfdag_magics.place_words import ByPlace, to_type
from sfdag_magics.sqltext import QualifiedName, TokenReader, sql_identifier

_SERVERLESS = ByPlace("--warehouse none", 'graph.configure(without={"warehouse"})')


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A graph as it was seen on a target.

    Attributes:
        graph: None where it was not there.
        is_remembered: it was seen for something else before: who does anything by it looks first.
    """

    graph: DeployedGraph | None
    is_remembered: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What is wrong, and what may surprise."""

    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What stands on the target before a deploy, and the graph as it will stand after it.

    Attributes:
        said: the options that the notebook says and that this deploy is to apply.
        whole: the notebook's tasks and those that are not loaded, with the options as they will be.
        is_remembered: as `Seen` says of the graph; the code was read now.
        asks: what was asked of the backend already.
    """

    root: QualifiedName
    procedure: QualifiedName
    before: DeployedGraph | None
    code: DeployedCode
    said: GraphOptions
    whole: TaskGraph
    target: Target
    backend: Backend
    is_remembered: bool = False
    asks: LookedAhead

    @property
    def options(self) -> GraphOptions:
        """The options as they will stand, the target's own config laid over the graph's."""
        options = self.whole.options
        return replace(options, config=merged_config(options.config, self.target.config))

    @property
    def stage(self) -> QualifiedName:
        """Where the graph's files lie."""
        named = self.whole.options.stage or self.target.stage or DEFAULT_STAGE
        return _stage_of(named, self.root)

    def check(self) -> tuple[str, ...]:
        """Refuse a graph that cannot run there; answers with what may surprise.

        Raises:
            GraphError: carries all problems.
        """
        found = self.found()
        if found.problems:
            raise self._as_said().refused(found.problems)
        return found.notes

    def found(self) -> Findings:
        """All that is wrong with the graph and its SQL, and what may surprise."""
        said = self._as_said()
        wrong = (*said.validate(standing=self.options), *secrets_said(said, self.options))
        wrong = (*wrong, *problems_of_config(said, said.options.config, told=wrong))
        sql = sql_read(self.backend, said, self.before, self.asks, self._packages_wanted())
        problems = (*wrong, *sql.problems)
        streams = () if problems else missing_streams(self.backend, said, self.root)
        untold = () if problems else missing_integrations(self.backend, said)
        notes = (*said.notes(standing=self.options), *sql.notes, *streams, *untold)
        return Findings(problems=problems, notes=notes)

    def _packages_wanted(self) -> tuple[str, ...]:
        """What will be asked of packages, where that can be known before the code is made."""
        has_python = any(task.kind is TaskKind.PYTHON for task in self.whole.tasks)
        is_new = self.backend.is_embedded and not self.code.packages
        return (packages_question(self.root),) if has_python and is_new else ()

    def check_packages(self, code: Code | None) -> tuple[str, ...]:
        """Refuse packages and a Python that are not there; answers with what only a deploy tells.

        Raises:
            GraphError: carries all problems.
        """
        found = self.found_of_packages(code)
        if found.problems:
            raise self._as_said().refused(found.problems)
        return found.notes

    def found_of_packages(self, code: Code | None) -> Findings:
        """Packages and a Python that are not there, and what only a deploy tells."""
        new = new_packages(code, self.code) if code is not None else ()
        if code is None or (not new and code.python == self.code.python):
            return Findings()
        try:
            stock = stock_of(self.backend, self.root, code, new, self.asks)
        except ConnectError:
            raise
        except BackendError as error:
            reason = error.message.rpartition("\n")[2]
            unsaid = f"{self.backend.place} does not say which packages it has: {reason}"
            return Findings(notes=(unsaid,))
        problems = tuple(lacking(code, new, stock))
        return Findings(problems=problems, notes=tuple(unsure(code, new, stock)))

    def check_config(
        self, config: Mapping[str, object], *, runs: Collection[str] | None = None
    ) -> tuple[str, ...]:
        """Refuse a run's configuration that cannot work there; answers with what may surprise.

        Args:
            runs: the tasks that run, which need their keys; None where all do.

        Raises:
            InputError: lists all that does not fit, or names a secret.
        """
        refuse_secrets(self.whole, config)
        said = TaskGraph(self.whole.name, self.said, tasks=self.readers(config))
        said.check_config(config, standing=self.options, runs=runs)
        plain, _insisted = with_insisted(config)
        wrong = problems_of_config(said, {**said.options.config, **plain})
        return said.check_config(config, standing=self.options, more=wrong, runs=runs)

    def readers(self, keys: Iterable[str]) -> tuple[Task, ...]:
        """The tasks with what they read of the configuration.

        That of tasks which are not loaded is read only where nobody else reads one of these keys.
        """
        known = key_readers(self.whole.tasks)
        if all(key.removeprefix("+") in known for key in keys):
            return self.whole.tasks
        return with_declared(self.backend, self.whole.tasks, self.code)

    def _as_said(self) -> TaskGraph:
        return TaskGraph(self.whole.name, self.said, tasks=self.whole.tasks)


def _stage_of(named: str, root: QualifiedName) -> QualifiedName:
    found = TokenReader(named.lstrip("@")).qualified_name()
    return found.within(root.database, root.schema)


def root_name(graph: TaskGraph, backend: Backend, target: Target) -> QualifiedName:
    """The full name of the graph's root on this target.

    Raises:
        InputError: the session has no current database or schema, and the target names none.
    """
    database, schema = backend.namespace
    if (database is None or schema is None) and target.database and target.schema:
        raise InputError(
            f"{backend.place}: the session got into no schema, so {target.database}."
            f"{target.schema} is not there, or its role may not use it",
            hint=f"{to_type('doctor')} tells what the role lacks",
        )
    if database is None or schema is None:
        raise InputError(
            f"{backend.place} has no current database and schema",
            hint=f"database = and schema = in [target.{target.name}] of sfdag.toml",
        )
    return QualifiedName(key_of(graph.name), schema, database)


def read_standing(
    backend: Backend,
    graph: TaskGraph,
    target: Target,
    *,
    leaving: Collection[str] | None = (),
    schedule_waits: bool = False,
    with_code: bool = False,
    seen: Seen | None = None,
    with_hidden_options: bool = False,
) -> Standing:
    """What is deployed, and the graph as it will stand.

    Two requests, one where it was seen, or where the target answers several looks at once.

    Args:
        leaving: `key_of` the names of deployed tasks to drop; None drops all that the notebook
            does not have.
        schedule_waits: a schedule is not taken away before a deploy without this.
        with_code: read what the procedure runs also where no task here seems to need it.
        seen: the deployed graph; None has it read.
        with_hidden_options: read what SHOW TASKS leaves out also where that is a request more.
    """
    doing("looking at what is deployed")
    said = graph.options
    if schedule_waits and "schedule" in said.without:
        said = replace(said, without=said.without - {"schedule"})
    root = root_name(graph, backend, target)
    procedure = procedure_of(root)
    # Whoever makes a plan of this wants the files too, of the stage that it will most likely be.
    stage = _stage_of(said.stage or target.stage or DEFAULT_STAGE, root)
    files = list_statement(stage, graph_folder(graph.name))
    looks = [show_graph(root), *hidden_looks(backend, root)] if seen is None else []
    asks = LookedAhead(backend, [*looks, show_code(procedure), files])
    before = seen.graph if seen is not None else read_graph(asks, root)
    if before is not None:
        if seen is None:
            before = with_hidden(asks, backend, before, asks_more=with_hidden_options)
        before = with_noted_options(backend, before)
    kept = () if leaving is None else not_loaded(graph, before, leaving)
    with_code = with_code or bool(kept) or leaving is None or bool(leaving)
    with_code = with_code or any(t.kind is TaskKind.PYTHON for t in graph.tasks)
    code = read_code(asks, procedure) if with_code else DeployedCode()
    whole = whole_graph(graph, before, kept, code)
    options = settled(said, before, code, target)
    if before is None:
        options = on_some_warehouse(options, backend, target)
    whole = TaskGraph(graph.name, options, tasks=whole.tasks)
    return Standing(
        root=root,
        procedure=procedure,
        before=before,
        code=code,
        said=said,
        whole=whole,
        target=target,
        backend=backend,
        is_remembered=seen is not None and seen.is_remembered,
        asks=asks,
    )


def on_some_warehouse(options: GraphOptions, backend: Backend, target: Target) -> GraphOptions:
    """The options of a new graph with the session's warehouse, where nothing names one.

    Without WAREHOUSE a task is serverless, which costs more at first and needs a privilege of its
    own (docs: create-task), so that is only done when asked for: `--warehouse none`.

    Raises:
        InputError: an account is to get tasks, and neither graph, target nor session has one.
    """
    named = options.warehouse or target.warehouse or "warehouse" in options.without
    if named or backend.is_embedded:
        return options
    if backend.warehouse is None:
        raise InputError(
            f"the tasks have no warehouse: none is named, and the session to {backend.place} has"
            " none",
            hint=f"{to_type('graph', warehouse='W')}, or {_SERVERLESS} for serverless tasks",
        )
    return replace(options, warehouse=sql_identifier(backend.warehouse))
