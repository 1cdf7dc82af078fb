"""A number that counts, as an argument: it may be a column, which is a NUMBER of 38 digits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest

from tests.engine.sql.conftest import Asker

#: An expression of the columns and its value.
VALUES: dict[str, object] = {
    "date_from_parts(y, m, d)": date(2022, 4, 1),
    "date_from_parts(y, m + 12, d - 1)": date(2023, 3, 31),
    "factorial(n)": 120,
    "chr(n + 60)": "A",
    "insert(s, m, d, 'nn')": "bannnna",
    "charindex('an', s, d + 2)": 4,
    "position('an', s, m)": 4,
    "strtok('a b c d e', ' ', n)": "e",
    "ntile(m) over (order by n)": 1,
    "trunc(f, z)": 1.0,
    "trunc(x, d)": Decimal("2.20"),
    "trunc(y, -d)": 2020,
    "round(y, -d)": 2020,
    "ceil(x, d)": Decimal("2.30"),
    "floor(x, d)": Decimal("2.20"),
    "trunc(x, 1)": Decimal("2.2"),
}


@pytest.fixture(scope="module")
def counted(calculator: Asker) -> Iterator[Asker]:
    names = "y, m, d, n, z, s, x, f"
    kinds = "2022::int, 4::int, 1::int, 5::int, 0::int, 'banana', 2.25::number(10, 2), 1.5::float"
    calculator(f"create table counts as select * from (select {kinds}) v({names})")
    yield calculator
    calculator("drop table counts")


@pytest.mark.parametrize("expression", VALUES)
def test_a_column_counts_as_a_constant_does(counted: Asker, expression: str):
    assert counted(f"select {expression} from counts") == [(VALUES[expression],)]
