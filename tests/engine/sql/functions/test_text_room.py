"""What is to be made of the rows that DuckDB computes at once is added up before it is made."""

from __future__ import annotations

import pyarrow as pa
import pytest

from sfdag_magics.engine.sql.functions.text_room import MOST, NoRoomError, has_room
from tests.engine.sql.conftest import Asker

_MEMORY = 1000 * MOST


def look(*lengths: float | None, memory: int = _MEMORY) -> list[bool]:
    makers = pa.array(["LPAD"] * len(lengths))
    return has_room(memory, makers, pa.array(lengths, pa.float64())).to_pylist()


def test_rows_that_fit_together_are_made():
    assert look(1, MOST, None, -1) == [True] * 4
    assert look(None) == [True]
    assert look() == []


def test_one_text_beyond_the_longest_is_not_made():
    with pytest.raises(NoRoomError, match=r"^String is too long: LPAD makes up to 134,217,728 "):
        look(1, MOST + 1)


def test_rows_that_do_not_fit_together_are_not_made():
    assert look(600, 400, memory=1000) == [True, True]
    with pytest.raises(NoRoomError, match=r"^Strings are too long: LPAD makes .* of 2 rows"):
        look(600, None, 401, memory=1000)


#: What makes more of a thousand rows than any budget of a test's machine has room for.
_MANY_LONG = (
    ("LPAD", "lpad(seq4()::text, 134000000)"),
    ("RPAD", "rpad(seq4()::text, 134000000, 'ab')"),
    ("SPACE", "space(134000000 - seq4())"),
    ("REPEAT", "repeat('x', 134000000 - seq4())"),
    pytest.param(
        "REPLACE",
        "replace(repeat('y', 3000), 'y', repeat('x', 43000 - seq4() % 2))",
        marks=pytest.mark.slow,
    ),
)


@pytest.mark.parametrize(("function", "call"), _MANY_LONG)
def test_many_huge_texts_are_refused_before_one_is_made(sql: Asker, function: str, call: str):
    rows = "table(generator(rowcount => 2000))"
    error = sql.error(f"select sum(length({call})) from {rows}")
    assert error.message.startswith(f"Strings are too long: {function} makes ")
    assert "rows that are computed at once" in error.message
    assert "SFDAG_MEMORY=60%" in error.message
    assert "\n" not in error.message
    assert (error.code, error.sqlstate) == (300005, "53400")
    assert sql("select 1") == [(1,)]
