"""Whether anything of a graph run has changed since somebody looked. Knows no rows, only marks.

A hint of when to ask and nothing else: what there is to see is asked of the history functions.
"""

from __future__ import annotations

import threading
import uuid
from collections import OrderedDict
from collections.abc import Iterable

#: So many runs have a mark of their own; those that changed before them share one.
_MOST = 1000


class News:
    """The mark of each graph run's last change. One thread tells, any thread asks."""

    def __init__(self) -> None:
        #: Another engine may have written meanwhile, so its marks are others.
        self._engine = uuid.uuid4().hex
        self._lock = threading.Lock()
        self._count = 0
        self._older = 0
        self._marks: OrderedDict[str, int] = OrderedDict()

    def changed(self, group_ids: Iterable[str]) -> None:
        """What the history says of these runs is another now. To be told once it can be read."""
        with self._lock:
            self._count += 1
            for group_id in group_ids:
                self._marks[group_id] = self._count
                self._marks.move_to_end(group_id)
            while len(self._marks) > _MOST:
                self._older = self._marks.popitem(last=False)[1]

    def mark(self, group_id: str) -> str:
        """A text that is another after each change of the run; to be read before its rows."""
        with self._lock:
            return f"{self._engine}:{self._marks.get(group_id, self._older)}"
