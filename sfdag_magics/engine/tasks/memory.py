"""What of the scheduler survives: the run log and the catalogue behind the scheduler's protocol."""

from __future__ import annotations

from collections.abc import Sequence

from sfdag_magics.engine.runs import GraphRunRecord, RootRecord, RunRecord, TaskRunRecord
from sfdag_magics.engine.scheduler import Scheduler
from sfdag_magics.engine.scheduler.clock import Clock
from sfdag_magics.engine.scheduler.events import ConditionEvaluated, Event, Tick
from sfdag_magics.engine.scheduler.instructions import Forget, Record
from sfdag_magics.engine.scheduler.journal import text_from_event
from sfdag_magics.engine.store.runlog import Batch, CatalogueWrite, LoggedEvent, RunLog
from sfdag_magics.engine.tasks.catalogue import Catalogue
from sfdag_magics.engine.tasks.definition import BY_ERRORS
from sfdag_magics.engine.tasks.news import News
from sfdag_magics.engine.tasks.versions import Versions


class TaskMemory:
    """See `scheduler.loop.Memory`."""

    def __init__(
        self,
        *,
        runlog: RunLog,
        catalogue: Catalogue,
        versions: Versions,
        clock: Clock,
        news: News,
    ) -> None:
        self._runlog = runlog
        self._catalogue = catalogue
        self._versions = versions
        self._clock = clock
        self._news = news

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
                events=[
                    LoggedEvent(
                        at=event.now, kind=type(event).__name__, document=text_from_event(event)
                    )
                    for event in happened
                ],
                forgotten=forgotten,
                records=records,
                is_begun_only=not writes and _is_begun_only(happened, records),
            )
        )
        self._news.changed(_groups(changes))

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
        scheduler.restore(
            self._runlog.roots(),
            self._runlog.open_runs(),
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


def _groups(changes: Sequence[Record | Forget]) -> set[str]:
    """The graph runs of which something is another now."""
    records = (change.record for change in changes if isinstance(change, Record))
    written = {each.group_id for each in records if not isinstance(each, RootRecord)}
    return written | {change.group_id for change in changes if isinstance(change, Forget)}


def _key(record: RunRecord) -> tuple[object, ...]:
    match record:
        case TaskRunRecord():
            return record.group_id, record.attempt, record.name
        case GraphRunRecord():
            return record.group_id, record.attempt
        case RootRecord():
            return (record.root_id,)


def _is_begun_only(happened: Sequence[Event], records: Sequence[RunRecord]) -> bool:
    """Whether nothing is in it that somebody was told or that would not happen again by itself."""
    return all(isinstance(event, Tick | ConditionEvaluated) for event in happened) and not any(
        isinstance(record, TaskRunRecord | GraphRunRecord) and record.state.is_final
        for record in records
    )
