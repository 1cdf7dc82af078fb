"""From history rows to what a run looks like: a pure function. Knows no connection and no clock.

TASK_HISTORY has no row for a task that never ran, and none in a retry's attempt for a task whose
result was kept. Both are told apart here, by the rows of all attempts and the graph's shape.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sfdag_magics.client.observing.attempts import GraphState
from sfdag_magics.client.observing.bridges.lineage import lineage_of
from sfdag_magics.client.observing.deployed import DeployedGraph, DeployedTask
from sfdag_magics.client.observing.frames import reason_of
from sfdag_magics.client.observing.history import OWN_CONFIG_KEY, HistoryRow
from sfdag_magics.client.observing.snapshot import (
    FailedBefore,
    RanBefore,
    RunSnapshot,
    TaskRun,
)
from sfdag_magics.graph.names import key_of
from sfdag_magics.graph.states import (
    DisplayState,
    GraphRunState,
    TaskRunFact,
    TaskState,
    display_states,
)
from sfdag_magics.run_slots import Slot, noted_slot, slot_by_schedule

_FAILED_ITSELF = frozenset({TaskState.FAILED, TaskState.FAILED_AND_AUTO_SUSPENDED})
_FAILED = _FAILED_ITSELF | {TaskState.CANCELLED}


def snapshot_from_rows(
    graph: DeployedGraph,
    rows: Sequence[HistoryRow],
    told: GraphState | None,
    *,
    attempt: int | None = None,
    at_least: int = 1,
) -> RunSnapshot:
    """One attempt of one run.

    Args:
        graph: the deployed graph the rows belong to.
        rows: the run's rows of all attempts, at least one.
        told: what the service says of the run's last attempt; None when it says nothing any more.
        attempt: the attempt to show; else the last one there is a word of.
        at_least: an attempt that was asked for: the last one is this or a later one.
    """
    last = max([row.attempt for row in rows] + ([told.attempt] if told else []) + [at_least])
    shown = attempt or last
    up_to = [row for row in rows if row.attempt <= shown]
    current = [row for row in up_to if row.attempt == shown]
    state = _state(current, told if told and told.attempt == shown else None, is_last=shown >= last)
    first = min(up_to or rows, key=lambda row: (row.attempt, row.scheduled is None, row.scheduled))
    noted = next((row.config for row in up_to if row.config), None) or {}
    config = {key: value for key, value in noted.items() if key != OWN_CONFIG_KEY}
    tasks = _as_it_ran(graph, up_to, state, noted)
    lineage = lineage_of(noted.get(OWN_CONFIG_KEY))
    started = [row.started for row in current if row.started]
    ended = [row.completed for row in current if row.completed]
    slot, slot_told = _slot(graph, first, noted)
    return RunSnapshot(
        graph=graph.name,
        root=graph.root.sql(),
        group_id=first.group_id,
        attempt=shown,
        state=state,
        scheduled_from=next((row.scheduled_from for row in current or up_to), None),
        config=config,
        differs={k: v for k, v in config.items() if k not in graph.config or graph.config[k] != v},
        code=_code(noted.get(OWN_CONFIG_KEY)),
        definitions=_definitions(noted.get(OWN_CONFIG_KEY)),
        scheduled=first.scheduled,
        begun=min((row.started for row in up_to if row.started), default=None),
        started=min(started, default=None),
        completed=max(ended, default=None) if state.is_final else None,
        tasks=_task_runs(tasks, up_to, shown, state, kept=graph.kept),
        failed_before=_failed_before(tasks, up_to, shown),
        is_whole=bool(graph.tasks),
        lineage=lineage,
        slot=slot,
        slot_told=slot_told,
        ended_schedule=any(row.state is TaskState.FAILED_AND_AUTO_SUSPENDED for row in up_to),
    )


def _failed_before(
    tasks: Mapping[str, DeployedTask], rows: Sequence[HistoryRow], shown: int
) -> tuple[FailedBefore, ...]:
    names = {task.stored: name for name, task in tasks.items()}
    failed = [
        row
        for row in sorted(rows, key=lambda row: row.attempt)
        if row.attempt < shown and row.state in _FAILED_ITSELF and row.stored in names
    ]
    return tuple(
        FailedBefore(
            attempt=row.attempt, task=names[row.stored], reason=reason_of(row.error_message or "")
        )
        for row in failed
    )


def _as_it_ran(
    graph: DeployedGraph,
    rows: Sequence[HistoryRow],
    state: GraphRunState,
    noted: Mapping[str, Any],
) -> dict[str, DeployedTask]:
    """The tasks the run had: the graph may have lost some since, and got others."""
    ran = {row.stored for row in rows}
    ran |= {
        f"{graph.root.name}${key_of(name)}"
        for name in _code(noted.get(OWN_CONFIG_KEY))
        if name.isidentifier()
    }
    gone = sorted(ran - {task.stored for task in graph.tasks.values()} - {graph.root.name})
    lost = (_task_of_row(stored, graph) for stored in gone)
    begun = min((row.scheduled for row in rows if row.scheduled), default=None)
    there = {
        name: task
        for name, task in graph.tasks.items()
        if task.stored in ran or not (begun and task.created and task.created > begun)
    }
    tasks = {**there, **{task.name: task for task in lost}}
    root_succeeded = any(
        row.stored == graph.root.name and row.state is TaskState.SUCCEEDED for row in rows
    )
    if not root_succeeded or state not in {GraphRunState.SUCCEEDED, GraphRunState.FAILED}:
        return tasks
    # What has no row though all above it succeeded came later, and what stands below that too.
    well = {row.stored for row in rows if row.state is TaskState.SUCCEEDED}
    later: set[str] = set()
    for name, task in tasks.items():
        above = [tasks[other] for other in task.predecessors if other in tasks]
        is_later = all(other.stored in well for other in above) or any(
            other.name in later for other in above
        )
        if task.stored not in ran and task.is_started and is_later:
            later.add(name)
    return {name: task for name, task in tasks.items() if name not in later}


def _task_of_row(stored: str, graph: DeployedGraph) -> DeployedTask:
    """A task that is only in the history any more: what it waited for is not known."""
    return DeployedTask(
        name=stored.removeprefix(f"{graph.root.name}$").lower(),
        stored=stored,
        predecessors=(),
        is_finalizer=False,
        is_started=True,
        definition="",
        condition=None,
        comment="",
        mark={},
    )


def waiting_snapshot(graph: DeployedGraph, note: str = "") -> RunSnapshot:
    """A run that was asked for and has no row yet: it waits behind another run."""
    return _without_rows(graph, None, GraphRunState.SCHEDULED, note)


def _slot(
    graph: DeployedGraph, first: HistoryRow, noted: Mapping[str, Any]
) -> tuple[Slot | None, bool]:
    """Of which slot a run is, and whether it was told that."""
    try:
        told = noted_slot(noted)
    except LookupError:  # written by hand: the run's tasks say so
        return None, False
    if told is not None or graph.schedule is None or first.scheduled is None:
        return told, told is not None
    return _slot_due(graph.schedule, first.scheduled), False


# A run that goes on is looked at many times, and a rare schedule is walked back for years.
@lru_cache(maxsize=1000)
def _slot_due(schedule: str, due: datetime) -> Slot | None:
    try:
        return slot_by_schedule(schedule, due, "")
    except LookupError:  # a service may know more schedules than we do
        return None


def ended_snapshot(graph: DeployedGraph, group_id: str | None, note: str) -> RunSnapshot:
    """A run that is over without having begun; `note` says how."""
    return _without_rows(graph, group_id, GraphRunState.CANCELLED, note)


def _without_rows(
    graph: DeployedGraph, group_id: str | None, state: GraphRunState, note: str
) -> RunSnapshot:
    return RunSnapshot(
        graph=graph.name,
        root=graph.root.sql(),
        group_id=group_id,
        attempt=1,
        state=state,
        note=note,
        tasks=_task_runs(graph.tasks, [], 1, state),
    )


def _state(
    current: Sequence[HistoryRow], told: GraphState | None, *, is_last: bool
) -> GraphRunState:
    if told is not None:
        return told.state
    states = {row.state for row in current}
    if states == {TaskState.SCHEDULED} and [row.attempt for row in current] == [1]:
        return GraphRunState.SCHEDULED  # the root alone, and not begun
    if is_last and (not states or not all(state.is_final for state in states)):
        return GraphRunState.EXECUTING
    if any(state.is_failure for state in states):
        return GraphRunState.FAILED
    return GraphRunState.CANCELLED if TaskState.CANCELLED in states else GraphRunState.SUCCEEDED


def _task_runs(
    tasks: Mapping[str, DeployedTask],
    rows: Sequence[HistoryRow],
    attempt: int,
    state: GraphRunState,
    *,
    kept: Collection[str] = (),
) -> dict[str, TaskRun]:
    latest: dict[str, HistoryRow] = {}
    before: dict[str, tuple[RanBefore, ...]] = {}
    for row in sorted(rows, key=lambda row: row.attempt):
        if row.stored in latest:
            before[row.stored] = (*before.get(row.stored, ()), *_ran_before(latest[row.stored]))
        latest[row.stored] = row
    facts = {
        name: _fact(task, latest.get(task.stored), attempt, is_kept=name in kept)
        for name, task in tasks.items()
    }
    parents = {name: task.predecessors for name, task in tasks.items()}
    states = display_states(parents, facts, run_over=state.is_final)
    return {
        name: _task_run(
            task,
            states[name],
            latest.get(task.stored),
            attempt,
            before.get(task.stored, ()),
        )
        for name, task in tasks.items()
    } | {
        name: _kept(tasks[name], states[name], latest.get(tasks[name].stored))
        for name in kept
        if name in tasks
    }


def _kept(task: DeployedTask, state: DisplayState, row: HistoryRow | None) -> TaskRun:
    """A task of a bridge that gives a recorded value: it did not run, and took no time."""
    return TaskRun(
        name=task.name,
        state=state,
        predecessors=task.predecessors,
        return_value=row.return_value if row is not None else None,
        group=task.group,
    )


def _ran_before(row: HistoryRow) -> tuple[RanBefore, ...]:
    """What a row of an earlier attempt says; nothing of one that never began."""
    if row.started is None:
        return ()
    state = _ENDED.get(row.state, DisplayState.CANCELLED)
    return (
        RanBefore(attempt=row.attempt, state=state, started=row.started, completed=row.completed),
    )


_ENDED = {
    TaskState.SUCCEEDED: DisplayState.SUCCEEDED,
    **dict.fromkeys(_FAILED_ITSELF, DisplayState.FAILED),
}


def _fact(
    task: DeployedTask, row: HistoryRow | None, attempt: int, *, is_kept: bool
) -> TaskRunFact:
    if row is None:
        return TaskRunFact(suspended=not task.is_started)
    if is_kept and row.state is TaskState.SUCCEEDED:
        return TaskRunFact(state=row.state, reused=True)
    if row.attempt == attempt:
        return TaskRunFact(state=row.state, failed_before=attempt > 1)
    if row.state in _FAILED:
        return TaskRunFact(failed_before=True)
    if task.is_finalizer:
        return TaskRunFact()  # runs again at the end of each attempt (task semantics, 4)
    if row.state is TaskState.SUCCEEDED:
        return TaskRunFact(state=row.state, reused=True)
    return TaskRunFact(state=row.state)


#: States in which what an earlier attempt said of the task is still true of it.
_KEPT = frozenset({DisplayState.REUSED, DisplayState.SKIPPED})


def _task_run(
    task: DeployedTask,
    state: DisplayState,
    row: HistoryRow | None,
    attempt: int,
    before: tuple[RanBefore, ...],
) -> TaskRun:
    if row is None or (row.attempt != attempt and state not in _KEPT):
        return TaskRun(
            name=task.name,
            state=state,
            attempt=attempt,
            predecessors=task.predecessors,
            is_finalizer=task.is_finalizer,
            before=before if row is None else (*before, *_ran_before(row)),
            group=task.group,
        )
    failed = state in {DisplayState.FAILED, DisplayState.CANCELLED}
    return TaskRun(
        name=task.name,
        state=state,
        attempt=row.attempt,
        predecessors=task.predecessors,
        is_finalizer=task.is_finalizer,
        query_id=row.query_id,
        scheduled=row.scheduled,
        started=row.started,
        completed=row.completed,
        return_value=row.return_value,
        error_code=row.error_code if failed else None,
        error_message=row.error_message if failed else None,
        before=before,
        group=task.group,
    )


def _code(own: object) -> Mapping[str, str]:
    """What `start_run` noted of the code; a config by hand may say anything under our key."""
    noted = own.get("code") if isinstance(own, Mapping) else None
    return noted if isinstance(noted, Mapping) else {}


def _definitions(own: object) -> str:
    noted = own.get("made") if isinstance(own, Mapping) else None
    return noted if isinstance(noted, str) else ""
