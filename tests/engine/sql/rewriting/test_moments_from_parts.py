"""TIMESTAMP_FROM_PARTS of each kind, also of parts beyond their range."""

from __future__ import annotations

import pytest

from sfdag_magics.engine.borders.answers import SfType
from tests.engine.sql.conftest import Asker

VALUES = {
    "timestamp_from_parts(2024, 1, 1, 10, 20, 30)": "2024-01-01 10:20:30.000",
    "timestamp_from_parts(2024, 1, 1, 25, 0, 0)": "2024-01-02 01:00:00.000",
    "timestamp_from_parts(2024, 2, 30, 0, 0, -1)": "2024-02-29 23:59:59.000",
    "timestamp_ntz_from_parts(2024, 13, 32, 10, 70, 80, 5000000)": "2025-02-01 11:11:20.005",
    "timestamp_from_parts('2024-01-02'::date, '10:00'::time)": "2024-01-02 10:00:00.000",
    "timestamp_from_parts(null, 1, 1, 1, 1, 1)": None,
    "timestamp_ltz_from_parts(2024, 1, 1, 10, 0, 0)::timestamp_ntz": "2024-01-01 10:00:00.000",
    "timestamp_tz_from_parts(2024, 7, 1, 10, 0, 0)": "2024-07-01 10:00:00.000 +0000",
    "timestamp_tz_from_parts(2024, 7, 1, 10, 0, 0, 0, 'America/New_York')": (
        "2024-07-01 10:00:00.000 -0400"
    ),
    "dateadd(day, 1, timestamp_tz_from_parts(2024, 7, 1, 10, 0, 0, 0, 'Asia/Kolkata'))": (
        "2024-07-02 10:00:00.000 +0530"
    ),
}


@pytest.mark.parametrize("expression", VALUES)
def test_value(calculator: Asker, expression: str) -> None:
    assert calculator(f"select ({expression})::varchar") == [(VALUES[expression],)]


@pytest.mark.parametrize(
    ("function", "kind"),
    [
        ("timestamp_from_parts", SfType.TIMESTAMP_NTZ),
        ("timestamp_ltz_from_parts", SfType.TIMESTAMP_LTZ),
        ("timestamp_tz_from_parts", SfType.TIMESTAMP_TZ),
    ],
)
def test_type_over_a_column(calculator: Asker, function: str, kind: SfType) -> None:
    query = f"select {function}(column1, 1, 1, 0, 0, 0) from values (2020), (2021)"
    assert calculator.result(query).columns[0].type is kind
