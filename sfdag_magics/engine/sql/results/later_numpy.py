"""numpy, which is imported when something of it is first used.

It is a part of the engine's cold start, and most engines are never asked for what needs it here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import numpy as np
else:

    class _Later:
        def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever numpy has
            import numpy

            value = getattr(numpy, name)
            setattr(self, name, value)
            return value

    np = _Later()

__all__ = ["Array", "np"]

#: Numbers or truths, of any width.
Array: TypeAlias = "np.ndarray[Any, Any]"
