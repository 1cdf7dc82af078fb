"""What modules ask to be done at every fork, as far as the fork that makes a worker can do without.

Such handlers are right where a process of many threads forks. The preloaded process has one, and
what they do touches hundreds of objects, each of which is a page to copy, in the preloaded process
as in each worker: half of what a small task's process costs until its first line (measured). So
they are set aside, and a worker has them for the forks of the user's code.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Mapping
from typing import Any

#: Top-level names of such modules, and why a worker can do without.
NEEDLESS: Mapping[str, str] = {
    "filelock": "each of its locks asks first whether the process is still the one it knew",
    "importlib_metadata": "what it remembers of a folder counts until the folder changes",
    "logging": "none of its locks is held where the only thread forks",
    "threading": "the only thread goes on as what it was",
    "random": "a worker seeds it, as it does numpy's",
}
#: Of these only where there is one thread indeed: an import may start another one.
_OF_ONE_THREAD = ("logging", "threading")

Handlers = Mapping[str, Any]


def settled(gathered: Iterable[tuple[str, Handlers]]) -> list[Handlers]:
    """Register what counts for a worker's fork; answers with what is set aside, in order.

    Args:
        gathered: the names of the modules that asked, and what for.
    """
    kept = set(NEEDLESS)
    if threading.active_count() > 1:
        kept.difference_update(_OF_ONE_THREAD)
    aside = []
    for module, handlers in gathered:
        if module.partition(".")[0] in kept:
            aside.append(handlers)
        else:
            os.register_at_fork(**handlers)
    return aside


def take_up(aside: list[Handlers]) -> None:
    """Register in a worker what was set aside before its fork."""
    for handlers in aside:
        os.register_at_fork(**handlers)
