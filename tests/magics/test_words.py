import pytest

from sfdag_magics.errors import InputError
from sfdag_magics.magics.words import joined_cell, joined_line, split_words


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("run --only a", ["run", "--only", "a"]),
        ("""--config '{"a": 1}'""", ["--config", '{"a": 1}']),
        ('--schedule "USING CRON 0 5 * * * UTC"', ["--schedule", "USING CRON 0 5 * * * UTC"]),
        ("--schedule='1 day'", ["--schedule=1 day"]),
        ("--when SYSTEM$STREAM_HAS_DATA('S')", ["--when", "SYSTEM$STREAM_HAS_DATA('S')"]),
        ("--when \"x('S')  AND 1=1\"", ["--when", "x('S')  AND 1=1"]),
        ("--set k='a b' -x", ["--set", "k='a b'", "-x"]),
        ("--set name=$who", ["--set", "name=$who"]),
        ("", []),
    ],
)
def test_a_line_is_split_at_spaces_and_whole_words_lose_their_quotes(line, words):
    assert split_words(line) == words


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("run # note", ["run"]),
        ("run #", ["run"]),
        ("retry #42", ["retry", "#42"]),
        ("retry a#b # c", ["retry", "a#b"]),
        ("--comment 'no # comment'", ["--comment", "no # comment"]),
    ],
)
def test_a_comment_starts_at_a_hash_before_a_space(line, words):
    assert split_words(line) == words


def test_an_open_quote_is_an_error_that_shows_it():
    with pytest.raises(InputError, match=r"the quote ' is not closed: 'a b"):
        split_words("--comment 'a b")


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
