"""Numbers, times and VARIANTs where text belongs: in operators and in functions of text."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.sql.conftest import Asker

#: An expression over t(f FLOAT, n NUMBER, d DATE, ts TIMESTAMP, v VARIANT, b BINARY) and its value.
CASES: list[tuple[str, Any]] = [
    ("'x' || 1.0::float", "x1"),
    ("'x' || f", "x1"),
    ("f || 'x'", "1x"),
    ("'a' || 'b' || f || n || true", "ab112.50true"),
    ("concat('x', f)", "x1"),
    ("concat(f, f)", "11"),
    ("concat('a', null)", None),
    ("concat_ws('-', f, f + 1.5)", "1-2.5"),
    ("concat_ws(',', 'a', null)", None),
    ("abs(f) || 'x'", "1x"),
    ("max(f) over () || 'x'", "1x"),
    ("(select f) || 'x'", "1x"),
    ("sqrt(4) || 'x'", "2x"),
    ("nvl(f, 0) || 'x'", "1x"),
    ("'NaN'::float || ''", "NaN"),
    ("1.50 || 'x'", "1.50x"),
    ("1 || 2", "12"),
    ("d || 'x'", "2024-01-31x"),
    ("ts || 'x'", "2024-01-31 10:00:00.000x"),
    ("v || 'x'", '{"a":"Q","b":2}x'),
    ("v:a || 'x'", "Qx"),
    ("concat(v:a, v:b)", "Q2"),
    ("lower(v:a)", "q"),
    ("length(v:a)", 1),
    ("contains(v:a, 'Q')", True),
    ("v:a like 'Q'", True),
    ("replace(f, '1', 'x')", "x"),
    ("replace(n, '.', ',')", "12,50"),
    ("upper(f)", "1"),
    ("length(f)", 1),
    ("left(f, 3)", "1"),
    ("left(ts, 10)", "2024-01-31"),
    ("left(d, 7)", "2024-01"),
    ("substr(n, 2)", "2.50"),
    ("lpad(f, 3, 0)", "001"),
    ("f like '1'", True),
    ("n like '%0'", True),
    ("'abc' like any ('z%', 'a%')", True),
    ("split_part(n, '.', 2)", "50"),
    ("split_part(d, '-', 2)", "01"),
    ("startswith(n, 12)", True),
    ("charindex('2', n)", 2),
    ("md5(f) = md5('1')", True),
    ("repeat(f, 2)", "11"),
    ("reverse(n)", "05.21"),
    ("translate(n, '.', '-')", "12-50"),
    ("length(b)", 2),
    ("left(b, 1)", b"a"),
    ("b || b", b"abab"),
    ("hex_encode(b)", "6162"),
]


@pytest.fixture(scope="module")
def values(calculator: Asker) -> Asker:
    calculator(
        "create temporary table t(f float, n number(10,2), d date, ts timestamp_ntz,"
        " v variant, b binary)"
    )
    calculator(
        "insert into t select 1, 12.5, '2024-01-31', '2024-01-31 10:00:00',"
        ' parse_json(\'{"b":2,"a":"Q"}\'), to_binary(\'6162\')'
    )
    return calculator


@pytest.mark.parametrize(("expression", "value"), CASES)
def test_a_value_is_written_as_text(values: Asker, expression: str, value: Any):
    assert values(f"select {expression} from t") == [(value,)]


def test_gathered_texts_are_written_so(values: Asker):
    query = "select listagg(f || '!', ',') within group (order by f) from values (1::float) v(f)"
    assert values(query) == [("1!",)]
