"""numpy in the engine's process: imported when something of it is first used, and without threads.

It is a part of the engine's cold start, and most engines are never asked for what needs it here.
Its linear algebra (OpenBLAS) reserves 40 MB for each core when it is loaded (measured), for nothing
here, and ends the process where they are refused. So it is told of one core, which workers are not,
and loaded while the process may take what it likes.
"""

from __future__ import annotations

import resource
import sys
import threading
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import numpy as np
else:

    class _Later:
        def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever numpy has
            have_numpy()
            import numpy

            value = getattr(numpy, name)
            setattr(self, name, value)
            return value

    np = _Later()

__all__ = ["Array", "for_workers", "have_numpy", "np", "use_one_core"]

#: Numbers or truths, of any width.
Array: TypeAlias = "np.ndarray[Any, Any]"

_CORES = "OPENBLAS_NUM_THREADS"
#: In a spelling that nobody else has: what the user says of cores stays, and is for workers too.
_ONE = "01"
#: More than it reserves with one core.
_RESERVED = 64 * 1024**2
_importing = threading.Lock()


def use_one_core(environment: MutableMapping[str, str]) -> None:
    """Say so before numpy is imported, where the user does not say how many."""
    environment.setdefault(_CORES, _ONE)


def for_workers(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment without what was said for the engine alone."""
    return {name: value for name, value in environment.items() if (name, value) != (_CORES, _ONE)}


def have_numpy() -> None:
    """Import it. For who calls what would import it by itself. Any thread."""
    if "numpy" in sys.modules:
        return
    with _importing, _unbounded():
        import numpy  # noqa: F401 - to be there


@contextmanager
def _unbounded() -> Iterator[None]:
    """Let this process take memory beyond its bound, which then counts without what was taken."""
    kept, most = resource.getrlimit(resource.RLIMIT_DATA)
    if kept == most:
        yield
        return
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    try:
        yield
    finally:
        bound = kept + _RESERVED
        if most != resource.RLIM_INFINITY:
            bound = min(bound, most)
        resource.setrlimit(resource.RLIMIT_DATA, (bound, most))
