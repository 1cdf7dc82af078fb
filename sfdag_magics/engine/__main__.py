"""`python -m sfdag_magics.engine`: the engine process.

Knows what must not be imported in it, and what must be said before something is.
"""

from __future__ import annotations

import gc
import os
import sys
from importlib.abc import MetaPathFinder

#: What a starter says that goes on without us.
DETACHED = "--detached"

# A stopped engine is no zombie of a notebook's kernel. Now, while there is little to copy: an
# interpreter that only starts this one would be as long in starting.
if DETACHED in sys.argv:
    if os.fork():
        os._exit(0)
    os.setsid()

# What is imported stays, so looking for garbage among it finds none: a tenth of the start
# (*measured*). `composition.py` begins with it, once all is there.
gc.disable()


class _NotHere(MetaPathFinder):
    """Makes pandas and numpy "not installed" in this process.

    pyarrow imports them, when there are any, to see whether a list is a Series or an array: more
    than half of the cold start (*measured*) and tens of megabytes for nothing. Workers are other
    processes and have both.
    """

    def __init__(self) -> None:
        self.names = {"pandas", "numpy"}

    def find_spec(self, name: str, *_: object) -> None:
        if name in self.names:
            raise ModuleNotFoundError(f"the engine process has no use for {name}", name=name)


_not_here = _NotHere()
sys.meta_path.insert(0, _not_here)

# DuckDB's allocator keeps the addresses of what it gave back and fills them again, beside the bound
# on new ones (`sql/sessions/process_memory.py`). *Measured* after one large statement: 17 GB of
# addresses for 0.3 GB, and the next one took 110 % of the budget. Giving them back costs no time.
os.environ.setdefault("DUCKDB_JE_MALLOC_CONF", "retain:false")

from sfdag_magics.engine.later_numpy import use_one_core  # noqa: E402 - only after these

use_one_core(os.environ)

from sfdag_magics.engine.process import main  # noqa: E402 - only after these, with pyarrow

# from now on it is imported by what needs it: functions of the user's, semi-structured values
_not_here.names.remove("numpy")

if __name__ == "__main__":
    sys.exit(main())
