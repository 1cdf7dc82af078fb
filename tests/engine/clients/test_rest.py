"""What speaks REST beneath Snowpark: `session.catalog`, without a line of SQL."""

from __future__ import annotations

from snowflake.snowpark import Session


def test_the_catalog_finds_what_is_there_and_what_is_not(session: Session):
    session.sql("create or replace schema looked_at").collect()
    session.sql("create table t(a int)").collect()
    session.sql("create view v as select a from t").collect()
    catalog = session.catalog
    assert catalog.database_exists(session.get_current_database())
    assert not catalog.database_exists("none")
    assert catalog.schema_exists("LOOKED_AT")
    assert catalog.table_exists("T")
    assert not catalog.table_exists("V")
    assert catalog.view_exists("V")
    catalog.drop_table("T")
    assert not catalog.table_exists("T")
