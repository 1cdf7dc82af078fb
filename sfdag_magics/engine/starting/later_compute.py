"""Arrow's functions (`pyarrow.compute`), imported with the first use of one: they are hundreds.

A fifteenth of the engine's cold start (*measured*), and the first answers are a few whole numbers
and texts. A `cast` imports them as well: for few numbers there is `in_width`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

if TYPE_CHECKING:
    import pyarrow.compute as pc
else:

    class _Later:
        def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever Arrow has
            import pyarrow.compute

            value = getattr(pyarrow.compute, name)
            setattr(self, name, value)
            return value

    pc = _Later()

__all__ = ["FEW", "have_compute", "in_width", "pc"]

#: So many values are as soon looked at in Python.
FEW = 16


def have_compute() -> None:
    """Import them now, for who has nothing else to do."""
    import pyarrow.compute  # noqa: F401 - to be there


def in_width(array: pa.Array, kind: pa.DataType) -> pa.Array:
    """Integers as integers of another width, which holds them."""
    if array.type == kind:
        return array
    return array.cast(kind) if len(array) > FEW else pa.array(array.to_pylist(), kind)
