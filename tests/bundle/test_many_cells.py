"""A kernel of a long day: what a capture reads does not grow with the cells that were run."""

from __future__ import annotations

import linecache
import math
from collections import Counter

import pytest

from sfdag_magics.bundle.taking import capture, ground
from sfdag_magics.bundle.taking.ground import Looked
from sfdag_magics.bundle.taking.module_states import module_state, patches
from sfdag_magics.bundle.taking.notes import told
from sfdag_magics.bundle.written.cell_texts import CellText, may_name, parsed_or_none
from sfdag_magics.bundle.written.cells import Cells, Texts

from .notebook import Notebook

FLOOR = math.floor


def test_cells_that_have_nothing_to_do_with_a_task_are_not_read_again(monkeypatch):
    monkeypatch.setattr(linecache, "cache", {})  # without the cells of other tests
    notebook = Notebook()
    notebook.run(
        "class Config:\n    rate = 2\n    def twice(self): return self.rate * 2\nc = Config()"
    )
    for number in range(parsed_or_none.cache_info().maxsize + 100):
        notebook.run(f"value_{number} = {number}")
    notebook.task("def train(session): return c.twice()")
    notebook.build()

    before = parsed_or_none.cache_info().misses
    notebook.build()

    assert parsed_or_none.cache_info().misses - before < 10


def test_a_name_that_is_spelled_otherwise_is_not_overlooked():
    assert may_name("def ﬁt(): pass", "fit")
    assert not may_name("def fat(): pass", "fit")


def test_what_lies_beside_is_compared_once_however_often_a_task_is_walked(monkeypatch):
    asked = []
    monkeypatch.setattr(ground, "differing_modules", lambda *given: asked.append(given) or ())
    walks, made = [], capture.Walk
    monkeypatch.setattr(capture, "Walk", lambda *given: walks.append(1) or made(*given))
    notebook = Notebook()
    notebook.run("import json\nshared = [1]\nclass C:\n    held = shared")
    notebook.task("def train(session): return json.dumps([shared, C.held])")
    notebook.build()

    assert len(walks) > 1
    assert len(asked) == 1


def test_a_question_is_asked_once_of_each_cell_for_all_tasks(monkeypatch):
    monkeypatch.setattr(linecache, "cache", {})  # without the cells of other tests
    asked = Counter()
    for module, name in ((told, "_registered"), (patches, "_may_set"), (ground, "imported_from")):
        real = getattr(module, name)

        def counted(text, *given, real=real, name=name):
            asked[name] += 1
            return real(text, *given)

        monkeypatch.setattr(module, name, counted)
    notebook = Notebook()
    for number in range(20):
        notebook.task(f"def t{number}(session): return {number}")
    notebook.build()

    # Once as a cell of the notebook, and once or twice as a task's own.
    assert all(20 <= count <= 60 for count in asked.values()), asked
    assert len(asked) == 3


def test_what_cells_did_is_not_read_where_no_module_lies_beside_the_notebook(monkeypatch):
    monkeypatch.setattr(module_state, "WhatRan", lambda *given: pytest.fail("read"))
    notebook = Notebook()
    notebook.run("import json")
    notebook.task("def train(session): return json.dumps(1)")

    assert not notebook.build().problems


@pytest.mark.parametrize(
    ("cells", "name", "first", "found"),
    [
        (["def f(): pass", "f = 1", "fog = 2"], "f", None, [0, 1]),
        (["def f(): pass", "f = 1"], "f", "1", [1, 0]),
        (["fog = 2"], "f", None, []),
        (["ﬁt = 1", "fat = 2"], "fit", None, [0]),
        (["exec('def f(): pass')"], "f", None, [0, 0]),
    ],
)
def test_only_cells_that_can_name_a_thing_are_looked_through(cells, name, first, found):
    texts = [CellText(filename=str(at), text=text, place=str(at)) for at, text in enumerate(cells)]

    named = Cells([], Texts(texts)).naming(name, first=first)

    assert [int(each.place) for each in named] == found


def test_the_own_cell_comes_first_and_once():
    texts = [CellText(filename=name, text=f"{name} = 1", place=name) for name in "abc"]

    around = Cells([texts[1]], Texts(texts, [texts[2]]))

    assert [each.filename for each in around] == ["b", "a", "c", "c"]
    assert [each.filename for each in around.where(_is_of_b)] == ["b"]
    assert around.place_of("b") == "b"
    assert around.place_of("d") is None


def _is_of_b(text):
    return text.startswith("b")


def test_what_cells_put_into_others_is_looked_for_once_for_all_tasks():
    notebook = Notebook()
    notebook.run("import math\nmath.floor = lambda x: 'p'")
    try:
        looked = Looked()
        first = looked.put_there(notebook.names)
        assert [found[2] for found in first if found[1] == "math"] == ["floor"]
        assert looked.put_there(notebook.names) is first
    finally:
        math.floor = FLOOR
