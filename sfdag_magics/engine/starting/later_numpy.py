"""numpy in the engine's process: not there until something of it is used, and without threads.

It is a tenth of the engine's cold start, and nothing needs it before the first function is called.
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
from importlib.abc import MetaPathFinder
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

__all__ = ["Array", "for_workers", "have_numpy", "keep_out", "np", "use_one_core"]

#: Numbers or truths, of any width.
Array: TypeAlias = "np.ndarray[Any, Any]"

_CORES = "OPENBLAS_NUM_THREADS"
#: In a spelling that nobody else has: what the user says of cores stays, and is for workers too.
_ONE = "01"
#: More than it reserves with one core.
_RESERVED = 64 * 1024**2
_importing = threading.Lock()


class _NotHere(MetaPathFinder):
    """Makes some packages "not installed" in this process.

    pyarrow imports pandas and numpy, when there are any, to see whether a list is a Series or an
    array: more than half of the cold start (*measured*) and tens of megabytes for nothing. Workers
    are other processes and have both.
    """

    def __init__(self) -> None:
        self.names = {"pandas", "numpy"}

    def find_spec(self, name: str, *_: object) -> None:
        if name in self.names:
            raise ModuleNotFoundError(f"the engine process has no use for {name}", name=name)


_not_here = _NotHere()


def keep_out() -> None:
    """Have no pandas in this process from now on, and no numpy before `have_numpy`."""
    sys.meta_path.insert(0, _not_here)


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
        _not_here.names.discard("numpy")
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
