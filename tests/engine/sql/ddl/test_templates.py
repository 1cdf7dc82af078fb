"""CREATE TABLE … USING TEMPLATE."""

from __future__ import annotations

import pytest

from tests.engine.sql.conftest import Asker

_TOLD = (
    "(select array_agg(object_construct('COLUMN_NAME', n, 'TYPE', t, 'NULLABLE', x)) within group"
    " (order by o) from values (1, 'ID', 'NUMBER(38, 0)', false), (2, 'a b', 'TEXT', true)"
    " v(o, n, t, x))"
)
REFUSED = {
    "(select 1)": "The template gives no columns",
    "(select array_agg(x) from (select 1 x where 1 = 0))": "The template gives no columns",
    "(select array_construct(object_construct('COLUMN_NAME', 'A', 'TYPE', 'INT, B I')))": "syntax",
    "select 1": "a template is a query in parentheses",
}


def test_columns_are_those_that_the_query_tells(sql: Asker):
    sql(f"create table t using template {_TOLD} enable_schema_evolution = true comment = 'told'")
    described = [(row[0], row[1], row[3]) for row in sql("desc table t")]
    assert described == [("ID", "NUMBER(38,0)", "N"), ("a b", "VARCHAR(16777216)", "Y")]
    [(definition,)] = sql("select get_ddl('table', 't')")
    assert "COMMENT='told'" in definition


@pytest.mark.parametrize("template", REFUSED)
def test_what_tells_no_columns_is_refused(sql: Asker, template: str):
    assert REFUSED[template] in sql.error(f"create table t using template {template}").message
