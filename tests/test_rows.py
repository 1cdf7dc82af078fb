"""Which rows of broad tables run with the whole suite."""

from __future__ import annotations

import pytest

from tests.rows import EVERY, TABLES, thin


class Row:
    """A test of a table, as far as it is asked."""

    def __init__(self, test, number, *, is_slow=False):
        self.nodeid, self.number = f"{test}[{number}]", number
        self.marks = {"slow": pytest.mark.slow} if is_slow else {}

    def get_closest_marker(self, name):
        return self.marks.get(name)

    def add_marker(self, mark):
        self.marks[mark.name] = mark


@pytest.mark.parametrize("room", TABLES)
def test_of_each_broad_table_something_runs_with_the_whole_suite(room):
    for name in map(str, range(30)):
        rows = [Row(f"{room}test_it.py::test_{name}", n) for n in range(40)]
        run = set(rows) - thin(rows)
        assert 40 // 6 < len(run) < 40 // 2
        quick = {row for row in rows if not row.marks}
        assert {row.number for row in quick} == {0, EVERY, 2 * EVERY}
        assert quick <= run or "browser" in room  # whose folder marks all of them later


def test_tables_of_a_page_begin_at_rows_of_their_own_so_that_each_theme_is_seen():
    rows = [Row(f"tests/browser/page/test_it.py::test_{t}", n) for t in range(30) for n in range(3)]
    run = set(rows) - thin(rows)
    assert len({row.nodeid.split("[")[0] for row in run}) == len(run) == 30
    assert {row.number for row in run} == {0, 1, 2}


def test_a_small_table_runs_whole():
    rows = [Row(f"{room}test_it.py::test_it", n, is_slow=True) for room in TABLES for n in range(2)]
    assert thin(rows) == set()
