"""What a deploy would do: the differences, and the steps to close them. Pure; `planning` makes it.

A step is one statement or one file; their order is what makes a deploy that breaks off resumable:
the journal first, then the root suspended, then definitions, then the states they had, and the
journal goes when that was looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field, replace
from datetime import datetime

from sfdag_magics.client.code.deployed_code import (
    Code,
    DeployedCode,
    archive_path,
    create_procedure,
    create_stage,
    graph_folder,
    stage_location,
)
from sfdag_magics.client.deploying.difference import Change, ChangeKind, schedule_text
from sfdag_magics.client.deploying.journal import Journal, own_journal
from sfdag_magics.client.deploying.plan_text import plan_text
from sfdag_magics.client.kept.files import version_file
from sfdag_magics.client.kept.version import KeptVersion
from sfdag_magics.client.observing.deployed import DeployedGraph
from sfdag_magics.client.observing.intentions import listed
from sfdag_magics.graph.displayed import Displayed
from sfdag_magics.graph.grammar import (
    AlterTask,
    CreateMode,
    CreateTask,
    DropTask,
    ResumeTask,
    SetProperties,
    SuspendTask,
    TaskProperties,
)
from sfdag_magics.graph.names import counted
from sfdag_magics.graph.times.moments import dated_text
from sfdag_magics.light_classes import dataclass
from sfdag_magics.place_words import Next, to_type
from sfdag_magics.sqltext import QualifiedName


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing to do: a statement, or a file to put (`content`) at the location `text`."""

    text: str
    content: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Plan(Displayed):
    """What a deploy would do. Immutable; printing it shows the difference.

    Attributes:
        before: the deployed graph, None where there is none.
        changes: the root first, then tasks in the order they are created; then what is only there.
        edited: Python tasks whose code differs from the deployed one.
        started: stored names of the tasks that will be started at the end.
        journals: of deploys that broke off before, which this one completes.
        notes: what may surprise and is not wrong.
        token: tells this deploy from others.
        elsewhere: what it would replace that somebody else changed since this notebook deployed.
        older: `{what: since when it is deployed}` of what is newer than what would replace it;
            None for what somebody altered by hand.
        altered: what it replaces that somebody altered by hand, where what is here is no older.
        dropped: `{stored name: when, and by which hashes}` of tasks that were dropped there.
        again: `{task: when it was dropped there}` of what is made again as it was before.
        root_comment: of the root, where nothing else of it changes: it notes what is dropped.
        files: of the graph's folder on the stage, as the plan found them.
        compute: what the tasks run on, for people; empty where it makes no difference.
        is_remembered: `before` is how this kernel saw the graph last; who carries it out looks.
        drifted: the tasks that somebody altered by hand and that stay so: they are not loaded here.
        others: who deployed since this notebook did, and when; empty where it was by hand.
        in_flight: what becomes of runs that are executing, in lines.
        version: what is kept of it, for who wants it back later.
        back_to: the version that it makes so again; None of a deploy of the notebook.
        warehouses: as SQL writes them, those that the target makes where it has them not.
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
    journals: tuple[Journal, ...] = ()
    notes: tuple[str, ...] = ()
    token: str = ""
    elsewhere: tuple[str, ...] = ()
    older: Mapping[str, datetime | None] = field(default_factory=dict)
    altered: tuple[str, ...] = ()
    dropped: Mapping[str, tuple[int, Sequence[str]]] = field(default_factory=dict)
    again: Mapping[str, datetime] = field(default_factory=dict)
    root_comment: str | None = None
    files: Sequence[str] = ()
    compute: str = ""
    is_remembered: bool = False
    drifted: tuple[str, ...] = ()
    others: str = ""
    in_flight: tuple[str, ...] = ()
    version: KeptVersion | None = None
    back_to: int | None = None
    warehouses: tuple[str, ...] = ()

    @property
    def touched(self) -> tuple[Change, ...]:
        """The changes that alter the graph itself, the root's among them."""
        kept = {ChangeKind.UNCHANGED, ChangeKind.NOT_LOADED}
        return tuple(change for change in self.changes if change.kind not in kept)

    @property
    def left_alone(self) -> tuple[str, ...]:
        """The deployed tasks that stay as they are, because their cells were not run here."""
        kept = (change for change in self.changes if change.kind is ChangeKind.NOT_LOADED)
        return tuple(change.name for change in kept)

    @property
    def root_changes(self) -> tuple[str, ...]:
        """What is different in the graph's own options."""
        return self.changes[0].details

    @property
    def takes_over(self) -> bool:
        """Whether a graph is there that was not deployed by this package."""
        return self.before is not None and "hash" not in self.before.mark

    @property
    def changes_code(self) -> bool:
        """Whether the procedure is replaced."""
        if self.code is None:
            return False
        there = (self.before_code.code_hash, self.before_code.setting)
        return there != (self.code.code_hash, self.code.setting)

    @property
    def new_code(self) -> frozenset[str]:
        """The tasks of which another code is deployed than is there."""
        there, code = self.before_code.tasks, self.code.tasks if self.code is not None else {}
        return frozenset(name for name, digest in code.items() if there.get(name) != digest)

    @property
    def code_lines(self) -> tuple[str, ...]:
        """What travels with the tasks whose code is new."""
        report = self.code.report if self.code is not None else {}
        tasks = [task for task in report if task in self.new_code]
        return tuple(line for task in tasks for line in report[task])

    @property
    def package_changes(self) -> tuple[str, ...]:
        """What the procedure's packages become: `+ tqdm==4.67.1`; empty where none is there yet."""
        there, code = self.before_code.packages, self.code
        if code is None or not there or not self.changes_code:
            return ()
        more = (f"+ {package}" for package in code.packages if package not in there)
        less = (f"- {package}" for package in there if package not in code.packages)
        return (*more, *less)

    @property
    def resumes(self) -> bool:
        """Whether a deploy broke off before, and this one completes it."""
        return bool(self.journals)

    @property
    def stops(self) -> bool:
        """Whether the schedule goes on no more, though nothing else is to be changed by that."""
        is_started = self.before is not None and self.before.is_started
        return is_started and self.root.name not in self.started

    @property
    def schedule(self) -> str:
        """What becomes of one that is not on: `every 60 minutes (will be started)`; else empty."""
        text = schedule_text(self.changes[0], self.before)
        if text is None or (self.before is not None and self.before.is_started):
            return ""
        if self.root.name in self.started:
            return f"{text} (will be started)"
        return f"{text} (stays off)" if self.before is None else ""

    @property
    def makes_graph(self) -> bool:
        """Whether the graph is new."""
        return self.before is None and bool(self.touched)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do."""
        return not (self.touched or self.changes_code or self.resumes or self.stops)

    def steps(self) -> list[Step]:
        """Everything to do, in order."""
        if self.is_empty:
            return []
        return [
            *self.first_steps(),
            Step(text=self.journal.location, content=self.journal.content()),
            *(Step(text=location, content=content) for location, content in self.puts.items()),
            *self.own_steps(),
            *self.last_steps(),
        ]

    def first_steps(self) -> list[Step]:
        """What the journal needs to be written."""
        return [] if self.has_stage else [Step(text=create_stage(self.stage))]

    @property
    def puts(self) -> dict[str, bytes]:
        """The files that are put beside the journal: `{location: content}`."""
        files = {}
        if self.code is not None and self.changes_code and not self.has_archive:
            path = archive_path(self.graph, self.code)
            files[stage_location(self.stage, path)] = self.code.archive
        if self.version is not None:
            path = f"{graph_folder(self.graph)}{version_file(self.version)}"
            files[stage_location(self.stage, path)] = self.version.content()
        return files

    def own_steps(self) -> list[Step]:
        """What is done while the journal lies there."""
        return [*self._graph_steps(), *self._replace_procedure(), *self._after()]

    def code_steps(self) -> list[Step]:
        """Only what ships the code: no task is altered, so a failed run can still be retried."""
        return [*self._replace_procedure()]

    def last_steps(self) -> list[Step]:
        """What takes the journals away: the own one, and those of deploys that broke off."""
        theirs = (journal.withdraw for journal in self.journals)
        return [Step(text=text) for text in (self.journal.remove, *theirs)]

    def statements(self) -> str:
        """The steps as a script to read."""
        return "\n".join(
            f"-- put {len(step.content):,} bytes to {step.text}"
            if step.content is not None
            else f"{step.text};"
            for step in self.steps()
        )

    def _replace_procedure(self) -> Iterator[Step]:
        if self.code is not None and self.changes_code:
            location = stage_location(self.stage, archive_path(self.graph, self.code))
            yield Step(text=create_procedure(self.procedure, self.code, location, self.before_code))

    def _graph_steps(self) -> Iterator[Step]:
        for name in self.warehouses:
            yield Step(text=f"CREATE WAREHOUSE IF NOT EXISTS {name}")
        alters = self.touched or self.resumes or self.stops
        if self.before is not None and self.before.is_started and alters:
            yield Step(text=AlterTask(name=self.root, action=SuspendTask()).to_sql())
        dropped = [c for c in reversed(self.touched) if c.kind is ChangeKind.DROPPED]
        # A graph has one finalizer: the old one goes before another can come.
        first = [change for change in dropped if self._was_finalizer(change)]
        for change in first:
            yield self._drop(change)
        for change in self.touched:
            if change.definition is not None:
                yield Step(text=self._defining(change.definition.statement).to_sql())
        for change in dropped:
            if change not in first:
                yield self._drop(change)
        if self.root_comment is not None:
            noted = SetProperties(TaskProperties(comment=self.root_comment))
            yield Step(text=AlterTask(name=self.root, action=noted).to_sql())

    def _defining(self, statement: CreateTask) -> CreateTask:
        """The statement as it is sent: a new graph's root must not alter what another made."""
        is_first = self.before is None and statement.name == self.root
        return replace(statement, mode=CreateMode.CREATE) if is_first else statement

    def _drop(self, change: Change) -> Step:
        return Step(text=DropTask(name=self._name(change.stored)).to_sql())

    def _was_finalizer(self, change: Change) -> bool:
        tasks = self.before.tasks.values() if self.before is not None else ()
        return any(task.stored == change.stored and task.is_finalizer for task in tasks)

    def _after(self) -> Iterator[Step]:
        """Start again what has to be started, the root last."""
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

    def _resume(self, stored: str) -> Step:
        return Step(text=AlterTask(name=self._name(stored), action=ResumeTask()).to_sql())

    def _running_before(self) -> set[str]:
        if self.before is None:
            return set()
        return {task.stored for task in self.before.tasks.values() if task.is_started}

    def _name(self, stored: str) -> QualifiedName:
        return QualifiedName(stored, self.root.schema, self.root.database)

    @property
    def newer_there(self) -> str:
        """What is newer than what would replace it: `a as deployed at 2026-11-23 12:00:00 UTC`."""
        times = {what: since for what, since in self.older.items() if since is not None}
        altered = [what for what, since in self.older.items() if since is None]
        parts = (
            [f"{listed(times)} as deployed at {dated_text(max(times.values()))}"] if times else []
        )
        parts += [f"{listed(altered)} as altered there"] if altered else []
        return " and ".join(parts)

    @property
    def dropped_there(self) -> str:
        """What is made again: `b, dropped there at 2026-11-23 12:00:00 UTC`; empty of nothing."""
        if not self.again:
            return ""
        return f"{listed(self.again)}, dropped there at {dated_text(max(self.again.values()))}"

    @property
    def completes(self) -> bool:
        """Whether those deploys all broke off, and none of them goes on."""
        return self.resumes and all(journal.has_broken_off for journal in self.journals)

    @property
    def warnings(self) -> list[str]:
        """What else it does to what is there, and somebody may not want."""
        told: list[str] = []
        if self.resumes and not self.completes:
            who = ", ".join(dict.fromkeys(journal.who for journal in self.journals))
            told.append(f"{who} is deploying it, or broke off: a deploy waits for that first")
        if self.takes_over:
            told.append("the graph that is there was not made here and is taken over")
        if self.elsewhere:
            names = listed(self.elsewhere)
            by = f" (by {self.others})" if self.others else ""
            told.append(f"changed elsewhere since your deploy, and replaced by yours: {names}{by}")
        if self.older:
            told.append(f"replaced by what is here, which is older: {self.newer_there}")
        if self.altered:
            told.append(f"altered there by hand, and replaced by yours: {listed(self.altered)}")
        if self.drifted:
            told.append(f"altered there by hand, and left so: {listed(self.drifted)}")
        if self.again:
            told.append(f"made again as it is here, which is older: {self.dropped_there}")
        return told

    @property
    def by_task(self) -> list[tuple[str, str, Sequence[str]]]:
        """What changes: `(the graph or a task, how, what of it)`; what stays is not among them.

        What becomes of a schedule is said by `schedule`.
        """
        code = dict.fromkeys(self.edited, ("its code",))
        told = [
            (
                f"graph {change.name}" if change is self.changes[0] else change.name,
                str(change.kind),
                (*change.details, *code.pop(change.name, ())),
            )
            for change in self.touched
        ]
        return [*told, *((name, "edited", details) for name, details in code.items())]

    @property
    def command(self) -> Next:
        """What is typed to carry it out."""
        if self.back_to is not None:
            return to_type("rollback", version=str(self.back_to))
        return to_type("deploy")

    @property
    def journal(self) -> Journal:
        """What lies on the stage while the plan is carried out."""
        folder = stage_location(self.stage, graph_folder(self.graph))
        return own_journal(folder, self.token, self.started)

    def __repr__(self) -> str:
        count = len(self.touched) + len([n for n in self.edited if not self._touches(n)])
        return f"<plan: graph {self.graph}, {counted(count, 'change')}>"

    def __str__(self) -> str:
        return plan_text(self)

    def _touches(self, name: str) -> bool:
        return any(change.name == name for change in self.touched)
