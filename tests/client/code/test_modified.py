from dataclasses import replace

import pytest

from sfdag_magics.client.code.deployed_code import noted_code, noted_definitions
from sfdag_magics.client.code.modified import modified_text
from tests.client.rows import deployed
from tests.render.builders import run, shape


def graph(text, **bodies):
    made = replace(deployed(text), mark={"hash": "root"})
    tasks = {
        name: replace(task, definition=bodies.get(name, "select 1"), mark={"hash": name})
        for name, task in made.tasks.items()
    }
    return replace(made, tasks=tasks)


def begun(made):
    """A run of a graph as it was then."""
    seen = run(shape("a -> b"), a="succeeded", b="failed")
    return replace(seen, code=noted_code({}, None, made), definitions=noted_definitions(made))


@pytest.mark.parametrize(
    ("now", "told"),
    [
        (graph("a -> b"), ""),
        (graph("a -> b -> c"), "added: c"),
        (graph("a"), "dropped: b"),
        (graph("a -> b", b="select 2"), "other SQL: b"),
        (graph("a -> c", a="select 2"), "added: c; dropped: b; other SQL: a"),
    ],
)
def test_what_was_changed_since_a_run_began_is_named(now, told):
    assert modified_text(begun(graph("a -> b")), now) == told


def test_of_a_run_that_noted_nothing_nothing_is_said():
    nothing = replace(begun(graph("a -> b")), code={}, definitions="")
    assert modified_text(nothing, graph("a -> b -> c")) == ""


def test_of_a_large_graph_only_a_sum_is_noted_and_that_it_was_changed_is_said():
    large = graph(", ".join(f"t{number}" for number in range(150)))
    assert modified_text(begun(large), large) == ""
    assert modified_text(begun(large), graph("a -> b")) == "tasks or options"


@pytest.mark.parametrize("changed", ["root", "b"])
def test_that_an_option_was_changed_is_said(changed):
    now = graph("a -> b")
    if changed == "root":
        now = replace(now, mark={"hash": "another"})
    else:
        now = replace(now, tasks={**now.tasks, "b": replace(now.tasks["b"], mark={"hash": "x"})})
    assert modified_text(begun(graph("a -> b")), now) == "tasks or options"


def test_of_a_graph_that_was_not_made_here_nothing_is_said():
    now = graph("a -> b")
    assert modified_text(begun(now), replace(now, mark={})) == ""
    assert begun(replace(now, mark={})).definitions == ""
