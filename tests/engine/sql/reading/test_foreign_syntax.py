"""What DuckDB would carry out and Snowflake has not: it is refused where it stands."""

from __future__ import annotations

import pytest

from tests.engine.sql.conftest import Asker

#: A statement, the code of its error, and what the message says.
REFUSED: dict[str, tuple[int, str]] = {
    "select 5 ^ 2": (1003, "unexpected '^'"),
    "select 5 & 2": (1003, "unexpected '&'"),
    "select 5 | 2": (1003, "unexpected '|'"),
    "select 1 << 2": (1003, "BITSHIFTLEFT"),
    "select 5 div 2": (1003, "syntax error line 1"),
    "select 'a' glob 'a'": (1003, "unexpected 'glob'"),
    "select [x for x in [1, 2]]": (1003, "TRANSFORM"),
    "select [1, 2, 3][1:2]": (1003, "ARRAY_SLICE"),
    "select distinct on (column1) column1 from values (1)": (1003, "QUALIFY"),
    "select 1::hugeint": (2040, "Unsupported data type 'HUGEINT'"),
    "create table t (n hugeint)": (2040, "Unsupported data type 'HUGEINT'"),
    "selec 1": (1003, "syntax error line 1 at position 0 unexpected 'selec'."),
    "select 1,, 2": (1003, "position 10 unexpected ','"),
    "select ,1": (1003, "unexpected ','"),
    "select greatest(1,, 2)": (1003, "unexpected ','"),
    "select greatest(1, 2,)": (1003, "unexpected ')'"),
    "select [1,, 2]": (1003, "unexpected ','"),
    "select {'a': 1,, 'b': 2}": (1003, "unexpected ','"),
    "select 1 in (1,, 2)": (1003, "unexpected ','"),
    "select column1 from values (1) order by 1,, 2": (1003, "unexpected ','"),
    "select column1 from values (1) group by 1,": (1003, "unexpected ','"),
    "select * from values (1),, (2)": (1003, "unexpected ','"),
    "select * from table(generator(rowcount => 1)),, t": (1003, "unexpected ','"),
    "select * from (select * from t a,)": (1003, "unexpected ')'"),
    "insert into t (a,, b) values (1, 2)": (1003, "unexpected ','"),
    "insert into t values (1, 2,)": (1003, "unexpected ')'"),
    "update t set a = 1,, b = 2": (1003, "unexpected ','"),
    "create table t (a int,, b int)": (1003, "unexpected ','"),
    "create table t (a int,)": (1003, "unexpected ')'"),
    "select count(*, 1) from values (1)": (1003, "unexpected ',' behind COUNT(*"),
    "select max(1, 2)": (939, "too many arguments for function [MAX], expected 1, got 2"),
    "select min(column1, 2) from values (1)": (939, "function [MIN], expected 1, got 2"),
    "select listagg(column1, ',', 3) from values (1)": (939, "function [LISTAGG], expected 2"),
    "select current_date + interval '1.5 day'": (1003, "unexpected '1.5 DAY': INTERVAL is of"),
    "select current_date + interval ''": (1003, "unexpected '': INTERVAL is of whole numbers"),
    "select current_date + interval 'day'": (1003, "INTERVAL is of whole numbers"),
    "select current_date + interval '1 foo'": (1003, "INTERVAL is of whole numbers"),
    "select current_date + interval '1 foo, 1 day'": (1003, "INTERVAL is of whole numbers"),
    "select current_date + interval '1 ns'": (2, "An INTERVAL of nanoseconds"),
    "select current_date + interval '1 day, 3 ns'": (2, "An INTERVAL of nanoseconds"),
    "select (1, 2) = (1, 2, 3)": (1044, "must have the same number of values"),
    "select column1 from values ('a') order by column1 collate 'en-ci'": (2, "COLLATE (UPPER or"),
    "select {*} from values (1)": (2, "{*} (OBJECT_CONSTRUCT(*) makes an object of a row)"),
    "select row_number() over (partition by 1)": (2303, "[ROW_NUMBER] requires ORDER BY in window"),
    "select rank() over ()": (2303, "[RANK] requires ORDER BY in window specification"),
    "select lag(1) ignore nulls over ()": (2303, "[LAG] requires ORDER BY in window"),
    "select first_value(1) over (partition by 1)": (2303, "[FIRST_VALUE] requires ORDER BY"),
    "select get([1], 0).n": (1003, "unexpected '.n': a field of a value stands behind ':'"),
    "select ceil()": (938, "not enough arguments for function [CEIL]"),
    "select div0(1)": (938, "not enough arguments for function [DIV0]"),
    "select last_query_id('a')": (1044, "types for function 'LAST_QUERY_ID': it takes one whole"),
    "select last_query_id(seq4())": (1044, "one whole number that is written out"),
    "select last_query_id(1, 2)": (1044, "or nothing"),
    "select hll(1, 2)": (2, "APPROX_COUNT_DISTINCT of several values"),
    "select current_date::binary": (1007, "for parameter 'TO_BINARY': DATE has no bytes"),
    "select cast('2024-01-01 +0000'::timestamp_tz as binary)": (
        1007,
        "TIMESTAMP_TZ(9) has no bytes",
    ),
    "attach 'x.db'": (1003, "unexpected 'attach'"),
}


@pytest.mark.parametrize("statement", REFUSED)
def test_another_systems_syntax_is_refused(calculator: Asker, statement: str):
    code, words = REFUSED[statement]
    error = calculator.error(statement)
    assert error.code == code
    assert words in error.message


def test_a_comma_may_stand_behind_the_last_column_of_a_select(calculator: Asker):
    assert calculator("select column1, column2, from values (1, 2)") == [(1, 2)]
