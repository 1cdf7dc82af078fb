"""A shape with its layout and a run's states as SVG text of our own. Knows no browser, no files.

All text goes through `escaped`; nothing of a name, an error or a value becomes markup. Every label
is elided to what its box holds, the full text stands in the node's title and label.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from sfdag_magics.graph.states import DisplayState
from sfdag_magics.render.layout import Box, Layout, Point
from sfdag_magics.render.palette import DARK, LIGHT, LOOKS, Look, Surface
from sfdag_magics.render.run_seen import RunSeen, TaskSeen, headline, task_note, took
from sfdag_magics.render.shape import Edge, EdgeKind, Node, NodeKind, Shape

FONT = "system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif"
#: Mean width of a letter by font size, wide enough for the widest common interface font.
LETTER = 0.6
#: Where text begins in a box, and what it must keep free at the right.
TEXT_LEFT = 36
TEXT_RIGHT = 10
#: Between a note and the mark behind it; both are narrower than `LETTER` says, so it looks wider.
MARK_GAP = 2
#: The same of a tile, and what its duration needs.
TILE_LEFT, TILE_RIGHT, TILE_NOTE = 28, 8, 50
#: How far before the end of its curve an arrow's line stops, so that the tip stays sharp.
ARROW_LENGTH = 7

MARKS: Mapping[NodeKind, str] = {
    NodeKind.SQL: "SQL",
    NodeKind.BRANCH: "branch",
    NodeKind.FINALIZER: "finally",
}

_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"}
#: What XML 1.0 cannot hold, even escaped, and what would turn the direction of a whole line.
_UNWRITABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]"
)


def escaped(text: str) -> str:
    """`text` for use in SVG or HTML, between tags or in a quoted attribute."""
    writable = _UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", text)
    return "".join(_ESCAPES.get(char, char) for char in writable)


def elided(text: str, *, width: float, size: float) -> str:
    """`text` on one line, shortened at its end to fit `width` at a font size of `size`."""
    line = " ".join(text.split())
    room = int(width / (size * LETTER))
    for kept, char in enumerate(line):
        room -= 1 if ord(char) < 0x1100 else 2  # East Asian letters and emoji are twice as wide
        if room < 0:
            return f"{line[: max(kept - 1, 0)].rstrip()}…"
    return line


def svg(
    shape: Shape,
    layout: Layout,
    run: RunSeen | None = None,
    *,
    now: datetime,
    surface: Surface | None = None,
) -> str:
    """The picture of a shape, with a run's states if one is given.

    Without a `surface` it follows the reader's choice of light or dark.
    """
    tasks: Mapping[str, TaskSeen] = run.tasks if run is not None else {}
    title = shape.name if run is None else _title(shape, run, now)
    width, height = round(max(layout.width, 1)), round(max(layout.height, 1))
    tiles = layout.tiles
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" role="img" aria-label="{escaped(title)}">',
        f"<style>{_style(surface, _drawn_states(shape, tasks))}</style>",
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="1" refY="4" markerWidth="8" '
        'markerHeight="8" markerUnits="userSpaceOnUse" orient="auto">'
        '<path class="tip" d="M0 0.5L8 4L0 7.5z"/></marker></defs>',
        f'<rect class="page" width="{width}" height="{height}" rx="8"/>',
        *(_cluster(group, box) for group, box in layout.clusters.items()),
        *(_cluster(frame.title, frame.box, "tiles") for frame in layout.frames),
        *(_edge(layout.edges[edge.tail, edge.head], edge.kind) for edge in _drawn(shape, layout)),
        *(
            _node(node, layout.nodes[node.name], tasks.get(node.name), now, tiles.get(node.name))
            for node in shape.nodes
        ),
        "</svg>",
    ]
    return "\n".join(parts)


def _title(shape: Shape, run: RunSeen, now: datetime) -> str:
    return f"{shape.name}: {headline(run, now=now)}"


def _drawn(shape: Shape, layout: Layout) -> list[Edge]:
    return [edge for edge in shape.edges if (edge.tail, edge.head) in layout.edges]


def _drawn_states(shape: Shape, tasks: Mapping[str, TaskSeen]) -> set[DisplayState]:
    return {_state(tasks.get(node.name)) for node in shape.nodes}


def _state(task: TaskSeen | None) -> DisplayState:
    return task.state if task is not None else DisplayState.PENDING


def _style(surface: Surface | None, states: set[DisplayState]) -> str:
    if surface is not None:
        return _rules() + _colours(surface, states, dark=surface is DARK)
    light, dark = _colours(LIGHT, states, dark=False), _colours(DARK, states, dark=True)
    return f"{_rules()}{light}@media(prefers-color-scheme:dark){{{dark}}}"


def _rules() -> str:
    return (
        f"text{{font-family:{FONT};font-size:11px}}.name{{font-size:13px;font-weight:600}}"
        ".name.tile{font-size:12px}"
        "path{fill:none}.edge{stroke-width:1.3}.branch{stroke-dasharray:6 4}"
        ".finalizer{stroke-dasharray:1.5 4}.absent .name{font-weight:400}"
        ".glyph{stroke-width:1.7;stroke-linecap:round;"
        "stroke-linejoin:round}.group{fill:none;stroke-dasharray:4 4}"
        ".group.tiles{stroke-dasharray:none}"
    )


def _colours(surface: Surface, states: set[DisplayState], *, dark: bool) -> str:
    """The rules of a surface, of states only for those that are drawn: saved files hold many."""
    common = (
        f".page{{fill:{surface.background};stroke:{surface.line}}}.box{{fill:{surface.box}}}"
        f"text{{fill:{surface.text}}}.note,.mark,.label,.absent .name{{fill:{surface.muted}}}"
        f".edge{{stroke:{surface.edge}}}.tip{{fill:{surface.edge}}}.group{{stroke:{surface.line}}}"
    )
    return common + "".join(
        _state_rule(state, look.dark if dark else look.light, look)
        for state, look in LOOKS.items()
        if state in states
    )


def _state_rule(state: DisplayState, colour: str, look: Look) -> str:
    fill = f".{state} .glyph{{fill:{colour}}}" if look.filled else ""
    return (
        f".{state} .box,.{state} .glyph{{stroke:{colour}}}.{state} .stripe{{fill:{colour}}}{fill}"
    )


def _cluster(group: str, box: Box, kind: str = "") -> str:
    label = escaped(elided(group, width=box.width - 24, size=11))
    return (
        f'<g><title>{escaped(group)}</title><rect class="group {kind}" x="{box.x}" y="{box.y}" '
        f'width="{box.width}" height="{box.height}" rx="10"/>'
        f'<text class="label" x="{box.x + 12}" y="{box.y + 18}">{label}</text></g>'
    )


def _edge(points: tuple[Point, ...], kind: EdgeKind) -> str:
    return f'<path class="edge {kind}" d="{path_data(points)}" marker-end="url(#tip)"/>'


def path_data(points: tuple[Point, ...]) -> str:
    """The `d` of an edge, shortened by an arrow's length at its end."""
    start, *rest = shortened(points)
    curves = " ".join(f"{x},{y}" for x, y in rest)
    return f"M{start[0]},{start[1]}C{curves}"


