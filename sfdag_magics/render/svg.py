"""A shape with its layout and a run's states as SVG text of our own. Knows no browser, no files.

All text goes through `escaped`; nothing of a name, an error or a value becomes markup. Every label
is elided to what its box holds, the full text stands in the node's title and label.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from sfdag_magics.graph.grouped import GroupRun, Ran, group_run
from sfdag_magics.graph.states import DisplayState
from sfdag_magics.render.metrics.model_seen import MetricSeen, metric_of
from sfdag_magics.render.palette import BY_HAND, DARK, LIGHT, LOOKS, Look, Surface
from sfdag_magics.render.placed import Box, Layout, Point
from sfdag_magics.render.run_seen import RunSeen, headline, task_note, took
from sfdag_magics.render.shape import Edge, EdgeKind, Node, NodeKind, Shape

FONT = "system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif"
#: Mean width of a letter by font size, wide enough for the widest common interface font.
LETTER = 0.6
#: Where text begins in a box, and what it must keep free at the right.
TEXT_LEFT = 36
TEXT_RIGHT = 10
#: Between a note and the mark behind it; both are narrower than `LETTER` says, so it looks wider.
MARK_GAP = 2
#: The same of a tile, how large its name is reckoned, and what its duration needs: that is not said
#: where its name needs the room.
TILE_LEFT, TILE_RIGHT, TILE_SIZE, TILE_NOTE = 28, 8, 13.8, 50
#: Where the glyph of a box stands, and that of a tile.
GLYPH_AT, TILE_GLYPH_AT = (14, 5), (7, 6)
#: How far before the end of its curve an arrow's line stops, so that the tip stays sharp.
ARROW_LENGTH = 7

#: Of a picture in which each node is a task.
NOT_FOLDED: Mapping[str, GroupRun] = MappingProxyType({})

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
            return f"{line[: max(kept - 1, 0)].rstrip(' .,;:')}…"
    return line


def svg(
    shape: Shape,
    layout: Layout,
    run: RunSeen | None = None,
    *,
    now: datetime,
    surface: Surface | None = None,
    folds: Mapping[str, GroupRun] = NOT_FOLDED,
) -> str:
    """The picture of a shape, with a run's states if one is given.

    Without a `surface` it follows the reader's choice of light or dark.

    Args:
        folds: `{node: what its group did}` of nodes that stand for several tasks.
    """
    tasks = seen_of(run, folds)
    tiles = layout.tiles
    by_hand = by_hand_of(run, folds)
    parts = [
        *opening(shape, layout, run, now=now, surface=surface, folds=folds),
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="1" refY="4" markerWidth="8" '
        'markerHeight="8" markerUnits="userSpaceOnUse" orient="auto">'
        '<path class="tip" d="M0 0.5L8 4L0 7.5z"/></marker></defs>',
        *(_edge(layout.edges[edge.tail, edge.head], edge.kind) for edge in _drawn(shape, layout)),
        *(
            _node(
                node,
                layout.nodes[node.name],
                tasks.get(node.name),
                now,
                tiles.get(node.name),
                metric=_metric(run, node.name),
                is_by_hand=node.name in by_hand,
            )
            for node in shape.nodes
        ),
        "</svg>",
    ]
    return "\n".join(parts)


def opening(
    shape: Shape,
    layout: Layout,
    run: RunSeen | None,
    *,
    now: datetime,
    surface: Surface | None = None,
    folds: Mapping[str, GroupRun] = NOT_FOLDED,
) -> list[str]:
    """How a picture begins: its size, its rules, and what stands below tasks and arrows."""
    title = shape.name if run is None else f"{shape.name}: {headline(run, now=now)}"
    width, height = round(max(layout.width, 1)), round(max(layout.height, 1))
    tasks = seen_of(run, folds)
    states = {_state(tasks.get(node.name)) for node in shape.nodes}
    groups = shape.groups
    noted = {
        name: task_note(group_run(name, {task: tasks.get(task) for task in groups[name]}), now=now)
        for name in (layout.clusters if run is not None else ())
    }
    return [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" role="img" aria-label="{escaped(title)}">',
        f"<style>{_style(surface, states)}</style>",
        f'<rect class="page" width="{width}" height="{height}" rx="8"/>',
        *(_cluster(group, box, note=noted.get(group)) for group, box in layout.clusters.items()),
        *(_cluster(frame.title, frame.box, "tiles") for frame in layout.frames),
    ]


def seen_of(run: RunSeen | None, folds: Mapping[str, GroupRun]) -> Mapping[str, Ran]:
    """`{node: what it did}`; before its graph ran nothing has."""
    return {**(run.tasks if run is not None else {}), **folds}


def by_hand_of(run: RunSeen | None, folds: Mapping[str, GroupRun]) -> Set[str]:
    """The nodes of which a person said what became of them; of a group nobody does."""
    return run.by_hand.keys() - folds.keys() if run is not None else frozenset()


def _drawn(shape: Shape, layout: Layout) -> list[Edge]:
    return [edge for edge in shape.edges if (edge.tail, edge.head) in layout.edges]


def _state(task: Ran | None) -> DisplayState:
    """What a node is; it is pending before its graph ran."""
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


def _cluster(group: str, box: Box, kind: str = "", *, note: str | None = None) -> str:
    said = " · ".join(filter(None, (group, note)))
    whole = elided(said, width=box.width - 24, size=11)
    # Where both have no room, the name alone says more than a note that ends somewhere.
    label = escaped(whole if whole == said else elided(group, width=box.width - 24, size=11))
    return (
        f'<g><title>{escaped(said)}</title><rect class="group {kind}" x="{box.x}" y="{box.y}" '
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


def _node(
    node: Node,
    box: Box,
    task: Ran | None,
    now: datetime,
    tile: str | None,
    *,
    metric: MetricSeen | None = None,
    is_by_hand: bool,
) -> str:
    state = _state(task)
    note = task_note(task, now=now, is_by_hand=is_by_hand) if task is not None else ""
    absent = " absent" if node.absence else ""
    label = ", ".join(filter(None, (node.name, MARKS.get(node.kind, ""), note, node.absence)))
    said = _with_metric(metric, note, took(task, now=now), box)
    texts = _texts(node, box, *said) if tile is None else _tile_texts(tile, box, task, now)
    return "".join(
        (
            f'<g class="{state}{absent}" data-task="{escaped(node.name)}" role="img" '
            f'aria-label="{escaped(label)}" transform="translate({box.x} {box.y})">',
            f"<title>{escaped(label)}</title>",
            _frame(box, look_of(state, is_by_hand=is_by_hand), is_tile=tile is not None),
            texts,
            "</g>",
        )
    )


def _texts(node: Node, box: Box, note: str, metric: str) -> str:
    """A box's two lines: its name, and its note with a metric, or else the mark of its kind."""
    mark = metric or MARKS.get(node.kind, "")
    right = box.width - TEXT_RIGHT
    room = right - TEXT_LEFT
    noted = room - (len(mark) * 11 * LETTER + MARK_GAP if mark else 0)
    kind = (
        f'<text class="mark" x="{right}" y="34" text-anchor="end">{escaped(mark)}</text>'
        if mark
        else ""
    )
    return (
        f'<text class="name" x="{TEXT_LEFT}" y="18">'
        f"{escaped(elided(node.name, width=room, size=13))}</text>"
        f'<text class="note" x="{TEXT_LEFT}" y="34">'
        f"{escaped(elided(note, width=noted, size=11))}</text>{kind}"
    )


