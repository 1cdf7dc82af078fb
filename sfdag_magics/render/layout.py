"""Where boxes and arrows stand: the values of a layout, its DOT source and how an answer is read.

Graphviz gives positions only. It sees neutral ids and empty labels, so no name can break it, no
font matters and the same picture comes out everywhere. Who runs Graphviz is `graphviz_runs`.
Coordinates are pixels, from the top left corner, y downwards.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sfdag_magics.errors import InternalError
from sfdag_magics.graph.dot import skeleton
from sfdag_magics.render.graphviz_runs import positions
from sfdag_magics.render.shape import EdgeKind, NodeKind, Shape

#: Graphviz measures nodes in inches and positions in points; one point is drawn as one pixel.
POINTS_PER_INCH = 72
#: Free space around the drawing.
MARGIN = 12
#: Height of every box: a line of name, a line of state.
BOX_HEIGHT = 48
#: Boxes are as wide as the longest name or state needs, within these limits; names are elided.
BOX_WIDTHS = (180, 252)
#: Width of one letter of a name at 13 px in the widest common interface font.
NAME_LETTER = 8.5
#: What a box holds beside its name: stripe, glyph and paddings.
BOX_FURNITURE = 56
#: What a mark beside the state needs more.
MARK_ROOM = 34

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
class Layout:
    """Where everything of one shape stands.

    Attributes:
        nodes: `{task: box}`; boxes do not overlap.
        edges: `{(tail, head): control points}` of cubic Bézier curves: one start and three per
            piece. The last point is where the arrow's tip belongs.
        clusters: `{group: box}` around the group's tasks.
    """

    width: float
    height: float
    nodes: Mapping[str, Box]
    edges: Mapping[tuple[str, str], tuple[Point, ...]]
    clusters: Mapping[str, Box]

    def scale(self) -> float:
        """How large it is shown in a notebook cell; 1 where nothing needs to shrink."""
        return min(1.0, CELL_WIDTH / max(self.width, 1), CELL_HEIGHT / max(self.height, 1))


def layout(shape: Shape, *, direction: Direction = Direction.FITTING) -> Layout:
    """The layout of a shape.

    Takes milliseconds for tens of tasks and at most some seconds for a thousand; see
    `graphviz_runs` for how long the caller's interpreter is held.
    """
    if not shape.nodes:
        return Layout(width=0, height=0, nodes={}, edges={}, clusters={})
    if direction is not Direction.FITTING:
        return _laid_out(shape, direction)
    rightwards = _laid_out(shape, Direction.RIGHT)
    if rightwards.scale() == 1 or len(shape.nodes) > FEW:
        return rightwards
    return max(rightwards, _laid_out(shape, Direction.DOWN), key=Layout.scale)


def _laid_out(shape: Shape, direction: Direction) -> Layout:
    answer = positions(
        layout_source(shape, direction=direction), size=len(shape.nodes) + len(shape.edges)
    )
    return layout_from_json(answer, shape)


def box_width(shape: Shape) -> int:
    """The width all boxes of this shape have."""
    longest = max((len(node.name) for node in shape.nodes), default=0)
    narrow, wide = BOX_WIDTHS
    if any(node.kind is not NodeKind.PYTHON for node in shape.nodes):
        narrow += MARK_ROOM
    return round(min(max(longest * NAME_LETTER + BOX_FURNITURE, narrow), wide))


def layout_source(shape: Shape, *, direction: Direction = Direction.RIGHT) -> str:
    """The DOT text Graphviz lays out: ids `n0`, `n1`, … in the order of the shape's nodes."""
    index = {node.name: number for number, node in enumerate(shape.nodes)}
    drawn = skeleton(
        len(shape.nodes),
        [(index[edge.tail], index[edge.head], _STYLES[edge.kind]) for edge in shape.edges],
        [[index[name] for name in members] for members in shape.groups.values()],
        box_in=(box_width(shape) / POINTS_PER_INCH, BOX_HEIGHT / POINTS_PER_INCH),
        direction=direction,
    )
    return str(drawn.source)


_STYLES = {EdgeKind.AFTER: "solid", EdgeKind.BRANCH: "dashed", EdgeKind.FINALIZER: "dotted"}


def layout_from_json(answer: bytes, shape: Shape) -> Layout:
    """The layout in Graphviz's `json0` answer to `layout_source(shape)`.

    Raises:
        InternalError: the answer leaves out a node of the shape.
    """
    drawn: dict[str, Any] = json.loads(answer)
    _, _, right, top = _numbers(drawn["bb"])
    objects = drawn.get("objects", [])
    boxes = {item["name"]: _box(item, top) for item in objects}
    names = {item["_gvid"]: item["name"] for item in objects}
    try:
        nodes = {node.name: boxes[f"n{i}"] for i, node in enumerate(shape.nodes)}
        clusters = {group: boxes[f"cluster_{i}"] for i, group in enumerate(shape.groups)}
    except KeyError as exc:
        raise InternalError(f"Graphviz left {exc} out of the layout", story=shape.name) from exc
    by_id = {f"n{index}": node.name for index, node in enumerate(shape.nodes)}
    edges = {
        (by_id[names[edge["tail"]]], by_id[names[edge["head"]]]): _spline(edge["pos"], top)
        for edge in drawn.get("edges", [])
    }
    return Layout(
        width=right + 2 * MARGIN,
        height=top + 2 * MARGIN,
        nodes=nodes,
        edges=edges,
        clusters=clusters,
    )


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
