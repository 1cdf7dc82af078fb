"""A metric over versions, as text and as SVG."""

import xml.etree.ElementTree as ET

import pytest

from sfdag_magics.render.metrics.numbers import number_text
from sfdag_magics.render.plots.metric_plot import Point, plot_svg, plot_text

POINTS = (
    Point(name="V1", value=0.5),
    Point(name="V<2>", value=None),
    Point(name="V3", value=0.75, is_default=True),
)


def test_bars_stand_between_the_least_and_the_largest():
    assert plot_text(POINTS) == (
        "  V1     0.5  ██\n  V<2>     –\n★ V3    0.75  ██████████████████████"
    )


def drawn(points):
    return ET.fromstring(plot_svg("f1 of <M>", points))  # noqa: S314 - our own text


def test_the_picture_has_a_mark_for_each_value_and_names_the_default():
    svg = drawn(POINTS)
    circles = [each for each in svg.iter() if each.tag.endswith("circle")]
    assert [each.get("class") for each in circles] == ["mark", "default"]
    assert float(circles[0].get("cy")) > float(circles[1].get("cy"))
    titles = [each.text for each in svg.iter() if each.tag.endswith("title")]
    assert titles == ["V1: 0.5", "V3: 0.75, the default"]


@pytest.mark.parametrize("values", [[0.0], [3.0, 3.0], [-1e9, 1e9], [0.0, 1.0], [1e-12, 2e-12], []])
def test_any_values_stay_within_the_picture(values):
    points = [Point(name=f"V{at}", value=value) for at, value in enumerate(values)]
    for circle in (each for each in drawn(points).iter() if each.tag.endswith("circle")):
        assert 34 <= float(circle.get("cy")) <= 186


def test_of_many_versions_some_are_named_and_the_default_always():
    points = [Point(name=f"VERSION_{at}", value=at, is_default=at == 17) for at in range(90)]
    texts = [each.text for each in drawn(points).iter() if each.tag.endswith("text")]
    named = [text for text in texts if text.startswith("VERSION_")]
    assert "VERSION_17" in named
    assert 4 <= len(named) <= 7


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (-0.5, "-0.5"), (1234567.8, "1,234,568"), (1e12, "1e+12"), (1e-5, "1e-05")],
)
def test_numbers_are_short(value, text):
    assert number_text(value) == text
