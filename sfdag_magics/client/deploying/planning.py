"""From a graph of the notebook and what is deployed to a plan. Reads, never writes."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from sfdag_magics.client.code.deployed_code import (
    Code,
    DeployedCode,
    graph_folder,
    listed_files,
    stage_location,
)
from sfdag_magics.client.code.not_loaded import not_loaded, outgrown, with_kept_code
from sfdag_magics.client.deploying.difference import (
    Change,
    ChangeKind,
    by_stored,
    compared,
    only_there,
)
from sfdag_magics.client.deploying.dropped import (
    comment_to_note,
    dropped_after,
    dropped_before,
    with_dropped,
)
from sfdag_magics.client.deploying.dropped_file import dropped_with_graph
from sfdag_magics.client.deploying.journal import Journal, read_journals
from sfdag_magics.client.deploying.plan import Plan
from sfdag_magics.client.deploying.remembered import with_history
from sfdag_magics.client.deploying.standing import Standing
from sfdag_magics.client.deploying.task_statements import (
    Definition,
    definitions,
)
from sfdag_magics.client.deploying.undoing.left_there import version_of
from sfdag_magics.client.observing.deployed import DeployedGraph
from sfdag_magics.graph.model import GraphOptions, TaskGraph
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import sql_identifier


def make_plan(
    there: Standing,
    graph: TaskGraph,
    code: Code | None,
    *,
    prune: bool = False,
    forgotten: frozenset[str] = frozenset(),
    suspended: bool = False,
    schedule_waits: bool = False,
) -> Plan:
    """Compare a graph with what is deployed. Reads only.

    Args:
        there: what is deployed; with it the graph was checked.
        graph: as the notebook has it.
        code: of its Python tasks; None where it has none.
        prune: drop deployed tasks that the notebook does not have.
        forgotten: keys of tasks that were taken out by name, and are dropped.
        suspended: leave a new schedule off, and suspend one that goes on.
        schedule_waits: leave it off until a deploy without this: a run for trying things out
            must neither start a schedule nor end one.
    """
    backend, target, before, said = there.backend, there.target, there.before, there.said
    if before is not None:
        forgotten |= outgrown(graph, before)
    kept = () if prune else not_loaded(graph, before, forgotten)
    if code is not None:
        code = with_kept_code(backend, there.procedure, code, there.code, kept)
    folder = read_folder(there, graph.name)
    waits = schedule_waits and _may_start(said, before)
    starts = _may_start(said, before) and not (suspended or waits)
    wanted = definitions(
        there.whole, there.root, target, schedule_off=waits or _still_waits(said, before)
    )
    started = started_then(wanted, before, folder.left_to_start, starts=starts, stops=suspended)
    found = (*compared(wanted, before), *only_there(wanted, before, forgotten, prune=prune))
    return planned(there, graph.name, wanted, found, folder, code=code, started=started)


def planned(
    there: Standing,
    graph: str,
    wanted: tuple[Definition, ...],
    found: tuple[Change, ...],
    folder: Folder,
    *,
    code: Code | None,
    started: tuple[str, ...],
    back_to: int | None = None,
) -> Plan:
    """The plan of these changes.

    Args:
        wanted: what is to be there, but for tasks that are not loaded.
        back_to: the version that it makes so again.
    """
    before, now, token = there.before, datetime.now(UTC), secrets.token_hex(8)
    dropped = dropped_after(found, before, there.code, now, folder.dropped)
    plan = Plan(
        graph=graph,
        place=there.backend.place,
        root=there.root,
        stage=there.stage,
        procedure=there.procedure,
        before=before,
        before_code=there.code,
        changes=tuple(
            with_dropped(with_history(change, before, now), there.root.name, dropped)
            for change in found
        ),
        dropped=folder.dropped,
        root_comment=comment_to_note(found, before, dropped),
        code=code,
        has_stage=folder.files is not None,
        has_archive=code is not None and f"{code.digest}.zip" in (folder.files or ()),
        edited=_edited(code, there.code),
        started=started,
        journals=folder.journals,
        files=tuple(folder.files or ()),
        compute=_compute(wanted, there),
        warehouses=_simulated(found, there),
        token=token,
        is_remembered=there.is_remembered,
        back_to=back_to,
    )
    return replace(plan, version=version_of(plan, wanted, now))


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """What the graph's folder on the stage tells.

    Attributes:
        place: where it lies.
        files: their names; None where there is no stage.
        dropped: see `Plan`.
        journals: of deploys that broke off.
    """

    place: str
    files: Sequence[str] | None
    dropped: Mapping[str, tuple[int, Sequence[str]]]
    journals: tuple[Journal, ...]

    @property
    def left_to_start(self) -> frozenset[str]:
        """Stored names of the tasks that those deploys stopped and did not start again."""
        return frozenset(stored for journal in self.journals for stored in journal.started)


def read_folder(there: Standing, graph: str) -> Folder:
    """What the graph's folder tells. The files are listed already where the target allows that."""
    folder = graph_folder(graph)
    before, backend = there.before, there.backend
    files = listed_files(there.asks, there.stage, folder)
    place = stage_location(there.stage, folder)
    dropped = dropped_before(before) if before else dropped_with_graph(backend, place, files)
    found = read_journals(backend, place, files)
    journals = tuple(journal for journal in found if not journal.is_going_on)
    return Folder(place=place, files=files, dropped=dropped, journals=journals)


