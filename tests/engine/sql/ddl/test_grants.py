"""Grants and roles of databases are kept and shown, and act on nothing."""

from __future__ import annotations

import pytest

from tests.engine.sql.conftest import Asker


@pytest.fixture
def made(sql: Asker) -> Asker:
    for text in ("create role r", "create role s", "create user u", "create table t (a int)"):
        sql(text)
    return sql


def told(sql: Asker, text: str) -> list[tuple[object, ...]]:
    """The rows of a SHOW without the moment and who granted."""
    return [row[1:-1] for row in sql(text)]


def test_privileges_on_one_object_are_shown_from_both_ends_until_they_are_revoked(made: Asker):
    made("grant select, insert on table t to role r")
    made("grant select on table t to s")
    kept = [("SELECT", "TABLE", "SFDAG.PUBLIC.T", "ROLE", "R", "false")]
    assert told(made, "show grants to role r") == [*kept, ("INSERT", *kept[0][1:])]
    assert {row[4] for row in told(made, "show grants on table t")} == {"R", "S"}
    made("grant select on table t to role r with grant option")
    assert told(made, "show grants to role r limit 1") == [(*kept[0][:-1], "true")]
    made("revoke grant option for select on table t from role r")
    made("revoke insert on table t from role r cascade")
    assert told(made, "show grants to role r") == kept
    made("revoke all privileges on table t from role r")
    assert told(made, "show grants to role r") == []


def test_what_has_no_kind_is_a_table_or_a_view(made: Asker):
    made("create view v as select a from t")
    for name in ("t", "sfdag.public.v"):
        made(f"grant select on {name} to role r")
    names = [row[3] for row in made("show grants to role r")]
    assert names == ["SFDAG.PUBLIC.T", "SFDAG.PUBLIC.V"]
    made("revoke select on t from role r")
    assert [row[3] for row in made("show grants to role r")] == ["SFDAG.PUBLIC.V"]


def test_a_role_is_granted_to_users_and_roles(made: Asker):
    made("grant role r to user u")
    made("grant role r to role s")
    assert [row[1:4] for row in made("show grants of role r")] == [
        ("R", "USER", "U"),
        ("R", "ROLE", "S"),
    ]
    assert told(made, "show grants to user u") == [
        ("USAGE", "ROLE", "R", "R", "USER", "U", "false")
    ]
    counts = {row[1]: row[5:8] for row in made("show roles")}
    assert (counts["R"], counts["S"]) == ((1, 1, 0), (0, 0, 1))


def test_a_grant_goes_with_what_it_is_on_and_with_whom_it_is_to(made: Asker):
    made("grant select on table t to role r")
    made("grant role r to user u")
    made("create or replace table t (a int)")
    assert told(made, "show grants to role r") == []
    made("drop role r")
    made("create role r")
    assert told(made, "show grants to user u") == []


def test_all_are_those_there_are_and_future_ones_are_shown_apart(made: Asker):
    made("create table t2 (a int)")
    made("grant select on all tables in schema public to role r")
    made("grant usage on future schemas in database sfdag to role r")
    assert [row[2] for row in told(made, "show grants to role r")] == [
        "SFDAG.PUBLIC.T",
        "SFDAG.PUBLIC.T2",
    ]
    future = [("USAGE", "SCHEMA", "SFDAG.<SCHEMA>", "ROLE", "R")]
    assert told(made, "show future grants in database sfdag") == future
    assert told(made, "show future grants to role r") == future
    made("revoke usage on future schemas in database sfdag from role r")
    assert made("show future grants to role r") == []


