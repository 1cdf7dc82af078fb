"""UPDATE … FROM and MERGE where several source rows match a row: counts, and what is refused."""

from __future__ import annotations

import duckdb
import pytest
from packaging.version import Version

from tests.engine.sql.conftest import Asker

#: An UPDATE of `t` and its answer: rows changed, and those of them with several matches.
UPDATES = {
    "update t set v = s.v from s where t.k = s.k": (2, 1),
    "update t set v = x.v from (s) x where t.k = x.k": (2, 1),
    "update t set v = s.v from s, (select 1 as a) x where t.k = s.k": (2, 1),
    "update t set v = s.v from s join s u on s.v = u.v where t.k = s.k": (2, 1),
    "update t set v = s.v from (select k, max(v) as v from s group by k) s where t.k = s.k": (2, 0),
    "update t set v = 0 from s where t.k = s.k and s.k = 2": (1, 0),
    "update t set v = 0 from s where t.k = s.k and s.k = 7": (0, 0),
    "update t set v = 0 from s": (3, 3),
    "update t set v = 0": (3, 0),
}

#: What a MERGE into `t` by `s` does with matches, and its answer.
MERGES = {
    "when matched and s.v > 11 then update set v = s.v": [(2,)],
    "when matched and s.v = 11 then update set v = s.v when matched and s.k = 2 then delete": [
        (1, 1)
    ],
    "when not matched then insert values (s.k, s.v)": [(0,)],
    "when matched and s.k = 2 then update set v = 1 when not matched then insert values (1, 1)": [
        (0, 1)
    ],
}

REFUSED = [
    "when matched then update set v = s.v",
    "when matched and s.v = 11 then update set v = 0 when matched then delete",
    "when matched and s.v = 11 then delete when matched then update set v = 0",
]


@pytest.fixture
def tables(sql: Asker) -> Asker:
    sql("create table t (k int, v int)")
    sql("insert into t values (1, 10), (2, 20), (3, 30)")
    sql("create table s (k int, v int)")
    sql("insert into s values (1, 11), (1, 12), (2, 22)")
    return sql


@pytest.mark.parametrize("statement", UPDATES)
def test_an_update_counts_rows_and_not_matches(tables: Asker, statement: str):
    assert tables(statement) == [UPDATES[statement]]


@pytest.mark.parametrize("clauses", MERGES)
def test_a_merge_counts_rows_where_it_does_not_matter_which_match_wins(tables: Asker, clauses: str):
    assert tables(f"merge into t using s on t.k = s.k {clauses}") == MERGES[clauses]


@pytest.mark.parametrize("clauses", REFUSED)
@pytest.mark.parametrize("transaction", [False, True])
def test_a_merge_is_refused_where_it_matters(tables: Asker, clauses: str, *, transaction: bool):
    if transaction:
        tables("begin")
        tables("insert into t values (4, 40)")
    error = tables.error(f"merge into t using s on t.k = s.k {clauses}")
    assert error.message == "Duplicate row detected during DML action\nRow Values: [1,10]"
    assert (error.code, error.sqlstate) == (100090, "42P18")
    if transaction:
        tables("commit")
    rows = [(1, 10), (2, 20), (3, 30), (4, 40)]
    assert tables("select * from t order by k") == rows[: 4 if transaction else 3]


#: Merges with several matches of which any may win, and the rows of `t` afterwards.
ANY = {
    "when matched then delete": [(3, 30)],
    "when matched and s.k = 1 then delete when matched then delete": [(3, 30)],
}


@pytest.mark.parametrize("clauses", ANY)
def test_several_matches_that_delete_are_one(tables: Asker, clauses: str):
    statement = f"merge into t using s on t.k = s.k {clauses}"
    if duckdb.__version__ == "2.0.0":  # refuses by itself
        assert tables.error(statement).code == 100090
        return
    assert tables(statement) == [(2,)]
    assert tables("select * from t") == ANY[clauses]


def test_a_session_may_take_any_match(tables: Asker):
    tables("alter session set error_on_nondeterministic_merge = false")
    statement = "merge into t using s on t.k = s.k when matched then update set v = s.v"
    if duckdb.__version__ == "2.0.0":
        assert tables.error(statement).code == 100090
        return
    tables(statement)
    assert tables("select count(*) from t where v in (11, 12, 22)") == [(2,)]


@pytest.mark.parametrize("statement", UPDATES)
def test_an_ambiguous_update_is_refused_where_the_session_says_so(tables: Asker, statement: str):
    answer = tables("alter session set error_on_nondeterministic_update = true")
    assert answer == [("Statement executed successfully.",)]
    _rows, several = UPDATES[statement]
    if not several:
        assert tables(statement) == [UPDATES[statement]]
        return
    error = tables.error(statement)
    assert error.code == 100090
    assert "Duplicate row detected during DML action" in error.message
    assert tables("select sum(v) from t") == [(60,)]


def test_an_ambiguous_merge_is_carried_out_where_the_session_says_so(tables: Asker):
    answer = tables("alter session set error_on_nondeterministic_merge = false")
    assert answer == [("Statement executed successfully.",)]
    merge = f"merge into t using s on t.k = s.k {REFUSED[0]}"
    if Version(duckdb.__version__) < Version("2.0.1"):  # it refuses such a MERGE by itself
        assert tables.error(merge).message.startswith("Duplicate row detected")
        return
    assert tables(merge)[0][0] >= 2
