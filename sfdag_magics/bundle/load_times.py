"""When modules were loaded into this kernel, for what Python keeps no compiled file of.

A finder that finds nothing: Python asks it before each import and each reload.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from types import ModuleType
from typing import Any


class LoadTimes:
    """Hears of imports while it watches; what came before is as old as this."""

    def __init__(self) -> None:
        self._began = time.time()
        self._times: dict[str, float] = {}

    def watch(self) -> None:
        """Hear of all imports from now on; as often as one likes."""
        if self not in sys.meta_path:
            sys.meta_path.insert(0, self)

    def leave(self) -> None:
        """Hear of no more."""
        if self in sys.meta_path:
            sys.meta_path.remove(self)

    def find_spec(
        self,
        name: str,
        _path: Sequence[str] | None = None,
        _target: ModuleType | None = None,
    ) -> Any:  # noqa: ANN401 - no spec, ever
        """Python's own question; the next finder answers it."""
        self._times[name] = time.time()

    def of(self, module: str) -> float:
        """Since when a module is as it was loaded, in seconds; a later file was edited since."""
        return self._times.get(module, self._began)


#: Those of this process, as `sys.modules` is.
LOADED = LoadTimes()
