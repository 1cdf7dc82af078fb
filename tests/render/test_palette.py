"""The colours of states: told apart by everyone, and seen on their surface, as measured."""

from __future__ import annotations

from itertools import combinations

import pytest

from sfdag_magics.render.palette import DARK, LIGHT, LOOKS
from tests.render.colours import SIGHTS, ciede2000, contrast, distance

THEMES = {
    "light": (LIGHT, {look.light for look in LOOKS.values()}),
    "dark": (DARK, {look.dark for look in LOOKS.values()}),
}


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("sight", SIGHTS)
def test_every_two_states_are_told_apart(theme, sight):
    _, colours = THEMES[theme]
    nearest = min(distance(one, other, sight) for one, other in combinations(colours, 2))
    assert nearest >= 15.5


@pytest.mark.parametrize("theme", THEMES)
def test_every_state_is_seen_on_its_box_and_every_text_read(theme):
    surface, colours = THEMES[theme]
    assert min(contrast(colour, surface.box) for colour in colours) >= 3
    for ground in (surface.box, surface.background):
        assert min(contrast(text, ground) for text in (surface.text, surface.muted)) >= 4.5
    assert contrast(surface.edge, surface.background) >= 3


#: Pairs of the paper's own table, by which an implementation is known to be right.
@pytest.mark.parametrize(
    ("one", "other", "wanted"),
    [
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, -1.3802, -84.2814), (50, 0, -82.7485), 1.0),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
        ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
    ],
)
def test_distances_are_those_of_the_paper(one, other, wanted):
    assert ciede2000(one, other) == pytest.approx(wanted, abs=1e-4)


def test_contrast_is_that_of_black_and_white():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
