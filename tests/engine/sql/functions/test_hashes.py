"""HASH and HASH_AGG: signed, alike for equal numbers of any type, for any number of values."""

from __future__ import annotations

import pytest

from sfdag_magics.engine.borders.answers import SfType
from tests.engine.sql.conftest import Asker

_SIGNED = range(-(2**63), 2**63)


@pytest.mark.parametrize(
    "values",
    [
        "10, 10::number(38,0), 10::number(5,3), 10::float, '10'::number(9,2), 10::variant",
        "0.1, 0.1::float, 0.100::number(10,3)",
        "100000000000000000000, 1e20::float, 100000000000000000000.0",
        "0, 0.00, -0.0::number(3,1)",
        "'a', 'a'::varchar(5), 'a'::variant",
    ],
)
def test_equal_values_hash_alike(calculator: Asker, values: str):
    calls = ", ".join(f"hash({value})" for value in values.split(", "))
    (row,) = calculator(f"select {calls}")
    assert len(set(row)) == 1
    assert row[0] in _SIGNED


def test_different_values_hash_differently(calculator: Asker):
    calls = "hash('10'), hash(10), hash(100), hash(null), hash(null, null), hash(10, null)"
    (row,) = calculator(f"select {calls}, hash('a', 'b'), hash('ab'), hash('b', 'a')")
    assert len(set(row)) == len(row)
    assert set(row) <= {value for value in row if value in _SIGNED}


def test_a_star_is_every_column(calculator: Asker):
    text = "select hash(*), hash(t.*), hash(a, b) from (select 1 as a, null as b) t"
    assert len(set(calculator(text)[0])) == 1


def test_a_hash_is_a_number(calculator: Asker):
    assert calculator.result("select hash('a')").columns[0].type is SfType.FIXED


def test_the_hash_of_all_rows_knows_their_number_and_not_their_order(calculator: Asker):
    def of(rows: str, value: str = "column1") -> int:
        return calculator(f"select hash_agg({value}) from values {rows}")[0][0]

    assert of("(1), (2), (3)") == of("(3), (1), (2)") == of("(1), (2), (3)", "*")
    assert of("(1), (2)") != of("(1), (2), (2)")
    assert of("(1), (2)") == of("(1), (2), (2)", "distinct column1")
    assert of("(1) where 1 = 0") == 0
    assert of("(1), (2)") in _SIGNED


def test_a_hash_over_a_window(calculator: Asker):
    text = "select hash_agg(column1) over (partition by column1) from values (1), (1), (2)"
    first, second, third = (row[0] for row in calculator(text))
    assert first == second != third
