"""Window functions that are other ones written out."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.engine.sql.conftest import Asker

_PROFITS = (
    "(values (1, 300.00, 'a'), (2, 250.00, 'b'), (3, 450.00, 'a'), (4, null, 'b')) t(i, p, k)"
)
VALUES = {
    # Snowflake docs: RATIO_TO_REPORT
    "100 * ratio_to_report(p) over ()": ["30.00000000", "25.00000000", "45.00000000", None],
    "ratio_to_report(p) over (partition by k order by i)": [
        *("0.40000000", "1.00000000", "0.60000000", None)
    ],
    "ratio_to_report(0 * p) over ()": [None] * 4,
    "conditional_true_event(p > 260) over (order by i)": [1, 1, 2, 2],
    "conditional_true_event(p > 0) over (partition by k order by i)": [1, 1, 2, 1],
}


@pytest.mark.parametrize("expression", VALUES)
def test_value(calculator: Asker, expression: str) -> None:
    found = [value for (value,) in calculator(f"select {expression} from {_PROFITS} order by i")]
    expected = [Decimal(value) if isinstance(value, str) else value for value in VALUES[expression]]
    assert found == expected
    assert [str(value) for value in found] == [str(value) for value in expected]


def test_a_ratio_keeps_the_name_that_was_written(calculator: Asker) -> None:
    assert calculator.columns(f"select ratio_to_report(p) over () from {_PROFITS}") == [
        "RATIO_TO_REPORT(P) OVER ()"
    ]
