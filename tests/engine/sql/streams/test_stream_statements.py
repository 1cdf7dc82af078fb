"""CREATE, ALTER, DROP, SHOW and DESCRIBE STREAM, and the functions that ask a stream."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.engine.sql.conftest import Asker


@pytest.fixture
def ask(sql: Asker) -> Asker:
    sql("create table t (a int)")
    return sql


def names(ask: Asker, text: str = "show streams") -> list[object]:
    return [row[1] for row in ask(text)]


def test_what_is_said_of_a_stream_is_shown(ask):
    ask("create view v as select a from t")
    created = ask("create stream s on table t comment = 'why'")
    assert created == [("Stream S successfully created.",)]
    ask('create stream "other" on view v append_only = true')
    assert ask.columns("show streams") == [
        *("created_on", "name", "database_name", "schema_name", "owner", "comment", "table_name"),
        *("source_type", "base_tables", "type", "stale", "mode", "stale_after", "invalid_reason"),
        "owner_role_type",
    ]
    plain, other = ask("show streams")
    place = ("SFDAG", "PUBLIC", "ACCOUNTADMIN")
    assert plain[1:12] == (
        *("S", *place, "why", "SFDAG.PUBLIC.T", "Table"),
        *("SFDAG.PUBLIC.T", "DELTA", "false", "DEFAULT"),
    )
    assert other[1:12] == (
        *("other", *place, "", "SFDAG.PUBLIC.V", "View"),
        *("SFDAG.PUBLIC.T", "DELTA", "false", "APPEND_ONLY"),
    )
    assert ask("describe stream s") == [plain]
    assert plain[13:] == ("N/A", "ROLE")
    assert plain[12] - plain[0] < timedelta(days=14, minutes=1)
    ask("alter stream s set comment = 'because'")
    assert ask("describe stream s")[0][5] == "because"
    ask("alter stream if exists s unset comment")
    assert ask("describe stream s")[0][5] == ""


def test_the_filters_of_show(ask):
    for name in ("s_one", "s_two", "other"):
        ask(f"create stream {name} on table t")
    assert names(ask) == ["OTHER", "S_ONE", "S_TWO"]
    assert names(ask, "show streams like 's\\\\_%'") == ["S_ONE", "S_TWO"]
    assert names(ask, "show terse streams starts with 'S' limit 1") == ["S_ONE"]
    assert names(ask, "show streams in schema sfdag.public limit 5 from 'S_ONE'") == ["S_TWO"]
    assert names(ask, "show streams in account") == ["OTHER", "S_ONE", "S_TWO"]
    assert "does not exist" in ask.error("show streams in schema nope").message


def test_if_not_exists_or_replace_and_clone(ask):
    ask("create stream s on table t")
    ask("insert into t values (1)")
    assert ask("create stream if not exists s on table t") == [
        ("S already exists, statement succeeded.",)
    ]
    assert "already exists" in ask.error("create stream s on table t").message
    ask("create stream copied clone s")
    ask("create or replace stream s on table t")
    assert (ask("select a from s"), ask("select a from copied")) == ([], [(1,)])
    ask("create or replace stream copied clone s")
    assert ask("select a from copied") == []
    assert ask("drop stream s") == [("S successfully dropped.",)]
    assert ask("drop stream if exists s") == [
        ("Drop statement executed successfully (S already dropped).",)
    ]
    assert "does not exist" in ask.error("drop stream s").message
    assert "does not exist" in ask.error("create stream s clone s").message


def test_a_stream_can_begin_where_another_is_or_at_a_moment(ask):
    ask("create stream s on table t")
    ask("insert into t values (1)")
    (((moment,),), _) = (
        ask("select current_timestamp()::varchar"),
        ask("select system$wait(0.01)"),
    )
    ask("insert into t values (2)")
    ask("create stream same on table t at (stream => 's')")
    ask(f"create stream middle on table t at (timestamp => '{moment}'::timestamp_ltz)")
    ask("create stream now on table t at (offset => 0)")
    for name, found in (("same", [(1,), (2,)]), ("middle", [(2,)]), ("now", [])):
        assert ask(f"select a from {name} order by a") == found, name
    late = ask.error("create stream early on table t before (offset => -3600)")
    assert "Change tracking is not enabled or has been missing" in late.message
    other = ask.error("create stream odd on table t before (statement => 'x')")
    assert "A stream AT or BEFORE a statement" in other.message


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("create stream s on table nope", "Table 'SFDAG.PUBLIC.NOPE' does not exist"),
        ("create stream s on view t", "Object found is of type 'TABLE' not specified type 'VIEW'"),
        ("create stream t on table t", "Object 'T' already exists"),
        ("create or replace stream t on table t", "Object 'T' already exists"),
        ("create stream s on table t insert_only = true", "Streams of type INSERT_ONLY can only"),
        ("create stream s on external table t", "A stream on external tables is not supported"),
        ("create stream s on directory(@t)", "A stream on directory tables is not supported"),
        ("create stream s on stage t", "A stream on stages is not supported"),
        ("create stream s on table t colour = 1", "CREATE STREAM … COLOUR is not supported"),
        ("create stream s on table t append_only = 7", "where TRUE or FALSE belongs"),
        ("create stream s", "ON"),
        ("alter stream nope set comment = 'x'", "Stream 'SFDAG.PUBLIC.NOPE' does not exist"),
        ("describe stream nope", "Stream 'SFDAG.PUBLIC.NOPE' does not exist"),
        ("select system$stream_has_data('nope')", "Stream 'SFDAG.PUBLIC.NOPE' does not exist"),
        ("select system$stream_has_data()", "invalid number of arguments"),
    ],
)
def test_what_is_refused(ask, text, words):
    assert words in ask.error(text).message


def test_names_are_of_tables_views_and_streams_together(ask):
    ask("create stream s on table t")
    for text in (
        "create table s (a int)",
        "create or replace table s (a int)",
        "create or replace view s as select 1 as a",
    ):
        assert "Object 'S' already exists" in ask.error(text).message
    for text in (
        "drop table s",
        "describe table s",
        "show columns in table s",
        "create table x like s",
        "comment on column s.a is 'x'",
    ):
        assert "found is of type 'STREAM'" in ask.error(text).message, text
    ask("comment on stream s is 'said'")
    assert ask("describe stream s")[0][5] == "said"
    assert "the stream 'S' cannot be written" in ask.error("insert into s values (1)").message
    assert "This form of ALTER STREAM" in ask.error("alter stream s rename to r").message
    ask("create temporary table gone (a int)")
    assert "A stream on a temporary table" in ask.error("create stream g on table gone").message
    ask("create stream on_t on table t")
    other = ask.error("create stream x on table t at (stream => 'nope')")
    assert "Stream 'SFDAG.PUBLIC.NOPE' does not exist" in other.message
    ask("create table u (a int)")
    wrong = ask.error("create stream x on table u at (stream => 's')")
    assert "is not on 'SFDAG.PUBLIC.U'" in wrong.message


def test_whether_a_stream_has_data(ask):
    ask("create stream s on table t")
    asked = "select system$stream_has_data('sfdag.public.s')"
    assert ask(asked) == [(False,)]
    ask("insert into t values (1)")
    assert ask(asked) == [(True,)]
    ask("delete from t")
    assert ask(asked) == [(False,)]
    ask("insert into t values (1)")
    ask("create table sink as select a from s")
    assert ask(asked) == [(False,)]
    ((stamp,),) = ask("select system$stream_get_table_timestamp('S')")
    assert len(stamp) == 19


def test_what_goes_with_its_schema(ask):
    ask("create schema other")
    ask("create stream sfdag.other.s on table sfdag.public.t")
    ask("insert into sfdag.public.t values (1)")
    ask("drop schema other")
    ask("use schema public")
    assert ask("show tables like 'T'")[0][12] == "OFF"
    assert ask("select a from t") == [(1,)]
    assert ask("show streams in account") == []


def test_get_ddl_makes_the_stream_again(ask):
    ask("create view v as select a from t")
    for options in ("", " append_only = true", " show_initial_rows = true", " comment = 'it''s'"):
        ask(f"create or replace stream s on view v{options}")
        ((text,),) = ask("select get_ddl('stream', 's')")
        assert text == f"create or replace stream S on view SFDAG.PUBLIC.V{options};"
        ask(text)
        assert ask("select get_ddl('STREAM', 'public.s')") == [(text,)]
    ((full,),) = ask("select get_ddl('stream', 's', true)")
    assert full.startswith("create or replace stream SFDAG.PUBLIC.S on view SFDAG.PUBLIC.V")
    assert ask.error("select get_ddl('stream', 'nope')").code == 2003
    assert "GET_DDL of a PIPE is not" in ask.error("select get_ddl('pipe', 't')").message
    assert "number of arguments" in ask.error("select get_ddl('stream')").message
