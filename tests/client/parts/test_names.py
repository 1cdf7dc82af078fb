"""A task's SQL in a bridge: the names of tasks inside literals, and nothing else."""

import pytest

from sfdag_magics.client.parts.names import renamed


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT SYSTEM$GET_PREDECESSOR_RETURN_VALUE('M$A')", "'B$A'"),
        ("SELECT 'DB.S.M$A'", "'DB.S.B$A'"),
        ("SELECT 'it''s M$A\\'s'", "'it''s B$A''s'"),
        ("EXECUTE IMMEDIATE $$ SELECT F('M$A') $$", "$$ SELECT F('B$A') $$"),
        ("EXECUTE IMMEDIATE 'SELECT F(''M$A'')'", "'SELECT F(''B$A'')'"),
    ],
)
def test_a_name_in_a_literal_is_the_bridges(sql, expected):
    assert expected in renamed(sql, "M", "B", ["a", "ab"])


@pytest.mark.parametrize(
    "sql",
    [
        "CALL M$RUN('A')",
        "CREATE TABLE M$A AS SELECT 1 -- 'M$A'",
        "SELECT 'm$a', 'MM$A', 'M$AC', 'M$A$B', $1",
        "SELECT \"M$A\" FROM t /* 'M$A' */",
        "SELECT 'no name'",
    ],
)
def test_what_is_no_task_in_a_literal_stays_to_the_letter(sql):
    assert renamed(sql, "M", "B", ["a", "ab"]) == sql
