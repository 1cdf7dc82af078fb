from dataclasses import replace

import pytest

from sfdag_magics.client.code import noted_code
from sfdag_magics.client.modified import modified_text
from tests.client.rows import deployed


def graph(text, **bodies):
    made = deployed(text)
    tasks = {
        name: replace(task, definition=bodies.get(name, "select 1"))
        for name, task in made.tasks.items()
    }
    return replace(made, tasks=tasks)


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
    noted = noted_code({}, None, graph("a -> b"))
    assert modified_text(noted, now) == told


def test_of_a_run_that_noted_nothing_nothing_is_said():
    assert modified_text({}, graph("a -> b")) == ""


def test_of_a_large_graph_only_a_sum_is_noted_and_nothing_is_said():
    large = graph(", ".join(f"t{number}" for number in range(150)))
    assert modified_text(noted_code({}, None, large), graph("a -> b")) == ""
