"""What Snowpark's catalog lists by SQL: tables and views, as snowflake.core's models."""

from __future__ import annotations

import pytest
from snowflake.snowpark import Session


@pytest.fixture
def stocked(session: Session) -> Session:
    for text in (
        "create or replace schema cat comment = 'x'",
        "create table orders (id int not null, what varchar(10) comment 'c') comment = 'all'",
        "insert into orders values (1, 'a'), (2, 'b')",
        "create transient table other (a date)",
        "create secure view seen as select id from orders",
    ):
        session.sql(text).collect()
    return session


def test_tables(stocked: Session) -> None:
    orders, other = stocked.catalog.list_tables()
    assert (orders.name, orders.schema_name, orders.kind, orders.rows) == (
        *("ORDERS", "CAT", "PERMANENT", 2),
    )
    assert orders.comment == "all"
    assert [(c.name, c.datatype, c.nullable, c.comment) for c in orders.columns] == [
        ("ID", "NUMBER(38,0)", False, None),
        ("WHAT", "VARCHAR(10)", True, "c"),
    ]
    assert (other.name, other.kind) == ("OTHER", "TRANSIENT")


def test_views(stocked: Session) -> None:
    (seen,) = stocked.catalog.list_views()
    assert (seen.name, seen.secure, [column.name for column in seen.columns]) == (
        *("SEEN", True, ["ID"]),
    )
    assert "select id from orders" in seen.query


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ({"like": "ord%"}, ["ORDERS"]),
        ({"schema": "PUBLIC", "like": "ord%"}, []),
        ({"pattern": "O.*R$"}, ["OTHER"]),
    ],
)
def test_with_filters(stocked: Session, wanted: dict[str, str], names: list[str]) -> None:
    assert [table.name for table in stocked.catalog.list_tables(**wanted)] == names
