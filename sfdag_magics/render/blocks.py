"""What Graphviz places as one: a task's box, or a whole frame of tiles. Sizes are in pixels."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from dataclasses import field

from sfdag_magics.light_classes import dataclass
from sfdag_magics.render.bunches import Bunch, bunches_of
from sfdag_magics.render.shape import NodeKind, Shape

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

#: A tile has one line: glyph, label, duration.
TILE_HEIGHT = 28
TILE_WIDTHS = (104, 188)
#: Of a label's letter at 12 px, and of the rest of a tile.
TILE_LETTER, TILE_FURNITURE = 8.8, 86
#: Between tiles, between the steps of a chain (an arrow's room), around them, and above them.
GAP, STEP, PADDING, TITLE_HEIGHT = 8, 22, 12, 20
#: Between chains in a row: more than an arrow's room, or they would be read as one.
CHAIN_GAP = 30
#: A frame fits into a notebook cell, and has at most so many chains in a row.
FRAME_WIDTH, IN_A_ROW = 940, 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """Where a task stands in its block."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Something to be placed.

    Attributes:
        tiles: `{task: where it stands in it}`.
        bunch: what it is a frame of; None for the box of one task.
    """

    width: float
    height: float
    tiles: Mapping[str, Tile]
    bunch: Bunch | None = None
    steps: tuple[tuple[str, str], ...] = field(default=())


def blocks_of(shape: Shape) -> tuple[Block, ...]:
    """The blocks of a shape, in the order of their first tasks."""
    bunches = {task: bunch for bunch in bunches_of(shape) for task in bunch.tasks}
    width = box_width(shape)
    blocks: list[Block] = []
    done: set[str] = set()
    for node in shape.nodes:
        if node.name in done:
            continue
        bunch = bunches.get(node.name)
        block = _frame(bunch) if bunch is not None else _single(node.name, width)
        done.update(block.tiles)
        blocks.append(block)
    return tuple(blocks)


def box_width(shape: Shape) -> int:
    """The width all boxes of this shape have, but for tiles."""
    longest = max((len(node.name) for node in shape.nodes), default=0)
    narrow, wide = BOX_WIDTHS
    if any(node.kind is not NodeKind.PYTHON for node in shape.nodes):
        narrow += MARK_ROOM
    return round(min(max(longest * NAME_LETTER + BOX_FURNITURE, narrow), wide))


def _single(task: str, width: float) -> Block:
    tile = Tile(x=0, y=0, width=width, height=BOX_HEIGHT)
    return Block(width=width, height=BOX_HEIGHT, tiles={task: tile})


def _frame(bunch: Bunch) -> Block:
    """Chains in rows, each step of a chain a tile."""
    length = len(bunch.chains[0])
    narrow, wide = TILE_WIDTHS
    longest = max(len(label) for label in bunch.labels.values())
    tile = round(min(max(longest * TILE_LETTER + TILE_FURNITURE, narrow), wide))
    chain = length * tile + (length - 1) * STEP
    gap = GAP if length == 1 else CHAIN_GAP
    in_a_row = _in_a_row(len(bunch.chains), (FRAME_WIDTH + gap) // (chain + gap))
    rows = math.ceil(len(bunch.chains) / in_a_row)
    tiles = {
        task: Tile(
            x=PADDING + number % in_a_row * (chain + gap) + step * (tile + STEP),
            y=PADDING + TITLE_HEIGHT + number // in_a_row * (TILE_HEIGHT + GAP),
            width=tile,
            height=TILE_HEIGHT,
        )
        for number, tasks in enumerate(bunch.chains)
        for step, task in enumerate(tasks)
    }
    return Block(
        width=2 * PADDING + in_a_row * (chain + gap) - gap,
        height=2 * PADDING + TITLE_HEIGHT + rows * (TILE_HEIGHT + GAP) - GAP,
        tiles=tiles,
        bunch=bunch,
        steps=tuple(pair for tasks in bunch.chains for pair in itertools.pairwise(tasks)),
    )


def _in_a_row(count: int, room: int) -> int:
    """Some more in a row than rows, as screens are wide."""
    return max(1, min(count, room, IN_A_ROW, math.ceil(math.sqrt(3 * count))))
