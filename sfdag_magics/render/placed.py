"""Where boxes and arrows stand: the values of a layout, and the lane of a finalizer. Pure.

Coordinates are pixels, from the top left corner, y downwards.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum

from sfdag_magics.light_classes import dataclass
from sfdag_magics.render.blocks import BOX_HEIGHT, PADDING, TITLE_HEIGHT
from sfdag_magics.render.shape import Node, Shape

#: Free space around the drawing.
MARGIN = 12
#: Around a finalizer: its frame's title, and how far it stands from the others.
LANE_TITLE, LANE_GAP = "at the end of every attempt", 32

Point = tuple[float, float]


class Direction(StrEnum):
    """Where a graph grows to; the values are Graphviz's, but for the one that is ours."""

    RIGHT = "LR"
    DOWN = "TB"
    #: The one of the two that a notebook cell shows larger.
    FITTING = "fitting"


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What is seen of a picture without scrolling."""

    width: float
    height: float


#: In a notebook cell, and where the window is as narrow as a telephone.
CELL, NARROW = Room(width=960, height=560), Room(width=376, height=560)


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
        frames: blocks of tiles, and the lane of the finalizer.
        small: the tasks outside of frames that are drawn as tiles, of one line.
    """

    width: float
    height: float
    nodes: Mapping[str, Box]
    edges: Mapping[tuple[str, str], tuple[Point, ...]]
    clusters: Mapping[str, Box]
    frames: tuple[Frame, ...] = ()
    small: tuple[str, ...] = ()

    @property
    def tiles(self) -> dict[str, str]:
        """`{task: its label}` of the tasks that are drawn small."""
        framed = {task: label for frame in self.frames for task, label in frame.labels.items()}
        return {task: task for task in self.small} | framed

    def scale(self, room: Room) -> float:
        """How large it is shown there; 1 where nothing needs to shrink."""
        return min(1.0, room.width / max(self.width, 1), room.height / max(self.height, 1))


def without(shape: Shape, node: Node) -> Shape:
    """The shape without one of its tasks and the arrows of it."""
    return Shape(
        name=shape.name,
        nodes=tuple(each for each in shape.nodes if each is not node),
        edges=tuple(edge for edge in shape.edges if node.name not in (edge.tail, edge.head)),
    )


def with_lane(made: Layout, finalizer: Node, width: float, room: Room) -> Layout:
    """The finalizer waits for everything: it stands apart, in a frame that says so, without arrows.

    It stands right of what is lowest, where there is room for it, else below.
    """
    wide, high = width + 2 * PADDING, BOX_HEIGHT + PADDING + TITLE_HEIGHT + PADDING / 2
    top = max(MARGIN, made.height - MARGIN - high)
    left = LANE_GAP + max(
        (right for right, bottom in _corners(made) if bottom > top - LANE_GAP / 2), default=MARGIN
    )
    if left + wide + MARGIN > max(made.width, room.width):
        left, top = MARGIN, made.height - MARGIN + LANE_GAP
    frame = Box(x=left, y=top, width=wide, height=high)
    box = Box(x=left + PADDING, y=top + TITLE_HEIGHT + PADDING / 2, width=width, height=BOX_HEIGHT)
    return replace(
        made,
        width=max(made.width, left + wide + MARGIN),
        height=max(made.height, top + high + MARGIN),
        nodes={**made.nodes, finalizer.name: box},
        frames=(*made.frames, Frame(box=frame, title=LANE_TITLE, labels={})),
    )


def _corners(made: Layout) -> list[Point]:
    """How far to the right and down everything reaches."""
    boxes = [*made.nodes.values(), *made.clusters.values(), *(each.box for each in made.frames)]
    ends = [(box.x + box.width, box.y + box.height) for box in boxes]
    return ends + [point for points in made.edges.values() for point in points]