def test_a_future_grant_is_granted_on_what_is_made_later_and_stays_there(made: Asker):
    for text in (
        "grant select on future tables in database sfdag to role s",
        "grant select on future tables in schema public to role r with grant option",
        "grant usage on future schemas in database sfdag to role s",
        "create table later (a int)",
        "create temporary table passing (a int)",
        "create view v as select 1 as a",
        "create schema other",
        "create table elsewhere (a int)",
    ):
        made(text)
    granted = [("SELECT", "TABLE", "SFDAG.PUBLIC.LATER", "ROLE", "R", "true")]
    assert told(made, "show grants to role r") == granted
    assert [row[0:3] for row in told(made, "show grants to role s")] == [
        ("USAGE", "SCHEMA", "SFDAG.OTHER"),
        ("SELECT", "TABLE", "SFDAG.OTHER.ELSEWHERE"),
    ]
    made("revoke select on future tables in schema sfdag.public from role r")
    made("create or replace table public.later (a int)")
    assert told(made, "show grants to role r") == []
    assert [row[2] for row in told(made, "show grants to role s")][-1] == "SFDAG.PUBLIC.LATER"


def test_a_role_of_a_database(made: Asker):
    made("create database role sfdag.d comment = 'c'")
    made("create database role if not exists d")
    assert made.error("create database role d").code == 2002
    made("grant select on table t to database role d")
    made("grant database role sfdag.d to role r")
    shown = "show database roles in database sfdag"
    assert [row[1:] for row in made(shown)] == [
        ("D", "N", "N", "N", 1, 0, 0, "ACCOUNTADMIN", "c", "ROLE")
    ]
    assert [row[1:4] for row in made("show grants of database role d")] == [
        ("SFDAG.D", "ROLE", "R")
    ]
    made("alter database role d rename to e")
    made("alter database role e unset comment")
    assert [(row[1], row[9]) for row in made(shown)] == [("E", "")]
    made("drop database role e")
    made("drop database role if exists e")
    assert (made(shown), made("show grants to role r")) == ([], [])


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("grant select on table t to role nobody", 2003, "Role 'NOBODY' does not exist"),
        ("grant usage on warehouse nobody to role r", 2003, "Warehouse 'NOBODY' does not exist"),
        ("grant role nobody to role r", 2003, "Role 'NOBODY' does not exist"),
        ("grant role r to user nobody", 2003, "User 'NOBODY' does not exist"),
        ("grant usage on database nobody to role r", 2003, "Database 'NOBODY' does not exist"),
        ("grant select on table nobody to role r", 2003, "Table 'SFDAG.PUBLIC.NOBODY' does not"),
        ("grant usage on schema nobody to role r", 2003, "Schema 'SFDAG.NOBODY' does not exist"),
        ("revoke role r from database role d", 2003, "Database role 'SFDAG.D' does not exist"),
        ("show grants to role nobody", 2003, "Role 'NOBODY' does not exist"),
        ("show database roles in database nobody", 2003, "Database 'NOBODY' does not exist"),
        ("drop database role nobody", 2003, "Database role 'NOBODY' does not exist"),
        ("grant select on thing t to role r", 1003, "expected a kind of object"),
        ("grant select, on table t to role r", 1003, "expected a privilege"),
        ("grant select on table t", 1003, "expected TO"),
        ("grant select on table t to role r with love", 1003, "unexpected 'with'"),
    ],
)
def test_what_is_not_there_or_is_no_grant_is_named(made: Asker, text: str, code: int, said: str):
    problem = made.error(text)
    assert (problem.code, said in problem.message) == (code, True), problem.message
    assert made("show grants to role r") == []


@pytest.mark.parametrize(
    "text",
    [
        "grant execute task, execute managed task on account to role sysadmin",
        "grant usage on warehouse compute_wh to role public",
        "grant imported privileges on database snowflake to role accountadmin",
        "grant ownership on alert a to role r revoke current grants",
        "grant usage on function f(int, varchar) to r",
        "grant usage on integration i to role r",
    ],
)
def test_what_the_engine_has_as_names_alone_may_be_granted(made: Asker, text: str):
    assert "it is kept and shown, and one user owns everything here" in made(text)[0][0]
