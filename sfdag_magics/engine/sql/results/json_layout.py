"""JSON texts of one line on lines of their own, many at once: each level indented by two spaces.

Knows where something is put between the texts' bytes; nothing is taken away. Arrays only.
"""

from __future__ import annotations

from sfdag_magics.engine.sql.results.json_marks import CLOSES, COLON, OPENS, Marks
from sfdag_magics.engine.starting.later_numpy import Array, np
from sfdag_magics.light_classes import dataclass

_SPACE, _LINE = b" \n"
_STEP = 2


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Gaps:
    """What is put between bytes.

    Attributes:
        at: before which byte.
        sizes: how many bytes.
        are_lines: whether they begin with the end of a line; all others are spaces.
        size: the bytes of the whole when it is done.
    """

    at: Array
    sizes: Array
    are_lines: Array
    size: int


def gaps_of(marks: Marks) -> Gaps:
    """What is put where; a pair of brackets with nothing between them stays so."""
    opens, closes = marks.kinds == OPENS, marks.kinds == CLOSES
    is_empty = opens[:-1] & closes[1:] & (marks.at[1:] == marks.at[:-1] + 1)
    colons = marks.kinds == COLON
    are_lines = ~(colons | np.append(is_empty, False) | np.insert(is_empty, 0, False))
    chosen = are_lines | colons
    sizes = np.where(are_lines, 1 + _STEP * marks.depths.astype(np.int64), 1)[chosen]
    return Gaps(
        at=(marks.at + ~closes)[chosen],
        sizes=sizes,
        are_lines=are_lines[chosen],
        size=len(marks.data) + int(sizes.sum()),
    )


def spread(data: Array, gaps: Gaps) -> Array:
    """The bytes with the gaps between them."""
    lengths = np.empty(2 * len(gaps.at) + 1, np.int64)
    lengths[0::2] = np.diff(gaps.at, prepend=0, append=len(data))
    lengths[1::2] = gaps.sizes
    is_data = np.repeat(np.arange(len(lengths)) % 2 == 0, lengths)
    made = np.full(gaps.size, _SPACE, np.uint8)
    made[is_data] = data
    begins = gaps.at + np.cumsum(gaps.sizes) - gaps.sizes
    made[begins[gaps.are_lines]] = _LINE
    return made


def moved(positions: Array, gaps: Gaps) -> Array:
    """Where bytes are when the gaps are there."""
    before = np.concatenate(([0], np.cumsum(gaps.sizes)))
    return positions + before[np.searchsorted(gaps.at, positions)]
