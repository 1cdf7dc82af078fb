"""`python -m sfdag_magics.engine`: the engine process.

Knows what must not be imported in it, and what must be said before something is.
"""

from __future__ import annotations

import gc
import os
import sys

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


# DuckDB's allocator keeps the addresses of what it gave back and fills them again, beside the bound
# on new ones (`sql/sessions/process_memory.py`). *Measured* after one large statement: 17 GB of
# addresses for 0.3 GB, and the next one took 110 % of the budget. Giving them back costs no time.
os.environ.setdefault("DUCKDB_JE_MALLOC_CONF", "retain:false")

from sfdag_magics.engine.starting.later_numpy import keep_out, use_one_core  # noqa: E402 - only after these

use_one_core(os.environ)
keep_out()

from sfdag_magics.engine.process import main  # noqa: E402 - only after these

if __name__ == "__main__":
    sys.exit(main())
