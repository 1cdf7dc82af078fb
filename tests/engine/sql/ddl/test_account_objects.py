"""Warehouses, roles and users: kept as they were made, and acting on nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.engine.sql.conftest import Asker

#: A property of each kind, as a statement and SHOW write it, and one that it has not.
KINDS = [
    ("WAREHOUSE", "warehouse_size = 'x-large'", "size", "X-Large"),
    ("ROLE", "comment = 'a role'", "comment", "a role"),
    ("USER", "email = 'a@b.c'", "email", "a@b.c"),
]


def shown(sql: Asker, kind: str, *columns: str) -> list[tuple[object, ...]]:
    rows = sql.result(f"show {kind}s").rows.to_pylist()
    return [tuple(row[column] for column in columns) for row in rows]


@pytest.mark.parametrize(("kind", "said", "column", "value"), KINDS)
def test_what_is_made_is_shown_with_its_properties(sql: Asker, kind, said, column, value):
    assert sql(f"create {kind} one with {said}") == [
        (f"{kind.capitalize()} ONE successfully created.",)
    ]
    assert ("ONE", value) in shown(sql, kind, "name", column)
    assert sql.error(f"create {kind} one").code == 2002
    assert "already exists" in sql(f"create {kind} if not exists one")[0][0]
    sql(f"create or replace {kind} one")
    assert ("ONE", value) not in shown(sql, kind, "name", column)
    sql(f"alter {kind} one set {said}")
    assert ("ONE", value) in shown(sql, kind, "name", column)
    sql(f"alter {kind} one unset {said.partition(' ')[0]}")
    assert ("ONE", value) not in shown(sql, kind, "name", column)
    sql(f"alter {kind} one rename to two")
    sql(f"drop {kind} two")
    assert not {("ONE",), ("TWO",)} & set(shown(sql, kind, "name"))


@pytest.mark.parametrize(("kind", "said", "column", "value"), KINDS)
def test_create_or_alter_says_all_of_it_but_tags(sql: Asker, kind, said, column, value):
    sql(f"create or alter {kind} one {said}")
    sql("create tag cost")
    sql(f"alter {kind} one set tag cost = 'high'")
    sql(f"create or alter {kind} one comment = 'new'")
    row = next(row for row in shown(sql, kind, "name", column, "comment") if row[0] == "ONE")
    assert row[2] == "new"
    assert row[1] != value
    references = "select tag_value from table(information_schema.tag_references('one', '{}'))"
    assert sql(references.format(kind)) == [("high",)]


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("drop warehouse none", 2003, "Warehouse 'NONE' does not exist"),
        ("drop role none", 2003, "Role 'NONE' does not exist"),
        ("alter user none set comment = 'x'", 2003, "User 'NONE' does not exist"),
        ("create warehouse w colour = 'red'", 1008, "invalid property 'COLOUR' for 'WAREHOUSE'"),
        ("create role r email = 'a'", 1008, "invalid property 'EMAIL' for 'ROLE'"),
    ],
)
def test_what_is_not_there_is_an_error(sql: Asker, text, code, said):
    error = sql.error(text)
    assert (error.code, said in error.message) == (code, True)


def test_what_a_session_has_needs_no_create(connect: Callable[..., Asker]):
    sql = connect(warehouse="MINE")
    sql("alter warehouse mine set warehouse_size = 'LARGE'")
    sql("alter warehouse compute_wh suspend")
    assert sql.error("alter warehouse any_name suspend").code == 2003
    sql("alter user sfdag set default_role = 'r'")
    assert ("MINE", "Y") in shown(sql, "warehouse", "name", "is_current")
    assert ("ACCOUNTADMIN", "Y") in shown(sql, "role", "name", "is_current")
    assert ("SYSADMIN", "N") in shown(sql, "role", "name", "is_current")
    assert ("SFDAG",) in shown(sql, "user", "name")


def test_a_warehouse_is_suspended_and_resumed(sql: Asker):
    sql("create warehouse w initially_suspended = true auto_suspend = null")
    assert ("W", "SUSPENDED", None) in shown(sql, "warehouse", "name", "state", "auto_suspend")
    sql("alter warehouse w resume if suspended")
    assert ("W", "STARTED") in shown(sql, "warehouse", "name", "state")


def test_a_password_is_not_kept(sql: Asker):
    sql("create user u password = 'secret words'")
    kept = sql.session.catalogue().listed("USER")[0].detail
    assert kept == {"PASSWORD": True}
    assert ("U", "true") in shown(sql, "user", "name", "has_password")


@pytest.mark.parametrize("kind", ["database", "schema"])
def test_a_namespace_is_made_or_altered(sql: Asker, kind):
    sql(f"create or alter {kind} one comment = 'a'")
    sql("create table sfdag.public.kept(n int)")
    sql(f"create or alter {kind} one comment = 'b'")
    row = next(row for row in shown(sql, kind, "name", "comment") if row[0] == "ONE")
    assert row == ("ONE", "b")
    sql(f"create or alter {kind} one")
    assert ("ONE", "") in shown(sql, kind, "name", "comment")


def test_the_database_of_everybody_is_not_altered(sql: Asker):
    assert sql.error("create or alter database snowflake").code == 3001
