"""The picture of a graph of hundreds in few elements: of each state one path of each kind. Pure.

A browser makes elements of the whole picture at once, in the page's own time, where a saved
notebook is opened and where a run ends. *Measured* with 999 tasks: 170 ms with a box, a glyph and
two lines of text for each; 26 ms as here, and a third as much to save.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from sfdag_magics.graph.grouped import GroupRun
from sfdag_magics.graph.states import DisplayState
from sfdag_magics.render.palette import Look
from sfdag_magics.render.placed import Box, Layout, Point
from sfdag_magics.render.run_seen import RunSeen
from sfdag_magics.render.shape import EdgeKind, Shape
from sfdag_magics.render.svg import (
    GLYPH_AT,
    NOT_FOLDED,
    TEXT_LEFT,
    TEXT_RIGHT,
    TILE_GLYPH_AT,
    TILE_LEFT,
    TILE_RIGHT,
    TILE_SIZE,
    by_hand_of,
    elided,
    escaped,
    look_of,
    opening,
    seen_of,
    shortened,
)

#: A picture of more tasks is drawn so: nobody reads the second line of each.
CROWDED = 150

_TIP = (7.0, 3.5)
_COMMAND = re.compile(r"([A-Za-z])([^A-Za-z]*)")
_NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)")


def crowded_svg(
    shape: Shape,
    layout: Layout,
    run: RunSeen | None = None,
    *,
    now: datetime,
    folds: Mapping[str, GroupRun] = NOT_FOLDED,
) -> str:
    """The picture of a shape with a run's states, without what each task says of itself."""
    tiles, tasks = layout.tiles, seen_of(run, folds)
    by_hand = by_hand_of(run, folds)
    by_look: dict[tuple[DisplayState, Look], list[str]] = {}
    for node in shape.nodes:
        seen = tasks.get(node.name)
        state = seen.state if seen is not None else DisplayState.PENDING
        look = look_of(state, is_by_hand=node.name in by_hand)
        by_look.setdefault((state, look), []).append(node.name)
    parts = [
        *opening(shape, layout, run, now=now, folds=folds),
        *(_arrows(shape, layout, kind) for kind in EdgeKind),
        *(_tasks(names, layout, *how) for how, names in by_look.items()),
        *(_name(name, box, tiles.get(name)) for name, box in layout.nodes.items()),
        "</svg>",
    ]
    return "\n".join(filter(None, parts))


def _arrows(shape: Shape, layout: Layout, kind: EdgeKind) -> str:
    pairs = ((edge.tail, edge.head) for edge in shape.edges if edge.kind is kind)
    curves = [layout.edges[pair] for pair in pairs if pair in layout.edges]
    if not curves:
        return ""
    lines, tips = "".join(map(_line, curves)), "".join(map(_tip, curves))
    return f'<path class="edge {kind}" d="{lines}"/><path class="tip" d="{tips}"/>'


def _line(curve: tuple[Point, ...]) -> str:
    """In whole pixels: what is less is a third of the picture, and not seen."""
    (x, y), *rest = ((round(x), round(y)) for x, y in shortened(curve))
    return f"M{x},{y}C{' '.join(f'{x},{y}' for x, y in rest)}"


def _tip(curve: tuple[Point, ...]) -> str:
    """The arrow's tip, from where its line ends."""
    (x, y), (to_x, to_y) = shortened(curve)[-1], curve[-1]
    length = math.dist((x, y), (to_x, to_y)) or 1.0
    along = ((to_x - x) / length, (to_y - y) / length)
    deep, wide = _TIP
    corners = (
        (x - along[1] * wide, y + along[0] * wide),
        (x + along[0] * deep, y + along[1] * deep),
        (x + along[1] * wide, y - along[0] * wide),
    )
    return f"M{'L'.join(f'{at:.1f},{down:.1f}' for at, down in corners)}z"


def _tasks(names: Iterable[str], layout: Layout, state: DisplayState, look: Look) -> str:
    """All tasks that look alike: borders, stripes and glyphs."""
    tiles = layout.tiles
    boxes = [(layout.nodes[name], name in tiles) for name in names]
    dash = f' stroke-dasharray="{look.dash}"' if look.dash else ""
    inner = [_outline(box, inset=3) for box, _ in boxes] if look.double else []
    drawn = (
        ("box", f' stroke-width="{look.border}"{dash}', [_outline(box) for box, _ in boxes]),
        ("box", "", inner),
        ("stripe", "", [_stripe(box) for box, is_tile in boxes if not is_tile]),
        ("glyph", "", [_glyph(look.glyph, box, is_tile=is_tile) for box, is_tile in boxes]),
    )
    paths = (f'<path class="{kind}"{how} d="{"".join(d)}"/>' for kind, how, d in drawn if d)
    return f'<g class="{state}">{"".join(paths)}</g>'


def _outline(box: Box, *, inset: float = 0) -> str:
    """With square corners: round ones take four times as much to say."""
    width, height = box.width - 2 * inset, box.height - 2 * inset
    return f"M{box.x + inset:.0f},{box.y + inset:.0f}h{width:.0f}v{height:.0f}h-{width:.0f}z"


def _stripe(box: Box) -> str:
    height = box.height - 18
    return f"M{box.x + 6:.0f},{box.y + 9:.0f}h4v{height:.0f}h-4z"


def _glyph(drawn: str, box: Box, *, is_tile: bool) -> str:
    x, y = TILE_GLYPH_AT if is_tile else GLYPH_AT
    return shifted_path(drawn, box.x + x, box.y + y)


def shifted_path(drawn: str, x: float, y: float) -> str:
    """A path of `M`, `L`, `H` and of commands relative to where they begin, elsewhere."""
    by_command: dict[str, Callable[[int], float]] = {
        "M": lambda at: y if at % 2 else x,
        "L": lambda at: y if at % 2 else x,
        "H": lambda _at: x,
    }

    def shifted(found: re.Match[str]) -> str:
        command, rest = found.groups()
        if command not in by_command:
            return found.group()
        numbers = (float(number) for number in _NUMBER.findall(rest))
        return command + " ".join(
            f"{number + by_command[command](at):.1f}" for at, number in enumerate(numbers)
        )

    return _COMMAND.sub(shifted, drawn)


def _name(name: str, box: Box, tile: str | None) -> str:
    if tile is None:
        left, kind = TEXT_LEFT, "name"
        shown = elided(name, width=box.width - TEXT_LEFT - TEXT_RIGHT, size=13)
    else:
        left, kind = TILE_LEFT, "name tile"
        shown = elided(tile, width=box.width - TILE_LEFT - TILE_RIGHT, size=TILE_SIZE)
    x, y = box.x + left, box.y + 18
    return f'<text class="{kind}" x="{x:.0f}" y="{y:.0f}">{escaped(shown)}</text>'
