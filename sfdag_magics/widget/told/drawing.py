"""Where the boxes of a graph stand: at once for a small one, later and in a thread for others.

A cell that shows a graph of a thousand tasks ends before they have their places: the page has their
names meanwhile, which is all that its table needs.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from sfdag_magics.errors import SfdagError
from sfdag_magics.render.folding import folded
from sfdag_magics.render.graphviz_runs import SMALL
from sfdag_magics.render.layout import READABLE, layout
from sfdag_magics.render.placed import NARROW, Direction, Layout
from sfdag_magics.render.shape import Shape
from sfdag_magics.widget.held.actions import Worker
from sfdag_magics.widget.messages import PageFolded, PageGraph
from sfdag_magics.widget.told.page_state import NOT_FOLDED, page_folded, page_graph, page_names

#: A graph of more tasks is scrolled in a narrow page, however it stands.
FEW = 24

_log = logging.getLogger(__name__)


class Drawing:
    """One thread, `sfdag-drawing`, started for the first graph that is not small.

    Args:
        tell: is given a shape and how the page is told it, whole and folded, in that thread.
    """

    def __init__(
        self, direction: Direction, tell: Callable[[Shape, PageGraph, PageFolded], None]
    ) -> None:
        self._direction = direction
        self._tell = tell
        self._unfolded: frozenset[str] = frozenset()
        self._worker = Worker("sfdag-drawing")

    def of(self, shape: Shape) -> tuple[PageGraph, PageFolded]:
        """Both as far as they are known at once: `placed`, or to be told again `later`."""
        if not is_small(shape):
            return page_names(shape), NOT_FOLDED
        return picture(shape, self._direction), self.folded(shape)

    def turn(self, shape: Shape, task: int | None, *, is_folded: bool) -> PageFolded:
        """Fold or unfold the group of a task; how the page is told it then. Any thread."""
        those = shape.nodes[task : task + 1] if task is not None and task >= 0 else ()
        groups = frozenset(node.group for node in those if node.group is not None)
        self._unfolded = self._unfolded - groups if is_folded else self._unfolded | groups
        return self.folded(shape)

    def folded(self, shape: Shape) -> PageFolded:
        """`sfdag_folded`, with what was unfolded so far."""
        small = folded(shape, self._unfolded)
        if small is None:
            return NOT_FOLDED
        # A box of a group has two lines to say.
        made = layout(small.shape, direction=self._direction, may_be_small=False)
        return page_folded(shape, small, made)

    def later(self, shape: Shape) -> None:
        """Tell it with all places. Any thread; returns at once."""
        self._worker.put(lambda: self._draw(shape))

    def close(self) -> None:
        """End the thread."""
        self._worker.close()

    def _draw(self, shape: Shape) -> None:
        try:
            self._tell(shape, picture(shape, self._direction), self.folded(shape))
        except SfdagError as error:  # its table goes on without a picture
            _log.warning("%s", error)
        except Exception:  # noqa: BLE001 - the thread's border: the view goes on without a picture
            _log.exception("drawing %s failed", shape.name)


def picture(shape: Shape, direction: Direction = Direction.FITTING) -> PageGraph:
    """`sfdag_graph` with all places, in a narrow page as well."""
    made = layout(shape, direction=direction)
    is_free = direction is Direction.FITTING and len(shape.nodes) <= FEW
    return page_graph(shape, made, narrow=_narrow(shape, made) if is_free else None)


def _narrow(shape: Shape, made: Layout) -> Layout | None:
    """The layout for a narrow page; None where it would be read no better."""
    if made.scale(NARROW) >= READABLE:
        return None
    other = layout(shape, room=NARROW)
    return other if other.scale(NARROW) > made.scale(NARROW) else None


def is_small(shape: Shape) -> bool:
    """Whether Graphviz places it in milliseconds."""
    return len(shape.nodes) + len(shape.edges) <= SMALL
