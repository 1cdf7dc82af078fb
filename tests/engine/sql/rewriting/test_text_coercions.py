"""A text where a number is wanted, and beside numbers, moments and truth values."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from sfdag_magics.engine.borders.answers import SfType
from tests.engine.sql.conftest import Asker

#: An expression over t(s VARCHAR '7', n NUMBER 12.50, i INT 12345, d DATE, f FLOAT 1, b BOOLEAN).
VALUES: dict[str, Any] = {
    # calculated with
    "'1' + 1": 2,
    "'10' / 4": Decimal("2.5"),
    "'1.5' * 2": 3,
    "'7' % 4": 3,
    "-'3'": -3,
    "'1' - '1'": 0,
    "'1e2' + 1": 101,
    "s + 1": 8,
    "1 - s": -6,
    "s * s": 49,
    "s / 4": Decimal("1.75"),
    "s % 4": 3,
    "-s": -7,
    "s * f": 7.0,
    "(s + 1) * '2'": 16,
    "coalesce(s, 0) + '1'": 8,
    "d + 1": date(2024, 1, 6),
    "s || 1": "71",
    # functions of numbers
    "abs(s)": 7,
    "round('1.55', 1)": Decimal("1.6"),
    "floor(s)": 7,
    "ceil('1.5')": 2,
    "mod(s, 4)": 3,
    "sign(s)": 1,
    "sqrt('9')": 3.0,
    "power(s, 2)": 49.0,
    "round(n, '1')": Decimal("12.5"),
    # compared
    "s > 9": False,
    "s = 7": True,
    "s = 7.0": True,
    "7 <> s": False,
    "s < i": True,
    "s > 1::float": True,
    "s between 1 and 6": False,
    "n between '1' and '13'": True,
    "s in (7, 8)": True,
    "i in ('9', '12345')": True,
    "s in (select 7)": True,
    "i = '12345'": True,
    "(i, s) = (12345, '7')": True,
    "(s, i) in (('x', 1), ('7', '12345'))": True,
    "(i, s) not in ((12345, '8'))": True,
    "(d, s) in (('2024-01-05', '7'))": True,
    "(i, s) in (select '12345', '7')": True,
    "'9' < 10": True,
    "'9' < '10'": False,
    "12345678901234567891 = '12345678901234567890'": False,
    "case s when 7 then 'a' end": "a",
    "decode(s, 7, 'a', 'b')": "a",
    "nullif(s, 7)": None,
    "equal_null(s, 7)": True,
    "d = '2024-01-05'": True,
    "d > '2024-01-04' || ''": True,
    "b = upper('true')": True,
    # one of several
    "coalesce(s, 0)": 7,
    "nvl(null, s) + 0": 7,
    "nvl(s, 0)": 7,
    "iff(b, s, 1)": 7,
    "case when b then s else 0 end": 7,
    "greatest(s, 8)": 8,
    "least(s, 12.5)": 7,
    "coalesce(s, f)": 7.0,
    "coalesce(to_char(d), d)": date(2024, 1, 5),
    "coalesce(s, 'x')": "7",
    # aggregates
    "sum(s)": 7.0,
    "avg(s)": 7.0,
    "max(s)": "7",
}
#: What is no number where one is wanted.
WRONG = (
    "select 'x' + 1",
    "select 1 union all select 'x'",
    "select coalesce(column1, 0) from values ('x')",
    "select column1 > 1 from values ('x')",
    "select 2 in ('1', 'x')",
    "select sum(column1) from values ('x')",
)


@pytest.fixture(scope="module")
def texts(calculator: Asker) -> Asker:
    calculator(
        "create temporary table t(s varchar, n number(10,2), i int, d date, f float, b boolean)"
    )
    calculator("insert into t select '7', 12.5, 12345, '2024-01-05', 1, true")
    return calculator


@pytest.mark.parametrize("expression", VALUES)
def test_a_text_is_converted_to_what_stands_beside_it(texts: Asker, expression: str):
    assert texts(f"select {expression} from t") == [(VALUES[expression],)]


@pytest.mark.parametrize("query", WRONG)
def test_a_text_that_is_no_number_is_named(texts: Asker, query: str):
    error = texts.error(query)
    assert (error.code, error.message) == (100038, "Numeric value 'x' is not recognized")


@pytest.mark.parametrize(
    ("expression", "kind"),
    [("s + 1", SfType.FIXED), ("s * f", SfType.REAL), ("sum(s)", SfType.REAL)],
)
def test_its_type_follows_from_what_it_stands_beside(texts: Asker, expression: str, kind: SfType):
    assert texts.result(f"select {expression} from t").columns[0].type is kind


def test_a_column_of_a_union_keeps_its_name(texts: Asker):
    query = "select s from t union all select 1"
    assert texts.columns(query) == ["S"]
    assert sorted(texts(query)) == [(1,), (7,)]


def test_a_union_by_name_converts_columns_of_one_name(texts: Asker):
    query = "select 1 as a, 'x' as b union by name select 'y' as b, 2 as a, 1.5 as c"
    assert sorted(texts(f"select a + 1, b || c from ({query})")) == [(2, None), (3, "y1.5")]


def test_a_join_compares_texts_with_numbers(texts: Asker):
    query = "select t.s from t join (select 7 as k) as k on t.s = k.k"
    assert texts(query) == [("7",)]


def test_a_text_of_an_inner_query_is_converted(texts: Asker):
    query = "with c as (select nvl(s, 0) as q, s from t) select q + '1', s + 1 from c"
    assert texts(query) == [(8, 8)]


def test_a_bound_text_is_compared_with_a_number(texts: Asker):
    assert texts("select count(*) from t where i = ?", "12345") == [(1,)]


def test_an_assignment_is_of_its_columns_type(sql: Asker):
    sql("create table written(s varchar, n int)")
    sql("insert into written values ('1', 2)")
    sql("update written set s = 5, n = '6' where s = 1")
    assert sql("select * from written") == [("5", 6)]


#: A constant text that is no number beside one, in a table without rows.
WORDS = (
    "select case when true then 1 else 'x' end",
    "select coalesce(n, 'x') from none",
    "select iff(f > 1, f, 'x') from none",
    "select greatest(n, 'x') from none",
    "select * from none where n = 'x'",
    "select * from none where n between '1' and 'x'",
    "select n from none union all select 'x'",
)


@pytest.mark.parametrize("statement", WORDS)
def test_a_constant_that_is_no_number_is_refused_whether_it_comes_to_it_or_not(
    sql: Asker, statement: str
) -> None:
    sql("create table none (n int, f float)")
    error = sql.error(statement)
    assert (error.code, error.sqlstate) == (100038, "22018")
    assert error.message == "Numeric value 'x' is not recognized"
