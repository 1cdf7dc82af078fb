"""Whose turn it is for a slot: of the runs that wait, the one that has begun nothing for longest.

So no graph waits for another one's thousand tasks. Within a run the tasks begin in the order in
which they came. Knows runs by when they began something last, and no slots.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from sfdag_magics.engine.scheduler.graph_run import GraphRun
from sfdag_magics.engine.scheduler.task_attempt import TaskAttempt

#: A task of a run.
Member = tuple[GraphRun, TaskAttempt]
_NEVER = datetime.min.replace(tzinfo=UTC)


class FairQueue:
    """The tasks that wait, by their runs; of runs that are alike the one that came is first."""

    def __init__(self) -> None:
        self._waiting: dict[tuple[str, int], tuple[GraphRun, deque[TaskAttempt]]] = {}

    def __len__(self) -> int:
        """How many runs wait."""
        return len(self._waiting)

    def of(self, group_id: str) -> Iterator[TaskAttempt]:
        """The tasks of one run that wait, in their order."""
        for run, tasks in self._waiting.values():
            if run.group_id == group_id:
                yield from tasks

    def add(self, run: GraphRun, task: TaskAttempt) -> None:
        """The task waits, behind the others of its run."""
        _, tasks = self._waiting.setdefault(run.key, (run, deque()))
        tasks.append(task)

    def take(self, may_begin: Callable[[TaskAttempt], bool]) -> Member | None:
        """The next one, which waits no more; None where none may begin."""
        for run, tasks in sorted(self._waiting.values(), key=_began):
            found = next((task for task in tasks if may_begin(task)), None)
            if found is not None:
                self._remove(run, tasks, found)
                return run, found
        return None

    def _remove(self, run: GraphRun, tasks: deque[TaskAttempt], task: TaskAttempt) -> None:
        if tasks[0] is task:
            tasks.popleft()
        else:
            tasks.remove(task)
        if not tasks:
            del self._waiting[run.key]


def _began(waiting: tuple[GraphRun, deque[TaskAttempt]]) -> datetime:
    return waiting[0].last_start or _NEVER
