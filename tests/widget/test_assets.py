"""The page's files: all of them joined, none too long, none that parses markup or calls out."""

from __future__ import annotations

import re
from importlib.resources import files

from sfdag_magics.graph.states import DisplayState
from sfdag_magics.widget import assets

STATIC = files("sfdag_magics.widget").joinpath("static")


def test_every_file_is_joined():
    there = {entry.name for entry in STATIC.iterdir()}
    assert there == {*assets.SCRIPTS, *assets.STYLES}


def test_no_file_is_too_long():
    lengths = {e.name: len(e.read_text(encoding="utf-8").splitlines()) for e in STATIC.iterdir()}
    assert {name: lines for name, lines in lengths.items() if lines > 250} == {}


def test_data_never_becomes_markup_and_nothing_is_fetched():
    forbidden = (
        r"innerHTML|outerHTML|insertAdjacentHTML|DOMParser|eval\(|new Function|fetch\(|https?:"
    )
    allowed = 'const SVG = "http://www.w3.org/2000/svg";'
    assert re.findall(forbidden, assets.script().replace(allowed, "")) == []
    assert re.findall(r"@import|url\(", assets.style()) == []


def test_the_page_looks_for_elements_in_its_own_root_only():
    assert re.findall(r"\bdocument\.|save_changes|model\.set", assets.script()) == []


def test_every_state_has_its_colours():
    for state in DisplayState:
        assert f".sfdag-s-{state} {{" in assets.style()


def test_the_module_exports_one_renderer():
    assert assets.script().count("export ") == 1
