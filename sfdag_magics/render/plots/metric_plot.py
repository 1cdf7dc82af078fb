"""One metric over the versions of a model: as an image that needs no script, and as bars of text.

Knows points, no registry. Versions stand in their order at equal distances; the default is filled.
"""

from __future__ import annotations

from collections.abc import Sequence

from sfdag_magics.graph.states import DisplayState
from sfdag_magics.light_classes import dataclass
from sfdag_magics.render.metrics.numbers import number_text
from sfdag_magics.render.palette import DARK, LIGHT, LOOKS, Surface
from sfdag_magics.render.svg import FONT, elided, escaped

_WIDTH, _HEIGHT = 640, 220
#: What the picture keeps free at each side: numbers stand at the left, versions below.
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 20, 34, 34
#: Of more versions not each is named below; those that are have so much room.
_LABEL_WIDTH = 96
_BARS, _EIGHTHS = 24, " ▏▎▍▌▋▊▉"


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One version's value; None where it has none."""

    name: str
    value: float | None
    is_default: bool = False


def plot_text(points: Sequence[Point]) -> str:
    """A line for each version: its value, and a bar between the least and the largest."""
    width = max((len(point.name) for point in points), default=0)
    values = [point.value for point in points if point.value is not None]
    texts = ["–" if point.value is None else number_text(point.value) for point in points]
    room = max(map(len, texts), default=0)
    low, high = _range(values)
    return "\n".join(
        f"{'★' if point.is_default else ' '} {point.name:<{width}}  {text:>{room}}  "
        f"{_bar(point.value, low, high)}".rstrip()
        for point, text in zip(points, texts, strict=True)
    )


def plot_svg(title: str, points: Sequence[Point]) -> str:
    """The picture; it follows the reader's choice of light or dark."""
    values = [point.value for point in points if point.value is not None]
    low, high = _range(values)
    places = [(_x(at, len(points)), _y(point.value, low, high)) for at, point in enumerate(points)]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places if y is not None)
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{_HEIGHT}" '
            f'viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{escaped(title)}">',
            f"<style>{_style()}</style>",
            f'<rect class="page" width="{_WIDTH}" height="{_HEIGHT}" rx="8"/>',
            f'<text class="title" x="{_LEFT}" y="20">{_label(title, _WIDTH - _LEFT)}</text>',
            *(_rule(value, low, high) for value in dict.fromkeys((low, (low + high) / 2, high))),
            f'<polyline class="line" points="{line}"/>',
            *(
                _mark(point, x, y)
                for point, (x, y) in zip(points, places, strict=True)
                if y is not None
            ),
            *_labels(points),
            "</svg>",
        )
    )


def _range(values: Sequence[float]) -> tuple[float, float]:
    """What is drawn: all values with a little room; a metric between 0 and 1 ends there."""
    low, high = min(values, default=0.0), max(values, default=1.0)
    room = (high - low) * 0.1 or abs(high) * 0.1 or 1.0
    in_unit = low >= 0 and high <= 1
    return (
        max(low - room, 0.0) if low >= 0 else low - room,
        min(high + room, 1.0) if in_unit else high + room,
    )


def _bar(value: float | None, low: float, high: float) -> str:
    if value is None:
        return ""
    eighths = round((value - low) / (high - low) * _BARS * 8)
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()


def _x(at: int, count: int) -> float:
    room = _WIDTH - _LEFT - _LABEL_WIDTH  # a name is centred below its point
    return (
        _LEFT + _LABEL_WIDTH / 2 - _RIGHT / 2 + (room * at / (count - 1) if count > 1 else room / 2)
    )


def _y(value: float | None, low: float, high: float) -> float | None:
    if value is None:
        return None
    return _TOP + (_HEIGHT - _TOP - _BOTTOM) * (high - value) / (high - low)


def _rule(value: float, low: float, high: float) -> str:
    y = _y(value, low, high) or 0.0
    return (
        f'<path class="rule" d="M{_LEFT} {y:.1f}H{_WIDTH - _RIGHT}"/>'
        f'<text class="note" x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">'
        f"{number_text(value)}</text>"
    )


def _mark(point: Point, x: float, y: float) -> str:
    said = f"{point.name}: {number_text(point.value or 0.0)}"
    kind = "default" if point.is_default else "mark"
    title = f"<title>{escaped(f'{said}, the default' if point.is_default else said)}</title>"
    radius = 5 if point.is_default else 4
    return f'<g>{title}<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="{radius}"/></g>'


def _labels(points: Sequence[Point]) -> list[str]:
    """The names below, as many as have room; the default's always."""
    step = max(1, -(-len(points) * _LABEL_WIDTH // (_WIDTH - _LEFT - _RIGHT)))
    default = next((at for at, point in enumerate(points) if point.is_default), None)
    shown = [
        at
        for at in range(len(points))
        if at == default or (at % step == 0 and (default is None or abs(at - default) >= step))
    ]
    return [
        f'<text class="{"title" if at == default else "note"}" x="{_x(at, len(points)):.1f}" '
        f'y="{_HEIGHT - 12}" text-anchor="middle">'
        f"{_label(points[at].name, _LABEL_WIDTH - 8)}</text>"
        for at in shown
    ]


def _label(text: str, width: float) -> str:
    return escaped(elided(text, width=width, size=11))


def _style() -> str:
    dark = _colours(DARK, is_dark=True)
    return (
        f"text{{font-family:{FONT};font-size:11px}}.title{{font-weight:600}}"
        ".line{fill:none;stroke-width:1.5}.mark{stroke-width:1.5}"
        f"{_colours(LIGHT, is_dark=False)}@media(prefers-color-scheme:dark){{{dark}}}"
    )


def _colours(surface: Surface, *, is_dark: bool) -> str:
    look = LOOKS[DisplayState.RUNNING]
    blue = look.dark if is_dark else look.light
    return (
        f".page{{fill:{surface.background}}}.title{{fill:{surface.text}}}"
        f".note{{fill:{surface.muted}}}.rule{{stroke:{surface.line}}}"
        f".line{{stroke:{surface.edge}}}.mark{{fill:{surface.box};stroke:{blue}}}"
        f".default{{fill:{blue};stroke:{blue}}}"
    )
