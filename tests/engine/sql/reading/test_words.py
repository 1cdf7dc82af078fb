"""What a wrong statement is answered names Snowflake's types and functions, nobody else's."""

from __future__ import annotations

import re

import pytest

from tests.engine.sql.conftest import Asker

#: DuckDB's and Python's names, and those of our macros and rows.
_OTHERS = re.compile(
    r"DuckDB|\bSTRUCT|_SF_|HUGEINT|BIGINT|INT128|DOUBLE|BLOB|_LITERAL|STRFTIME|DATE_DIFF|TIMEZONE'"
    r"|JSON_EXTRACT|STRING_AGG|QUANTILE|list_|decimal\.|<class|Error\)|Traceback|(?-i:LINE \d)"
    r"|Unimplemented|lambda|system\.main",
    re.IGNORECASE,
)
#: Wrong statements over t(s VARCHAR, i INT, d DATE, ts TIMESTAMP, f FLOAT, v VARIANT, a ARRAY, b
#: BOOLEAN), and words of Snowflake's that the answer has.
WRONG: dict[str, str] = {
    "select soundex('Robert')": "SOUNDEX is not supported by the embedded engine",
    "select * from table(generator())": "GENERATOR without ROWCOUNT is not supported",
    "select dayname(5)": "(NUMBER(38,0), VARCHAR)",
    "select i from t where sum(i) > 1": "Invalid aggregate function in WHERE clause",
    "select sum(sum(i)) from t": "nested",
    "select i from t union select i, s from t": "invalid number of result columns",
    "select row_number() from t": "requires keyword OVER",
    "select s.i.x from t": "invalid identifier 'S.I.X'",
    "select i.s from t": "invalid identifier 'I.S'",
    "select year(i) from t": "'YEAR': (NUMBER(38,0))",
    "select datediff(day, i, 1) from t": "'DATEDIFF': (VARCHAR, NUMBER(38,0), NUMBER(38,0))",
    "select date_trunc('foo', ts) from t": "'FOO' is not a valid date/time component",
    "select abs(d) from t": "'ABS': (DATE)",
    "select round(ts) from t": "(TIMESTAMP_NTZ(9))",
    "select d + ts from t": "(DATE, TIMESTAMP_NTZ(9))",
    "select not d from t": "type [DATE] into type [BOOLEAN]",
    "select i = d from t": "type [NUMBER(38,0)] into type [DATE]",
    "select greatest(i, d) from t": "NUMBER(38,0) and DATE",
    "select coalesce(i, d) from t": "NUMBER(38,0) and DATE",
    "select case when b then d else i end from t": "NUMBER(38,0) and DATE",
    "select ts between i and f from t": "NUMBER(38,0)",
    "select 99999999999999999999999999999999999999 * 10": "out of range",
    "select listagg(i, s) from t": "LISTAGG needs to be constant",
    "select percentile_cont(i) within group (order by i) from t": "PERCENTILE_CONT needs",
    "insert into t select 1": "expecting 8 but got 1",
    "select * from t unpivot (x for y in (i, s))": "NUMBER(38,0) and VARCHAR",
    "select t.* ilike '%x%' from t": "SELECT with no columns",
    "select convert_timezone('Nowhere', ts) from t": "Unknown timezone: 'Nowhere'",
    "select ts::timestamp_tz + '1' from t": "(TIMESTAMP_TZ(9), VARCHAR)",
    "select reduce(a, 0, (x) -> x) from t": "REDUCE",
    "select d + interval 'x' from t": "INTERVAL",
    "select 10 ** 50": "unexpected '50'",
    # forms that are not carried out have a name
    "select * from t pivot (sum(i) for s in (any order by i))": "PIVOT with ANY",
    "select * from t pivot (sum(i) for s in ('a') default on null (0))": "DEFAULT ON NULL",
    "select * from t asof join t u match_condition (t.i >= u.i) using (i)": "ASOF JOIN",
    "select m!predict from t": "unexpected '!': a method with its arguments follows it",
    "select lower(s)!predict(i) from t": "unexpected 'LOWER(s)': a name",
    "select m(s)!predict(i) from t": "unexpected '!': behind MODEL(name, version)",
    "select model(s || 'm')!predict(i) from t": "unexpected 's || 'm'': a name",
    "select * from t, table(m!explain(i))": "A model's method that gives a table",
    "select * from t match_recognize (partition by s pattern (x) define x as i > 1)": (
        "MATCH_RECOGNIZE"
    ),
    "select * from t group by": "unexpected '<EOF>' behind GROUP BY",
    "insert into t (i) values (1) returning i": "unexpected 'RETURNING'",
    'select 1 as ""': "a name has at least one character",
    "select object_construct('a')": "This use of OBJECT_CONSTRUCT is not supported",
}


@pytest.fixture(scope="module")
def wrong(calculator: Asker) -> Asker:
    calculator(
        "create temporary table t(s varchar, i int, d date, ts timestamp, f float, v variant,"
        " a array, b boolean)"
    )
    calculator(
        "insert into t select 'a', 9, '2024-01-01', '2024-01-01 10:00:00', 1.5, null,"
        " array_construct(1), true"
    )
    return calculator


@pytest.mark.parametrize("statement", WRONG)
def test_an_answer_has_snowflakes_words(wrong: Asker, statement: str):
    message = wrong.error(statement).message
    assert WRONG[statement] in message
    assert _OTHERS.findall(message) == []
