"""What a text becomes in a column of moments or truth values, and beside one that is compared."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from sfdag_magics.engine.borders.answers import SfType
from tests.engine.sql.conftest import Asker


def _clock(*parts: int) -> datetime:
    return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001 - TIMESTAMP_NTZ


#: By type: a text, and what is in the column (docs: "Supported formats for AUTO detection").
WRITTEN: list[tuple[str, str, Any]] = [
    ("date", "12/25/2024", date(2024, 12, 25)),
    ("date", "25-DEC-2024", date(2024, 12, 25)),
    ("date", "2024-01-01 10:00:00", date(2024, 1, 1)),
    ("date", "1700000000", date(2023, 11, 14)),
    ("time", "1:02:03", time(1, 2, 3)),
    ("timestamp_ntz", "Thu, 21 Dec 2000 16:01:07 +0200", _clock(2000, 12, 21, 16, 1, 7)),
    ("timestamp_ntz", "2024-01-01T10:00:00+02:00", _clock(2024, 1, 1, 10)),
    ("timestamp_ntz", "2024-01-01T10:00:00Z", _clock(2024, 1, 1, 10)),
    ("timestamp_ntz", "1700000000", _clock(2023, 11, 14, 22, 13, 20)),
    ("timestamp_ltz", "2024-01-01 10:00:00 +0200", datetime(2024, 1, 1, 8, tzinfo=UTC)),
    ("boolean", "yes", True),
    ("boolean", "off", False),
]


@pytest.mark.parametrize(("kind", "text", "value"), WRITTEN)
def test_written(sql: Asker, kind: str, text: str, value: Any) -> None:
    """As a literal, from a query, bound, changed, merged and with the table: one value."""
    sql(f"create table t(id int, x {kind})")
    sql(f"insert into t values (1, '{text}')")
    sql(f"insert into t select 2, column1 from values ('{text}')")
    sql("insert into t values (3, ?)", text)
    sql(f"insert into t select 4, to_variant('{text}')")
    sql("insert into t values (5, null)")
    sql(f"update t set x = '{text}' where id = 5")
    sql(
        f"merge into t using (select 6 as id, '{text}' as x) s on t.id = s.id"
        " when not matched then insert (id, x) values (s.id, s.x)"
    )
    sql(f"create table made(id int, x {kind}) as select 7, '{text}'")
    rows = sql("select * from t union all select * from made order by 1")
    assert rows == [(number, value) for number in range(1, 8)]


#: A condition over t(d DATE 2024-12-25, s TIMESTAMP 2024-12-25 10:00, c TIME 01:02:03, b TRUE).
COMPARED: dict[str, bool] = {
    "d = '12/25/2024'": True,
    "d >= '25-DEC-2024'": True,
    "d in ('12/24/2024', '12/25/2024')": True,
    "d between '12/01/2024' and '12/31/2024'": True,
    "s > '12/25/2024'": True,
    "s = '2024-12-25T10:00:00Z'": True,
    "d >= '2024-12-25 10:00:00'": True,
    "c = '1:02:03'": True,
    "b = 'yes'": True,
    "nvl(null, d) = coalesce(null::date, '12/25/2024')": True,
    "case when b then d else '01/01/2024' end = d": True,
}


@pytest.mark.parametrize("condition", COMPARED)
def test_compared(calculator: Asker, condition: str) -> None:
    table = (
        "(select '2024-12-25'::date d, '2024-12-25 10:00:00'::timestamp s, '01:02:03'::time c,"
        " true b)"
    )
    assert calculator(f"select {condition} from {table}") == [(COMPARED[condition],)]


@pytest.mark.parametrize(
    ("kind", "value", "code", "message"),
    [
        ("date", "'nope'", 100040, "Date 'nope' is not recognized"),
        ("time", "'nope'", 100108, "Time 'nope' is not recognized"),
        ("timestamp_ltz", "'nope'", 100035, "Timestamp 'nope' is not recognized"),
        ("timestamp_tz", "'2024-13-01'", 100035, "Timestamp '2024-13-01' is not recognized"),
        ("boolean", "'perhaps'", 100037, "Boolean value 'perhaps' is not recognized"),
        ("date", "5", 1065, "Can not convert a value of type [NUMBER(38,0)] into type [DATE]"),
    ],
)
def test_refused(sql: Asker, kind: str, value: str, code: int, message: str) -> None:
    sql(f"create table t(x {kind})")
    for statement in (f"insert into t values ({value})", f"insert into t select {value}"):
        error = sql.error(statement)
        assert (error.code, message in str(error)) == (code, True)


def test_a_union_with_a_text_is_of_dates(calculator: Asker) -> None:
    result = calculator.result("select '2024-01-01'::date as d union all select '12/25/2024'")
    assert result.columns[0].type is SfType.DATE
    assert sorted(result.rows.column(0).to_pylist()) == [date(2024, 1, 1), date(2024, 12, 25)]
