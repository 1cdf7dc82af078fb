"""What of the scheduler survives: the run log and the catalogue behind the scheduler's protocol."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from sfdag_magics.engine.borders.runs import GraphRunRecord, RootRecord, RunRecord, TaskRunRecord
from sfdag_magics.engine.scheduler.clock import Clock
from sfdag_magics.engine.scheduler.core import Scheduler
from sfdag_magics.engine.scheduler.events import (
    ConditionEvaluated,
    Event,
    Tick,
    WorkersReady,
    WorkersWarming,
)
from sfdag_magics.engine.scheduler.instructions import Forget, Record
from sfdag_magics.engine.scheduler.journal import text_from_event
from sfdag_magics.engine.scheduler.phases import Phase
from sfdag_magics.engine.store.checkpoints import (
    Checkpoint,
    checkpoint_of,
    event_from_checkpoint,
)
from sfdag_magics.engine.store.removals import Removal
from sfdag_magics.engine.store.runlog import Batch, CatalogueWrite, LoggedEvent, RunLog
from sfdag_magics.engine.tasks.defined.catalogue import TaskCatalogue
from sfdag_magics.engine.tasks.defined.definition import BY_ERRORS
from sfdag_magics.engine.tasks.defined.versions import Versions
from sfdag_magics.engine.tasks.news import News, TaskOfRun


class TaskMemory:
    """See `scheduler.loop.Memory`; `told` are told of records once they are durable."""

    def __init__(
        self,
        *,
        runlog: RunLog,
        catalogue: TaskCatalogue,
        versions: Versions,
        clock: Clock,
        news: News,
        told: Sequence[Callable[[Iterable[RunRecord]], None]],
    ) -> None:
        self._runlog = runlog
        self._catalogue = catalogue
        self._versions = versions
        self._clock = clock
        self._news = news
        self._told = told
        self._slots = 0
        self._holds_calls = False
        #: To be written before the next event, with the moment since when it holds.
        self._checkpoint: tuple[Checkpoint, datetime] | None = None

    def write(
        self,
        happened: Sequence[Event],
        changes: Sequence[Record | Forget],
        writes: Sequence[CatalogueWrite],
    ) -> None:
        """See `Memory`."""
        records, forgotten = _latest(changes)
        self._runlog.write(
            Batch(
                catalogue=writes,
                events=[*self._checkpoint_events(), *map(_logged, happened)],
                forgotten=forgotten,
                records=records,
                is_begun_only=_is_begun_only(happened, records, writes),
            )
        )
        self._checkpoint = None
        for event in happened:
            if isinstance(event, WorkersWarming | WorkersReady):
                self._holds_calls = isinstance(event, WorkersWarming)
        self._news.changed(
            _changed(changes),
            {group_id for group_id, _attempt in forgotten},
            has_ended=bool(forgotten) or any(map(_is_end, records)),
        )
        for tell in self._told:
            tell(records)

    def _checkpoint_events(self) -> list[LoggedEvent]:
        if self._checkpoint is None:
            return []
        return [event_from_checkpoint(*self._checkpoint)]

    def stand_here(self) -> bool:
        """Let a replay begin here; whether it can. Scheduler thread only.

        Not while tasks wait for a slot: in which order they do is not recorded.
        """
        found = checkpoint_of(self._runlog, slots=self._slots, holds_calls=self._holds_calls)
        phases = {task.phase for _run, tasks in found.runs for task in tasks}
        if Phase.QUEUED in phases:
            return False
        self._checkpoint = found, self._clock.now()
        return True

    def root_suspended(self, root_id: str) -> Sequence[CatalogueWrite]:
        """See `Memory`."""
        root = self._catalogue.by_id(root_id)
        if root is None:
            return []  # replaced or dropped while its last run ended
        return self._catalogue.change(put=[root.suspended(self._clock.now(), BY_ERRORS)])

    def restored(self, slots: int) -> Scheduler:
        """See `Memory`."""
        self._catalogue.load(self._runlog.tasks())
        self._versions.forget()
        scheduler = Scheduler(slots=slots)
        self._slots, self._holds_calls = slots, False
        found = checkpoint_of(self._runlog, slots=slots, holds_calls=False)
        self._checkpoint = found, self._clock.now()
        scheduler.restore(
            found.roots,
            found.runs,
            lambda root_id, version: self._versions.get(root_id, version).spec,
        )
        return scheduler


def _latest(changes: Sequence[Record | Forget]) -> tuple[list[RunRecord], list[tuple[str, int]]]:
    """The last record of each name, without those of runs that were forgotten after them."""
    records: dict[tuple[object, ...], RunRecord] = {}
    forgotten: list[tuple[str, int]] = []
    for change in changes:
        if isinstance(change, Record):
            records[_key(change.record)] = change.record
            continue
        run = (change.group_id, change.attempt)
        forgotten.append(run)
        records = {key: record for key, record in records.items() if key[:2] != run}
    return list(records.values()), forgotten


def _changed(changes: Sequence[Record | Forget]) -> dict[str, list[TaskOfRun]]:
    """The graph runs of which something is another now, and which of their tasks."""
    changed: dict[str, list[TaskOfRun]] = {}
    for change in changes:
        record = change.record if isinstance(change, Record) else None
        if isinstance(record, GraphRunRecord):
            changed.setdefault(record.group_id, [])
        elif isinstance(record, TaskRunRecord):
            changed.setdefault(record.group_id, []).append((record.attempt, record.name))
    return changed


def _is_end(record: RunRecord) -> bool:
    """Whether it says that an attempt of a graph is over."""
    return isinstance(record, GraphRunRecord) and record.state.is_final


def _key(record: RunRecord) -> tuple[object, ...]:
    match record:
        case TaskRunRecord():
            return record.group_id, record.attempt, record.name
        case GraphRunRecord():
            return record.group_id, record.attempt
        case RootRecord():
            return (record.root_id,)


#: What would happen again by itself, or what nobody is told of.
_BEGINNINGS = (Tick, ConditionEvaluated, WorkersWarming, WorkersReady)


def _is_begun_only(
    happened: Sequence[Event], records: Sequence[RunRecord], writes: Sequence[CatalogueWrite]
) -> bool:
    """Whether nothing is in it that somebody was told or that would not happen again by itself."""
    return (
        all(isinstance(write, Removal) for write in writes)
        and all(isinstance(event, _BEGINNINGS) for event in happened)
        and not any(
            isinstance(record, TaskRunRecord | GraphRunRecord) and record.state.is_final
            for record in records
        )
    )


def _logged(event: Event) -> LoggedEvent:
    return LoggedEvent(at=event.now, kind=type(event).__name__, document=text_from_event(event))
