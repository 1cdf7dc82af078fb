"""How each state looks: glyph, border, colours. A pure table, shared by the page and the pictures.

State is told four times: by glyph, by word, by border and only then by colour. Measured: every pair
of these colours differs by ΔE2000 of at least 15.5 in normal vision and in three simulated
colour-blindnesses, and each has a contrast of at least 3:1 on its surface.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sfdag_magics.graph.states import DisplayState
from sfdag_magics.light_classes import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One state's look.

    Attributes:
        light: its colour on a light surface.
        dark: its colour on a dark surface.
        glyph: an SVG path in a square of 16; drawn, not written, as few fonts have all of them.
        filled: the glyph is filled and not stroked.
        dash: the border's `stroke-dasharray`, empty where it is solid.
        border: the border's width.
        double: the border is drawn twice.
    """

    light: str
    dark: str
    glyph: str
    filled: bool = False
    dash: str = ""
    border: float = 1.5
    double: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface:
    """The colours that belong to no state."""

    background: str
    box: str
    text: str
    muted: str
    edge: str
    line: str


LIGHT = Surface(
    background="#FFFFFF",
    box="#FFFFFF",
    text="#1B1F24",
    muted="#57606A",
    edge="#8C95A1",
    line="#D8DEE4",
)
DARK = Surface(
    background="#1E1E1E",
    box="#1E1E1E",
    text="#E6EDF3",
    muted="#9DA7B3",
    edge="#6E7681",
    line="#3A3F46",
)

#: Stands for what a person said of a task instead of running it, in the colours of its state.
BY_HAND = (
    "M8 2.4a2.5 2.5 0 1 0 0 5a2.5 2.5 0 1 0 0-5zM3.2 13.4c.4-3 2.3-4.4 4.8-4.4s4.4 1.4 4.8 4.4"
)

_CIRCLE = "M8 3.2a4.8 4.8 0 1 0 0 9.6a4.8 4.8 0 1 0 0-9.6z"
_DASH_DOT = "7 3 1.5 3"
_NOT_RUN = ("#331938", "#F9CCD9")

LOOKS: Mapping[DisplayState, Look] = MappingProxyType(
    {
        DisplayState.SUCCEEDED: Look(
            light="#1E9E78", dark="#35B885", glyph="M3 8.6l3.3 3.2L13 4.6"
        ),
        DisplayState.RUNNING: Look(
            light="#0362A7",
            dark="#326ED4",
            glyph="M8 3.6a4.4 4.4 0 1 0 0 8.8a4.4 4.4 0 1 0 0-8.8z",
            filled=True,
            border=2,
        ),
        DisplayState.FAILED: Look(
            light="#AB3427", dark="#DC2926", glyph="M4 4l8 8M12 4l-8 8", double=True
        ),
        DisplayState.RETRYING: Look(
            light="#BE7D0C",
            dark="#EFA40D",
            glyph="M12.6 8a4.6 4.6 0 1 1-1.5-3.4M12.6 2.2v3.2H9.4",
        ),
        DisplayState.BLOCKED: Look(
            light=_NOT_RUN[0],
            dark=_NOT_RUN[1],
            glyph=f"{_CIRCLE}M4.7 11.3l6.6-6.6",
            dash=_DASH_DOT,
        ),
        DisplayState.CANCELLED: Look(
            light=_NOT_RUN[0],
            dark=_NOT_RUN[1],
            glyph=f"{_CIRCLE}M6 6l4 4M10 6l-4 4",
            dash=_DASH_DOT,
        ),
        DisplayState.REUSED: Look(
            light="#1E9E78",
            dark="#35B885",
            glyph="M2.2 8.7l1.6-1.6 2.6 2.5 6-6.2 1.6 1.6-7.6 7.8z",
            border=1,
        ),
        DisplayState.UNKNOWN: Look(
            light="#8791A7",
            dark="#696D72",
            glyph="M5.6 6a2.5 2.5 0 1 1 3.7 2.2c-.9.5-1.2 1-1.2 1.9M8.1 12.7v.1",
            dash="1.5 3",
        ),
        DisplayState.SKIPPED: Look(
            light="#575A5F",
            dark="#8E9AA7",
            glyph="M2.4 11.4c1-5.6 7-7 10-2.6M12.8 4.6v4.5H8.4",
            dash="6 4",
        ),
        DisplayState.PENDING: Look(light="#8791A7", dark="#696D72", glyph=_CIRCLE, dash="1.5 3"),
    }
)
