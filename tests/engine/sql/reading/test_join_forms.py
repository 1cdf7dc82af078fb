"""ASOF JOIN, `(+)`, and LEVEL of CONNECT BY: what they join, and what is refused of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.engine.sql.conftest import Asker

#: A query, and its rows.
ROWS: dict[str, list[tuple[object, ...]]] = {
    "select a.t, b.p from a asof join b match_condition (a.t >= b.t) on a.k = b.k order by 1": [
        (1, None),
        (5, "u"),
        (6, "w"),
    ],
    "select a.t, b.p from a asof join b match_condition (a.t < b.t) order by 1": [
        (1, "u"),
        (5, "w"),
        (6, "v"),
    ],
    "select a.t, b.p from a, b where a.t = b.t(+) order by 1": [(1, None), (5, None), (6, "w")],
    "select a.t, b.p from b, a where b.t (+) = a.t order by 1": [(1, None), (5, None), (6, "w")],
    "select a.t from a, b where a.t = b.t(+) and b.t is null order by 1": [(1,), (5,)],
    "select a.t, b.p from a, b where a.k = b.k(+) and b.p(+) = 'v' order by 1": [
        (1, "v"),
        (5, "v"),
        (6, None),
    ],
    "select level, t from a start with t = 1 connect by t = prior t + 4 order by t": [
        (1, 1),
        (2, 5),
    ],
}
#: A query, and what its error names.
REFUSED = {
    "select 1 from a asof join b match_condition (a.t >= b.t) using (k)": "ASOF JOIN with USING",
    "select * from b, a where b.t(+) = a.t": "(+) of the first table beside *",
    "select p from a, b where a.t = t(+)": "(+) of columns without their table",
    "select 1 from a join b on a.t = b.t, a c where b.t = c.t(+)": "(+) beside JOIN",
    "select *, level from a start with t = 1 connect by t = prior t + 4": "LEVEL beside *",
    "select t from a start with t = 1 connect by t = prior (t + 4)": "PRIOR of a value",
    "select sys_connect_by_path(k, '/') from a connect by t = prior t + 4": "SYS_CONNECT_BY_PATH",
}


@pytest.fixture(scope="module")
def joined(calculator: Asker) -> Iterator[Asker]:
    calculator("create table a as select * from values (1, 'x'), (5, 'x'), (6, 'y') v(t, k)")
    rows = "values (2, 'x', 'u'), (9, 'x', 'v'), (6, 'y', 'w')"
    calculator(f"create table b as select * from {rows} v(t, k, p)")
    yield calculator
    calculator("drop table a")
    calculator("drop table b")


@pytest.mark.parametrize("query", ROWS)
def test_a_join_has_snowflakes_rows(joined: Asker, query: str):
    assert joined(query) == ROWS[query]


@pytest.mark.parametrize("query", REFUSED)
def test_what_is_not_joined_is_refused_by_name(joined: Asker, query: str):
    error = joined.error(query)
    assert error.code == 2
    assert REFUSED[query] in error.message


def test_a_level_is_called_so(joined: Asker):
    hierarchy = "from a start with t = 1 connect by t = prior t + 4"
    assert joined.columns(f"select level, level + 1, level as l {hierarchy}") == [
        "LEVEL",
        "LEVEL + 1",
        "L",
    ]
