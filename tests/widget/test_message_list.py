"""MESSAGES.md, `messages/` and the page's `messages.js` list the same messages."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import is_typeddict

from sfdag_magics.widget import assets, messages
from sfdag_magics.widget.messages import Ask, PagePast, PageState, Request
from sfdag_magics.widget.view import LiveView

ROOM = Path(assets.__file__).parent
LIST = (ROOM / "MESSAGES.md").read_text(encoding="utf-8")
PAGE = (ROOM / "static/page/messages.js").read_text(encoding="utf-8")
SHAPES = {
    name: list(shape.__annotations__)
    for file in iter_modules(messages.__path__)
    for name, shape in vars(import_module(f"{messages.__name__}.{file.name}")).items()
    if is_typeddict(shape)
}


def section(title):
    return re.search(rf"^## {title}.*?(?=^## |\Z)", LIST, re.MULTILINE | re.DOTALL)[0]


def rows(title):
    """`{first cell: the names in the second}` of the table below a heading."""
    found = re.findall(r"^\| `(\w+)` \|([^|]*)\|", section(title), re.MULTILINE)
    return {name: re.findall(r"`(\w+)`", cell) for name, cell in found}


def declared(name):
    """The keys of an object in the page's script."""
    inside = re.search(rf"const {name} = \{{(.*?)\}};", PAGE, re.DOTALL)[1]
    return re.findall(r"(\w+): ", re.sub(r'"[^"]*"', '""', inside))


def test_every_shape_is_listed_with_its_keys():
    assert rows("Shapes") == SHAPES
    assert SHAPES.keys() <= {*messages.__all__}


def test_every_request_is_listed_and_known_to_the_page():
    asks = [ask.value for ask in Ask]
    assert list(rows("Page → kernel")) == asks
    assert declared("ASK") == asks


def test_everything_that_a_request_can_have_is_listed():
    listed = {name for names in rows("Page → kernel").values() for name in names}
    assert {*Request.__annotations__} - {"id", "ask"} <= listed


def test_every_trait_is_listed_and_known_to_the_page():
    traits = [name for name in LiveView.class_trait_names(sync=True) if name.startswith("sfdag_")]
    assert sorted(rows("Kernel → page")) == sorted(traits)
    assert sorted(re.findall(r'"(sfdag_\w+)"', PAGE)) == sorted(traits)


def test_the_page_knows_what_there_is_before_the_kernel_tells():
    assert declared("EMPTY_STATE") == list(PageState.__annotations__)
    assert declared("EMPTY_PAST") == list(PagePast.__annotations__)


def test_the_page_names_no_message_but_where_they_are_declared():
    others = {
        name: (ROOM / "static" / name).read_text(encoding="utf-8")
        for name in assets.SCRIPTS
        if name != "page/messages.js"
    }
    named = r"""["'`]sfdag_|\bask\(["'`]"""
    assert [name for name, text in others.items() if re.search(named, text)] == []
