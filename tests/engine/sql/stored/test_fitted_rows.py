"""A VALUES list that is written: what goes into the columns, and that its cells stay constants."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from sqlglot import parse_one

from sfdag_magics.engine.borders.answers import SfType, SqlError
from sfdag_magics.engine.sql.stored.fitted_rows import fitted_rows
from sfdag_magics.engine.sql.stored.table_form import TableColumn
from sfdag_magics.engine.sql.values.types import SqlType, number, plain, varchar
from tests.engine.sql.conftest import Asker


def _fitted(values: str, *kinds: SqlType) -> str:
    columns = [TableColumn(name="X", type=kind, default="7") for kind in kinds]
    tree = parse_one(f"insert into t {values}", dialect="snowflake")
    return fitted_rows(tree.args["expression"], columns).sql(dialect="duckdb")


DATE, TEXT, VARIANT = plain(SfType.DATE), varchar(), plain(SfType.VARIANT)


@pytest.mark.parametrize(
    ("values", "kinds", "fitted"),
    [
        (
            "values ('2024-01-01', 1), (null, 2)",
            (DATE, number()),
            'SELECT _SF_AS_DATE("c0"), "c1" FROM (VALUES (\'2024-01-01\', 1), (NULL, 2))'
            ' AS "source"("c0", "c1")',
        ),
        ("values (1, 'x'), (2.5, 3)", (number(), TEXT), "VALUES (1, 'x'), (2.5, 3)"),
        (
            "values (1), (12), (1.5), ('x')",
            (VARIANT,),
            'SELECT COALESCE(_SF_JSON("c0"), _SF_JSON("c1"), _SF_JSON("c2")) FROM (VALUES'
            " (1, NULL, NULL), (12, NULL, NULL), (NULL, 1.5, NULL), (NULL, NULL, 'x'))"
            ' AS "source"("c0", "c1", "c2")',
        ),
        (
            "values ('2024-01-01', 1), (default, '2')",
            (DATE, number(10, 2)),
            'SELECT COALESCE(_SF_AS_DATE("c0"), "c1"), "c2" FROM (VALUES'
            " ('2024-01-01', NULL, CAST(1 AS DECIMAL(10, 2))),"
            " (NULL, CAST(7 AS DATE), CAST('2' AS DECIMAL(10, 2))))"
            ' AS "source"("c0", "c1", "c2")',
        ),
    ],
)
def test_a_list_is_fitted_by_column(values: str, kinds: tuple[SqlType, ...], fitted: str) -> None:
    assert _fitted(values, *kinds) == fitted


def test_cells_of_many_kinds_in_one_list(sql: Asker) -> None:
    sql(
        "create table t(i int autoincrement, d date default '2020-02-02', s timestamp_ntz,"
        " b boolean, n number(10, 2), f float, x varchar, v variant)"
    )
    sql(
        "insert into t values"
        " (default, '05-Mar-2024', '2024-01-01', 'yes', 1, 1, 1.50, 'x'),"
        " (default, '2024-01-02'::timestamp, '2024-01-01'::date, 0, '2.5', '1e3', 'abc', 5),"
        " (default, to_date('2024', 'YYYY'), null, null, 1.255, 2, upper('y'), 1.50),"
        " (9, default, '1700000000', true, default, null, true, null)"
    )
    assert sql("select * from t order by 1") == [
        (1, date(2024, 3, 5), _clock(2024, 1, 1), True, Decimal(1), 1.0, "1.50", '"x"'),
        (2, date(2024, 1, 2), _clock(2024, 1, 1), False, Decimal("2.5"), 1000.0, "abc", "5"),
        (3, date(2024, 1, 1), None, None, Decimal("1.26"), 2.0, "Y", "1.5"),
        (9, date(2020, 2, 2), _clock(2023, 11, 14, 22, 13, 20), True, None, None, "true", None),
    ]


def test_overwritten_by_a_list(sql: Asker) -> None:
    sql("create table t(d date default '2020-02-02', x varchar)")
    sql("insert overwrite into t values ('05-Mar-2024', 5), (default, 'x')")
    assert sql("select * from t order by 1") == [(date(2020, 2, 2), "x"), (date(2024, 3, 5), "5")]


@pytest.mark.parametrize(
    ("kind", "cell", "message"),
    [
        ("date", "'abc'", "Date 'abc' is not recognized"),
        ("timestamp_tz", "'2024-13-01'", "Timestamp '2024-13-01' is not recognized"),
        ("boolean", "'maybe'", "Boolean value 'maybe' is not recognized"),
        ("number(10, 2)", "'q'", "Numeric value 'q' is not recognized"),
    ],
)
def test_the_cell_that_is_refused_is_named(sql: Asker, kind: str, cell: str, message: str) -> None:
    sql(f"create table t(d date, x {kind})")
    refused: SqlError = sql.error(f"insert into t values ('2024-01-01', null), (null, {cell})")
    assert refused.message == message
    assert sql("select count(*) from t") == [(0,)]


def _clock(*parts: int) -> datetime:
    return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001 - TIMESTAMP_NTZ
