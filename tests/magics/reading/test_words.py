import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfdag_magics.errors import InputError
from sfdag_magics.magics.reading.words import (
    Typed,
    joined_cell,
    joined_line,
    quoted,
    split_words,
    typed_value,
)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("run --only a", ["run", "--only", "a"]),
        ("""--config '{"a": 1}'""", ["--config", """'{"a": 1}'"""]),
        ("--schedule='1 day'", ["--schedule='1 day'"]),
        ("--when SYSTEM$STREAM_HAS_DATA('S')", ["--when", "SYSTEM$STREAM_HAS_DATA('S')"]),
        ("--set k='a b' -x", ["--set", "k='a b'", "-x"]),
        (r"""--set k='it\'s "a b"' -x""", ["--set", r"""k='it\'s "a b"'""", "-x"]),
        (r"""--set k="a \"b c\"" -x""", ["--set", r"""k="a \"b c\"" """.strip(), "-x"]),
        ("--set k='a = b # c'", ["--set", "k='a = b # c'"]),
        ("--set k= -x", ["--set", "k=", "-x"]),
        ("--set name=$who", ["--set", "name=$who"]),
        ("", []),
    ],
)
def test_a_line_is_split_at_spaces_that_are_not_in_quotes(line, words):
    assert split_words(line) == words


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("run # note", ["run"]),
        ("run #", ["run"]),
        ("retry #42", ["retry", "#42"]),
        ("retry a#b # c", ["retry", "a#b"]),
        ("--comment 'no # comment'", ["--comment", "'no # comment'"]),
    ],
)
def test_a_comment_starts_at_a_hash_before_a_space(line, words):
    assert split_words(line) == words


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("", Typed("")),
        ("''", Typed("", "'")),
        ('"a b"', Typed("a b", '"')),
        ("""'{"a": 1}'""", Typed('{"a": 1}', "'")),
        (r"""'it\'s "so"'""", Typed("""it's "so\"""", "'")),
        (r'''"it's \"so\""''', Typed("""it's "so\"""", '"')),
        (r"""'C:\new\tab'""", Typed(r"C:\new\tab", "'")),
        (r"""'C:\my dir\\'""", Typed("C:\\my dir\\", "'")),
        (r"""'a\\b'""", Typed(r"a\\b", "'")),
        (r"""'{"a": "x\\y \"z\""}'""", Typed(r"""{"a": "x\\y \"z\""}""", "'")),
        ("x('S')", Typed("x('S')")),
        ("'a' or 'b'", Typed("'a' or 'b'")),
        ("'größe'", Typed("größe", "'")),
    ],
)
def test_a_value_that_is_quoted_as_a_whole_loses_its_quotes(typed, value):
    assert typed_value(typed) == value


@given(st.text(alphabet="'\"\\ a=#{}$ß\n", max_size=12), st.sampled_from("'\""))
def test_whatever_is_quoted_is_one_word_and_arrives_as_it_was(text, quote):
    line = f"--set k={quoted(text, quote)} -x"
    assert split_words(line) == ["--set", f"k={quoted(text, quote)}", "-x"]
    assert typed_value(quoted(text, quote)) == Typed(text, quote)


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        ("--comment 'a b", "'a b", 'close it, or quote the whole value: "a b"'),
        ("--set k=it's --wait", "k=it's --wait", "quote the whole value: k=\"it's\""),
        ("it's", "it's", 'quote the whole value: "it\'s"'),
        (r"--set k='C:\a b\'", r"k='C:\a b\'", r"a backslash before a quote makes it part of the "
         r"value; \\' closes it"),
    ],
)  # fmt: skip
def test_an_open_quote_is_an_error_that_shows_it(line, message, hint):
    with pytest.raises(InputError) as raised:
        split_words(line)
    assert raised.value.message.endswith(f"is not closed: {message}")
    assert raised.value.hint == hint


@pytest.mark.parametrize(
    ("line", "read"),
    [
        ("run;", "run"),
        ("run --only a ;  # c", "run --only a"),
        ("run \\\n   --wait", "run  --wait"),
    ],
)
def test_a_line_magic_loses_its_semicolon_and_is_joined(line, read):
    assert joined_line(line) == read


def test_a_continued_cell_magic_takes_lines_from_the_body_and_knows_where_the_rest_starts():
    cell = joined_cell("train --after a \\", "   --timeout 5m \\\n --branch\ndef f():\n    pass\n")
    assert split_words(cell.line) == ["train", "--after", "a", "--timeout", "5m", "--branch"]
    assert (cell.body, cell.first_line) == ("def f():\n    pass\n", 4)


def test_a_cell_magic_without_continuation_starts_its_body_on_line_two():
    cell = joined_cell("train", "def f(): ...")
    assert (cell.line, cell.body, cell.first_line) == ("train", "def f(): ...", 2)
