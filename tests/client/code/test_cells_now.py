"""Cells by the numbers that they have now."""

from __future__ import annotations

import pytest

from sfdag_magics.client.code.cells_now import CellNow, error_now, label_now

CLEAN = "def clean(load):\n    import time\n    return [priced(row) for row in load]"
ERROR = """Traceback (most recent call last):
  File "Cell [3] clean", line 4, in clean
    return [priced(row) for row in load]
            ^^^^^^^^^^^
  File "Cell [2]", line 2, in priced
    return row["amuont"]
  File "/lib/python3.11/json/decoder.py", line 355, in raw_decode
KeyError: 'amuont'"""
NOW = [
    CellNow(label="Cell [9]", text='def priced(row):\n    return row["amuont"]'),
    CellNow(label="Cell [3] load", text="def load():\n    return 1", first_line=2),
    CellNow(label="Cell [5] clean", text=CLEAN, first_line=2),
]


def test_an_error_names_the_cells_by_the_numbers_that_they_have_now():
    told = error_now(ERROR, NOW)
    assert told == ERROR.replace("Cell [3] clean", "Cell [5] clean").replace("[2]", "[9]")


@pytest.mark.parametrize(
    ("label", "lines"),
    [
        ("Cell [3] clean", [(4, "return 2")]),  # its cell is another by now
        ("Cell [3] clean", [(40, "return [priced(row) for row in load]")]),
        ("Cell [3] train", [(4, "return [priced(row) for row in load]")]),  # another task's
        ("Cell [5] clean", [(3, "import time")]),
        ("helpers.py", [(4, "return 2")]),
    ],
)
def test_a_cell_that_is_not_there_or_is_another_by_now_keeps_its_number(label, lines):
    assert label_now(label, lines, NOW) == label


def test_of_a_cell_that_was_run_twice_the_last_time_counts():
    twice = [*NOW, CellNow(label="Cell [7] clean", text=CLEAN, first_line=2)]
    assert label_now("Cell [3] clean", [(3, "    import time")], twice) == "Cell [7] clean"
