"""Tags: made, shown, set on what the catalogue has, inherited, and gone."""

from __future__ import annotations

import pytest

from tests.engine.sql.conftest import Asker


def tag_on(sql: Asker, tag: str, name: str, domain: str) -> str | None:
    [(value,)] = sql(f"select system$get_tag('{tag}', '{name}', '{domain}')")
    return value


def shown(sql: Asker) -> dict[str, tuple]:
    """By name: comment, allowed values, propagation."""
    return {row[1]: (row[5], row[6], row[8]) for row in sql("show tags")}


def test_a_tag_is_made_changed_and_shown(sql: Asker):
    assert sql("create tag a") == [("Tag A successfully created.",)]
    sql("create tag if not exists a comment = 'other'")
    sql("create tag b allowed_values 'x', 'y' propagate = on_dependency comment = 'c'")
    assert shown(sql) == {"A": ("", None, None), "B": ("c", '["x","y"]', "ON_DEPENDENCY")}
    sql("alter tag b add allowed_values 'z'")
    sql("alter tag b drop allowed_values 'x'")
    sql("alter tag b set comment = 'd'")
    sql("alter tag b unset propagate")
    assert shown(sql)["B"] == ("d", '["y","z"]', None)
    assert sql("select system$get_tag_allowed_values('b')") == [('["y","z"]',)]
    sql("alter tag b unset allowed_values")
    sql("alter tag b rename to c")
    assert shown(sql) == {"A": ("", None, None), "C": ("d", None, None)}
    assert sql.columns("show tags") == [
        "created_on", "name", "database_name", "schema_name", "owner", "comment",
        "allowed_values", "owner_role_type", "propagate", "on_conflict",
    ]  # fmt: skip


def test_a_value_is_inherited_from_schema_and_database_and_the_nearest_counts(sql: Asker):
    sql("create tag a")
    sql("create table t (x int)")
    assert tag_on(sql, "a", "t", "table") is None
    sql("alter database sfdag set tag a = 'of database'")
    assert tag_on(sql, "a", "t", "table") == "of database"
    sql("alter schema public set tag a = 'of schema'")
    assert tag_on(sql, "a", "t", "table") == "of schema"
    assert tag_on(sql, "a", "sfdag", "database") == "of database"
    sql("alter table t set tag a = 'of table'")
    sql("alter table t add column y int")
    assert tag_on(sql, "a", "sfdag.public.t", "TABLE") == "of table"
    references = "select tag_name, tag_value, apply_method, level, object_name, domain from"
    assert sql(f"{references} table(information_schema.tag_references('t', 'table'))") == [
        ("A", "of table", "MANUAL", "TABLE", "T", "TABLE")
    ]
    sql("alter table t unset tag a")
    assert sql(f"{references} table(information_schema.tag_references('t', 'table'))") == [
        ("A", "of schema", "INHERITED", "SCHEMA", "T", "TABLE")
    ]
    assert sql(
        "select object_name, tag_value from snowflake.account_usage.tag_references order by 1"
    ) == [("PUBLIC", "of schema"), ("SFDAG", "of database")]


def test_a_dropped_tag_is_on_nothing_and_comes_back_with_what_has_it(sql: Asker):
    sql("create tag a")
    sql("create view v as select 1 as x")
    sql("alter view v set tag a = 'x'")
    sql("drop tag a")
    assert sql.error("select system$get_tag('a', 'v', 'view')").code == 2003
    assert sql("undrop tag a") == [("Tag A successfully restored.",)]
    assert tag_on(sql, "a", "v", "table") == "x"
    sql("drop tag if exists a")
    sql("create tag a")
    assert tag_on(sql, "a", "v", "view") is None
    assert sql.error("undrop tag a").code == 2002


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("create tag a", "already exists"),
        ("create tag b allowed_values", "expected a string"),
        ("create tag b propagate = always", "unexpected 'always'"),
        ("create tag b color = 'red'", "unexpected 'color'"),
        ("create tag snowml_feature_x", "feature store"),
        ("alter tag nobody set comment = 'x'", "Tag 'SFDAG.PUBLIC.NOBODY' does not exist"),
        ("alter tag a set masking policy p", "masking policy"),
        ("alter tag a unset color", "unexpected"),
        ("drop tag nobody", "does not exist"),
        ("undrop tag nobody", "does not exist"),
        ("alter schema public set tag nobody = 'x'", "does not exist"),
        ("alter schema public set tag a = 'z'", "Tag value 'z' is not allowed for tag 'A'"),
        (f"alter schema public set tag a = '{'x' * 257}'", "at most 256"),
        ("alter schema public set tag a = 'x' b", "unexpected 'b'"),
        ("select system$get_tag('a', 'nobody', 'table')", "Table 'SFDAG.PUBLIC.NOBODY' does not"),
        ("select system$get_tag('a')", "invalid number of arguments"),
        ("select system$get_tag('a', 'a b', 'table')", "does not exist"),
    ],
)
def test_what_is_refused_names_the_tag_or_the_word(sql: Asker, statement: str, said: str):
    sql("create tag a allowed_values 'x', 'y'")
    assert said in sql.error(statement).message


def test_an_object_has_so_many_tags_at_most(sql: Asker):
    for number in range(51):
        sql(f"create tag t{number}")
        if number < 50:
            sql(f"alter schema public set tag t{number} = 'x'")
    assert "at most 50 tags" in sql.error("alter schema public set tag t50 = 'x'").message


def test_a_stream_has_tags_from_its_creation_on(sql: Asker):
    sql("create tag a allowed_values 'x', 'y'")
    sql("create table t (i int)")
    sql("create stream s with tag (a = 'x') on table t append_only = true")
    sql("create stream plain tag (a = 'y') copy grants on table t")
    assert [tag_on(sql, "a", name, "stream") for name in ("s", "plain")] == ["x", "y"]
    sql("alter stream s set tag a = 'y'")
    sql("alter stream plain unset tag a")
    assert [tag_on(sql, "a", name, "stream") for name in ("s", "plain")] == ["y", None]
    sql("create stream copy clone s")
    assert tag_on(sql, "a", "copy", "stream") == "y"
    sql("insert into t values (1)")
    assert sql("select i from s") == [(1,)]
    assert "is not allowed" in sql.error("create stream z with tag (a = 'z') on table t").message
    assert "TAG" in sql.error("create stream z on table t with tag (a = 'x')").message
