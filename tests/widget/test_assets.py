"""The page's files: all of them joined, none too long, none that parses markup or calls out."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from sfdag_magics.graph.states import DisplayState
from sfdag_magics.widget import assets

STATIC = Path(assets.__file__).parent / "static"
FILES = {path.relative_to(STATIC).as_posix(): path for path in STATIC.rglob("*") if path.is_file()}


def test_every_file_is_joined_once():
    assert sorted(FILES) == sorted([*assets.SCRIPTS, *assets.STYLES])


def test_no_file_is_too_long():
    lengths = {n: len(p.read_text(encoding="utf-8").splitlines()) for n, p in FILES.items()}
    assert {name: lines for name, lines in lengths.items() if lines > 250} == {}


def test_no_name_is_given_twice():
    """All files are one module: a name that two of them give would be an error there."""
    given = re.findall(r"^(?:async )?(?:function|const|let) (\w+)", assets.script(), re.MULTILINE)
    assert [name for name, count in Counter(given).items() if count > 1] == []


def test_data_never_becomes_markup_and_nothing_is_fetched():
    forbidden = (
        r"innerHTML|outerHTML|insertAdjacentHTML|DOMParser|eval\(|new Function|fetch\(|https?:"
    )
    allowed = (
        'const SVG = "http://www.w3.org/2000/svg";',
        # What goes into a frame without scripts, with less in it than before.
        'DOMParser().parseFromString(text, "text/html")',
        "return read.documentElement.outerHTML;",
    )
    script = assets.script()
    for each in allowed:
        assert script.count(each) == 1
        script = script.replace(each, "")
    assert re.findall(forbidden, script) == []
    assert re.findall(r"@import|url\(", assets.style()) == []


def test_the_page_looks_for_elements_in_its_own_root_only():
    assert re.findall(r"\bdocument\.|save_changes|model\.set", assets.script()) == []


def test_every_state_has_its_colours():
    for state in DisplayState:
        assert f".sfdag-s-{state} {{" in assets.style()


def test_the_module_exports_one_renderer():
    assert assets.script().count("export ") == 1