def shortened(points: tuple[Point, ...]) -> tuple[Point, ...]:
    """The curve, its end drawn back by an arrow's length along its last direction."""
    *before, near, end = points
    dx, dy = end[0] - near[0], end[1] - near[1]
    length = (dx * dx + dy * dy) ** 0.5 or 1.0
    back = min(ARROW_LENGTH, length)
    tip = (round(end[0] - dx / length * back, 1), round(end[1] - dy / length * back, 1))
    return (*before, near, tip)


def _node(node: Node, box: Box, task: TaskSeen | None, now: datetime, tile: str | None) -> str:
    state = _state(task)
    note = task_note(task, now=now) if task is not None else ""
    absent = " absent" if node.absence else ""
    label = ", ".join(filter(None, (node.name, MARKS.get(node.kind, ""), note, node.absence)))
    texts = _texts(node, box, note) if tile is None else _tile_texts(tile, box, task, now)
    return "".join(
        (
            f'<g class="{state}{absent}" data-task="{escaped(node.name)}" role="img" '
            f'aria-label="{escaped(label)}" transform="translate({box.x} {box.y})">',
            f"<title>{escaped(label)}</title>",
            _frame(box, LOOKS[state], is_tile=tile is not None),
            texts,
            "</g>",
        )
    )


def _texts(node: Node, box: Box, note: str) -> str:
    """A box's two lines: its name, and its note with the mark of its kind."""
    mark = MARKS.get(node.kind, "")
    right = box.width - TEXT_RIGHT
    room = right - TEXT_LEFT
    noted = room - (len(mark) * 11 * LETTER + MARK_GAP if mark else 0)
    kind = f'<text class="mark" x="{right}" y="37" text-anchor="end">{mark}</text>' if mark else ""
    return (
        f'<text class="name" x="{TEXT_LEFT}" y="20">'
        f"{escaped(elided(node.name, width=room, size=13))}</text>"
        f'<text class="note" x="{TEXT_LEFT}" y="37">'
        f"{escaped(elided(note, width=noted, size=11))}</text>{kind}"
    )


def _tile_texts(label: str, box: Box, task: TaskSeen | None, now: datetime) -> str:
    """A tile's only line: what it is called in its frame, and how long it took."""
    right = box.width - TILE_RIGHT
    shown = elided(label, width=right - TILE_NOTE - TILE_LEFT, size=12)
    return (
        f'<text class="name tile" x="{TILE_LEFT}" y="18">{escaped(shown)}</text>'
        f'<text class="note" x="{right}" y="18" text-anchor="end">{took(task, now=now)}</text>'
    )


def _frame(box: Box, look: Look, *, is_tile: bool) -> str:
    """Border, stripe and glyph of a box."""
    dash = f' stroke-dasharray="{look.dash}"' if look.dash else ""
    outer = (
        f'<rect class="box" width="{box.width}" height="{box.height}" rx="7" '
        f'stroke-width="{look.border}"{dash}/>'
    )
    inner = (
        f'<rect class="box" x="3" y="3" width="{box.width - 6}" height="{box.height - 6}" rx="5" '
        'stroke-width="1"/>'
    )
    stripe = f'<rect class="stripe" x="6" y="9" width="4" height="{box.height - 18}" rx="2"/>'
    place = "7 6" if is_tile else "14 7"
    glyph = f'<path class="glyph" transform="translate({place})" d="{look.glyph}"/>'
    return outer + (inner if look.double else "") + ("" if is_tile else stripe) + glyph
