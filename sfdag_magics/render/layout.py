"""How a shape becomes a layout: which way it is laid out, and the DOT source of each.

Graphviz gives positions only. It sees neutral ids and empty labels, so no name can break it, no
font matters and the same picture comes out everywhere. Who runs Graphviz is `graphviz_runs`.
What is placed are blocks: a task's box, or a frame with many tiles (`blocks`).
"""

from __future__ import annotations

import functools

from sfdag_magics.graph.digraph import GAP_IN, skeleton
from sfdag_magics.render.blocks import BOX_HEIGHT, Block, blocks_of, box_width
from sfdag_magics.render.graphviz_runs import positions
from sfdag_magics.render.placed import CELL, Direction, Layout, Room, with_lane, without
from sfdag_magics.render.placing.answer import POINTS_PER_INCH, Arrows, placed
from sfdag_magics.render.placing.lines import in_lines
from sfdag_magics.render.placing.ordered import ordered
from sfdag_magics.render.shape import Edge, EdgeKind, NodeKind, Shape

#: Up to so many tasks both directions are tried; a larger picture is scrolled anyway. Of so many
#: arrows each try takes a second.
FEW, DENSE = 60, 300
#: What would be shown smaller than that has boxes of one line: second lines had less than 8.8 px.
READABLE = 0.8
#: How wide they are at most, the first that do, and in inches what is between them.
SMALL_WIDTHS, SMALL_GAP_IN = (160, 128), 0.14
#: What hangs together by nothing is tried in so many columns.
COLUMNS = (1, 2, 3)

#: So many layouts are remembered: those of the graphs that are looked at.
_REMEMBERED = 16


def layout(
    shape: Shape,
    *,
    direction: Direction = Direction.FITTING,
    room: Room = CELL,
    may_be_small: bool = True,
) -> Layout:
    """The layout of a shape, worked out once: neither a state nor the tasks' order moves anything.

    Takes milliseconds for tens of tasks and at most some seconds for a thousand; see
    `graphviz_runs` for how long the caller's interpreter is held.

    Args:
        room: where it is looked at.
        may_be_small: its boxes may have one line, if it is not seen at once otherwise.
    """
    return _layout(ordered(shape), direction, room, may_be_small=may_be_small)


@functools.lru_cache(maxsize=_REMEMBERED)
def _layout(shape: Shape, direction: Direction, room: Room, *, may_be_small: bool) -> Layout:
    if not shape.nodes:
        return Layout(width=0, height=0, nodes={}, edges={}, clusters={})
    finalizer = next((node for node in shape.nodes if node.kind is NodeKind.FINALIZER), None)
    if finalizer is None or finalizer.group is not None or len(shape.nodes) == 1:
        return _whole(shape, direction, room, may_be_small=may_be_small)
    others = _whole(without(shape, finalizer), direction, room, may_be_small=may_be_small)
    return with_lane(others, finalizer, box_width(shape), room)


def _whole(shape: Shape, direction: Direction, room: Room, *, may_be_small: bool) -> Layout:
    blocks = blocks_of(shape)
    if direction is not Direction.FITTING:
        return _laid_out(shape, blocks, direction)
    rightwards = _laid_out(shape, blocks, Direction.RIGHT)
    is_dense = len(_arrows(shape, blocks)) > DENSE
    if rightwards.scale(room) == 1 or len(blocks) > FEW or is_dense:
        return rightwards
    tried = [rightwards, *_other_ways(shape, blocks)]
    for widest in SMALL_WIDTHS if may_be_small else ():
        if max(made.scale(room) for made in tried) >= READABLE:
            break
        tried += _small_ways(shape, widest, room)
    return max(tried, key=lambda made: made.scale(room))


def _small_ways(shape: Shape, widest: int, room: Room) -> list[Layout]:
    """With boxes of one line, also with what is too long to the right cut into lines."""
    blocks = blocks_of(shape, widest=widest)
    rightwards = _laid_out(shape, blocks, Direction.RIGHT)
    lined = in_lines(rightwards, room.width)
    return [*filter(None, [lined]), rightwards, *_other_ways(shape, blocks)]


def _other_ways(shape: Shape, blocks: tuple[Block, ...]) -> list[Layout]:
    """Downwards, and what hangs together by nothing in columns."""
    tried = [_laid_out(shape, blocks, Direction.DOWN)]
    if _is_disconnected(blocks, _arrows(shape, blocks)):
        tried += [_laid_out(shape, blocks, Direction.RIGHT, columns=many) for many in COLUMNS]
    return tried


def _is_disconnected(blocks: tuple[Block, ...], arrows: Arrows) -> bool:
    near: dict[int, set[int]] = {number: set() for number in range(len(blocks))}
    for tail, head in arrows:
        near[tail].add(head)
        near[head].add(tail)
    found = [0]
    for number in found:  # grows
        found += near[number] - set(found)
    return len(found) < len(blocks)


def _laid_out(
    shape: Shape, blocks: tuple[Block, ...], direction: Direction, *, columns: int = 0
) -> Layout:
    arrows = _arrows(shape, blocks)
    source = _source(shape, blocks, arrows, direction, columns)
    answer = positions(source, size=len(blocks) + len(arrows))
    return placed(answer, shape, blocks, arrows)


def layout_source(shape: Shape, *, direction: Direction = Direction.RIGHT) -> str:
    """The DOT text Graphviz lays out: ids `n0`, `n1`, … in the order of the shape's blocks."""
    shape = ordered(shape)
    blocks = blocks_of(shape)
    return _source(shape, blocks, _arrows(shape, blocks), direction, columns=0)


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


def _source(
    shape: Shape, blocks: tuple[Block, ...], arrows: Arrows, direction: Direction, columns: int
) -> str:
    where = _where(blocks)
    groups = [dict.fromkeys(where[name] for name in names) for names in shape.groups.values()]
    drawn = skeleton(
        len(blocks),
        [(tail, head, _STYLES[edge.kind]) for (tail, head), edge in arrows.items()],
        [list(group) for group in groups],
        box_in=_inches(box_width(shape), BOX_HEIGHT),
        direction=direction,
        columns=columns,
        gap_in=SMALL_GAP_IN if any(block.is_small for block in blocks) else GAP_IN,
        sizes={
            number: _inches(block.width, block.height)
            for number, block in enumerate(blocks)
            if block.bunch is not None or block.is_small
        },
    )
    return str(drawn.source)


def _inches(width: float, height: float) -> tuple[float, float]:
    return width / POINTS_PER_INCH, height / POINTS_PER_INCH


_STYLES = {EdgeKind.AFTER: "solid", EdgeKind.BRANCH: "dashed", EdgeKind.FINALIZER: "dotted"}
