"""RANDOM, RANDSTR, ZIPF and their like: another value in each row, also in a window's order."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.engine.sql.conftest import Asker

_ROWS = "table(generator(rowcount => 1000))"
#: What is drawn in each of a thousand rows, and the fewest values among them that chance allows.
DRAWN: dict[str, int] = {
    "random()": 1000,
    "randstr(5, random())": 990,
    "randstr(uniform(2, 5, random()), random())": 500,
    "uniform(1, 1000, random())": 500,
    "normal(0, 1, random())": 1000,
    "zipf(1, 1000, random())": 100,
    "uuid_string()": 1000,
    "randstr(5, seq4())": 990,
}
#: Of a value that is drawn or counted, by its text and in whole numbers.
USED: dict[str, object] = {
    "md5(seq4())": "cfcd208495d565ef66e7dff9f98764da",
    "sha1(seq8() + 1)": "356a192b7913b04c54574d18c28d46e6395428ab",
    "lpad(seq2(), 3, '0')": "000",
    "length(md5(random()))": 32,
    "length(upper(uniform(1, 9, random())))": 1,
    "seq4() / 4": Decimal("0.000000"),
    "uniform(7, 7, random()) / 2": Decimal("3.500000"),
}
#: Windows over `t(s, i)`, three rows of two values of `s`, and `i`.
WINDOWS: tuple[str, ...] = (
    "select i, row_number() over (order by random()) from t",
    "select i, row_number() over (order by random() desc) from t",
    "select i, row_number() over (order by uniform(1, 1000000, random())) from t",
    "select column1, row_number() over (order by random()) from values (0), (1), (2), (3), (4)",
    "select seq4(), row_number() over (order by random()) from table(generator(rowcount => 5))",
    "with c as (select i from t) select i, row_number() over (order by random()) from c",
    "select i, count(*), row_number() over (order by random()) from t group by i",
    "select i, count(*), row_number() over (order by random()) from t group by 1",
)


@pytest.fixture(scope="module")
def rows(calculator: Asker) -> Asker:
    calculator("create temporary table t (s varchar, i int)")
    calculator("insert into t values ('a', 0), ('a', 1), ('a', 2), ('b', 3), ('b', 4)")
    return calculator


@pytest.mark.parametrize("expression", DRAWN)
def test_each_row_draws_its_own(rows: Asker, expression: str):
    drawn = rows(f"select count(distinct v) from (select {expression} as v from {_ROWS})")
    assert drawn[0][0] >= DRAWN[expression]


@pytest.mark.parametrize("query", WINDOWS)
def test_a_window_is_ordered_by_chance(rows: Asker, query: str):
    asked = [tuple(sorted((row[0], row[-1]) for row in rows(query))) for _ in range(12)]
    assert len(set(asked)) > 1
    assert {tuple(sorted(number for _, number in order)) for order in asked} == {(1, 2, 3, 4, 5)}


def test_one_row_of_each_is_picked_by_chance(rows: Asker):
    query = "select s, i from t qualify row_number() over (partition by s order by random()) = 1"
    picked = [tuple(sorted(rows(query))) for _ in range(20)]
    assert len(set(picked)) > 1
    assert {tuple(s for s, _ in one) for one in picked} == {("a", "b")}


def test_a_seed_gives_the_same_order_again(rows: Asker):
    query = "select i from t order by row_number() over (order by random(42))"
    assert rows(query) == rows(query)


def test_texts_have_the_length_and_the_letters_that_are_documented(rows: Asker):
    query = f"select count_if(randstr(8, random()) rlike '[0-9A-Za-z]{{8}}') from {_ROWS}"
    assert rows(query) == [(1000,)]


def test_zipf_draws_the_first_element_twice_as_often_as_the_second(rows: Asker):
    query = (
        "select v, count(*) from (select zipf(1, 1000, random()) as v"
        " from table(generator(rowcount => 50000))) group by v"
    )
    counts = dict(rows(query))
    assert set(counts) <= set(range(1, 1001))
    assert 1.8 < counts[1] / counts[2] < 2.2
    # beyond the weights that are added one by one: 1/65 + … + 1/1000 of the sum of all
    tail = sum(count for value, count in counts.items() if value > 64) / 50000
    assert 0.34 < tail < 0.39


def test_a_seed_draws_the_same_again(rows: Asker):
    query = "select randstr(5, 1234), zipf(1, 10, 1234)"
    assert rows(query) == rows(query)


@pytest.mark.parametrize("method", ["", "bernoulli", "row", "system", "block"])
def test_a_sample_of_all_is_all(rows: Asker, method: str):
    (everything,) = rows("select count(*) from t")
    assert rows(f"select count(*) from t sample {method} (100)") == [everything]
    assert rows(f"select count(*) from t sample {method} (0)") == [(0,)]


@pytest.mark.parametrize("method", ["", "bernoulli", "row"])
def test_a_sample_of_rows_has_so_many(rows: Asker, method: str):
    assert rows(f"select count(*) from (select * from t sample {method} (2 rows))") == [(2,)]
    picked = {tuple(sorted(rows("select i from t sample (2 rows)"))) for _ in range(20)}
    assert len(picked) > 1


@pytest.mark.parametrize("expression", USED)
def test_what_is_drawn_or_counted_is_used_as_a_number(rows: Asker, expression: str):
    found = rows(f"select {expression} from table(generator(rowcount => 1))")
    assert found == [(USED[expression],)]
