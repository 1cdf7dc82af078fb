"""QUERY_HISTORY: the statements of all sessions that ended, by who asked and when."""

from __future__ import annotations

import pytest

from sfdag_magics.engine.borders.ports import SessionOptions
from sfdag_magics.engine.sql.sessions import query_log
from tests.engine.sql.conftest import Asker

COLUMNS = "query_text, query_type, execution_status, error_code, rows_produced, query_tag"


def history(sql: Asker, function: str = "query_history()") -> list[tuple]:
    return sql(f"select {COLUMNS} from table(information_schema.{function})")


def test_statements_are_told_with_what_became_of_them_the_newest_first(sql: Asker):
    sql("alter session set query_tag = 'mine'")
    sql("create table t as select 1 as a")
    sql("insert into t values (2), (3)")
    sql.error("select a from nowhere")
    sql.error("selekt 1")
    rows = history(sql)
    assert rows[0] == ("selekt 1", "UNKNOWN", "FAILED_WITH_ERROR", 1003, 0, "mine")
    assert rows[1] == ("select a from nowhere", "SELECT", "FAILED_WITH_ERROR", 2003, 0, "mine")
    assert rows[2] == ("insert into t values (2), (3)", "INSERT", "SUCCESS", None, 2, "mine")
    assert rows[3][:3] == ("create table t as select 1 as a", "CREATE_TABLE", "SUCCESS")
    [asked] = sql("select query_text from snowflake.account_usage.query_history limit 1")
    assert asked[0].startswith("select query_text, query_type")


def test_how_many_rows_a_statement_read_and_wrote_is_told_apart(sql: Asker):
    for text in (
        "create table t as select column1 as a from values (1), (2), (3)",
        "insert into t select a from t",
        "update t set a = 0 where a > 1",
        "delete from t where a = 1",
        "merge into t using (select 9 as b) s on a = b when not matched then insert values (b)",
        "select a from t",
        "create table c clone t",
    ):
        sql(text)
    asked = "rows_written_to_result, rows_inserted, rows_updated, rows_deleted"
    rows = sql(f"select {asked} from snowflake.account_usage.query_history limit 7")
    assert rows[::-1] == [
        (1, 3, 0, 0),
        (1, 3, 0, 0),
        (1, 0, 4, 0),
        (1, 0, 0, 2),
        (1, 1, 0, 0),
        (5, 0, 0, 0),
        (1, 0, 0, 0),
    ]
    [told] = sql("select rows_inserted from table(information_schema.query_history()) limit 1")
    assert told == (0,)


def test_what_is_shown_and_dropped_is_of_one_type(sql: Asker):
    for text in ("create schema s", "show tables", "show schemas like 's'", "drop schema s"):
        sql(text)
    types = [row[1] for row in history(sql)]
    assert types[:4] == ["DROP", "SHOW", "SHOW", "CREATE_SCHEMA"]


def test_a_statement_is_found_by_its_id_session_user_warehouse_and_time(sql: Asker):
    other = sql.session.shared.dispatch.__self__.open_session(
        SessionOptions(user="ANN", warehouse="BIG", database="SFDAG", schema="PUBLIC")
    )
    other.execute("select 41", query_id="the-id")
    sql("select 42")
    asked = "select query_text from table(information_schema.{})"
    assert sql(asked.format("query_history_by_user('ann')")) == [("select 41",)]
    assert sql(asked.format("query_history_by_warehouse(warehouse_name => 'big')")) == [
        ("select 41",)
    ]
    assert sql(asked.format(f"query_history_by_session(session_id => {other.id})")) == [
        ("select 41",)
    ]
    assert ("select 42",) in sql(asked.format("query_history_by_session()"))
    assert sql(
        "select query_text from table(information_schema.query_history()) where query_id = 'the-id'"
    ) == [("select 41",)]
    assert sql(asked.format("query_history(end_time_range_end => '2020-01-01'::timestamp)")) == []
    assert len(sql(asked.format("query_history(result_limit => 2)"))) == 2
    other.close()


@pytest.mark.parametrize(
    ("function", "said"),
    [
        ("query_history(result_limit => 0)", "Invalid value [0] for RESULT_LIMIT"),
        ("query_history(color => 'red')", "invalid arguments for QUERY_HISTORY: COLOR"),
        ("query_history(1, 2, 3, 4, 5)", "too many"),
        ("query_history(end_time_range_start => 'x')", "Timestamp 'x' is not recognized"),
    ],
)
def test_what_it_cannot_be_asked_is_named(sql: Asker, function: str, said: str):
    assert said in sql.error(f"select 1 from table(information_schema.{function})").message


def test_the_oldest_make_room_and_long_texts_are_cut(sql: Asker, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(query_log, "_MOST", 3)
    monkeypatch.setattr(query_log, "_LONGEST", 10)
    for number in range(5):
        sql(f"select {number} as long_name")
    assert [row[0] for row in history(sql)] == ["select 4 a", "select 3 a", "select 2 a"]
