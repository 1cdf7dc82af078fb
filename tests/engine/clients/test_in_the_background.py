"""Statements that nobody waits for, or several at once: results that are asked for later."""

from __future__ import annotations

import pytest
from snowflake.connector.errors import Error
from snowflake.snowpark import Session


def test_a_frame_is_collected_in_the_background(session: Session):
    asked = [session.sql(f"SELECT {number} AS A").collect_nowait() for number in range(3)]
    assert [each.result() for each in asked] == [[(0,)], [(1,)], [(2,)]]
    assert all(each.is_done() for each in asked)


def test_what_fails_in_the_background_says_why(connection):
    cursor = connection.cursor()
    query_id = cursor.execute_async("SELECT * FROM NO_SUCH_TABLE")["queryId"]
    with pytest.raises(Error, match="'NO_SUCH_TABLE' does not exist or not authorized"):
        _waited(connection, cursor, query_id)


def _waited(connection, cursor, query_id: str) -> None:
    while connection.is_still_running(connection.get_query_status_throw_if_error(query_id)):
        pass
    cursor.get_results_from_sfqid(query_id)
    cursor.fetchall()


def test_a_statement_in_the_background_is_ended(connection):
    cursor = connection.cursor()
    query_id = cursor.execute_async("SELECT SYSTEM$WAIT(60)")["queryId"]
    cursor.abort_query(query_id)
    with pytest.raises(Error, match="canceled"):
        _waited(connection, cursor, query_id)


def test_each_of_several_statements_has_its_result(connection):
    cursor = connection.cursor()
    cursor.execute("SELECT 1\n;\nSELECT 2\n;\nSELECT 3", num_statements=3)
    found = [cursor.fetchall()]
    while cursor.nextset():
        found.append(cursor.fetchall())
    assert found == [[(1,)], [(2,)], [(3,)]]
    assert len(cursor.multi_statement_savedIds) == len(found)
    assert cursor.query_result(cursor.multi_statement_savedIds[1]).fetchall() == [(2,)]
