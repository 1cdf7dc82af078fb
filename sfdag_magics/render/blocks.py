"""What Graphviz places as one: a task's box, or a whole frame of tiles. Sizes are in pixels."""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Mapping
from dataclasses import field

from sfdag_magics.light_classes import dataclass
from sfdag_magics.render.bunches import Bunch, bunches_of
from sfdag_magics.render.shape import Shape

#: Height of every box: a line of name, a line of state.
BOX_HEIGHT = 44
#: Boxes are as wide as the longest name needs, within these limits; names are elided. The least
#: holds a state, its duration and a mark.
BOX_WIDTHS = (216, 252)
#: Width of one letter of a name at 13 px in the widest common interface font.
NAME_LETTER = 8.5
#: What a box holds beside its name: stripe, glyph and paddings.
BOX_FURNITURE = 56

#: A tile has one line: glyph, label, duration.
TILE_HEIGHT = 28
TILE_WIDTHS = (104, 188)
#: Of a label's letter at 12 px, and of the rest of a tile.
TILE_LETTER, TILE_FURNITURE = 8.8, 86
#: How narrow a box may be that is drawn as a tile; beside its name it needs no room for a duration.
SMALLEST, SMALL_FURNITURE = 112, 38
#: Between tiles, between the steps of a chain (an arrow's room), around them, and above them.
GAP, STEP, PADDING, TITLE_HEIGHT = 8, 22, 12, 20
#: Between chains in a row: more than an arrow's room, or they would be read as one.
CHAIN_GAP = 30
#: Between the rows of a long chain: an arrow leads back to where the next one begins.
LINE_GAP = 20
#: Its tiles may be as wide as boxes: there are no others beside it.
STEP_WIDTHS = (104, 212)
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
        is_small: it is one task, drawn as a tile.
    """

    width: float
    height: float
    tiles: Mapping[str, Tile]
    bunch: Bunch | None = None
    is_small: bool = False
    steps: tuple[tuple[str, str], ...] = field(default=())


def blocks_of(shape: Shape, *, widest: int | None = None) -> tuple[Block, ...]:
    """The blocks of a shape, in the order of their first tasks.

    Args:
        widest: boxes are tiles, and no wider.
    """
    bunches = {task: bunch for bunch in bunches_of(shape) for task in bunch.tasks}
    single = _large(shape) if widest is None else _small(shape, widest)
    blocks: list[Block] = []
    done: set[str] = set()
    for node in shape.nodes:
        if node.name in done:
            continue
        bunch = bunches.get(node.name)
        block = _frame(bunch) if bunch is not None else single(node.name)
        done.update(block.tiles)
        blocks.append(block)
    return tuple(blocks)


def box_width(shape: Shape) -> int:
    """The width all boxes of this shape have, but for tiles."""
    longest = max((len(node.name) for node in shape.nodes), default=0)
    narrow, wide = BOX_WIDTHS
    return round(min(max(longest * NAME_LETTER + BOX_FURNITURE, narrow), wide))


def _large(shape: Shape) -> Callable[[str], Block]:
    return functools.partial(_single, width=box_width(shape), height=BOX_HEIGHT, is_small=False)


def _small(shape: Shape, widest: int) -> Callable[[str], Block]:
    longest = max((len(node.name) for node in shape.nodes), default=0)
    width = round(min(max(longest * TILE_LETTER + SMALL_FURNITURE, SMALLEST), widest))
    return functools.partial(_single, width=width, height=TILE_HEIGHT, is_small=True)


def _single(task: str, *, width: float, height: float, is_small: bool) -> Block:
    tile = Tile(x=0, y=0, width=width, height=height)
    return Block(width=width, height=height, tiles={task: tile}, is_small=is_small)


def _frame(bunch: Bunch) -> Block:
    return _side_by_side(bunch) if len(bunch.chains) > 1 else _in_lines(bunch)


def _in_lines(bunch: Bunch) -> Block:
    """One long chain, its tiles in rows as words in lines."""
    (chain,) = bunch.chains
    tile = _tile_width(bunch, STEP_WIDTHS)
    room = (FRAME_WIDTH - 2 * PADDING + STEP) // (tile + STEP)
    lines = math.ceil(len(chain) / _in_a_row(len(chain), room))
    in_a_line = math.ceil(len(chain) / lines)
    tiles = {
        task: Tile(
            x=PADDING + number % in_a_line * (tile + STEP),
            y=PADDING + TITLE_HEIGHT + number // in_a_line * (TILE_HEIGHT + LINE_GAP),
            width=tile,
            height=TILE_HEIGHT,
        )
        for number, task in enumerate(chain)
    }
    return Block(
        width=2 * PADDING + in_a_line * (tile + STEP) - STEP,
        height=2 * PADDING + TITLE_HEIGHT + lines * (TILE_HEIGHT + LINE_GAP) - LINE_GAP,
        tiles=tiles,
        bunch=bunch,
        steps=tuple(itertools.pairwise(chain)),
    )


def _tile_width(bunch: Bunch, limits: tuple[int, int]) -> int:
    narrow, wide = limits
    longest = max(len(label) for label in bunch.labels.values())
    return round(min(max(longest * TILE_LETTER + TILE_FURNITURE, narrow), wide))


def _side_by_side(bunch: Bunch) -> Block:
    """Chains in rows, each step of a chain a tile."""
    length = len(bunch.chains[0])
    tile = _tile_width(bunch, TILE_WIDTHS)
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
