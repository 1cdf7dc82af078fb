"""How Graphviz's answer is read: where each block and each of its tiles stands. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sfdag_magics.errors import InternalError
from sfdag_magics.render.blocks import Block, Tile
from sfdag_magics.render.placed import MARGIN, Box, Frame, Layout, Point
from sfdag_magics.render.placing.curves import straight
from sfdag_magics.render.shape import Edge, Shape

#: Graphviz measures nodes in inches and positions in points; one point is drawn as one pixel.
POINTS_PER_INCH = 72
#: From one block to another, by their numbers: one of the edges that go there.
Arrows = Mapping[tuple[int, int], Edge]


def placed(answer: bytes, shape: Shape, blocks: tuple[Block, ...], arrows: Arrows) -> Layout:
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
        small=tuple(task for block in blocks if block.is_small for task in block.tiles),
    )


def _moved(tile: Tile, box: Box) -> Box:
    """A tile where its block stands."""
    x, y = round(box.x + tile.x, 1), round(box.y + tile.y, 1)
    return Box(x=x, y=y, width=tile.width, height=tile.height)


def _step(nodes: Mapping[str, Box], pair: tuple[str, str]) -> tuple[Point, ...]:
    """An arrow between two tiles of a chain: straight on, or back to where the next row begins."""
    tail, head = (nodes[task] for task in pair)
    if head.y == tail.y:
        y = tail.y + tail.height / 2
        return straight((tail.x + tail.width, y), (head.x, y))
    left, right = head.x + head.width / 2, tail.x + tail.width / 2
    between = (tail.y + tail.height + head.y) / 2
    return straight(
        (right, tail.y + tail.height), (right, between), (left, between), (left, head.y)
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
