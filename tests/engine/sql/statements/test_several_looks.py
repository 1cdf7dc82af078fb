"""SYSTEM$SFDAG_LOOK: several statements that look, in one request, each with its answer."""

import json

import pytest

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.sqltext import quoted_string


def looked(sql, *statements):
    """What each answers."""
    text = quoted_string(json.dumps(statements))
    return json.loads(sql(f"SELECT SYSTEM$SFDAG_LOOK({text}) AS LOOKED")[0][0])


def test_each_statement_has_its_columns_and_rows(sql):
    sql("CREATE TABLE t (a INT, b TIMESTAMP_TZ, c FLOAT)")
    sql("INSERT INTO t VALUES (1, '2026-01-31 05:00:00 +0200', 0.5)")
    shown, rows = looked(sql, "SHOW TABLES", "SELECT a, b, c, NULL AS d, 1.5 AS e FROM t")
    assert shown["rows"][0][[name for name, _ in shown["columns"]].index("name")] == "T"
    assert [kind for _, kind in rows["columns"]][:3] == ["FIXED", "TIMESTAMP_TZ", "REAL"]
    assert rows["rows"] == [[1, "2026-01-31T05:00:00+02:00", 0.5, None, "1.5"]]


def test_the_error_of_one_keeps_no_other_from_its_answer(sql):
    wrong, right = looked(sql, "SELECT * FROM nowhere", "SELECT 'it''s \\\\ so' AS said")
    assert (wrong["code"], "NOWHERE" in wrong["error"]) == (2003, True)
    assert right["rows"] == [["it's \\ so"]]


@pytest.mark.parametrize("statement", ["CREATE TABLE t (a INT)", "DROP TABLE t", "BEGIN", "("])
def test_what_does_not_only_look_is_refused(sql, statement):
    (answer,) = looked(sql, statement)
    assert answer["error"]
    with pytest.raises(SqlError, match="does not exist"):
        sql("SELECT * FROM t")
