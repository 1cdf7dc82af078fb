"""Streams as the unmodified clients read and consume them."""

from __future__ import annotations

import uuid

import pytest
from snowflake.snowpark.functions import col, when_matched, when_not_matched


@pytest.fixture
def names(session):
    """A table and a stream of their own."""
    ending = uuid.uuid4().hex[:8].upper()
    table, stream = f"T_{ending}", f"S_{ending}"
    session.sql(f"create table {table} (a int, b varchar)").collect()
    session.sql(f"create stream {stream} on table {table}").collect()
    return table, stream


def test_a_stream_is_a_table_to_snowpark(session, names):
    table, stream = names
    rows = session.create_dataframe([(1, "x"), (2, "y")], schema=["a", "b"])
    rows.write.save_as_table(table, mode="append")
    session.table(table).update({"B": "z"}, col("A") == 2)
    read = session.table(stream)
    assert read.columns == ["A", "B", "METADATA$ACTION", "METADATA$ISUPDATE", "METADATA$ROW_ID"]
    assert [(row[0], row[1], row[3]) for row in read.sort("A").collect()] == [
        (1, "x", False),
        (2, "z", False),
    ]
    read.select("A").write.save_as_table(f"{table}_taken")
    assert session.table(stream).count() == 0


def test_a_merge_of_snowpark_is_told(session, names):
    table, stream = names
    session.sql(f"insert into {table} values (1, 'x')").collect()
    session.sql(f"create or replace stream {stream} on table {table}").collect()
    source = session.create_dataframe([(1, "new"), (5, "more")], schema=["a", "b"])
    target = session.table(table)
    target.merge(
        source,
        target["a"] == source["a"],
        [
            when_matched().update({"b": source["b"]}),
            when_not_matched().insert({"a": source["a"], "b": source["b"]}),
        ],
    )
    rows = session.table(stream).select("A", "B", "METADATA$ACTION", "METADATA$ISUPDATE")
    assert sorted(map(tuple, rows.collect())) == [
        (1, "new", "INSERT", True),
        (1, "x", "DELETE", True),
        (5, "more", "INSERT", False),
    ]


def test_bound_rows_and_a_transaction_of_the_connector(connection, names):
    table, stream = names
    cursor = connection.cursor()
    cursor.executemany(f"insert into {table} values (%s, %s)", [(1, "x"), (2, "y")])
    cursor.execute("begin")
    cursor.execute(f"select count(*) from {stream}")
    assert cursor.fetchone() == (2,)
    cursor.execute(f"delete from {table} where a = 1")
    cursor.execute(f"select a from {stream} order by a")
    assert cursor.fetchall() == [(1,), (2,)]
    cursor.execute("commit")
    cursor.execute(f"select a, metadata$action from {stream}")
    assert cursor.fetchall() == [(2, "INSERT")]
    cursor.execute(f"select system$stream_has_data('{stream}')")
    assert cursor.fetchone() == (True,)