def _metric(run: RunSeen | None, task: str) -> MetricSeen | None:
    found = run.tasks.get(task) if run is not None else None
    return metric_of(found) if found is not None else None


def _with_metric(metric: MetricSeen | None, note: str, took: str, box: Box) -> tuple[str, str]:
    """The note, and a metric beside it; the state's word goes first where both have no room.

    The picture has no measure of its letters, as the page has: it keeps room for wide ones.
    """
    if metric is None:
        return note, ""
    room = (box.width - TEXT_RIGHT - TEXT_LEFT) / (11 * LETTER) - MARK_GAP
    short = f"{metric.number} {metric.mark}".strip()
    ways = ((note, metric.text), (took, metric.text), (took, short))
    return next((way for way in ways if len(way[0]) + len(way[1]) <= room), (note, ""))


def _tile_texts(label: str, box: Box, task: Ran | None, now: datetime) -> str:
    """A tile's only line: what it is called in its frame, and how long it took."""
    right = box.width - TILE_RIGHT
    room = right - TILE_LEFT
    shown = elided(label, width=room - TILE_NOTE, size=TILE_SIZE)
    is_whole = not shown.endswith("…")
    note = took(task, now=now) if is_whole else ""
    return (
        f'<text class="name tile" x="{TILE_LEFT}" y="18">'
        f"{escaped(shown if is_whole else elided(label, width=room, size=TILE_SIZE))}</text>"
        f'<text class="note" x="{right}" y="18" text-anchor="end">{note}</text>'
    )


def look_of(state: DisplayState, *, is_by_hand: bool) -> Look:
    """How a state is drawn, with the sign of what a person said where they did."""
    return replace(LOOKS[state], glyph=BY_HAND) if is_by_hand else LOOKS[state]


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
    x, y = TILE_GLYPH_AT if is_tile else GLYPH_AT
    glyph = f'<path class="glyph" transform="translate({x} {y})" d="{look.glyph}"/>'
    return outer + (inner if look.double else "") + ("" if is_tile else stripe) + glyph
