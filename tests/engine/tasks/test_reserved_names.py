"""What reserved words may name: nothing, but in double quotes."""

import json

import pytest


@pytest.mark.parametrize("word", ["select", "TABLE", "from", "order", "public.update"])
@pytest.mark.parametrize(
    "text",
    [
        "CREATE TASK {} AS SELECT 1",
        "CREATE TASK IF NOT EXISTS {} AS SELECT 1",
        "CREATE OR ALTER TASK {} AS SELECT 1",
        "CREATE VIEW {} AS SELECT 1 AS a",
        "CREATE TABLE {} (a INT)",
        "CREATE TABLE IF NOT EXISTS {} (a INT)",
    ],
)
def test_a_reserved_word_names_nothing(on_sql, text, word):
    problem = on_sql.error(text.format(word))
    assert (problem.code, "syntax error" in problem.message) == (1003, True), problem.message


def test_in_quotes_it_is_a_name(on_sql):
    on_sql.sql(
        'CREATE TASK "START" AS SELECT 1',
        'CREATE TASK t AFTER "START" AS SELECT 1',
        'CREATE VIEW "SELECT" AS SELECT 1 AS a',
        'CREATE TABLE public."TABLE" (a INT)',
    )
    assert on_sql.run('EXECUTE TASK "START"') == {"START": "SUCCEEDED"}
    (task,) = on_sql.rows("SHOW TASKS LIKE 't'")
    assert json.loads(task["predecessors"]) == ['DB.PUBLIC."START"']
    [(text,)] = on_sql.sql("""SELECT GET_DDL('TASK', '"START"')""")
    on_sql.sql(text)


@pytest.mark.parametrize(
    "text",
    [
        "CREATE TABLE t (n INT, any VARIANT)",
        "CREATE TABLE t (n INT, unique INT, b INT)",
        "CREATE TABLE t (order INT)",
        "CREATE VIEW v (a, group) AS SELECT 1, 2",
        "ALTER TABLE kept ADD COLUMN any INT",
        "ALTER TABLE kept RENAME COLUMN a TO values",
    ],
)
def test_it_names_no_column_either_and_none_is_left_out_for_it(on_sql, text):
    on_sql.sql("CREATE OR REPLACE TABLE kept (a INT)")
    problem = on_sql.error(text)
    assert (problem.code, "a reserved word" in problem.message) == (1003, True), problem.message
    assert [row[0] for row in on_sql.sql("DESCRIBE TABLE kept")] == ["A"]


def test_lists_of_columns_have_constraints_and_names_in_quotes(on_sql):
    on_sql.sql(
        "CREATE TABLE t (n INT COMMENT 'any (one', \"any\" VARIANT, UNIQUE (n), PRIMARY KEY (n))",
        'ALTER TABLE t ADD COLUMN b NUMBER(3, 1) DEFAULT 2, "all" INT',
        'ALTER TABLE t RENAME COLUMN b TO "order"',
    )
    columns = [row[0] for row in on_sql.sql("DESCRIBE TABLE t")]
    assert columns == ["N", "any", "order", "all"]


@pytest.mark.parametrize("name", ["list", "array", "items"])
def test_a_column_may_be_called_as_other_systems_call_a_constructor(on_sql, name):
    on_sql.sql(f"CREATE OR REPLACE TABLE of_{name} AS SELECT ARRAY_CONSTRUCT(7, 8) AS {name}")
    assert on_sql.sql(f"SELECT {name}[1]::INT FROM of_{name}") == [(8,)]
