"""A kernel of a long day: what a capture reads does not grow with the cells that were run."""

from __future__ import annotations

import linecache
import math

from sfdag_magics.bundle.taking import capture, ground
from sfdag_magics.bundle.taking.ground import Looked
from sfdag_magics.bundle.written.cell_texts import may_name, parsed_or_none

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
