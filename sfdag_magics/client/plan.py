"""The difference between a graph of the notebook and what is deployed, and the steps to close it.

Reads, never writes. A step is one statement or one file; their order is what makes a deploy that
breaks off resumable: the journal first, then the root suspended, then definitions, then the states
they had.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sfdag_magics.client.backend import Backend
from sfdag_magics.client.code import (
    DEFAULT_STAGE,
    Code,
    DeployedCode,
    archive_path,
    create_procedure,
    create_stage,
    journal_text,
    listed_files,
    read_code,
    stage_location,
    started_in,
)
from sfdag_magics.client.definitions import Definition, definitions, procedure_name
from sfdag_magics.client.deployed import DeployedGraph, read_graph
from sfdag_magics.client.difference import (
    SIGNS,
    Change,
    ChangeKind,
    by_stored,
    compared,
    only_there,
)
from sfdag_magics.client.targets import Target
from sfdag_magics.errors import InputError
from sfdag_magics.graph.grammar import AlterTask, DropTask, ResumeTask, SuspendTask
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.graph.names import key_of
from sfdag_magics.sqltext import QualifiedName, TokenReader, quoted_string

JOURNAL = "deploy.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing to do: a statement, or a file to put (`content`) at the location `text`."""

    text: str
    content: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Plan:
    """What a deploy would do. Immutable; printing it shows the difference.

    Attributes:
        before: the deployed graph, None where there is none.
        changes: the root first, then tasks in the order they are created; then what is only there.
        edited: Python tasks whose code differs from the deployed one.
        started: stored names of the tasks that will be started at the end.
        resumes: a deploy broke off before, and this one completes it.
    """

    graph: str
    place: str
    root: QualifiedName
    stage: QualifiedName
    procedure: QualifiedName
    before: DeployedGraph | None
    before_code: DeployedCode
    changes: tuple[Change, ...]
    code: Code | None
    has_stage: bool
    has_archive: bool
    edited: tuple[str, ...]
    started: tuple[str, ...]
    resumes: bool

    @property
    def touched(self) -> tuple[Change, ...]:
        """The changes that alter the graph itself, the root's among them."""
        kept = {ChangeKind.UNCHANGED, ChangeKind.NOT_LOADED}
        return tuple(change for change in self.changes if change.kind not in kept)

    @property
    def takes_over(self) -> bool:
        """Whether a graph is there that was not deployed by this package."""
        return self.before is not None and not self.before.mark

    @property
    def changes_code(self) -> bool:
        """Whether the procedure is replaced."""
        if self.code is None:
            return False
        there = (self.before_code.code_hash, self.before_code.setting)
        return there != (self.code.code_hash, self.code.setting)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do."""
        return not self.touched and not self.changes_code and not self.resumes

    def steps(self) -> list[Step]:
        """Everything to do, in order."""
        if self.is_empty:
            return []
        return [
            *self._code_steps(),
            *self._graph_steps(),
            *self._replace_procedure(),
            *self._after(),
        ]

    def code_steps(self) -> list[Step]:
        """Only what ships the code: no task is altered, so a failed run can still be retried."""
        return [*self._code_steps(), *self._replace_procedure()] if self.changes_code else []

    def statements(self) -> str:
        """The steps as a script to read."""
        return "\n".join(
            f"-- put {len(step.content):,} bytes to {step.text}"
            if step.content is not None
            else f"{step.text};"
            for step in self.steps()
        )

    def _code_steps(self) -> Iterator[Step]:
        if not self.has_stage:
            yield Step(text=create_stage(self.stage))
        if self.code is not None and self.changes_code and not self.has_archive:
            path = archive_path(self.graph, self.code)
            yield Step(text=stage_location(self.stage, path), content=self.code.archive)

    def _replace_procedure(self) -> Iterator[Step]:
        if self.code is not None and self.changes_code:
            location = stage_location(self.stage, archive_path(self.graph, self.code))
            yield Step(text=create_procedure(self.procedure, self.code, location))

    def _graph_steps(self) -> Iterator[Step]:
        if self.touched:
            yield Step(text=self.journal, content=journal_text(self.started))
        if self.before is not None and self.before.is_started and (self.touched or self.resumes):
            yield Step(text=AlterTask(name=self.root, action=SuspendTask()).to_sql())
        for change in self.touched:
            if change.definition is not None:
                yield Step(text=change.definition.statement.to_sql())
        for change in reversed(self.touched):
            if change.kind is ChangeKind.DROPPED:
                yield Step(text=DropTask(name=self._name(change.stored)).to_sql())

    def _after(self) -> Iterator[Step]:
        """Start again what has to be started, the root last; then the journal goes."""
        if not self.touched and not self.resumes:
            return
        altered = {change.stored for change in self.touched if change.definition is not None}
        running = self._running_before() - altered
        if altered or self.resumes:
            running.discard(self.root.name)  # it was suspended for the duration
        for stored in self.started:
            if stored != self.root.name and stored not in running:
                yield self._resume(stored)
        if self.root.name in self.started:
            yield self._resume(self.root.name)
        yield Step(text=self.remove_journal)

    def _resume(self, stored: str) -> Step:
        return Step(text=AlterTask(name=self._name(stored), action=ResumeTask()).to_sql())

    def _running_before(self) -> set[str]:
        if self.before is None:
            return set()
        return {task.stored for task in self.before.tasks.values() if task.is_started}

    def _name(self, stored: str) -> QualifiedName:
        return QualifiedName(stored, self.root.schema, self.root.database)

    @property
    def journal(self) -> str:
        """Where the journal lies while the plan is carried out."""
        return stage_location(self.stage, f"{self.graph.lower()}/{JOURNAL}")

    @property
    def remove_journal(self) -> str:
        """The statement that ends a deploy."""
        return f"REMOVE {quoted_string(self.journal)}"

    def __repr__(self) -> str:
        return f"<plan: graph {self.graph}, {len(self.steps())} steps>"

    def __str__(self) -> str:
        lines = [f"plan: graph {self.graph} on {self.place}"]
        if self.resumes:
            lines.append("  an earlier deploy broke off; this one completes it")
        if self.takes_over:
            lines.append("  ! the graph that is there was not made here and is taken over")
        for change in self.changes:
            if change.kind is not ChangeKind.UNCHANGED:
                lines.append(f"  {SIGNS[change.kind]} {change.name}  {change.kind}")
                lines += [f"      {detail}" for detail in change.details]
        lines += [f"  ~ {name}  code edited" for name in self.edited]
        if self.code is not None and self.changes_code:
            lines += [f"  code: {line}" for line in self.code.report]
        unchanged = sum(1 for change in self.changes[1:] if change.kind is ChangeKind.UNCHANGED)
        unchanged -= sum(1 for name in self.edited if self._kind_of(name) is ChangeKind.UNCHANGED)
        lines.append(f"  {unchanged} unchanged" if not self.is_empty else "  nothing to change")
        return "\n".join(lines)

    def _kind_of(self, name: str) -> ChangeKind | None:
        return next((change.kind for change in self.changes if change.name == name), None)


def root_name(graph: TaskGraph, backend: Backend, target: Target) -> QualifiedName:
    """The full name of the graph's root on this target.

    Raises:
        InputError: the session has no current database or schema, and the target names none.
    """
    database, schema = backend.namespace
    if database is None or schema is None:
        raise InputError(
            f"{backend.place} has no current database and schema",
            hint=f"database = and schema = in [target.{target.name}] of sfdag.toml",
        )
    return QualifiedName(key_of(graph.name), schema, database)


def make_plan(
    backend: Backend,
    graph: TaskGraph,
    code: Code | None,
    target: Target,
    *,
    prune: bool = False,
    forgotten: frozenset[str] = frozenset(),
    suspended: bool = False,
    schedule_waits: bool = False,
) -> Plan:
    """Compare a checked graph with what is deployed. Reads only.

    Args:
        code: of its Python tasks; None where it has none.
        prune: drop deployed tasks that the notebook does not have.
        forgotten: keys of tasks that were taken out by name, and are dropped.
        suspended: leave a new schedule off.
        schedule_waits: leave it off until a deploy without this: a run for trying things out
            must not start a schedule.
    """
    root = root_name(graph, backend, target)
    stage = _stage(graph, root, target)
    procedure = procedure_name(graph, root)
    before = read_graph(backend, root)
    before_code = read_code(backend, procedure) if code is not None else DeployedCode()
    files = listed_files(backend, stage, f"{graph.name.lower()}/")
    waits = schedule_waits and _may_start(graph, before)
    wanted = definitions(graph, root, target, schedule_off=waits)
    changes = (*compared(wanted, before), *only_there(wanted, before, forgotten, prune=prune))
    journal = _journal(backend, stage, graph) if JOURNAL in (files or ()) else None
    return Plan(
        graph=graph.name,
        place=backend.place,
        root=root,
        stage=stage,
        procedure=procedure,
        before=before,
        before_code=before_code,
        changes=changes,
        code=code,
        has_stage=files is not None,
        has_archive=code is not None and f"{code.digest}.zip" in (files or ()),
        edited=_edited(code, before_code),
        started=_started(wanted, before, journal, suspended=suspended or waits, graph=graph),
        resumes=journal is not None,
    )


def _stage(graph: TaskGraph, root: QualifiedName, target: Target) -> QualifiedName:
    named = graph.options.stage or target.stage or DEFAULT_STAGE
    return TokenReader(named.lstrip("@")).qualified_name().within(root.database, root.schema)


def _journal(backend: Backend, stage: QualifiedName, graph: TaskGraph) -> tuple[str, ...]:
    return started_in(backend.download(stage_location(stage, f"{graph.name.lower()}/{JOURNAL}")))


def _edited(code: Code | None, before: DeployedCode) -> tuple[str, ...]:
    if code is None or code.code_hash == before.code_hash:
        return ()
    return tuple(
        name for name, digest in code.tasks.items() if before.tasks.get(name, digest) != digest
    )


def _started(
    wanted: tuple[Definition, ...],
    before: DeployedGraph | None,
    journal: tuple[str, ...] | None,
    *,
    suspended: bool,
    graph: TaskGraph,
) -> tuple[str, ...]:
    """Stored names of the tasks that are started when all is done, the root first."""
    running = (
        {task.stored for task in before.tasks.values() if task.is_started} if before else set()
    )
    there = set(by_stored(before)) if before else set()
    running |= set(journal or ())
    found = [
        definition.stored
        for definition in wanted[1:]
        if definition.stored in running or definition.stored not in there
    ]
    root = wanted[0].stored
    root_ran = root in running or (before is not None and before.is_started)
    if graph.options.schedule is not None and (
        root_ran or (_may_start(graph, before) and not suspended)
    ):
        found.insert(0, root)
    return tuple(found)


def _may_start(graph: TaskGraph, before: DeployedGraph | None) -> bool:
    """Whether the schedule is new or was left waiting: nobody has suspended it on purpose."""
    if graph.options.schedule is None or (before is not None and before.is_started):
        return False
    return before is None or before.schedule is None or bool(before.mark.get("off"))
