"""GROUP BY ALL beside QUALIFY."""

from __future__ import annotations

import pytest

from tests.engine.sql.conftest import Asker

_ROWS = "from values (1, 'a'), (1, 'a'), (2, 'b') v(i, s) group by all qualify"
#: A query and its rows.
QUERIES = {
    f"select i, s, count(*) {_ROWS} row_number() over (order by i) = 1": [(1, "a", 2)],
    f"select s, sum(i) as n {_ROWS} row_number() over (order by n desc, s desc) = 1": [("b", 2)],
    f"select row_number() over (order by i) as r, i {_ROWS} r = 2": [(2, 2)],
    f"select count(*), row_number() over (order by count(*)) as r {_ROWS} r = 1": [(3, 1)],
}


@pytest.mark.parametrize("query", QUERIES)
def test_the_rows_of_a_group_are_qualified(calculator: Asker, query: str):
    assert calculator(query) == QUERIES[query]