def _compute(wanted: tuple[Definition, ...], there: Standing) -> str:
    """What the tasks run on and who said so; nothing on the embedded engine, which has no such."""
    if there.backend.is_embedded:
        return ""
    named = {definition.statement.properties.warehouse for definition in wanted}
    listed = ", ".join(sorted(name or "serverless" for name in named))
    by_session = there.before is None and not (there.said.warehouse or there.target.warehouse)
    said = ", the session's warehouse" if by_session and None not in named else ""
    return f"{listed}{said}"


def _simulated(found: Sequence[Change], there: Standing) -> tuple[str, ...]:
    """The warehouses that the account has and that the embedded engine is yet to have."""
    if not there.backend.is_embedded:
        return ()
    made = (each.definition for each in found if each.kind is not ChangeKind.UNCHANGED)
    named = {each.statement.properties.warehouse for each in made if each is not None}
    yet = filter(None, named - {there.backend.warehouse})
    return tuple(sql_identifier(name) for name in sorted(yet))


def _edited(code: Code | None, before: DeployedCode) -> tuple[str, ...]:
    if code is None or code.code_hash == before.code_hash:
        return ()
    return tuple(
        name for name, digest in code.tasks.items() if before.tasks.get(name, digest) != digest
    )


def started_then(
    wanted: tuple[Definition, ...],
    before: DeployedGraph | None,
    left_to_start: Collection[str],
    *,
    starts: bool,
    stops: bool,
) -> tuple[str, ...]:
    """Stored names of the tasks that are started when all is done, the root first."""
    running = (
        {task.stored for task in before.tasks.values() if task.is_started} if before else set()
    )
    tasks = by_stored(before).values() if before else ()
    held = {task.stored for task in tasks if not task.was_never_started}
    running |= set(left_to_start)
    found = [
        definition.stored
        for definition in wanted[1:]
        if definition.stored in running or definition.stored not in held
    ]
    root = wanted[0]
    root_ran = root.stored in running or (before is not None and before.is_started)
    goes_on = root_ran and not stops
    if root.statement.properties.schedule is not None and (goes_on or starts):
        found.insert(0, root.stored)
    return tuple(found)


def _may_start(said: GraphOptions, before: DeployedGraph | None) -> bool:
    """Whether the schedule is new or was left waiting: nobody has suspended it on purpose."""
    if said.schedule is None or (before is not None and before.is_started):
        return False
    return before is None or before.schedule is None or before.schedule_waits


def _still_waits(said: GraphOptions, before: DeployedGraph | None) -> bool:
    """Whether a schedule that waits is not spoken of here."""
    unsaid = said.schedule is None and "schedule" not in said.without
    return unsaid and before is not None and before.schedule_waits
