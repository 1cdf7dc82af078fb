"""SHOW PRIMARY KEYS and its kin."""

from __future__ import annotations

import pytest

from tests.engine.sql.conftest import Asker

#: What is shown: table, column and place in the key.
SHOWN = {
    "primary keys in table t": [("T", "A", 1)],
    "primary keys": [("T", "A", 1), ("U", "A", 1), ("U", "B", 2)],
    "primary keys in schema public": [("T", "A", 1), ("U", "A", 1), ("U", "B", 2)],
    "unique keys in t": [("T", "B", 1), ("T", "C", 1)],
    "unique keys in table u": [],
}


@pytest.fixture
def keyed(sql: Asker) -> Asker:
    sql("create table t (a int primary key, b int unique, c int, constraint k unique (c))")
    sql("create table u (a int, b int, c int, primary key (a, b), unique (b, c))")
    sql("create view v as select * from t")
    return sql


def test_keys_are_those_of_the_columns(keyed: Asker):
    for shown, rows in SHOWN.items():
        names = keyed.columns(f"show {shown}")
        places = [names.index(name) for name in ("table_name", "column_name", "key_sequence")]
        found = [tuple(row[place] for place in places) for row in keyed(f"show {shown}")]
        assert sorted(found) == rows, shown


def test_references_are_not_kept(keyed: Asker):
    assert keyed("show imported keys in table t") == []
    assert "fk_table_name" in keyed.columns("show exported keys in schema public")
    assert "NOSUCH" in keyed.error("show primary keys in table nosuch").message
