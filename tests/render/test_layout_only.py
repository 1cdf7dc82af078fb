"""Where pygraphviz does not load, its wheel's layout gives the same picture."""

from __future__ import annotations

import json
import sys

import pytest

from sfdag_magics.errors import MachineError
from sfdag_magics.render import graphviz_runs, layout_only
from sfdag_magics.render.layout import layout_source
from sfdag_magics.render.layout_child import run_graphviz
from tests.render.builders import shape


@pytest.fixture
def bare_machine(monkeypatch):
    """A machine without the libraries that Graphviz's drawing needs."""
    monkeypatch.setitem(sys.modules, "pygraphviz", None)
    graphviz_runs.pygraphviz_loads.cache_clear()
    yield
    graphviz_runs.pygraphviz_loads.cache_clear()


SOURCES = [
    layout_source(shape(drawn))
    for drawn in ("a -> b", "a -> b -> c; a -> c", "a", "a -> b; a -> c; b -> d; c -> d")
]


@pytest.mark.parametrize("source", SOURCES)
def test_the_positions_are_the_same(source, bare_machine):
    bare = graphviz_runs.positions(source, size=2)
    sys.modules.pop("pygraphviz")
    assert json.loads(bare) == json.loads(run_graphviz(source))


def test_one_library_lays_out_one_graph_after_another(bare_machine):
    first, second = (run_graphviz(SOURCES[1]) for _ in range(2))
    assert first == second


def test_where_neither_is_there_the_system_package_is_named(bare_machine, monkeypatch):
    monkeypatch.setattr(layout_only, "library", lambda: None)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(MachineError, match="cannot be laid out") as caught:
        graphviz_runs.positions(SOURCES[0], size=2)
    assert "apt-get install graphviz" in caught.value.hint
