"""What makes a long text of short ones ends with an error that names it, before it is made."""

from __future__ import annotations

import pytest

from tests.engine.sql.conftest import Asker

_MANY = "repeat('a', 10000000)"

#: By function: calls whose value would be too long.
TOO_LONG = {
    "LPAD": ("lpad('x', 2000000000, 'y')", "lpad('x', 2000000000 + seq4())"),
    "RPAD": ("rpad('x', 2000000000)",),
    "SPACE": ("space(2000000000)",),
    "REPEAT": ("repeat('x', 2000000000)", "repeat('é', 100000000)"),
    "REGEXP_REPLACE": (
        f"regexp_replace({_MANY}, 'a', repeat('b', 1000))",
        f"regexp_replace({_MANY}, 'a', repeat('\\\\\\\\0', 1000))",
        f"regexp_replace({_MANY}, '', repeat('b', 1000))",
    ),
    "REPLACE": (
        f"replace({_MANY}, 'a', repeat('b', 1000))",
        f"replace({_MANY}, 'a', 'bbbbbbbbbbbbbbbbbbbb')",
    ),
    "ARRAY_TO_STRING": (f"array_to_string(array_generate_range(0, 1000), '{'-' * 200_000}')",),
}


@pytest.mark.parametrize(
    ("function", "call"), [(name, call) for name, calls in TOO_LONG.items() for call in calls]
)
def test_a_text_that_would_be_too_long_is_not_made(sql: Asker, function: str, call: str):
    error = sql.error(f"select length({call})")
    assert error.message == f"String is too long: {function} makes up to 134,217,728 bytes"
    assert (error.code, error.sqlstate) == (100183, "22000")


@pytest.mark.slow
def test_listagg_makes_no_longer_text(sql: Asker):
    error = sql.error(
        "select length(listagg(repeat('x', 1000))) from table(generator(rowcount => 200000))"
    )
    assert error.message.startswith("String is too long: LISTAGG makes up to")


@pytest.mark.parametrize(
    ("call", "value"),
    [
        ("lpad('x', '5', 'ab')", "ababx"),
        ("length(lpad('x', 134217728))", 134_217_728),
        ("rpad('x', 3.7)", "x   "),
        ("lpad('x', null)", None),
        ("space(3)", "   "),
        ("space(1 + 1)", "  "),
        ("repeat(null, 3)", None),
        ("repeat('ab', 3)", "ababab"),
        ("repeat('ab', 3.4)", "ababab"),
        ("repeat('ab', -1)", ""),
        ("repeat(12, '2')", "1212"),
        # longer than what DuckDB's own functions pad
        ("length(lpad('é', 100000, 'ab'))", 100_000),
        ("right(lpad('é', 100000, 'ab'), 4)", "abaé"),
        ("left(lpad('é', 100000, 'ab'), 4)", "abab"),
        ("left(rpad('é', 100000, 'abc'), 4)", "éabc"),
        ("right(rpad('é', 99999, 'abc'), 4)", "bcab"),
        ("length(rpad(repeat('é', 100002), 100000, 'ab'))", 100_000),
        ("length(lpad(repeat('é', 100002), 100000, 'ab'))", 100_000),
        ("lpad(null, 100000)", None),
        ("lpad('a', 100000, null)", None),
        ("length(space(100000))", 100_000),
        ("space(null)", None),
        # twenty times longer, but only where it matches
        (f"length(replace({_MANY} || 'z', 'z', 'bbbbbbbbbbbbbbbbbbbb'))", 10_000_020),
        (f"length(regexp_replace({_MANY} || 'z', 'z', 'bbbbbbbbbbbbbbbbbbbb'))", 10_000_020),
        ("replace('abc', 'b', 'x' || 'yz')", "axyzc"),
        ("replace(1234, '2', 'x' || 'yz')", "1xyz34"),
        ("replace('abc', '', 'x' || 'yz')", "abc"),
        ("replace('abc', 'b', null)", None),
        ("replace('abc', 'b')", "ac"),
        ("regexp_replace('abc', '', '-')", "-a-b-c-"),
        ("array_to_string(array_construct(1, null, 'a'), '-')", "1--a"),
    ],
)
def test_what_is_not_too_long_is_made(sql: Asker, call: str, value: object):
    assert sql(f"select {call}") == [(value,)]


def test_a_default_of_a_column_may_pad_and_replace(sql: Asker):
    sql("create table t (a int, b varchar default replace('a', 'a', 'bbbbbbbbbbbb') || space(2))")
    sql("insert into t (a) values (1)")
    assert sql("select b from t") == [("bbbbbbbbbbbb  ",)]
