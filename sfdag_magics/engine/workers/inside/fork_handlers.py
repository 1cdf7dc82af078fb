"""What modules ask to be done at every fork, as far as the fork that makes a worker can do without.

Some modules notice by themselves, when they are next used, that the process is another one; what
they do at the fork is only to be early. It runs in the preloaded process and in each worker, and is
a third of what a small task's process costs until its first line (measured). So it is set aside
while they are imported, and a worker has it for the forks of the user's code.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

#: Top-level names of such modules, and how they notice.
NOTICING: Mapping[str, str] = {
    "filelock": "each of its locks asks first whether the process is still the one it knew",
    "importlib_metadata": "what it remembers of a folder counts until the folder changes",
}

Handlers = Mapping[str, Any]


@contextmanager
def setting_aside() -> Iterator[list[Handlers]]:
    """Gather, instead of registering, the handlers of such modules; all others are registered."""
    register, aside = os.register_at_fork, list[Handlers]()

    def registered(**handlers: Any) -> None:  # noqa: ANN401 - as `os` has it
        module = str(sys._getframe(1).f_globals.get("__name__"))  # noqa: SLF001 - as `logging` does
        if module.partition(".")[0] in NOTICING:
            aside.append(handlers)
        else:
            register(**handlers)

    os.register_at_fork = registered
    try:
        yield aside
    finally:
        os.register_at_fork = register


def take_up(aside: list[Handlers]) -> None:
    """Register in a worker what was set aside before its fork."""
    for handlers in aside:
        os.register_at_fork(**handlers)
