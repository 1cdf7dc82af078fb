"""A worker in an interpreter of its own, for platforms where the preloaded process cannot fork.

python -m sfdag_magics.engine.workers.inside.spawned SOCKET_FD STDOUT_FD STDERR_FD
"""

from __future__ import annotations

import os
import sys

from sfdag_magics.engine.limits.memory_limit import lift_memory_limit
from sfdag_magics.engine.workers.inside import sandbox, worker

if __name__ == "__main__":
    lift_memory_limit()
    sandbox.open_streams()
    worker.run([int(argument) for argument in sys.argv[1:4]], parent=os.getppid())
