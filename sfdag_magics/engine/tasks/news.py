"""Whether anything of a graph run has changed since somebody looked, and which tasks did.

Knows no rows, only marks and names: a hint of when to ask and for what. What there is to see is
asked of the history functions.
"""

from __future__ import annotations

import threading
import uuid
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import Protocol

from sfdag_magics.light_classes import dataclass

#: So many runs have a mark of their own; those that changed before them share one.
_MOST = 1000
#: So many tasks are told apart, over all runs; a run that makes room is told as a whole.
_MOST_TASKS = 20_000

#: One task in one attempt.
TaskOfRun = tuple[int, str]


@dataclass(slots=True)
class _Changes:
    """When each task of a run changed last, complete for what came after `known_since`."""

    known_since: int
    tasks: dict[TaskOfRun, int] = field(default_factory=dict)


class Stir(Protocol):
    """Tells those who wait for a change."""

    def __call__(self, mark: str, *, has_ended: bool) -> None:
        """Something has changed, and can be asked for; maybe that a run is over.

        Args:
            mark: of all runs: what changes later is another than it.
        """


def nobody_waits(mark: str, *, has_ended: bool) -> None:
    """Tells nobody."""
    del mark, has_ended


class News:
    """The mark of each graph run's last change. One thread tells, any thread asks."""

    def __init__(self, stir: Stir = nobody_waits) -> None:
        """Nothing has changed yet.

        Args:
            stir: called after each change, for those who wait for one.
        """
        self._stir = stir
        #: Another engine may have written meanwhile, so its marks are others.
        self._engine = uuid.uuid4().hex
        self._lock = threading.Lock()
        self._count = 0
        self._older = 0
        self._marks: OrderedDict[str, int] = OrderedDict()
        self._changes: OrderedDict[str, _Changes] = OrderedDict()
        self._told_apart = 0

    def changed(
        self,
        groups: Mapping[str, Iterable[TaskOfRun]],
        forgotten: Iterable[str] = (),
        *,
        has_ended: bool = False,
    ) -> None:
        """What the history says of these runs is another now. To be told once it can be read.

        Args:
            groups: `{group id: the tasks of it}`.
            forgotten: runs of which rows are gone, so that no list of tasks tells it all.
            has_ended: whether one of them is over now.
        """
        with self._lock:
            self._count += 1
            mark = f"{self._engine}:{self._count}"
            for group_id in (*groups, *forgotten):
                self._marks[group_id] = self._count
                self._marks.move_to_end(group_id)
            for group_id, tasks in groups.items():
                self._note(group_id, tasks)
            for group_id in forgotten:
                self._drop(group_id)
            while len(self._marks) > _MOST:
                oldest, self._older = self._marks.popitem(last=False)
                self._drop(oldest)
            while self._told_apart > _MOST_TASKS:
                self._drop(next(iter(self._changes)))
        self._stir(mark, has_ended=has_ended)

    def _note(self, group_id: str, tasks: Iterable[TaskOfRun]) -> None:
        changes = self._changes.setdefault(group_id, _Changes(self._count - 1))
        before = len(changes.tasks)
        changes.tasks.update(dict.fromkeys(tasks, self._count))
        self._told_apart += len(changes.tasks) - before
        self._changes.move_to_end(group_id)

    def _drop(self, group_id: str) -> None:
        if (gone := self._changes.pop(group_id, None)) is not None:
            self._told_apart -= len(gone.tasks)

    def tasks_since(self, group_id: str, mark: str) -> frozenset[TaskOfRun] | None:
        """The tasks of the run that changed after this mark; None where that is not known.

        Args:
            mark: of this run or of all.
        """
        engine, _, count = mark.rpartition(":")
        with self._lock:
            changes = self._changes.get(group_id)
            is_ours = engine == self._engine and count.isdecimal()
            if changes is None or not is_ours:
                return None
            if not changes.known_since <= int(count) <= self._count:
                return None
            return frozenset(task for task, at in changes.tasks.items() if at > int(count))

    def mark(self, group_id: str) -> str:
        """A text that is another after each change of the run; to be read before its rows."""
        with self._lock:
            return f"{self._engine}:{self._marks.get(group_id, self._older)}"
