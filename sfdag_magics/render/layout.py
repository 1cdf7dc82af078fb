"""Where boxes and arrows stand: the values of a layout, its DOT source and how an answer is read.

Graphviz gives positions only. It sees neutral ids and empty labels, so no name can break it, no
font matters and the same picture comes out everywhere. Who runs Graphviz is `graphviz_runs`.
Coordinates are pixels, from the top left corner, y downwards. What is placed are blocks: a task's
box, or a frame with many tiles (`blocks`).
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from sfdag_magics.errors import InternalError
from sfdag_magics.graph.digraph import skeleton
from sfdag_magics.light_classes import dataclass
from sfdag_magics.render.blocks import BOX_HEIGHT, Block, Tile, blocks_of, box_width
from sfdag_magics.render.graphviz_runs import positions
from sfdag_magics.render.shape import Edge, EdgeKind, Shape

#: Graphviz measures nodes in inches and positions in points; one point is drawn as one pixel.
POINTS_PER_INCH = 72
#: Free space around the drawing.
MARGIN = 12
#: What a notebook cell has room for without scrolling.
CELL_WIDTH, CELL_HEIGHT = 960, 720
#: Up to so many tasks both directions are tried; a larger picture is scrolled anyway.
FEW = 60

Point = tuple[float, float]


class Direction(StrEnum):
    """Where a graph grows to; the values are Graphviz's, but for the one that is ours."""

    RIGHT = "LR"
    DOWN = "TB"
    #: The one of the two that a notebook cell shows larger.
    FITTING = "fitting"


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle: its top left corner, width and height."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A block of tasks side by side: its box, its title, and what each of its tiles says."""

    box: Box
    title: str
    labels: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where everything of one shape stands.

    Attributes:
        nodes: `{task: box}`; boxes do not overlap.
        edges: `{(tail, head): control points}` of cubic Bézier curves: one start and three per
            piece. The last point is where the arrow's tip belongs. Tasks of a frame share arrows:
            one of them has it, to the frame, the others have none.
        clusters: `{group: box}` around the group's tasks.
        frames: blocks of tiles.
    """

    width: float
    height: float
    nodes: Mapping[str, Box]
    edges: Mapping[tuple[str, str], tuple[Point, ...]]
    clusters: Mapping[str, Box]
    frames: tuple[Frame, ...] = ()

    @property
    def tiles(self) -> dict[str, str]:
        """`{task: its label}` of the tasks that are drawn small, inside a frame."""
        return {task: label for frame in self.frames for task, label in frame.labels.items()}

    def scale(self) -> float:
        """How large it is shown in a notebook cell; 1 where nothing needs to shrink."""
        return min(1.0, CELL_WIDTH / max(self.width, 1), CELL_HEIGHT / max(self.height, 1))


#: So many layouts are remembered: those of the graphs that are looked at.
_REMEMBERED = 16


def layout(shape: Shape, *, direction: Direction = Direction.FITTING) -> Layout:
    """The layout of a shape, worked out once: a state moves nothing.

    Takes milliseconds for tens of tasks and at most some seconds for a thousand; see
    `graphviz_runs` for how long the caller's interpreter is held.
    """
    return _layout(shape, direction)


@functools.lru_cache(maxsize=_REMEMBERED)
def _layout(shape: Shape, direction: Direction) -> Layout:
    if not shape.nodes:
        return Layout(width=0, height=0, nodes={}, edges={}, clusters={})
    blocks = blocks_of(shape)
    if direction is not Direction.FITTING:
        return _laid_out(shape, blocks, direction)
    rightwards = _laid_out(shape, blocks, Direction.RIGHT)
    if rightwards.scale() == 1 or len(blocks) > FEW:
        return rightwards
    return max(rightwards, _laid_out(shape, blocks, Direction.DOWN), key=Layout.scale)


def _laid_out(shape: Shape, blocks: tuple[Block, ...], direction: Direction) -> Layout:
    arrows = _arrows(shape, blocks)
    source = _source(shape, blocks, arrows, direction)
    answer = positions(source, size=len(blocks) + len(arrows))
    return _placed(answer, shape, blocks, arrows)


def layout_source(shape: Shape, *, direction: Direction = Direction.RIGHT) -> str:
    """The DOT text Graphviz lays out: ids `n0`, `n1`, … in the order of the shape's blocks."""
    blocks = blocks_of(shape)
    return _source(shape, blocks, _arrows(shape, blocks), direction)


#: From one block to another, by their numbers: one of the edges that go there.
Arrows = Mapping[tuple[int, int], Edge]


def _arrows(shape: Shape, blocks: tuple[Block, ...]) -> Arrows:
    """One edge for each pair of blocks; edges within a block are its own."""
    where = _where(blocks)
    between: dict[tuple[int, int], Edge] = {}
    for edge in shape.edges:
        pair = where[edge.tail], where[edge.head]
        if blocks[pair[0]].bunch is None or pair[0] != pair[1]:
            between.setdefault(pair, edge)
    return between


