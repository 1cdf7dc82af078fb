"""`sfdag_graph`: where boxes and arrows stand. Knows shapes of messages, no behaviour."""

from __future__ import annotations

from typing import NotRequired, TypedDict


class PageNode(TypedDict):
    """A task's box; coordinates are pixels. `tile` is what it says where it is drawn small.

    `absence` says why the notebook has no cell of it; empty where it has one.
    """

    name: str
    mark: str
    absence: str
    x: float
    y: float
    width: float
    height: float
    tile: NotRequired[str]


class PageEdge(TypedDict):
    """An arrow; `tail`, `head` are indexes of nodes, `d` an SVG path, empty where none is drawn."""

    tail: int
    head: int
    kind: str
    d: str


class PageGroup(TypedDict):
    """The box around a group of tasks, or the frame around tasks that are drawn as tiles.

    `tasks` are indexes of the group's nodes; a frame of tiles says none.
    """

    name: str
    x: float
    y: float
    width: float
    height: float
    tasks: list[int]


class PageFold(TypedDict):
    """A box that stands for a group or for a task; `tasks` are indexes of nodes.

    Attributes:
        group: the unfolded group that it stands in; empty for none.
        tile: what it says where it is drawn small.
    """

    title: str
    group: str
    tasks: list[int]
    x: float
    y: float
    width: float
    height: float
    tile: NotRequired[str]


class PageFolded(TypedDict):
    """`sfdag_folded`: the graph with its groups folded, but for those that somebody unfolded.

    The edges' ends are indexes of `boxes`; there are none where nothing can be folded.
    """

    width: float
    height: float
    boxes: list[PageFold]
    edges: list[PageEdge]
    groups: list[PageGroup]
    frames: list[PageGroup]


class PageGraph(TypedDict):
    """`sfdag_graph`: where everything stands.

    Attributes:
        placed: the tasks have their places; those of a large graph are told later.
        narrow: the same for a narrow page; it shows which of the two is larger there.
    """

    name: str
    placed: bool
    width: float
    height: float
    nodes: list[PageNode]
    edges: list[PageEdge]
    groups: list[PageGroup]
    frames: list[PageGroup]
    narrow: NotRequired[PageGraph]
