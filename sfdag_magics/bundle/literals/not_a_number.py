"""Values that do not equal themselves: which one it is decides whether a container has it.

`np.nan in L` is true by identity only. Knows the ones that modules give out; imports none.
"""

from __future__ import annotations

import decimal
import math
import sys
from typing import Any

from sfdag_magics.bundle.inspection import module_of

#: The kinds of numpy's items that know what is no number, or no time.
_KINDS = "fcmM"


def is_not_itself(value: Any) -> bool:  # noqa: ANN401 - any value
    """Whether a value is no number, so that only the very same one is found again."""
    kind = type(value)
    if kind is float or kind is complex:
        return bool(value != value)
    if kind is decimal.Decimal:  # of which some raise where they are compared
        return bool(value.is_nan())
    of_numpy = module_of(kind) == "numpy" and getattr(value, "shape", None) == ()
    return of_numpy and value.dtype.kind in _KINDS and bool(value != value)


def is_of_nobody_else(value: object) -> bool:
    """Whether it is one that some module made for itself: `MISSING = float("nan")`."""
    return is_not_itself(value) and not module_that_has(value)


def module_that_has(value: object) -> str:
    """The module whose `nan` a value is; empty where it is nobody's."""
    if value is math.nan:
        return "math"
    return "numpy" if value is getattr(sys.modules.get("numpy"), "nan", None) else ""
