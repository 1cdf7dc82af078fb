"""CREATE DATABASE, SCHEMA and SEQUENCE … CLONE: copies that go ways of their own."""

from __future__ import annotations

import pytest

from tests.engine.sql.conftest import Asker


@pytest.fixture
def made(sql: Asker) -> Asker:
    for text in (
        "create schema src comment = 'c'",
        "create sequence numbers start 10 increment 5",
        "select numbers.nextval",
        "create tag colour",
        "create table t (id int autoincrement, n int default numbers.nextval, v variant)",
        "insert into t (v) select parse_json('{\"a\": 1}')",
        "alter table t set tag colour = 'red'",
        "create view v as select id, n from t",
        "create stream s on table t",
        "insert into t (n) values (1)",
        "create temporary table passing (a int)",
        "create role r",
        "grant select on table t to role r",
        "grant usage on schema src to role r",
        "grant select on future tables in schema src to role r",
    ):
        sql(text)
    return sql


def test_a_clone_has_what_is_inside_and_goes_its_own_way(made: Asker):
    assert made("create schema copy clone src") == [("Schema COPY successfully created.",)]
    assert made("select current_schema()") == [("COPY",)]
    assert made("select id, n, v:a::int from t order by id") == [(1, 15, 1), (2, 1, None)]
    made("insert into t (v) select null")
    assert made("select id, n from v order by id")[2:] == [(3, 20)]
    assert made("select count(*) from src.t") == [(2,)]
    made("insert into src.t (v) select null")
    assert made("select id, n from src.v order by id")[2:] == [(3, 20)]
    assert made("select system$get_tag('colour', 't', 'table')") == [("red",)]
    made("drop schema src")
    assert made("select count(*) from copy.t") == [(3,)]
    assert [row[1] for row in made("show tables")] == ["T"]


def test_a_cloned_stream_begins_with_its_clone_and_watches_it(made: Asker):
    made("create schema copy clone src")
    assert made("select count(*) from s") == [(0,)]
    made("insert into t (n) values (7)")
    assert made("select n, metadata$action from s") == [(7, "INSERT")]
    assert made("select count(*) from src.s") == [(1,)]
    made("insert into src.t (n) values (8)")
    assert made("select count(*) from s") == [(1,)]


def test_what_is_granted_inside_is_granted_on_clones_and_not_on_the_clone_itself(made: Asker):
    made("create schema copy clone src")
    made("create table later (a int)")
    granted = {(row[1], row[3]) for row in made("show grants to role r")}
    assert granted == {
        ("SELECT", "SFDAG.SRC.T"),
        ("USAGE", "SFDAG.SRC"),
        ("SELECT", "SFDAG.COPY.T"),
        ("SELECT", "SFDAG.COPY.LATER"),
    }


def test_a_whole_database_is_cloned_with_its_schemas(made: Asker):
    made("create database other clone sfdag")
    assert made("select current_database(), current_schema()") == [("OTHER", "PUBLIC")]
    assert [row[1] for row in made("show schemas in database other")] == ["PUBLIC", "SRC"]
    assert made("select id, n from other.src.v order by id") == [(1, 15), (2, 1)]
    assert {row[3] for row in made("show grants to role r")} >= {"OTHER.SRC", "OTHER.SRC.T"}


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("create schema x clone nobody", 2003, "Schema 'NOBODY' does not exist"),
        ("create database x clone snowflake", 3001, "Insufficient privileges"),
        ("create schema x clone src at (offset => -60)", 2, "Time travel"),
        ("create schema x clone src include internal stages", 2, "INCLUDE INTERNAL STAGES"),
        ("create or replace schema src clone src", 2, "in its own place"),
        ("create schema public clone src", 2002, "already exists"),
        ("create sequence q clone nobody", 2003, "Sequence 'SFDAG.SRC.NOBODY' does not exist"),
    ],
)
def test_what_cannot_be_cloned_is_named(made: Asker, text: str, code: int, said: str):
    problem = made.error(text)
    assert (problem.code, said in problem.message) == (code, True), problem.message
    assert made("select count(*) from src.t") == [(2,)]


def test_a_clone_of_a_sequence_gives_the_number_next_that_it_would_give(made: Asker):
    made("create sequence q clone numbers")
    assert (made("select q.nextval"), made("select numbers.nextval")) == ([(20,)], [(20,)])
    assert made("select q.nextval") == [(25,)]
