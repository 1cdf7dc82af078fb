"""Any changes of two tables: what a stream on a view shows is what the view is more or less."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.engine.sql.conftest import Asker

VIEWS = {
    "filtered": "select a, b * 2 as b from t where b > 1",
    "joined": "select t.a, u.c from t join u on t.a = u.a where t.b <> u.c",
    "itself": "select x.a, y.b from t x, t y where x.a = y.b",
    "united": "select a, b from t union all select a, c from u union all select a, b from t",
    "nested": "select filtered.a, joined.c from filtered join joined on filtered.a = joined.a",
}
_CHANGES = (
    "insert into {table} values ({a}, {b}), ({a}, {b})",
    "update {table} set a = {b} where a = {a}",
    "update {table} set {second} = {second} + 1 where a >= {a}",
    "delete from {table} where a = {a}",
    "merge into {table} using (select {a} a) q on {table}.a = q.a"
    " when matched and {second} > {b} then delete when matched then update set {second} = {b}"
    " when not matched then insert values (q.a, {b})",
    "truncate table {table}",
    "insert overwrite into {table} select a, {second} + 1 from {table} where a <> {a}",
)
_steps = st.lists(
    st.tuples(
        st.sampled_from([*_CHANGES, "take", "take"]),
        st.sampled_from(["t", "u"]),
        st.integers(0, 3),
        st.integers(0, 3),
    ),
    min_size=3,
    max_size=14,
)


def rows_of_view(ask: Asker, view: str) -> Counter[tuple[object, ...]]:
    return Counter(ask(f"select * from {view}"))


def changed(ask: Asker, view: str) -> Counter[tuple[object, ...]]:
    """What the stream adds, less what it takes away; each row of an update has its other half."""
    found: Counter[tuple[object, ...]] = Counter()
    halves: Counter[object] = Counter()
    text = f"select * exclude (metadata$row_id), metadata$row_id as id from s_{view}"
    for *row, action, is_update, row_id in ask(text):
        found[tuple(row)] += 1 if action == "INSERT" else -1
        halves[row_id] += is_update
    assert set(halves.values()) <= {0, 2}
    return found


@pytest.mark.slow
@given(steps=_steps)
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_what_is_shown_is_the_difference(sql: Asker, steps: list[tuple[str, str, int, int]]):
    sql("create or replace table t (a int, b int)")
    sql("create or replace table u (a int, c int)")
    sql("insert into t values (1, 1), (2, 2), (2, 2)")
    sql("insert into u values (1, 3), (2, 1)")
    for view, query in VIEWS.items():
        sql(f"create or replace view {view} as {query}")
        sql(f"create or replace stream s_{view} on view {view}")
    before = {view: rows_of_view(sql, view) for view in VIEWS}
    for text, table, a, b in steps:
        if text != "take":
            sql(text.format(table=table, second="b" if table == "t" else "c", a=a, b=b))
            continue
        for view in VIEWS:
            sql(f"create or replace table taken as select a from s_{view}")
            before[view] = rows_of_view(sql, view)
    for view in VIEWS:
        now = rows_of_view(sql, view)
        difference = Counter(now)
        difference.subtract(before[view])
        shown = changed(sql, view)
        assert {k: n for k, n in shown.items() if n} == {k: n for k, n in difference.items() if n}
