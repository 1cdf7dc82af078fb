"""What a process that a task spawned has as `__main__`: the task's own code. Python 3.9.

`multiprocessing` runs this module there, by the name that `main_module` tells it, before it reads
what there is to do. A name that cannot be found must not be an error at that moment: it would end
the process, and the pool that waits for its answer would begin others and wait for ever. So it is
a stand-in, which says so when it is called.
"""

from __future__ import annotations

import os
import sys
import types
from collections.abc import Callable
from typing import Any

from .local_modules import use_local_modules
from .main_module import SPAWNED_BY
from .runtime import find_entry, load_function

_WAYS_OUT = (
    "define it in the cell, outside of the task's function, or use threads "
    "(concurrent.futures.ThreadPoolExecutor) or multiprocessing.get_context('fork')"
)


class _StandIn(type):
    """A class that an unpickled call or object finds in the place of what is not there."""

    why: str

    def __call__(cls, *_given: Any, **_named: Any) -> Any:  # noqa: ANN401 - whatever it stands for takes
        raise LookupError(cls.why)


def names_of(task: str) -> dict[str, Any]:
    """All that `__main__` has in a process that `task` spawned."""
    try:
        main = _loaded(task)
    except Exception as error:  # noqa: BLE001 - the border: it is told by what is called first
        main, why = types.ModuleType("__main__"), f": {type(error).__name__}: {error}"
    else:
        why = ""
    own = {name: value for name, value in vars(main).items() if not name.startswith("__")}
    return {**own, "__getattr__": _finder(task, main, why)}


def _loaded(task: str) -> types.ModuleType:
    entry = find_entry(task)
    use_local_modules(entry.get("local"), unpack=bool(entry.get("unpack")))
    load_function(entry)
    return sys.modules["__main__"]


def _finder(task: str, main: types.ModuleType, why: str) -> Callable[[str], Any]:
    def find(name: str) -> Any:  # noqa: ANN401 - what another task has by this name, or a stand-in
        if name.startswith("__"):
            raise AttributeError(f"module '__main__' has no attribute {name!r}")
        try:
            return getattr(main, name)
        except AttributeError:
            said = f"a process that task {task} spawned has no {name!r}{why}; {_WAYS_OUT}"
            return _StandIn(name, (), {"__module__": "__main__", "why": said})

    return find


if __name__ == "__mp_main__":  # as multiprocessing calls it
    globals().update(names_of(os.environ[SPAWNED_BY]))
