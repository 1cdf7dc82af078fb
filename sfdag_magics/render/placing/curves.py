"""Arrows as cubic Bézier curves: parts of them, and lines with round corners. Pure.

A curve is its control points: one start and three per piece.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence

from sfdag_magics.render.placed import Point

Curve = tuple[Point, ...]

#: How round a corner is, and how often a piece is halved to find a place in it.
_RADIUS, _HALVINGS = 7, 20


def shifted(curve: Curve, x: float, y: float) -> Curve:
    """The curve elsewhere."""
    return tuple((round(at + x, 1), round(down + y, 1)) for at, down in curve)


def height_at(curve: Curve, x: float) -> float:
    """How far down a curve that leads to the right is at `x`."""
    return _cut_at(curve, x)[0][-1][1]


def part(curve: Curve, left: float, right: float) -> Curve:
    """What of a curve that leads to the right is between; empty where nothing is."""
    if curve[-1][0] <= left or curve[0][0] >= right:
        return ()
    return _cut_at(_cut_at(curve, right)[0], left)[1]


def bent(corners: Sequence[Point]) -> Curve:
    """From corner to corner, the inner ones round."""
    points = [corners[0]]
    for before, corner, after in zip(corners, corners[1:], corners[2:], strict=False):
        entry = _towards(corner, before, points[-1])
        leave = _towards(corner, after, after)
        points += [*_straight(points[-1], entry), corner, corner, leave]
    points += _straight(points[-1], corners[-1])
    return tuple((round(x, 1), round(y, 1)) for x, y in points)


def straight(*corners: Point) -> Curve:
    """From corner to corner, none of them round."""
    points = [corners[0]]
    for one, other in itertools.pairwise(corners):
        points += _straight(one, other)
    return tuple((round(x, 1), round(y, 1)) for x, y in points)


def _straight(one: Point, other: Point) -> list[Point]:
    third = ((other[0] - one[0]) / 3, (other[1] - one[1]) / 3)
    return [
        (one[0] + third[0], one[1] + third[1]),
        (other[0] - third[0], other[1] - third[1]),
        other,
    ]


def _towards(corner: Point, other: Point, end: Point) -> Point:
    """Where a corner's curve begins on the way to `other`, at most half of the way to `end`."""
    length = math.dist(corner, other) or 1.0
    share = min(_RADIUS, math.dist(corner, end) / 2) / length
    return (
        corner[0] + (other[0] - corner[0]) * share,
        corner[1] + (other[1] - corner[1]) * share,
    )


def _pieces(curve: Curve) -> Iterator[Curve]:
    for at in range(0, len(curve) - 1, 3):
        yield curve[at : at + 4]


def _cut_at(curve: Curve, x: float) -> tuple[Curve, Curve]:
    """Before and after `x`; where the curve ends before it, the second is its last point."""
    before: list[Point] = [curve[0]]
    rest = list(_pieces(curve))
    for number, piece in enumerate(rest):
        if piece[-1][0] >= x:
            one, other = _halves(piece, _share_at(piece, x))
            after = [other[0], *(p for each in (other, *rest[number + 1 :]) for p in each[1:])]
            return (*before, *one[1:]), tuple(after)
        before += piece[1:]
    return tuple(before), (curve[-1],)


def _share_at(piece: Curve, x: float) -> float:
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if _halves(piece, middle)[0][-1][0] < x:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _halves(piece: Curve, share: float) -> tuple[Curve, Curve]:
    """De Casteljau: the piece before and after a share of it."""
    levels = [list(piece)]
    while len(levels[-1]) > 1:
        levels.append(
            [
                (a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share)
                for a, b in itertools.pairwise(levels[-1])
            ]
        )
    return tuple(level[0] for level in levels), tuple(level[-1] for level in reversed(levels))
