"""DESCRIBE DATABASE, SCHEMA and WAREHOUSE: name and kind of what is there."""

from __future__ import annotations

from tests.engine.sql.conftest import Asker


def names_and_kinds(sql: Asker, text: str) -> list[tuple[object, ...]]:
    return [row[1:] for row in sql(text)]


def test_a_database_is_its_schemas(sql: Asker):
    sql("create schema s")
    assert ("S", "SCHEMA") in names_and_kinds(sql, "describe database sfdag")
    assert ("S", "SCHEMA") in names_and_kinds(sql, "describe database identifier('SFDAG')")
    assert sql.columns("desc database sfdag") == ["created_on", "name", "kind"]
    assert "'NONE' does not exist" in sql.error("describe database none").message


def test_a_schema_is_what_is_in_it(sql: Asker):
    sql("create schema s")
    sql("create table t (a int)")
    sql("create view v as select a from t")
    sql("create sequence q")
    said = [("T", "TABLE"), ("V", "VIEW"), ("Q", "SEQUENCE")]
    assert names_and_kinds(sql, "describe schema s") == said
    assert names_and_kinds(sql, "describe schema sfdag.s") == said
    assert "'SFDAG.NONE' does not exist" in sql.error("describe schema none").message


def test_a_warehouse_is_itself(sql: Asker):
    sql("create warehouse w")
    assert names_and_kinds(sql, "describe warehouse w") == [("W", "WAREHOUSE")]
    assert names_and_kinds(sql, "describe warehouse identifier('W')") == [("W", "WAREHOUSE")]
    assert names_and_kinds(sql, "describe warehouse compute_wh") == [("COMPUTE_WH", "WAREHOUSE")]
    assert "'NONE' does not exist" in sql.error("describe warehouse none").message
