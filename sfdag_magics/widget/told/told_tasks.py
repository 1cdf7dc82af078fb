"""Of the tasks only those travel that changed. Knows what a page was told of them, and no run.

Rows are told against a whole list that stays, and together: each state has all that differ from it,
so that one which is lost does not matter.
"""

from __future__ import annotations

from collections.abc import Sequence

from sfdag_magics.widget.messages import PageTask, PageTasks

#: With more rows than these a new list costs less; of a longer list, with more than such a part:
#: a run of a thousand tasks sends 2.7 MB with it instead of 4.3, and nowhere more than without.
MOST_ROWS, PART = 32, 16


class ToldTasks:
    """The list a page has, and which of its rows are others by now. Not for two threads at once."""

    def __init__(self) -> None:
        self._whole: PageTasks = {"number": 0, "tasks": []}
        self._is_lost = False

    @property
    def whole(self) -> PageTasks:
        """`sfdag_tasks`: to be sent before the state whose `base` is its number."""
        return self._whole

    def rows(self, tasks: Sequence[PageTask | None]) -> dict[str, PageTask | None]:
        """What differs from the whole list, by index; nothing where there is a new one."""
        before = self._whole["tasks"]
        rows = {
            str(index): task
            for index, task in enumerate(tasks)
            if index >= len(before) or task != before[index]
        }
        if (
            len(rows) <= max(MOST_ROWS, len(tasks) // PART)
            and len(tasks) == len(before)
            and not self._is_lost
        ):
            return rows
        self._is_lost = False
        self._whole = {"number": self._whole["number"] + 1, "tasks": list(tasks)}
        return {}

    def forget(self) -> None:
        """The page has no list, or another one: the next rows are against a new one."""
        self._is_lost = True