def _where(blocks: tuple[Block, ...]) -> dict[str, int]:
    return {task: number for number, block in enumerate(blocks) for task in block.tiles}


def _source(shape: Shape, blocks: tuple[Block, ...], arrows: Arrows, direction: Direction) -> str:
    where = _where(blocks)
    groups = [dict.fromkeys(where[name] for name in names) for names in shape.groups.values()]
    drawn = skeleton(
        len(blocks),
        [(tail, head, _STYLES[edge.kind]) for (tail, head), edge in arrows.items()],
        [list(group) for group in groups],
        box_in=_inches(box_width(shape), BOX_HEIGHT),
        direction=direction,
        sizes={
            number: _inches(block.width, block.height)
            for number, block in enumerate(blocks)
            if block.bunch is not None
        },
    )
    return str(drawn.source)


def _inches(width: float, height: float) -> tuple[float, float]:
    return width / POINTS_PER_INCH, height / POINTS_PER_INCH


_STYLES = {EdgeKind.AFTER: "solid", EdgeKind.BRANCH: "dashed", EdgeKind.FINALIZER: "dotted"}


def _placed(answer: bytes, shape: Shape, blocks: tuple[Block, ...], arrows: Arrows) -> Layout:
    """The layout in Graphviz's `json0` answer.

    Raises:
        InternalError: the answer leaves out a block of the shape.
    """
    drawn: dict[str, Any] = json.loads(answer)
    _, _, right, top = _numbers(drawn["bb"])
    objects = drawn.get("objects", [])
    boxes = {item["name"]: _box(item, top) for item in objects}
    try:
        around = [boxes[f"n{number}"] for number in range(len(blocks))]
        clusters = {group: boxes[f"cluster_{i}"] for i, group in enumerate(shape.groups)}
    except KeyError as exc:
        raise InternalError(f"Graphviz left {exc} out of the layout", story=shape.name) from exc
    placed = list(zip(blocks, around, strict=True))
    nodes = {task: _moved(tile, box) for block, box in placed for task, tile in block.tiles.items()}
    numbers = {item["_gvid"]: int(item["name"][1:]) for item in objects if "pos" in item}
    edges = {pair: _step(nodes, pair) for block in blocks for pair in block.steps}
    for edge in drawn.get("edges", []):
        arrow = arrows[numbers[edge["tail"]], numbers[edge["head"]]]
        edges[arrow.tail, arrow.head] = _spline(edge["pos"], top)
    return Layout(
        width=right + 2 * MARGIN,
        height=top + 2 * MARGIN,
        nodes=nodes,
        edges=edges,
        clusters=clusters,
        frames=tuple(
            Frame(box=box, title=block.bunch.title, labels=block.bunch.labels)
            for block, box in placed
            if block.bunch is not None
        ),
    )


def _moved(tile: Tile, box: Box) -> Box:
    """A tile where its block stands."""
    x, y = round(box.x + tile.x, 1), round(box.y + tile.y, 1)
    return Box(x=x, y=y, width=tile.width, height=tile.height)


def _step(nodes: Mapping[str, Box], pair: tuple[str, str]) -> tuple[Point, ...]:
    """A straight arrow between two tiles of a chain."""
    tail, head = (nodes[task] for task in pair)
    start, end, y = tail.x + tail.width, head.x, tail.y + tail.height / 2
    third = (end - start) / 3
    return ((start, y), (start + third, y), (end - third, y), (end, y))


def _numbers(text: str) -> list[float]:
    return [float(part) for part in text.replace(" ", ",").split(",")]


def _box(item: Mapping[str, Any], top: float) -> Box:
    """A node's or a cluster's box; Graphviz counts y upwards and gives a node by its centre."""
    if "pos" in item:
        x, y = _numbers(item["pos"])
        width = float(item["width"]) * POINTS_PER_INCH
        height = float(item["height"]) * POINTS_PER_INCH
        left, upper = x - width / 2, y + height / 2
    else:
        left, lower, right, upper = _numbers(item["bb"])
        width, height = right - left, upper - lower
    return Box(
        x=round(left + MARGIN, 1),
        y=round(top - upper + MARGIN, 1),
        width=round(width, 1),
        height=round(height, 1),
    )


def _spline(pos: str, top: float) -> tuple[Point, ...]:
    """Control points of an edge. An `e,x,y` or `s,x,y` before them is an arrow's own tip."""
    points = [pair for pair in pos.split(" ") if pair[0] not in "es"]
    pairs = (_numbers(pair) for pair in points)
    return tuple((round(x + MARGIN, 1), round(top - y + MARGIN, 1)) for x, y in pairs)
