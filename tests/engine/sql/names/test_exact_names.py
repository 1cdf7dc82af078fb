"""Names that DuckDB would find and Snowflake does not: in another case, and of a column's field."""

from __future__ import annotations

import pytest

from tests.engine.sql.conftest import Asker

_TABLE = '(select 1 as "age", 2 as "Age b", 3 as N)'
_VALUES = """(select parse_json('{"n":1}') as v)"""

#: A query, the name that it does not find, and what the message says of it.
UNKNOWN = {
    f"select age from {_TABLE}": ("AGE", 'called "age"'),
    f'select "AGE" from {_TABLE}': ("AGE", 'called "age"'),
    f"select t.age from {_TABLE} t": ("AGE", 'called "age"'),
    f'select "n" from {_TABLE}': ("n", 'called "N"'),
    f"select n from {_TABLE} where age = 1": ("AGE", 'called "age"'),
    f"select count(*) from {_TABLE} group by age": ("AGE", 'called "age"'),
    f"select n from {_TABLE} order by age": ("AGE", 'called "age"'),
    f'select n as "m" from {_TABLE} order by m': ("M", 'called "m"'),
    f"with c as {_TABLE} select sum(age) from c": ("AGE", 'called "age"'),
    f"select 1 from {_TABLE} x join {_TABLE} y on x.age = y.n": ("AGE", 'called "age"'),
    f"select n from {_TABLE} x where exists (select 1 where x.age = 1)": ("AGE", 'called "age"'),
    "update t set age = 1": ("AGE", 'called "age"'),
    "delete from t where age = 1": ("AGE", 'called "age"'),
    f"merge into t using {_TABLE} s on t.n = s.age when matched then delete": (
        "AGE",
        'called "age"',
    ),
    f"select v.n from {_VALUES}": ("V.N", "V:n"),
    f"select t.v.n from {_VALUES} t": ("T.V.N", "V:n"),
    """select f.value.n from lateral flatten(parse_json('[{"n":1}]')) f""": (
        "F.VALUE.N",
        "VALUE:n",
    ),
}
FOUND = {
    f'select "age", "Age b", n from {_TABLE}': [(1, 2, 3)],
    f"select * from {_TABLE}": [(1, 2, 3)],
    f'select "age" as age from {_TABLE} order by age': [(1,)],
    f'select "age" + 1 as x, X + 1 as y from {_TABLE} order by x': [(2, 3)],
    f'select (select max(t."age") from {_TABLE} t where t.n = o.age) from (select 3 as age) o': [
        (1,)
    ],
    f'select value from {_TABLE}, lateral flatten([1, "age"])': [("1",), ("1",)],
    "select v.n from (select 1 as n, parse_json('2') as v) v": [(1,)],
    """select date_part(year, "date") from (select '2024-01-01'::date "date", 1 "year")""": [
        (2024,)
    ],
}


@pytest.mark.parametrize("query", UNKNOWN)
def test_a_name_that_is_only_nearly_a_columns_is_not_found(sql: Asker, query: str):
    sql('create table t ("age" int, n int)')
    name, words = UNKNOWN[query]
    error = sql.error(query)
    assert (error.code, f"invalid identifier '{name}'" in error.message) == (904, True)
    assert words in error.message


@pytest.mark.parametrize("query", FOUND)
def test_a_name_as_it_is_written_is_found(calculator: Asker, query: str):
    assert calculator(query) == FOUND[query]
