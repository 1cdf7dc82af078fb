"""What is written as Python is, read as Python, what it was."""

import ast
from datetime import timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sfdag_magics.client.exporting.python_text import (
    call_text,
    free_name,
    lines_text,
    spelled,
    value_text,
)

_PLAIN = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text())
_JSON = st.recursive(
    _PLAIN.filter(lambda value: value not in (float("inf"), -float("inf"))),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(_JSON)
@example({"a": 'it\'s "so" {x} # \\n', "b": ["\ud800", "\x00"]})
def test_a_value_is_read_as_what_it_was(value):
    assert ast.literal_eval(value_text(value)) == value


@given(st.text())
@example('a\r\n"""b"""\n\\n\\"\t\x0c\u2028"')
@example('"\n"')
def test_lines_are_read_as_what_they_were_with_space_around_them(text):
    read = ast.literal_eval(lines_text(text))
    assert read == (f"\n{text}\n" if "\n" in text else text)


@given(st.timedeltas())
def test_a_time_is_read_as_what_it_was(time):
    said = value_text(time)
    assert eval(said, {"timedelta": timedelta}) == time  # noqa: S307 - what was just written


def test_a_short_call_is_one_line_and_a_long_one_has_an_argument_in_each():
    assert call_text("f", ["a=1", "b=2"]) == "f(a=1, b=2)"
    long = ["a=" + "1" * 50, "b=" + "2" * 50]
    assert call_text("f", long) == f"f(\n    {long[0]},\n    {long[1]},\n)"
    assert call_text("f", long, 1).endswith(",\n    )")


@pytest.mark.parametrize(
    ("taken", "said", "imports"),
    [
        (set(), "one", ("from here import one, two",)),
        ({"other"}, "one", ("from here import one, two",)),
        ({"two"}, "here.one", ("import here",)),
        ({"one", "here"}, "here_.one", ("import here as here_",)),
    ],
)
def test_a_name_that_is_taken_is_said_by_its_module(taken, said, imports):
    names = spelled({"here": ["one", "two"], "there": []}, taken)
    assert (names["one"], names.imports) == (said, imports)


def test_a_free_name_is_nobodys():
    assert free_name("graph", {"graph", "graph_"}) == "graph__"
