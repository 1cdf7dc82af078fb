"""A graph that grows to the right as lines below each other, like the words of a text. Pure.

Twenty ranks of two are five screens wide and next to nothing high. Cut between ranks and put below
each other they are one screen. Between lines an arrow goes on as a reader's eye does: out at the
right, back, and in at the left. What one task sends there shares one arrow until it is in the line
it is for.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sfdag_magics.light_classes import dataclass
from sfdag_magics.render.placed import MARGIN, Box, Layout, Point
from sfdag_magics.render.placing.curves import Curve, bent, height_at, part, shifted

#: Between arrows side by side on their way from line to line, and around all of them.
TRACK, AROUND = 7, 12
#: More arrows from one line to the next are no picture.
MOST_TRACKS = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """Some ranks: where they begin and end in the whole layout, with half of the gaps beside."""

    left: float
    right: float
    boxes: tuple[Box, ...]
    first: tuple[Box, ...]
    last: tuple[Box, ...]


#: The two tasks of an arrow.
_Pair = tuple[str, str]


def in_lines(made: Layout, width: float) -> Layout | None:
    """The layout in as few lines as are no wider; None where it cannot be cut so."""
    ranks = _ranks(made)
    if ranks is None or made.clusters:
        return None
    for count in range(2, len(ranks)):
        lines = _cut(ranks, math.ceil(len(ranks) / count))
        if max(line.right - line.left for line in lines) > width:
            continue
        tried = _Lines(made, lines).layout()
        if tried is not None and tried.width <= width:
            return tried
    return None


def _ranks(made: Layout) -> list[tuple[Box, ...]] | None:
    """What stands below each other, from left to right; None where an arrow leads back."""
    if any(points[0][0] > points[-1][0] for points in _outer(made).values()):
        return None
    by_middle: dict[int, list[Box]] = {}
    for box in _blocks(made):
        by_middle.setdefault(round(box.x + box.width / 2), []).append(box)
    ranks = [tuple(by_middle[middle]) for middle in sorted(by_middle)]
    clear = all(_right(one) < _left(other) for one, other in itertools.pairwise(ranks))
    return ranks if clear else None


def _blocks(made: Layout) -> list[Box]:
    frames = [frame.box for frame in made.frames]
    return frames + [box for box in made.nodes.values() if _frame_of(box, frames) is None]


def _frame_of(box: Box, frames: Sequence[Box]) -> Box | None:
    return next((frame for frame in frames if _is_in(box, frame)), None)


def _is_in(box: Box, frame: Box) -> bool:
    return frame.x <= box.x <= frame.x + frame.width and frame.y <= box.y <= frame.y + frame.height


def _outer(made: Layout) -> dict[_Pair, Curve]:
    """The arrows but for those within a frame."""
    frames = [frame.box for frame in made.frames]
    where = {task: _frame_of(box, frames) or box for task, box in made.nodes.items()}
    return {pair: curve for pair, curve in made.edges.items() if where[pair[0]] != where[pair[1]]}


def _left(boxes: Sequence[Box]) -> float:
    return min(box.x for box in boxes)


def _right(boxes: Sequence[Box]) -> float:
    return max(box.x + box.width for box in boxes)


def _cut(ranks: Sequence[tuple[Box, ...]], many: int) -> list[_Line]:
    parts = [ranks[at : at + many] for at in range(0, len(ranks), many)]
    gaps = [(_right(one[-1]), _left(other[0])) for one, other in itertools.pairwise(parts)]
    cuts = [(left + right) / 2 for left, right in gaps]
    # As far from the first box of the first line as from those below it.
    begin = _left(parts[0][0]) - (gaps[0][1] - gaps[0][0]) / 2
    return [
        _Line(
            left=left,
            right=right,
            boxes=tuple(box for rank in each for box in rank),
            first=each[0],
            last=each[-1],
        )
        for each, left, right in zip(
            parts, [begin, *cuts], [*cuts, _right(parts[-1][-1])], strict=True
        )
    ]


class _Lines:
    """One way to cut a layout, and what stands where in it."""

    def __init__(self, made: Layout, lines: Sequence[_Line]) -> None:
        self._made = made
        self._lines = lines
        frames = [frame.box for frame in made.frames]
        self._around = {task: _frame_of(box, frames) or box for task, box in made.nodes.items()}
        self._outer = _outer(made)
        self._tracks = [self._tracks_of(number) for number in range(len(lines) - 1)]
        self._gutter = AROUND + TRACK * max(map(len, self._tracks), default=0)
        self._inner = max(line.right - line.left for line in lines)

    def layout(self) -> Layout | None:
        """None where too many arrows lead from one line to the next."""
        if max(map(len, self._tracks)) > MOST_TRACKS:
            return None
        made = self._made
        _, lowest = self._extents[-1]
        return replace(
            made,
            width=self._inner + 2 * self._gutter + 2 * MARGIN,
            height=self._tops[-1] + lowest + MARGIN,
            nodes={task: self._moved(box) for task, box in made.nodes.items()},
            edges={pair: self._arrow(pair) for pair in made.edges},
            frames=tuple(replace(each, box=self._moved(each.box)) for each in made.frames),
        )

    def _line_at(self, x: float) -> int:
        return next(
            (at for at, line in enumerate(self._lines) if x <= line.right), len(self._lines) - 1
        )

    def _way(self, pair: _Pair) -> range:
        """The lines that an arrow passes, but for its last."""
        tail, head = (self._around[task] for task in pair)
        return range(self._line_at(tail.x), self._line_at(head.x))

    def _leaves_at(self, pair: _Pair, number: int) -> tuple[object, float]:
        """What arrow it is where it leaves a line, its task's or its own, and how far down."""
        box = self._around[pair[0]]
        if box in self._lines[number].last:
            return box, box.y + box.height / 2
        return pair, height_at(self._outer[pair], self._lines[number].right)

    def _tracks_of(self, number: int) -> Mapping[object, int]:
        """The arrows that leave a line: the uppermost is the outermost, and none cross."""
        leaving = dict(
            self._leaves_at(pair, number) for pair in self._outer if number in self._way(pair)
        )
        return {which: at for at, which in enumerate(sorted(leaving, key=leaving.__getitem__))}

    @functools.cached_property
    def _extents(self) -> list[tuple[float, float]]:
        """How far up and down what stands in each line reaches."""
        return [self._extent(line) for line in self._lines]

    def _extent(self, line: _Line) -> tuple[float, float]:
        ys = [y for box in line.boxes for y in (box.y, box.y + box.height)]
        for curve in self._outer.values():
            ys += [y for _, y in part(curve, line.left, line.right)]
        return min(ys), max(ys)

    @functools.cached_property
    def _tops(self) -> list[float]:
        """What is added to the height of everything in each line."""
        tops: list[float] = []
        below = float(MARGIN)
        for number, (upper, lower) in enumerate(self._extents):
            tops.append(below - upper)
            below += lower - upper + 2 * AROUND
            if number < len(self._tracks):
                below += TRACK * max(len(self._tracks[number]) - 1, 0)
        return tops

    def _shift(self, number: int) -> Point:
        return MARGIN + self._gutter - self._lines[number].left, self._tops[number]

    def _moved(self, box: Box) -> Box:
        x, y = self._shift(self._line_at(box.x))
        return replace(box, x=round(box.x + x, 1), y=round(box.y + y, 1))

    def _arrow(self, pair: _Pair) -> Curve:
        curve = self._made.edges[pair]
        way = self._way(pair)
        if not way or pair not in self._outer:
            return shifted(curve, *self._shift(self._line_at(self._around[pair[0]].x)))
        first, last = way[0], way[-1] + 1
        tail, head = (self._around[task] for task in pair)
        pieces: list[Curve] = []
        if tail not in self._lines[first].last:
            pieces.append(self._within(curve, first))
        for number in way:
            pieces.append(bent(self._turn(pair, number, tail, head)))
            is_there = number + 1 == last and head in self._lines[last].first
            if not is_there:
                pieces.append(self._within(curve, number + 1))
        return (pieces[0][0], *(point for piece in pieces for point in piece[1:]))

    def _within(self, curve: Curve, number: int) -> Curve:
        line = self._lines[number]
        return shifted(part(curve, line.left, line.right), *self._shift(number))

    def _turn(self, pair: _Pair, number: int, tail: Box, head: Box) -> list[Point]:
        """The corners of an arrow's way from a line to the next."""
        which, leaves = self._leaves_at(pair, number)
        tracks = self._tracks[number]
        track = tracks[which]
        line, below = self._lines[number], self._lines[number + 1]
        (x, y), (next_x, next_y) = self._shift(number), self._shift(number + 1)
        begin = tail.x + tail.width if tail in line.last else line.right
        if head in below.first:
            end, enters = head.x, head.y + head.height / 2
        else:
            end, enters = below.left, height_at(self._outer[pair], below.left)
        right = MARGIN + self._gutter + self._inner + TRACK * (len(tracks) - track)
        left = MARGIN + self._gutter - TRACK * (track + 1)
        _, lowest = self._extents[number]
        between = lowest + y + AROUND + TRACK * (len(tracks) - 1 - track)
        leaves, enters = leaves + y, enters + next_y
        return [
            (begin + x, leaves),
            (right, leaves),
            (right, between),
            (left, between),
            (left, enters),
            (end + next_x, enters),
        ]
