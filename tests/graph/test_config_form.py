"""A run's configuration as a form: its rows, and what is typed as `--set` would read it."""

from __future__ import annotations

import pytest

from sfdag_magics.graph.config_form import config_form
from sfdag_magics.graph.model import python_task, sql_task, task_function

READS = python_task(
    task_function(
        """
def train(*, as_of: str, rows: int = 7, rate: float = 0.5, shuffle: bool = False,
          kind: Literal["small", "large"] = "small", until: date = None, more=compute()):
    return 1
""",
        cell="Cell [1]",
    )
)
ALSO = python_task(task_function("def check(rows: int = 7): return rows", cell="Cell [2]"))
SQL = sql_task("load", "select SYSTEM$GET_TASK_GRAPH_CONFIG('schema_name')")
TASKS = (READS, ALSO, SQL)


def form(**typed):
    return config_form(TASKS, {"rate": 0.6, "schema_name": "S"}, typed=typed)


def row(key, **typed):
    return next(each for each in form(**typed).rows if each.key == key)


def test_each_key_that_can_be_typed_has_a_row_with_type_value_and_who_reads_it():
    rows = {each.key: each for each in form().rows}
    assert {key: (each.said, each.base, each.of, each.readers) for key, each in rows.items()} == {
        "as_of": ("str", "", "", ("train",)),
        "rows": ("int", "7", "default", ("train", "check")),
        "rate": ("float", "0.6", "graph", ("train",)),
        "shuffle": ("bool", "false", "default", ("train",)),
        "kind": ("Literal['small', 'large']", "small", "default", ("train",)),
        "until": ("date", "null", "default", ("train",)),
        "more": ("", "", "default", ("train",)),
        "schema_name": ("", '"S"', "graph", ("load",)),
    }
    computed = {key: each.computed for key, each in rows.items() if each.computed}
    assert computed == {"more": "compute()"}
    assert rows["kind"].choices == ("small", "large")
    assert rows["shuffle"].choices == ("true", "false")
    assert form().wrong == ("as_of: a run needs a value",)


@pytest.mark.parametrize(
    ("key", "text", "problem"),
    [
        ("rate", "0,7", "“0,7” is not a number; for example 0.7"),
        ("rate", "much", "“much” is not a number; for example 0.5"),
        ("rate", "", "an empty value is not a number; for example 0.5"),
        ("rows", "1.5", "“1.5” is not a whole number; for example 3"),
        ("shuffle", "yes", "“yes” is neither true nor false; for example true"),
        ("kind", "huge", '“huge” is none of small, large; for example "small"'),
        ("until", "tomorrow", "“tomorrow” is not a date; for example 2026-01-31"),
        ("as_of", "a\nb", "a value is one line of text"),
        ("as_of", "a\x00", "a value is one line of text"),
        ("as_of", "\ud800", "a value is one line of text"),
    ],
)
def test_a_value_that_is_none_of_its_key_is_said_at_its_row(key, text, problem):
    assert row(key, **{key: text}).problem.startswith(problem)


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("as_of", "2026-06-27", "2026-06-27"),
        ("as_of", "7", "7"),
        ("rows", "8", 8),
        ("rate", "1", 1),
        ("shuffle", "true", True),
        ("kind", "large", "large"),
        ("until", "2026-01-31", "2026-01-31"),
        ("more", "[1, 2]", [1, 2]),
        ("more", "plain", "plain"),
        ("schema_name", '"7"', "7"),
    ],
)
def test_what_is_typed_is_the_value_that_the_command_gives(key, text, value):
    made = form(**{"as_of": "x", key: text})
    assert made.wrong == ()
    assert made.config[key] == value
    assert made.typed[key] == text


def test_what_is_typed_as_it_is_anyway_tells_a_run_nothing():
    made = form(rate="0.6", rows="7", shuffle="false")
    assert (made.typed, made.config) == ({}, {})


def test_a_value_of_the_graph_that_does_not_fit_is_said_before_the_run():
    made = config_form(TASKS, {"rate": "much", "as_of": "x"})
    (row,) = [each for each in made.rows if each.problem]
    assert row.problem.startswith('“"much"” is not a number')


def test_a_key_that_no_task_reads_has_no_row():
    assert "other" not in [each.key for each in config_form(TASKS, {"other": 1}).rows]
    assert form(as_of="x", other="1").wrong == ("no task reads the config key 'other'",)


def test_where_no_cell_was_run_the_keys_are_those_of_the_graph():
    rows = config_form((), {"rate": 0.6, "sfdag": "t", "two words": 1, "a=b": 1}).rows
    assert [(each.key, each.base, each.problem) for each in rows] == [("rate", "0.6", "")]


def test_what_the_run_had_can_be_taken_over():
    made = config_form(TASKS, {"rate": 0.6}, last={"rate": 0.7, "rows": 7, "gone": 1})
    assert {each.key: each.last for each in made.rows if each.last} == {"rate": "0.7"}


def test_where_any_key_may_be_read_those_of_an_earlier_run_can_be_taken_again():
    made = config_form((), {"rate": 0.6}, last={"label": "x", "rate": 0.6}, typed={"label": '"y"'})
    rows = {each.key: (each.base, each.of, each.last, each.problem) for each in made.rows}
    assert rows == {"rate": ("0.6", "graph", None, ""), "label": ("", "", '"x"', "")}
    assert (made.typed, made.config, made.problems) == ({"label": '"y"'}, {"label": "y"}, ())
    # Of tasks that say what they read, none reads it.
    assert "label" not in [each.key for each in config_form(TASKS, {}, last={"label": "x"}).rows]
