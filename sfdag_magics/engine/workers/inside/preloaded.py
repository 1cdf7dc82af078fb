"""The first lines of a preloaded process: gathers the handlers of forks before any is registered.

A program that is run by its path and no module, since the packages above it import what registers
handlers. One that is registered cannot be taken back, so all are gathered, and `fork_handlers` says
which of them count.

    python preloaded.py SOCKET_FD MODULE…
"""

from __future__ import annotations

import os
import sys
from typing import Any

register, gathered = os.register_at_fork, list[tuple[str, dict[str, Any]]]()


def gather(**handlers: Any) -> None:  # noqa: ANN401 - as `os` has it
    """Note who wants what to be done at forks."""
    caller = sys._getframe(1).f_globals  # noqa: SLF001 - as `logging` does
    gathered.append((str(caller.get("__name__")), handlers))


if __name__ == "__main__":
    os.register_at_fork = gather
    from sfdag_magics.engine.workers.inside import zygote

    engine, modules = zygote.begin(sys.argv[1:])
    runtime = zygote.preload(modules)
    os.register_at_fork = register
    zygote.serve(engine, runtime, gathered)
