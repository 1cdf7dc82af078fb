"""A condition is one expression; what is none is told where it breaks."""

import pytest

from sfdag_magics.graph.sql.condition import check_expression
from sfdag_magics.sqltext import SqlTextError

HAS_DATA = "SYSTEM$STREAM_HAS_DATA"
READS = "SYSTEM$GET_PREDECESSOR_RETURN_VALUE"


@pytest.mark.parametrize(
    "text",
    [
        "true",
        "'x'",
        "-1 < +2",
        f"not {HAS_DATA}('S') or to_number('1') in (1, 2)",
        f"{READS}()::number(10, 2) > 3",
        f"{READS}('A') is not null and {READS}('B') ilike 'x%'",
        "SYSTEM$PREDECESSORS_STATE('ALL_DONE')",
        "SYSTEM$TASK_COMPLETION_STATE('R') = 'X'",
        "try_cast('1' as int) between 0 and 2 and cast('1' as number(3)) = 1",
        "((1 = 1)) and (2 <> 3)",
        "1 not in (1) and 'a' not between 'b' and 'c' and to_char(1) not like '1'",
        "'a' || 'b' = 'ab'",
        "1 = 1 -- and no more",
        "'1'::int::varchar = '1' is true",
        "3 % 2 * 4 = null",
    ],
)
def test_an_expression_is_read_to_its_end(text):
    check_expression(text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("true or", "at position 7 unexpected '<EOF>'"),
        ("and true", "at position 0 unexpected 'and'"),
        ("true true", "at position 5 unexpected 'true'"),
        ("=", "at position 0 unexpected '='"),
        ("1 +", "at position 3 unexpected '<EOF>'"),
        ("'x' 'y'", "at position 4 unexpected ''y''"),
        ("1, 2", "unexpected ','"),
        ("true) or (true", "at position 4 unexpected ')'"),
        ("(true", "unexpected '<EOF>'"),
        ("()", "unexpected ')'"),
        ("1 in ()", "unexpected ')'"),
        ("1 in 2", "unexpected '2'"),
        ("1 between 2", "expected AND"),
        ("1 not", "expected IN, LIKE, ILIKE or BETWEEN"),
        ("1 is 2", "expected NULL, TRUE or FALSE"),
        ("cast('1' number)", "expected AS"),
        ("1::", "expected a type"),
        ("1 = int", "unexpected 'int'"),
        (f"{HAS_DATA}('A') {HAS_DATA}('B')", f"unexpected '{HAS_DATA}'"),
        (f"{HAS_DATA}()", f"{HAS_DATA} has 0 arguments and takes 1"),
        (f"{HAS_DATA}('emp', 1)", f"{HAS_DATA} has 2 arguments and takes 1"),
        (f"{READS}('A', 'B')", f"{READS} has 2 arguments and takes 0 to 1"),
        ("to_boolean() or true", "TO_BOOLEAN has 0 arguments"),
        ("(" * 2000 + "1" + ")" * 2000, "too many parentheses"),
    ],
)
def test_what_is_no_expression_is_told_where_it_breaks(text, told):
    with pytest.raises(SqlTextError) as raised:
        check_expression(text)
    assert told in str(raised.value)
