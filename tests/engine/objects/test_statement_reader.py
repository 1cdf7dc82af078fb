"""Names, bound values, locations and options as statements write them."""

from __future__ import annotations

import pytest

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.objects.statement_reader import StatementReader, truth
from sfdag_magics.engine.sql.reading.gate import classify
from sfdag_magics.sqltext import QualifiedName, SqlTextError


def reader(text: str, bindings: object = ()) -> StatementReader:
    statement = classify(f"select {text}", "q", bindings)
    read = StatementReader(statement)
    read.take()
    return read


@pytest.mark.parametrize(
    ("text", "bindings"),
    [
        ("db.s.t", ()),
        ("identifier('db.s.t')", ()),
        ("identifier(?)", ["db.s.t"]),
        ("identifier(:1)", ["db.s.t"]),
        ("identifier(:name)", {"name": "db.s.t"}),
    ],
)
def test_a_name_may_be_written_or_bound(text: str, bindings: object):
    assert reader(text, bindings).object_name() == QualifiedName("T", "S", "DB")


def test_each_question_mark_takes_its_own_value():
    read = reader("identifier(?) ?", ["t", "continue"])
    assert read.object_name() == QualifiedName("T")
    assert read.option_value() == "continue"


def test_a_missing_binding_is_an_error():
    with pytest.raises(SqlError, match="Bind variable not set"):
        reader("identifier(?)").object_name()


def test_a_bound_name_is_a_name_and_nothing_more():
    with pytest.raises(SqlTextError):
        reader("identifier(?)", ["t; drop table u"]).object_name()


@pytest.mark.parametrize(
    "location",
    [
        "@s",
        "@~",
        "@~/a/b.csv",
        "@%t",
        "@db.s.%t/x",
        '@db."My S"."a.b"/dir/file-1.csv.gz',
        "@s/a=1/b.parquet",
    ],
)
def test_a_location_ends_at_white_space(location: str):
    read = reader(f"{location} PATTERN = 'x'")
    assert read.location() == location
    assert read.options() == {"PATTERN": "x"}


def test_a_quoted_location_may_hold_spaces():
    assert reader("'@s/my dir/x'").location() == "@s/my dir/x"


def test_cloud_locations_are_refused_by_name():
    with pytest.raises(SqlError, match=r"s3://.* is not supported"):
        reader("'s3://bucket/x'").location()
    with pytest.raises(SqlError, match=r"snow://.* is not supported"):
        reader("'snow://dataset/x'").location()


def test_options_are_words_texts_numbers_truths_lists_and_options():
    options = reader(
        "type = csv, skip_header = 1 trim_space=TRUE null_if = ('a', 'b') empty=()"
        " on_error = skip_file_10% file_format = (format_name = db.s.f) field_delimiter = '\\t'"
    ).options()
    assert options == {
        "TYPE": "CSV",
        "SKIP_HEADER": 1,
        "TRIM_SPACE": True,
        "NULL_IF": ("a", "b"),
        "EMPTY": (),
        "ON_ERROR": "SKIP_FILE_10%",
        "FILE_FORMAT": {"FORMAT_NAME": "db.s.f"},
        "FIELD_DELIMITER": "\t",
    }


def test_truths_may_be_quoted_and_nothing_else_is_one():
    assert truth("True") is True
    assert truth("false") is False
    with pytest.raises(SqlError, match="invalid value"):
        truth("perhaps")
