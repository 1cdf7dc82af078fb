"""GET_DDL of tables, views and sequences."""

from __future__ import annotations

import pytest

from tests.engine.sql.conftest import Asker

#: A statement, and what GET_DDL says of what it makes.
MADE = {
    (
        "create table t (id int autoincrement start 1 increment 2 not null primary key,"
        " s text default 'x' comment 'it''s', n number(10, 2) not null, \"a b\" timestamp_tz"
        " default current_timestamp(), u int unique, v variant) comment = 'of all'"
    ): """create or replace TABLE T (
\tID NUMBER(38,0) NOT NULL autoincrement start 1 increment 2 noorder,
\tS VARCHAR(16777216) DEFAULT 'x' COMMENT 'it''s',
\tN NUMBER(10,2) NOT NULL,
\t"a b" TIMESTAMP_TZ(9) DEFAULT CURRENT_TIMESTAMP(),
\tU NUMBER(38,0),
\tV VARIANT,
\tprimary key (ID),
\tunique (U)
)COMMENT='of all'
;""",
    "create transient table t (a varchar(5))": (
        "create or replace TRANSIENT TABLE T (\n\tA VARCHAR(5)\n);"
    ),
    "create secure view t (x comment 'one', y) comment = 'two' as select 1, 'a'": (
        "create or replace secure view T(\n\tX COMMENT 'one',\n\tY\n) COMMENT='two'\n"
        " as select 1, 'a';"
    ),
    "create sequence t start 5 increment 2": (
        "create or replace sequence T start with 5 increment by 2 noorder;"
    ),
}


@pytest.mark.parametrize("statement", MADE)
def test_what_is_told_makes_the_same_again(sql: Asker, statement: str):
    sql(statement)
    kind = next(word for word in ("view", "sequence", "table") if f" {word} " in statement)
    for _ in range(2):
        [(told,)] = sql(f"select get_ddl('{kind}', 't')")
        assert told == MADE[statement]
        sql(told)
    [(full,)] = sql(f"select get_ddl('{kind}', 'public.t', true)")
    assert " SFDAG.PUBLIC.T" in full


def test_what_is_not_there_is_named(sql: Asker):
    assert (
        "'SFDAG.PUBLIC.NOSUCH' does not exist"
        in sql.error("select get_ddl('table', 'nosuch')").message
    )
