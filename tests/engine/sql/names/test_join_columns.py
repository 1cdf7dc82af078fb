"""The columns of `*` over joins by name: those joined by first, once, then left, then right."""

from __future__ import annotations

import pytest

from tests.engine.sql.conftest import Asker

_MERGED = [(10, 100, 1, 7)]
_LEFT = [*_MERGED, (20, 200, 2, None)]
_RIGHT = [*_MERGED, (30, 300, None, 8)]

#: A query over l(x, a, b), r(b, y, a) and s(z, a): its columns and rows.
QUERIES = {
    "select * from l join r using (a, b)": ("A B X Y", _MERGED),
    "select * from l inner join r using (b, a)": ("B A X Y", [(100, 10, 1, 7)]),
    "select * from l left join r using (a, b)": ("A B X Y", _LEFT),
    "select * from l right outer join r using (a, b)": ("A B X Y", _RIGHT),
    "select * from l full join r using (a, b)": ("A B X Y", [*_LEFT, _RIGHT[-1]]),
    "select * from l natural join r": ("A B X Y", _MERGED),
    "select * from l natural left join r": ("A B X Y", _LEFT),
    "select * from l natural right join r": ("A B X Y", _RIGHT),
    "select * from l natural full outer join r": ("A B X Y", [*_LEFT, _RIGHT[-1]]),
    "select * from l join r using (a)": ("A X B B Y", [(10, 1, 100, 100, 7)]),
    "select * from l join r using (a) join s using (a)": (
        "A X B B Y Z",
        [(10, 1, 100, 100, 7, 5)],
    ),
    "select * from l join r using (b) join s on s.z = 5": (
        "B X A Y A Z A",
        [(100, 1, 10, 7, 10, 5, 10)],
    ),
    "select * from l join r using (a) join s on s.z = 5": (
        "A X B B Y Z A",
        [(10, 1, 100, 100, 7, 5, 10)],
    ),
    "select * from l full join r using (a) join s on true": (
        "A X B B Y Z A",
        [
            (10, 1, 100, 100, 7, 5, 10),
            (20, 2, 200, None, None, 5, 10),
            (30, None, None, 300, 8, 5, 10),
        ],
    ),
    "select * from l right join r using (a) left join s on s.a = r.a": (
        "A X B B Y Z A",
        [(10, 1, 100, 100, 7, 5, 10), (30, None, None, 300, 8, None, None)],
    ),
    "select * from l join s using (a) join (select a as q, a from r) on q = l.a": (
        "A X B Z Q A",
        [(10, 1, 100, 5, 10, 10)],
    ),
    "select * from l join r using (a) join s using (a) join r as q on q.a = l.a": (
        "A X B B Y Z B Y A",
        [(10, 1, 100, 100, 7, 5, 100, 7, 10)],
    ),
    "select * from l natural join r left join r as q on q.b = l.b join s on true": (
        "A B X Y B Y A Z A",
        [(10, 100, 1, 7, 100, 7, 10, 5, 10)],
    ),
    "select *, 1 as one from l natural join r join s on true": (
        "A B X Y Z A ONE",
        [(10, 100, 1, 7, 5, 10, 1)],
    ),
    "select * from l join r using (a), lateral flatten(array_construct(1))": (
        "A X B B Y SEQ KEY PATH INDEX VALUE THIS",
        [(10, 1, 100, 100, 7, 1, None, "[0]", 0, "1", "[1]")],
    ),
    "select * from l join s using (a) join (select 5 as z, 6 as n) using (z)": (
        "Z A X B N",
        [(5, 10, 1, 100, 6)],
    ),
    "select * from l cross join s join r using (b)": (
        "B X A Z A Y A",
        [(100, 1, 10, 5, 10, 7, 10)],
    ),
    "select * from l join r using (a, b) left join s using (a)": (
        "A B X Y Z",
        [(10, 100, 1, 7, 5)],
    ),
    "select * from l natural join r natural join s": ("A B X Y Z", [(10, 100, 1, 7, 5)]),
    "select * from (l join r using (a, b))": ("A B X Y", _MERGED),
    "select * from ((l) join (r) using (a, b)) q": ("A B X Y", _MERGED),
    "select * from (l join r using (a, b)) join s using (a)": ("A B X Y Z", [(10, 100, 1, 7, 5)]),
    "select * from (select * from l) x join (select y, a from r) y using (a)": (
        "A X B Y",
        [(10, 1, 100, 7)],
    ),
    "with q as (select * from l natural join r) select * from q": ("A B X Y", _MERGED),
    "with q as (select * from r) select * from l natural join q": ("A B X Y", _MERGED),
    "select * from j": ("A B X Y", _MERGED),
    "select * from j natural join s": ("A B X Y Z", [(10, 100, 1, 7, 5)]),
    "select *, 1 as one from l natural join r": ("A B X Y ONE", [(10, 100, 1, 7, 1)]),
    "select * exclude (a) from l natural join r": ("B X Y", [(100, 1, 7)]),
    "select l.* from l join r using (a)": ("X A B", [(1, 10, 100)]),
    "select r.*, x from l join r using (a)": ("B Y A X", [(100, 7, 10, 1)]),
    "select * from l join r on l.a = r.a": ("X A B B Y A", [(1, 10, 100, 100, 7, 10)]),
}


@pytest.fixture
def tables(sql: Asker) -> Asker:
    sql("create table l (x int, a int, b int)")
    sql("insert into l values (1, 10, 100), (2, 20, 200)")
    sql("create table r (b int, y int, a int)")
    sql("insert into r values (100, 7, 10), (300, 8, 30)")
    sql("create table s (z int, a int)")
    sql("insert into s values (5, 10)")
    sql("create view j as select * from l natural join r")
    return sql


def test_joins_by_name_give_what_they_join_by_first(tables: Asker):
    answers = {
        query: (" ".join(tables.columns(query)), sorted(tables(query), key=str))
        for query in QUERIES
    }
    assert answers == {
        query: (columns, sorted(rows, key=str)) for query, (columns, rows) in QUERIES.items()
    }


def test_what_is_made_of_such_a_join_has_its_order(tables: Asker):
    tables("create table c as select * from l natural join r")
    tables("insert into c select * from l natural left join r where x = 2")
    assert tables.columns("select * from c") == ["A", "B", "X", "Y"]
    assert tables("select * from c order by a") == _LEFT
