"""A worker in an interpreter of its own, for platforms where the preloaded process cannot fork.

python -m sfdag_magics.engine.workers.inside.spawned SOCKET_FD STDOUT_FD STDERR_FD
"""

from __future__ import annotations

import os
import sys

from sfdag_magics.engine.workers.inside import own_limits, sandbox, worker

if __name__ == "__main__":
    own_limits.lift_memory_limit()
    sandbox.open_streams()
    worker.run([int(argument) for argument in sys.argv[1:4]], parent=os.getppid())
