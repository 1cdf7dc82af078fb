"""How many rows tasks read and wrote, by the statements of their sessions."""

from __future__ import annotations

import pytest

from sfdag_magics.client.observing.snapshot import Rows
from sfdag_magics.client.observing.traces.rows import rows_by_execution, with_rows
from sfdag_magics.errors import BackendError
from tests.client.fake_snowflake import FakeSnowflake
from tests.client.told import GRAPH, run_that_failed

CALL = ("CALL G$RUN('a')", "CALL", 1, 0, 1)
FRAME = "COPY INTO identifier(?) /* write_pandas() */"


def statement(text, kind, produced=0, inserted=0, answered=0, *, status="SUCCESS", query="x"):
    return {
        "SESSION_ID": 7,
        "QUERY_ID": query,
        "QUERY_TYPE": kind,
        "QUERY_TEXT": text,
        "EXECUTION_STATUS": status,
        "ROWS_PRODUCED": produced,
        "ROWS_INSERTED": inserted,
        "ROWS_WRITTEN_TO_RESULT": answered,
    }


@pytest.mark.parametrize(
    ("statements", "rows"),
    [
        ([], Rows()),
        ([("insert into t select * from u", "INSERT", 5, 5, 1)], Rows(written=5)),
        ([("create table t as select 1", "CREATE_TABLE_AS_SELECT", 1, 9, 1)], Rows(written=9)),
        ([("update t set a = 1", "UPDATE", 4, 0, 1)], Rows(written=4)),
        ([("merge into t using u on 1 = 1", "MERGE", 6, 2, 1)], Rows(written=6)),
        ([("delete from t", "DELETE", 8, 0, 1)], Rows()),
        ([("SELECT  *  FROM t", "SELECT", 100, 0, 100)], Rows(read=100)),
        # What a task asks of its run is nothing it reads, nor is what Snowpark asks.
        ([("select system$get_predecessor_return_value('A')", "SELECT", 1, 0, 1)], Rows()),
        ([("SELECT * FROM table(infer_schema(?))", "SELECT", 3, 0, 3)], Rows()),
        # A frame goes into a table of Snowpark's first, and from there into the user's.
        (
            [
                ("CREATE TEMP TABLE IF NOT EXISTS identifier(?)", "CREATE_TABLE", 1, 0, 1),
                (FRAME, "COPY", 100, 100, 1),
                ("CREATE TABLE u AS SELECT * FROM SNOWPARK_TEMP_TABLE_X", "CREATE_TABLE", 1, 30, 1),
            ],
            Rows(written=30),
        ),
        (
            [
                ("CREATE TABLE IF NOT EXISTS identifier(?)", "CREATE_TABLE", 1, 0, 1),
                (FRAME, "COPY", 100, 100, 1),
            ],
            Rows(written=100),
        ),
        ([('INSERT INTO "S".SNOWPARK_TEMP_TABLE_A VALUES (?)', "INSERT", 9, 9, 1)], Rows()),
    ],
)
def test_what_counts_as_read_and_as_written(statements, rows):
    found = [statement(*each) for each in statements] + [statement(*CALL, query="q")]
    assert rows_by_execution(found, frozenset({"q"})) == {"q": rows}


def test_what_failed_counts_for_nothing_and_a_session_of_no_task_is_left_out():
    found = [
        statement("insert into t values (1)", "INSERT", 1, 1, 1, status="FAILED_WITH_ERROR"),
        statement(*CALL, query="q", status="FAILED_WITH_ERROR"),
        {**statement("select * from t", "SELECT", 5, 0, 5), "SESSION_ID": 8},
    ]
    assert rows_by_execution(found, frozenset({"q"})) == {"q": Rows()}


def test_a_run_is_told_without_them_where_nobody_tells():
    fake = FakeSnowflake()
    seen = run_that_failed(fake).refresh()

    def refused(sql):
        raise BackendError("insufficient privileges", code=3001)

    fake._queries = refused
    assert with_rows(fake, GRAPH.root, [seen]) == [seen]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (Rows(), "no rows"),
        (Rows(read=1), "1 row read"),
        (Rows(written=2, read=3), "2 rows written, 3 rows read"),
    ],
)
def test_rows_in_words(rows, said):
    assert str(rows) == said
