"""Which tables statements name, and which of a session's are an attempt's."""

import pytest

from sfdag_magics.client.tracing import events
from sfdag_magics.client.tracing.tables import tables_of
from sfdag_magics.client.tracing.touched import touched
from sfdag_magics.errors import BackendError
from sfdag_magics.sqltext import QualifiedName
from tests.client.fake_snowflake import FakeSnowflake
from tests.client.tracing.test_traces import RAN, SEEN, START

ROOT = QualifiedName("G", "S", "DB")
T, U = "DB.S.T", "DB.S.U"
STATEMENTS = [
    ("select * from t join other.u on true", [T, "DB.OTHER.U"], []),
    ('select 1 from "DB"."S"."t", x.y.z', ["DB.S.t", "X.Y.Z"], []),
    ("with T as (select * from u) select * from t", [U], []),
    ("select extract(year from d) from t", [T], []),
    ("insert into t select * from u", [U], [T]),
    ("insert into t (a, b) values (1, 2)", [], [T]),
    ("create or replace transient table t as select * from u", [U], [T]),
    ("create table if not exists t (a int)", [], [T]),
    ("create temporary table t as select * from u", [U], []),
    ("create or replace view v as select * from t", [], []),
    ("merge into t using u on t.a = u.a when matched then delete", [U], [T]),
    ("update t set a = 1 from u where t.a = u.a", [U], [T]),
    ("delete from t", [], [T]),
    ("truncate table t", [], [T]),
    ("copy into t from @stage/files", [], [T]),
    ("select * from table(generator(rowcount => 3))", [], []),
    ("select * from identifier('t')", [], []),
    ("select * from @stage/file.csv", [], []),
    ("select * from information_schema.tables, snowflake.account_usage.x", [], []),
    ("insert into SNOWPARK_TEMP_TABLE_X values (1)", [], []),
    ("call p('t')", [], []),
    ("drop table t", [], []),
    ("selct nonsense from (", [], []),
]


@pytest.mark.parametrize(("text", "read", "written"), STATEMENTS)
def test_a_statement_names_what_it_reads_and_writes(text, read, written, caplog):
    named = tables_of(text, "DB", "S")
    assert (sorted(named.read), list(named.written)) == (sorted(read), written)
    assert caplog.records == []


def statement(session, query, text, status="SUCCESS", schema="S"):
    return {
        "SESSION_ID": session,
        "QUERY_ID": query,
        "QUERY_TEXT": text,
        "EXECUTION_STATUS": status,
        "DATABASE_NAME": None if schema is None else "DB",
        "SCHEMA_NAME": schema,
    }


def test_an_attempts_end_names_the_tables_of_its_session_as_the_standard_names_them():
    fake = FakeSnowflake()
    fake.queries = [
        statement(1, "q-load-2", "call g$run('load')"),
        statement(1, "q1", "select * from raw", schema=None),
        statement(1, "q2", "create table broken as select * from nowhere", status="FAIL"),
        statement(1, "q3", "insert into kept select * from raw"),
        statement(2, "q-else", "insert into not_of_the_run values (1)"),
    ]
    found = touched(fake, ROOT, RAN)
    told = events.events_of(SEEN, START, RAN, "snowflake://acme-eu", found)
    named = {
        (each.job.name, each.eventType.value): (
            [(table.namespace, table.name) for table in each.inputs],
            [(table.namespace, table.name) for table in each.outputs],
        )
        for each in told
        if each.inputs or each.outputs
    }
    account = "snowflake://acme-eu"
    read, written = [(account, "DB.S.RAW")], [(account, "DB.S.KEPT")]
    assert named == {("DB.S.G.load", "COMPLETE"): (read, written)}


def test_where_the_history_may_not_be_read_no_table_is_named():
    fake = FakeSnowflake()
    fake.refuse = {"QUERY_HISTORY": BackendError("not authorized", code=3001)}
    assert touched(fake, ROOT, RAN) == {}
