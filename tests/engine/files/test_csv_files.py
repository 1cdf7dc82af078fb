"""Delimited text by Snowflake's rules: what is NULL, what quotes and escapes mean, and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfdag_magics.engine.files.csv_files import CsvError, CsvReader, CsvWriter
from sfdag_magics.engine.files.file_formats import FileFormat

QUOTED = {"FIELD_OPTIONALLY_ENCLOSED_BY": '"'}


def fields(content: str, **options: object) -> list[tuple[str | None, ...]]:
    reader = CsvReader(FileFormat(options=options))
    return [row.fields for row in reader.rows(content.encode())]


def test_an_empty_field_is_null_and_an_enclosed_empty_one_is_not():
    assert fields('a,,""\n', **QUOTED) == [("a", None, "")]
    assert fields("a,\n", EMPTY_FIELD_AS_NULL=False) == [("a", "")]


def test_null_if_names_the_texts_that_are_null():
    assert fields("\\N,NA,x\n", NULL_IF=("\\N", "NA")) == [(None, None, "x")]
    assert fields("\\N,x\n") == [(None, "x")]


def test_enclosed_fields_hold_delimiters_and_doubled_quotes():
    assert fields('"a,b","c\nd","e""f"\ng,h,i', **QUOTED) == [
        ("a,b", "c\nd", 'e"f'),
        ("g", "h", "i"),
    ]


def test_without_the_option_quotes_are_text():
    assert fields('"a",b\n') == [('"a"', "b")]


def test_a_row_knows_the_line_it_began_on():
    reader = CsvReader(FileFormat(options=QUOTED))
    lines = [row.line for row in reader.rows(b'"a\nb",1\n"c",2\n')]
    assert lines == [1, 3]


def test_delimiters_may_have_several_characters():
    assert fields("a||b^^c||d^^", FIELD_DELIMITER="||", RECORD_DELIMITER="^^") == [
        ("a", "b"),
        ("c", "d"),
    ]


def test_a_backslash_escapes_outside_of_quotes():
    assert fields("a\\,b,c\\\\d,e\\tf\n") == [("a,b", "c\\d", "e\tf")]


def test_header_and_skipped_lines():
    assert fields("x,y\n1,2\n", SKIP_HEADER=1) == [("1", "2")]
    reader = CsvReader(FileFormat(options={"PARSE_HEADER": True}))
    assert reader.header(b"x,y\n1,2\n") == ("x", "y")
    assert [row.fields for row in reader.rows(b"x,y\n1,2\n")] == [("1", "2")]


def test_white_space_is_trimmed_when_asked_for():
    assert fields(' a , "b" \n', TRIM_SPACE=True, **QUOTED) == [("a", "b")]


def test_blank_lines_are_skipped_when_asked_for():
    assert fields("a\n\nb\n", SKIP_BLANK_LINES=True) == [("a",), ("b",)]
    assert fields("a\n\nb\n") == [("a",), (None,), ("b",)]


def test_windows_line_ends_and_byte_order_marks_are_no_content():
    assert fields("\ufeffa,b\r\nc,d\r\n") == [("a", "b"), ("c", "d")]


def test_an_open_quote_is_an_error_with_its_line():
    with pytest.raises(CsvError, match="not closed") as raised:
        fields('a\n"b\n', **QUOTED)
    assert raised.value.line == 2


def test_bytes_that_are_no_text_are_an_error():
    with pytest.raises(CsvError, match="utf-8"):
        list(CsvReader(FileFormat()).rows(b"\xff\xfe"))


ROWS = st.lists(
    st.lists(st.none() | st.text().filter(lambda text: "\r" not in text), min_size=2, max_size=2),
    max_size=5,
)


@given(ROWS)
def test_what_is_written_reads_back(rows: list[list[str | None]]):
    options = {**QUOTED, "NULL_IF": ("\\N",), "ESCAPE_UNENCLOSED_FIELD": "NONE"}
    described = FileFormat(options=options)
    writer = CsvWriter(described)
    written = "".join(writer.line(tuple(row)) for row in rows)
    read = [list(row.fields) for row in CsvReader(described).rows(written.encode())]
    assert read == [[None if field == "\\N" else field for field in row] for row in rows]
