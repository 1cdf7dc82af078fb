"""Every kind of error DuckDB has becomes one of Snowflake's."""

from __future__ import annotations

import duckdb
import pytest
from sqlglot import exp

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.sql.checking.documented_functions import NOT_CARRIED_OUT
from sfdag_magics.engine.sql.checking.known_functions import FUNCTIONS
from sfdag_magics.engine.sql.results.duck_errors import sql_error

_PHYSICAL = "t_0123456789abcdef0123456789abcdef"
_KINDS = sorted(
    (
        kind
        for kind in vars(duckdb).values()
        if isinstance(kind, type) and issubclass(kind, duckdb.Error)
    ),
    key=lambda kind: kind.__name__,
)


@pytest.mark.parametrize("kind", _KINDS)
def test_an_error_keeps_its_reason_and_loses_duckdbs_names(kind: type[duckdb.Error]):
    problem = kind(f"Some Error: {_PHYSICAL} went wrong\nLINE 1: select\n  Did you mean x")
    mapped = sql_error(problem, {_PHYSICAL: "ORDERS"}.get)
    assert isinstance(mapped, SqlError)
    assert mapped.code
    assert len(mapped.sqlstate) == 5
    assert _PHYSICAL not in mapped.message
    assert "LINE 1" not in mapped.message


def test_the_line_that_duckdb_shows_of_our_translation_is_not_told():
    said = 'Input: "[1,,2]"\n\nLINE 2: ... _SF_PARSE_JSON(\'[1,,2]\') AS "X"...\n          ^^^^^'
    problem = duckdb.InvalidInputException(f"Malformed JSON at byte 3 of input: no.  {said}")
    message = sql_error(problem, str).message
    assert message == 'Error parsing JSON: at byte 3 of input: no.  Input: "[1,,2]"'


def test_a_canceled_query_has_snowflakes_code():
    assert sql_error(duckdb.InterruptException("Interrupted!"), str).code == 604


def test_a_full_disk_is_told_as_one():
    problem = duckdb.IOException("IO Error: Could not write file: No space left on device")
    assert "disk" in sql_error(problem, str).message


@pytest.mark.parametrize(
    "problem",
    [
        duckdb.OutOfMemoryException("Out of Memory Error: failed to allocate data"),
        duckdb.InvalidInputException(
            "Invalid Input Error: Python exception occurred while executing the UDF: MemoryError:"
        ),
    ],
)
def test_a_statement_that_needs_too_much_memory_says_how_to_give_it_more(problem: duckdb.Error):
    mapped = sql_error(problem, str)
    assert (mapped.code, mapped.sqlstate) == (300005, "53200")
    assert "SFDAG_MEMORY=60%" in mapped.message


def _documented_classes() -> list[tuple[str, str]]:
    """A documented name and the one that sqlglot builds for what it reads it into."""
    known = {*FUNCTIONS, *NOT_CARRIED_OUT}
    return [
        (name, kind.sql_name())
        for kind in exp.ALL_FUNCTIONS
        for name in known
        if name.replace("_", "") == kind.__name__.upper() and kind.sql_name() not in known
    ]


def test_a_function_is_called_by_the_users_word_and_not_by_a_class_of_sqlglots():
    pairs = _documented_classes()
    assert ("MD5_NUMBER_LOWER64", "M_D5_NUMBER_LOWER64") in pairs
    for name, built in pairs:
        problem = duckdb.CatalogException(f"Scalar Function with name {built.lower()} does not x!")
        message = sql_error(problem, lambda _: None).message
        assert f"The function {name} is not" in message
