"""Where brackets, commas and colons stand in JSON texts, by the bytes of many texts at once.

No tree is made, and Python looks at no text by itself: that costs a tenth, and lets other threads
work meanwhile. Also finds the texts that are not written as a client is shown them. Arrays only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache

from sfdag_magics.engine.starting.later_numpy import Array, np
from sfdag_magics.light_classes import dataclass

OPENS, CLOSES, COMMA, COLON = 1, 2, 3, 4
_POINT, _EXPONENT, _SPACE = 5, 6, 7
_CHARACTERS = {
    b"{[": OPENS,
    b"}]": CLOSES,
    b",": COMMA,
    b":": COLON,
    b".": _POINT,
    b"eE": _EXPONENT,
    b" \t\n\r": _SPACE,
}

_ESCAPE = re.compile(rb"\\.", re.DOTALL)
#: Stand for an escape while brackets are looked for; no JSON text has them.
_FIRST, _SECOND = 0, 1
_QUOTE, _BACKSLASH, _ZERO, _NINE = b'"\\09'
#: Escapes that are written as the character itself.
_NEEDLESS = list(b"u/")
# Positions are sorted by depth as numbers of 16 bits, which takes a tenth of the time.
_DEEPEST = 2**15 - 1
_WORD = 8


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Marks:
    """The marks of texts that stand one behind the other.

    Attributes:
        data: the texts' bytes.
        masked: the same without what escapes stand for.
        inside: of each byte, whether a quoted text goes on behind it.
        at: where brackets, commas and colons are, outside of quoted texts.
        kinds: which of them.
        depths: how many brackets are open behind each.
        depth: how many are open at the end.
        others: where numbers may be written otherwise, or a space is.
    """

    data: Array
    masked: Array
    inside: Array
    at: Array
    kinds: Array
    depths: Array
    depth: int
    others: Array


def marks_of(data: Array, *, is_inside: bool = False, depth: int = 0) -> Marks:
    """The marks of bytes that begin within a quoted text, or so deep in brackets, or in neither."""
    masked = data
    if (data == _BACKSLASH).any():
        masked = np.frombuffer(_ESCAPE.sub(bytes((_FIRST, _SECOND)), data.tobytes()), np.uint8)
    inside = np.bitwise_xor.accumulate((masked == _QUOTE).view(np.uint8)) ^ np.uint8(is_inside)
    kinds = _kinds()[masked] * (inside ^ 1)
    at = np.flatnonzero(kinds)
    kinds = kinds[at]
    are_marks = kinds <= COLON
    at, others, kinds = at[are_marks], at[~are_marks], kinds[are_marks]
    steps = (kinds == OPENS).astype(np.int8) - (kinds == CLOSES).astype(np.int8)
    depths = depth + np.cumsum(steps, dtype=np.int32)
    return Marks(
        data=data,
        masked=masked,
        inside=inside,
        at=at,
        kinds=kinds,
        depths=depths,
        depth=int(depths[-1]) if len(depths) else depth,
        others=others,
    )


@cache
def _kinds() -> Array:
    """What each byte is, 0 where it is nothing of these."""
    kinds = np.zeros(256, np.uint8)
    for characters, kind in _CHARACTERS.items():
        kinds[list(characters)] = kind
    return kinds


def written_otherwise(marks: Marks, starts: Array) -> Array:
    """The numbers of the texts that a client is not shown so, or that may be no JSON.

    Args:
        starts: where each text begins, and where the last one ends.
    """
    if not _are_whole(marks, starts):
        return np.arange(len(starts) - 1)
    found = [each(marks, starts) for each in _OTHERWISE]
    return np.unique(np.searchsorted(starts, np.concatenate(found), side="right") - 1)


def _are_whole(marks: Marks, starts: Array) -> bool:
    """Whether each text closes what it opens."""
    if len(marks.depths) and marks.depths.min() < 0:
        return False
    behind = np.concatenate(([0], marks.depths))[np.searchsorted(marks.at, starts)]
    ends = starts[starts > 0] - 1
    return not behind.any() and not marks.inside[ends].any()


def _numbers(marks: Marks, starts: Array) -> Array:
    """Points of numbers with zeros at their end, exponents, and spaces."""
    at = marks.others
    kinds = _kinds()[marks.data[at]]
    points = at[kinds == _POINT]
    following = np.append(marks.at, len(marks.data))[np.searchsorted(marks.at, points)]
    ends = np.minimum(following, starts[np.searchsorted(starts, points, side="right")]) - 1
    has_zeros = (marks.data[ends] == _ZERO) & (ends > points + 1)
    exponents = at[kinds == _EXPONENT]
    before = marks.data[exponents - 1]
    is_number = (before >= _ZERO) & (before <= _NINE)
    return np.concatenate((points[has_zeros], exponents[is_number], at[kinds == _SPACE]))


def _escapes(marks: Marks, _starts: Array) -> Array:
    """Escapes of characters that need none."""
    if marks.masked is marks.data:
        return marks.at[:0]
    seconds = np.flatnonzero(marks.masked == _SECOND)
    found: Array = seconds[np.isin(marks.data[seconds], _NEEDLESS)]
    return found


def _keys(marks: Marks, _starts: Array) -> Array:
    """Colons behind keys that come before the one in front of them, or again."""
    colons, is_next = _neighbours(marks)
    quotes = np.flatnonzero(marks.masked == _QUOTE)
    ends = colons - 1
    if not len(colons) or (marks.masked[ends] != _QUOTE).any():
        return colons
    begins = quotes[np.searchsorted(quotes, ends) - 1] + 1
    escaped = np.zeros(len(colons), bool)
    pairs = np.flatnonzero(is_next)
    wrong = []
    for words, is_over in _words(marks.data, begins, ends, escaped):
        first, second = words[pairs], words[pairs + 1]
        wrong.append(pairs[(first > second) | ((first == second) & is_over[pairs + 1])] + 1)
        pairs = pairs[(first == second) & ~is_over[pairs] & ~is_over[pairs + 1]]
        if not len(pairs):
            break
    found: Array = colons[np.concatenate((*wrong, np.flatnonzero(escaped)))]
    return found


def _neighbours(marks: Marks) -> tuple[Array, Array]:
    """The colons, object by object; and whether the one behind each belongs to the same object."""
    chosen = np.flatnonzero((marks.kinds == OPENS) | (marks.kinds == COLON))
    depths = np.minimum(marks.depths[chosen], _DEEPEST).astype(np.int16)
    chosen = chosen[np.argsort(depths, kind="stable")]
    are_colons = marks.kinds[chosen] == COLON
    objects = np.cumsum(~are_colons)[are_colons]
    return marks.at[chosen[are_colons]], objects[1:] == objects[:-1]


def _words(
    data: Array, begins: Array, ends: Array, escaped: Array
) -> Iterator[tuple[Array, Array]]:
    """Of all keys the next eight bytes as a number, and whether a key ends with them.

    Notes in `escaped` which of them have a backslash.
    """
    offset = 0
    longest = int((ends - begins).max())
    while offset <= longest:
        at = (begins + offset)[:, None] + np.arange(_WORD)
        word = np.where(at < ends[:, None], data[np.minimum(at, len(data) - 1)], 0)
        escaped |= (word == _BACKSLASH).any(axis=1)
        offset += _WORD
        yield word.astype(np.uint8).view(">u8")[:, 0], begins + offset >= ends


def _depths(marks: Marks, _starts: Array) -> Array:
    return marks.at[marks.depths >= _DEEPEST]


_OTHERWISE: tuple[Callable[[Marks, Array], Array], ...] = (_numbers, _escapes, _keys, _depths)
