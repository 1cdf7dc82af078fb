"""Statements nested some hundreds deep are read; beyond that the error names the nesting."""

from __future__ import annotations

import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from sfdag_magics.engine.sql.reading.parse import parse
from tests.engine.sql.conftest import Asker

_FROM = " from (select 1 as a)"


def _around(opening: str, inner: str, closing: str, behind: str = "") -> Callable[[int], str]:
    return lambda depth: f"select {opening * depth}{inner}{closing * depth}{behind}"


#: By what nests: the statement nested so deep; each answers one row.
NESTED: dict[str, Callable[[int], str]] = {
    "parentheses": _around("(", "1", ")"),
    "operators in parentheses, as Snowpark writes them": _around("(", "a", " + 1)", _FROM),
    "disjunctions in parentheses": _around("(", "a = 1", " or a = 2)", _FROM),
    "CASE": _around("case when a = 2 then 1 else ", "0", " end", _FROM),
    "calls": _around("abs(", "1", ")"),
    "calls with several arguments": _around("coalesce(null, ", "1", ")"),
    "IFF": _around("iff(a = 2, 1, ", "0", ")", _FROM),
    "NOT": _around("not ", "true", ""),
    "casts": lambda depth: "select 1.5" + "::int" * depth,
    "signs": _around("- ", "1", ""),
    "sums": lambda depth: "select " + " + ".join(["1"] * depth),
    "texts": lambda depth: "select " + " || ".join(["'a'"] * depth),
    "subqueries": lambda depth: "select * from (" * depth + "select 1" + ")" * depth,
    "common table expressions": lambda depth: (
        "with q0 as (select 1 as a)"
        + "".join(f", q{n} as (select * from q{n - 1})" for n in range(1, depth))
        + f" select * from q{depth - 1}"
    ),
    "common table expressions inside one another": lambda depth: (
        "with q as (" * depth + "select 1" + ") select * from q" * depth
    ),
}


@pytest.mark.parametrize("what", NESTED)
def test_some_hundreds_of_levels_are_read(sql: Asker, what: str):
    assert sql.result(NESTED[what](300)).rows.num_rows == 1


@pytest.mark.slow
@pytest.mark.parametrize("what", NESTED)
def test_beyond_them_the_error_names_the_nesting_and_the_session_goes_on(sql: Asker, what: str):
    error = sql.error(NESTED[what](3000))
    assert "nested too deeply" in error.message
    assert (error.code, error.sqlstate) == (1003, "54001")
    assert sql("select 1") == [(1,)]


def test_a_thousand_queries_are_put_together(sql: Asker):
    text = " union all ".join(f"select {number} as n" for number in range(1000))
    assert sql(f"select count(distinct n) from ({text})") == [(1000,)]


@pytest.mark.slow
def test_nested_statements_write_as_well(sql: Asker):
    deep = "(" * 300 + "a" + " + 1)" * 300
    sql(f"create table t as select {deep} as a from (select 1 as a)")
    sql(f"create view v as select {deep} as a from t")
    sql(f"insert into t select {deep} from t")
    sql(f"update t set a = {deep}")
    sql(f"delete from t where {deep} = 0")
    assert sql("select * from v order by a") == [(901,), (1201,)]


def test_pythons_limit_is_what_it_was_once_all_threads_have_read():
    usual = sys.getrecursionlimit()
    text = NESTED["calls"](200)
    with ThreadPoolExecutor(8) as pool:
        trees = list(pool.map(parse, [text] * 32))
    assert len(trees) == 32
    assert sys.getrecursionlimit() == usual
