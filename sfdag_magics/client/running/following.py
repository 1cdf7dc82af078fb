"""The lines of tasks as they come, until they have ended. Reads neither them nor runs itself."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from sfdag_magics.client.observing.snapshot import RunSnapshot
from sfdag_magics.client.observing.traces.logs import LogLine


def lines_as_they_come(
    look: Callable[[], RunSnapshot],
    read: Callable[[], Sequence[LogLine]],
    task: str | None,
    pauses: tuple[float, float],
) -> Iterator[LogLine]:
    """The lines of a task or of a whole run, those that are there first; ends with it.

    Args:
        look: gives the run as it is now.
        read: gives all lines there are, oldest first; some of another task may come between.
        task: None for all of the run.
        pauses: the shortest and the longest between two looks, in seconds.
    """
    shortest, longest = pauses
    no_end = threading.Event()  # a rest of ours ends by its time alone
    given: Counter[str] = Counter()  # by query id: a task may begin again
    pause = shortest
    while True:
        seen = look()  # before its lines: what it says at its end is then among them
        fresh = _not_given(read(), given)
        yield from fresh
        pause = shortest if fresh else min(pause * 1.3, longest)
        if seen.is_over or (task is not None and seen.tasks[task].completed is not None):
            return
        no_end.wait(pause)


def _not_given(lines: Sequence[LogLine], given: Counter[str]) -> list[LogLine]:
    """Those of each execution that come after the ones that were given; counts them as given."""
    seen: Counter[str] = Counter()
    fresh = []
    for line in lines:
        seen[line.query_id] += 1
        if seen[line.query_id] > given[line.query_id]:
            fresh.append(line)
    given |= seen
    return fresh
