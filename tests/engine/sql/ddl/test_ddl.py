"""Databases, schemas, tables, views and sequences: made, changed, shown, gone."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from sfdag_magics.engine.borders.object_facts import ObjectFact
from sfdag_magics.engine.borders.ports import SessionOptions, SqlFeature
from sfdag_magics.engine.sql.sql_engine import open_engine
from sfdag_magics.engine.sql.stored.table_form import (
    TableColumn,
    creation_sql,
    drop_stored,
    sequence_sql,
    table_detail,
)
from sfdag_magics.engine.sql.values.types import number
from sfdag_magics.sqltext import QualifiedName
from tests.engine.sql.conftest import Asker


def shown(sql: Asker, text: str, *names: str) -> list[tuple]:
    """Some columns of a SHOW or DESCRIBE."""
    result = sql.result(text)
    columns = [result.rows.column(name).to_pylist() for name in names]
    return list(zip(*columns, strict=True))


def test_a_table_is_described_as_it_was_declared(sql: Asker):
    sql(
        "create table t (id int autoincrement, s varchar(20) not null default 'x' comment 'c',"
        " n number(10,2), f float, at timestamp_ntz, v variant, primary key (id))"
    )
    assert shown(sql, "describe table t", "name", "type", "null?", "default", "primary key") == [
        ("ID", "NUMBER(38,0)", "N", "IDENTITY START 1 INCREMENT 1 NOORDER", "Y"),
        ("S", "VARCHAR(20)", "N", "'x'", "N"),
        ("N", "NUMBER(10,2)", "Y", None, "N"),
        ("F", "FLOAT", "Y", None, "N"),
        ("AT", "TIMESTAMP_NTZ(9)", "Y", None, "N"),
        ("V", "VARIANT", "Y", None, "N"),
    ]


def test_messages_are_snowflakes(sql: Asker):
    assert sql("create table t (a int)") == [("Table T successfully created.",)]
    assert sql("create table if not exists t (a int)") == [
        ("T already exists, statement succeeded.",)
    ]
    assert sql("create view v as select 1 as x") == [("View V successfully created.",)]
    assert sql("create schema s") == [("Schema S successfully created.",)]
    assert sql("create database d") == [("Database D successfully created.",)]
    assert sql("drop table sfdag.public.t") == [("T successfully dropped.",)]
    assert sql("drop table if exists t") == [
        ("Drop statement executed successfully (T already dropped).",)
    ]
    assert sql("use database sfdag") == [("Statement executed successfully.",)]


def test_a_new_namespace_becomes_the_current_one(sql: Asker):
    sql("create database d")
    assert sql("select current_database(), current_schema()") == [("D", "PUBLIC")]
    sql("create schema s")
    assert sql("select current_database(), current_schema()") == [("D", "S")]
    sql("drop schema s")
    assert sql("select current_database(), current_schema()") == [("D", None)]
    assert sql.error("create table t (a int)").code == 90106
    sql("drop database d")
    assert sql.error("create table t (a int)").code == 90105


def test_dropping_a_schema_drops_what_is_in_it(sql: Asker):
    sql("create schema s")
    sql("create table t (a int autoincrement)")
    sql("create view v as select * from t")
    sql("create sequence q")
    sql("drop schema s")
    sql("create schema s")
    assert shown(sql, "show objects", "name") == []
    sql("create table t (b int)")
    assert sql.columns("select * from t") == ["B"]


def test_renaming_a_schema_keeps_its_tables(sql: Asker):
    sql("create schema s")
    sql("create table t as select 1 as a")
    sql("alter schema s rename to s2")
    assert sql("select a from sfdag.s2.t") == [(1,)]
    assert sql("select current_schema()") == [("S2",)]


def test_create_table_as_takes_types_from_the_query(sql: Asker):
    sql("create table t (s varchar(7), n number(5,1), o object)")
    sql("create table u as select s, n, o, n * 2 as d, 'x' as x, array_construct(1) as a from t")
    types = dict(shown(sql, "describe table u", "name", "type"))
    assert types["S"] == "VARCHAR(7)"
    assert types["N"] == "NUMBER(5,1)"
    assert (types["O"], types["A"]) == ("OBJECT", "ARRAY")


def test_create_table_as_with_columns_of_its_own(sql: Asker):
    sql("create table t (a varchar(5), b float) as select 1, 2")
    assert sql("select a, b from t") == [("1", 2.0)]
    assert sql.error("create table u (a int) as select 1, 2").code == 2026


def test_like_and_clone_copy_the_declaration(sql: Asker):
    sql("create table t (a int not null, s varchar(5) default 'q')")
    sql("insert into t (a) values (1)")
    sql("create table l like t")
    sql("create table c clone t")
    assert sql("select count(*) from l") == [(0,)]
    assert sql("select a, s from c") == [(1, "q")]
    assert sql.error("insert into l (a, s) values (1, 'longer')").code == 100078
    assert sql.error("insert into c (a) values (null)").code == 100072


@pytest.mark.parametrize(
    ("copy", "numbers"), [("clone t", [10, 15, 20]), ("like t", [10]), ("clone u", [10])]
)
def test_a_copy_counts_for_itself(sql: Asker, copy: str, numbers: list[int]):
    sql("create table t (id int autoincrement start 10 increment 5, s varchar)")
    sql("create table u like t")
    sql("insert into t (s) values ('a'), ('b')")
    sql(f"create table c {copy}")
    sql("insert into c (s) values ('c')")
    sql("insert into t (s) values ('d')")
    assert sql("select id from c order by id") == [(number,) for number in numbers]
    assert sql("select max(id) from t") == [(20,)]


def test_a_table_that_was_copied_can_be_replaced_and_dropped(sql: Asker):
    sql("create table t (id int identity, s varchar)")
    sql("create table c clone t")
    sql("create temporary table l like c")
    sql("create or replace table t (a int)")
    sql("drop table t")
    sql("insert into c (s) values ('x')")
    sql("alter table c add column n int default 7")
    sql("drop table c")
    sql("insert into l (s) values ('x')")
    assert sql("select id from l") == [(1,)]
    sql("drop table l")


def test_a_sequence_that_two_tables_share_goes_with_the_last():
    connection = duckdb.connect()
    connection.execute(sequence_sql("s_1", 1, 1))
    columns = [
        TableColumn(name="ID", type=number(), default="nextval('s_1')", sequence="s_1"),
    ]
    tables = []
    for name in ("t_1", "t_2"):
        connection.execute(creation_sql(name, columns, temporary=False))
        detail = table_detail(name, columns)
        tables.append(
            ObjectFact(
                id=name,
                kind="TABLE",
                database="D",
                schema="S",
                name=name,
                created_on=datetime.now(UTC),
                owner="O",
                detail=detail,
            )
        )
    drop_stored(connection, tables[0])
    assert connection.execute("select count(*) from duckdb_sequences()").fetchall() == [(1,)]
    drop_stored(connection, tables[1])
    assert connection.execute("select count(*) from duckdb_sequences()").fetchall() == [(0,)]


def test_replacing_a_table_forgets_the_old_declaration(sql: Asker):
    sql("create table t (s varchar(2))")
    sql("create or replace table t (s varchar(9), b int)")
    sql("insert into t (s) values ('longer')")
    assert shown(sql, "describe table t", "type") == [("VARCHAR(9)",), ("NUMBER(38,0)",)]


def test_a_failed_replacement_keeps_the_old_table(sql: Asker):
    sql("create table t as select 1 as a")
    sql.error("create or replace table t as select 1 / 0 as a")
    assert sql("select a from t") == [(1,)]


def test_columns_are_added_renamed_changed_and_dropped(sql: Asker):
    sql("create table t (a int, s varchar(3))")
    sql("insert into t values (1, 'x')")
    sql("alter table t add column f float default 1.5, v variant")
    sql("alter table t rename column s to text")
    sql("alter table t alter column text set data type varchar(10)")
    sql("alter table t drop column v")
    sql("insert into t (a, text) values (2, 'longer')")
    assert sql("select * from t order by a") == [(1, "x", 1.5), (2, "longer", 1.5)]
    assert sql.error("alter table t alter column text set data type varchar(1)") is not None
    sql("alter table t rename to u")
    assert sql("select count(*) from u") == [(2,)]


def test_a_view_is_read_when_it_is_named(sql: Asker):
    sql("create table t (a int)")
    sql("create view v (x) as select a + 1 from t")
    sql("insert into t values (1)")
    assert sql("select x from v where x > 1") == [(2,)]
    sql("create or replace table t as select 41 as a")
    assert sql("select x from v") == [(42,)]
    sql("drop table t")
    assert "does not exist" in sql.error("select * from v").message


def test_a_view_reads_names_in_its_own_schema(sql: Asker):
    sql("create schema s")
    sql("create table t as select 'inner' as w")
    sql("create view v as select w from t")
    sql("use schema public")
    sql("create table t as select 'outer' as w")
    assert sql("select w from s.v") == [("inner",)]


def test_a_view_of_itself_is_an_error(sql: Asker):
    sql("create view v as select 1 as a")
    sql("create view w as select * from v")
    sql("create or replace view v as select * from w")
    assert "recursion" in sql.error("select * from v").message


def test_a_view_is_not_written_to(sql: Asker):
    sql("create view v as select 1 as a")
    assert "cannot be written" in sql.error("insert into v values (1)").message


def test_temporary_tables_are_one_sessions_and_hide_permanent_ones(
    sql: Asker, connect: Callable[..., Asker]
):
    other = connect()
    sql("create table t as select 'permanent' as w")
    sql("create temporary table t as select 'temporary' as w")
    assert sql("select w from t") == [("temporary",)]
    assert other("select w from t") == [("permanent",)]
    sql("drop table t")
    assert sql("select w from t") == [("permanent",)]


def test_snowparks_word_for_temporary_is_understood(sql: Asker, connect: Callable[..., Asker]):
    sql("create or replace scoped temporary table t (a bigint)")
    assert "does not exist" in connect().error("select * from t").message


def test_a_sequence_is_described_by_its_row_of_show(sql: Asker):
    sql("create sequence numbers start 3 increment 2 comment = 'odd'")
    sql("create sequence others")
    assert sql("desc sequence numbers") == sql("show sequences like 'numbers'")
    assert "NOSUCH' does not exist" in sql.error("describe sequence nosuch").message


def test_a_table_is_given_a_comment_beside_other_options(sql: Asker):
    sql("create table t (a int) comment = 'old'")
    sql("alter table t set data_retention_time_in_days = 1 comment = 'new'")
    place = sql.columns("show tables like 't'").index("comment")
    assert [row[place] for row in sql("show tables like 't'")] == ["new"]
    refused = sql.error("alter table t modify column a set tag t = 'x'").message
    assert "A tag of a column" in refused


def test_a_view_of_snowflakes_that_is_not_shown_is_named(sql: Asker):
    refused = sql.error("select * from information_schema.functions")
    assert "The view INFORMATION_SCHEMA.FUNCTIONS is not supported" in refused.message
    assert sql.error("select * from information_schema.nosuch").code == 2003


def test_sequences_count(sql: Asker):
    sql("create sequence s start 5 increment 2")
    assert sql("select s.nextval, s.nextval") == [(5, 7)]
    assert shown(sql, "show sequences", "name", "next_value", "interval") == [("S", 9, 2)]
    sql("drop sequence s")
    sql.error("select s.nextval")


@pytest.mark.parametrize("kind", ["schema d.s", "database d"])
def test_a_sequence_goes_with_the_table_that_uses_it(sql: Asker, kind: str):
    sql("create database d")
    sql("create schema d.s")
    sql("create sequence d.s.q")
    sql("create table d.s.t (a int default d.s.q.nextval, b int)")
    sql("insert into d.s.t (b) values (1)")
    sql(f"drop {kind}")
    sql("create database if not exists d")
    sql("create schema d.s")
    assert "does not exist" in sql.error("select * from d.s.t").message


def test_a_sequence_that_a_column_uses_stays(sql: Asker):
    sql("create schema s")
    sql("create sequence q")
    sql("create table public.t (a int default s.q.nextval, b int)")
    for statement in ("drop sequence q", "drop schema s"):
        message = sql.error(statement).message
        assert "Sequence 'Q' cannot be dropped: the DEFAULT of column 'T.A'" in message
    assert sql("select q.nextval") == [(1,)]


def test_a_sequence_that_is_replaced_counts_anew_for_its_column(sql: Asker):
    sql("create sequence q")
    sql("create table t (a int default q.nextval, b int)")
    sql("insert into t (b) values (1), (2)")
    sql("create or replace sequence q start 100")
    sql("insert into t (b) values (3)")
    assert sql("select a, b from t order by b") == [(1, 1), (2, 2), (100, 3)]


def test_tables_are_shown_with_their_rows_and_kinds(sql: Asker):
    sql("create table t (a int) comment = 'hello'")
    sql("insert into t values (1), (2)")
    sql("create temporary table tt (a int)")
    sql("create view v as select 1 as a")
    assert shown(sql, "show tables", "name", "kind", "rows", "comment") == [
        ("T", "TABLE", 2, "hello"),
        ("TT", "TEMPORARY", 0, ""),
    ]
    assert shown(sql, "show tables like 'tt' in schema sfdag.public", "name") == [("TT",)]
    assert shown(sql, "show terse objects", "name", "kind") == [
        ("T", "TABLE"),
        ("TT", "TEMPORARY"),
        ("V", "VIEW"),
    ]


def test_the_information_schema_tells_tables_and_columns(sql: Asker):
    sql("create table t (a int, s varchar(7))")
    assert sql(
        "select table_schema, table_name, table_type, row_count from information_schema.tables"
    ) == [("PUBLIC", "T", "BASE TABLE", 0)]
    assert sql(
        "select column_name, data_type, character_maximum_length"
        " from sfdag.information_schema.columns where table_name = 'T' order by ordinal_position"
    ) == [("A", "NUMBER", None), ("S", "TEXT", 7)]


def test_there_is_a_snowflake_database_that_nobody_changes(sql: Asker):
    assert ("SNOWFLAKE",) in shown(sql, "show databases", "name")
    assert sql.error("drop database snowflake").code == 3001


def test_comments_are_kept(sql: Asker):
    sql("create table t (a int)")
    sql("comment on table t is 'about t'")
    sql("comment on column t.a is 'about a'")
    assert shown(sql, "show tables", "comment") == [("about t",)]
    assert shown(sql, "describe table t", "comment") == [("about a",)]


def test_a_feature_store_is_refused_when_it_is_made(sql: Asker):
    made = 'CREATE TAG IF NOT EXISTS "SFDAG"."PUBLIC".SNOWML_FEATURE_STORE_OBJECT'
    assert "The feature store of snowflake.ml" in sql.error(made).message
    assert sql("CREATE TAG cost") != []


@pytest.fixture
def told(tmp_path: Path) -> Iterator[tuple[Asker, list[str]]]:
    heard: list[str] = []

    def objects(facts: tuple[ObjectFact, ...]) -> None:
        heard.extend(f"{fact.kind} {fact.name}" for fact in facts)

    def namespace(database: str, schema: str | None) -> None:
        heard.append(f"{database}.{schema}")

    feature = SqlFeature(objects_dropped=objects, namespace_dropped=namespace)
    engine = open_engine(tmp_path / "data", [feature])
    session = engine.open_session(SessionOptions(database="SFDAG", schema="PUBLIC"))
    yield Asker(session), heard
    session.close()
    engine.close()


def test_features_hear_what_goes_with_a_schema(told: tuple[Asker, list[str]]):
    sql, heard = told
    sql("create schema s")
    with sql.session.facts() as facts:
        facts.add("STAGE", QualifiedName("ST", "S", "SFDAG"), detail={"k": 1})
    sql("drop schema s")
    assert heard == ["SCHEMA S", "STAGE ST", "SFDAG.S"]


def test_features_hear_what_goes_with_a_session(told: tuple[Asker, list[str]]):
    sql, heard = told
    with sql.session.facts() as facts:
        facts.add("STAGE", QualifiedName("ST", "PUBLIC", "SFDAG"), detail={}, temporary=True)
    sql.session.close()
    assert heard == ["STAGE ST"]


def test_facts_of_a_failed_block_are_forgotten(sql: Asker):
    def failing() -> None:
        with sql.session.facts() as facts:
            facts.add("STAGE", QualifiedName("ST", "PUBLIC", "SFDAG"), detail={})
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        failing()
    found = sql.session.catalogue().find("STAGE", QualifiedName("ST", "PUBLIC", "SFDAG"))
    assert found is None


@pytest.mark.parametrize(
    ("kind", "made"),
    [("table", "(a int)"), ("view", "as select 1 as a"), ("sequence", "")],
)
def test_each_kind_gets_a_new_name_and_a_comment_in_the_same_ways(sql: Asker, kind, made):
    sql(f"create {kind} before_it {made}")
    sql(f"alter {kind} before_it rename to after_it")
    comments = []
    for form in ("set comment = 'one'", "set comment 'two'", "unset comment"):
        sql(f"alter {kind} after_it {form}")
        comments += shown(sql, f"show {kind}s", "name", "comment")
    assert comments == [("AFTER_IT", "one"), ("AFTER_IT", "two"), ("AFTER_IT", "")]


def test_show_columns_tells_how_many_bytes_a_text_may_take(sql: Asker):
    sql("create table t (s varchar(10), l varchar, b binary(5))")
    told = [json.loads(row[3]) for row in sql("show columns in table t")]
    assert [kind["byteLength"] for kind in told] == [40, 16_777_216, 5]


def test_a_data_metric_function_of_a_table_is_refused_by_name(sql: Asker):
    sql("create table t (a int)")
    for verb in ("add", "drop"):
        problem = sql.error(f"alter table t {verb} data metric function snowflake.core.f on (a)")
        assert "A data metric function of a table is not supported" in problem.message
