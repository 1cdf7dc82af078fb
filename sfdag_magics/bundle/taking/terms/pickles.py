"""A pickle as it ships: its lines, and what they need to be read. Values only."""

from __future__ import annotations

from sfdag_magics.bundle.taking.terms.pieces import Made
from sfdag_magics.light_classes import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Pickled:
    """A pickle as it ships.

    Attributes:
        piece: the lines that read it, and refuse to where that cannot be.
        modules: those that it names.
        bound: what it can be read by: `Python 3.11, scikit-learn 1.9.0`.
        size: its bytes.
    """

    piece: Made
    modules: tuple[str, ...]
    bound: str
    size: int
