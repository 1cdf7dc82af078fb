"""Takes back the bound that the engine sets to its own memory; what it starts inherits that.

The bound is `sql/sessions/process_memory.py`'s. A process of the user's code has none.
"""

from __future__ import annotations

import resource


def lift_memory_limit() -> None:
    """Take as much memory as the process was allowed before the engine bounded itself."""
    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))
