"""The README's pictures: each is made by a scene that can still be set, and is shown there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.measures import check_layout
from tests.pictures.__main__ import FOLDER
from tests.pictures.scenes import SCENES, shown

README = (Path(__file__).parents[3] / "README.md").read_text("utf-8")


@pytest.mark.usefixtures("own_page")
def test_each_scene_can_be_set_and_looks_as_it_should(page, keep):
    for name in SCENES:
        element = shown(page, name)
        check_layout(page)
        assert "target." not in element.text_content()  # its commands are those of a notebook
        keep(element, f"picture_{name}")


def test_the_readme_shows_each_picture_and_no_other():
    there = {path.stem for path in FOLDER.iterdir()}
    assert there == set(SCENES)
    assert {name for name in there if f"notebooks/pictures/{name}.png" in README} == there
