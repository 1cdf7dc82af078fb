"""Results larger than memory should hold: in files, within a bound, kept within bounds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sfdag_magics.engine.borders.answers import Result, SfType, SqlError
from sfdag_magics.engine.borders.ports import SessionOptions
from sfdag_magics.engine.borders.rowset import rowset
from sfdag_magics.engine.limits.budget import Budget
from sfdag_magics.engine.sql.results import result_rows
from sfdag_magics.engine.sql.results.draining import MEMORY_BYTES, Drain
from sfdag_magics.engine.sql.results.result_cache import Bounds, ResultCache
from sfdag_magics.engine.sql.sql_engine import SqlEngine, open_engine
from sfdag_magics.engine.store.result_files import ResultFiles
from tests.engine.furnished import furnished
from tests.engine.sql.conftest import Asker, EndlessMemory

_MB = 1024**2
_ROWS = 2_000_000
_MANY = f"SELECT SEQ8() AS N, 'x' AS T FROM TABLE(GENERATOR(ROWCOUNT => {_ROWS}))"


@pytest.fixture
def small(tmp_path: Path) -> Iterator[SqlEngine]:
    """An engine whose results may have 64 MB."""
    budget = Budget(memory=256 * _MB)
    opened = open_engine(furnished(tmp_path / "data"), budget=budget, memory=EndlessMemory())
    yield opened
    opened.close()


@pytest.fixture
def ask(small: SqlEngine) -> Iterator[Asker]:
    session = small.open_session(SessionOptions(database="SFDAG", schema="PUBLIC"))
    yield Asker(session)
    session.close()


def test_many_rows_lie_in_a_file_and_read_as_if_they_did_not(sql: Asker):
    result = sql.result(_MANY)
    assert result.in_file
    assert result.rows.num_rows == _ROWS
    assert result.rows.slice(_ROWS - 1).to_pylist() == [{"N": _ROWS - 1, "T": "x"}]


def test_a_value_that_is_longer_than_one_may_be_is_refused(sql: Asker, monkeypatch):
    monkeypatch.setattr(result_rows, "LONGEST", 9)
    assert sql("SELECT PARSE_JSON('[1,2,3]')") == [("[1,2,3]",)]
    for query in ("SELECT PARSE_JSON('[10,20,30]')", "SELECT ARRAY_CONSTRUCT(10, 20, 30)"):
        error = sql.error(query)
        assert "is too long" in error.message
        assert "FLATTEN" in error.message
        assert error.code == 100082


def test_few_rows_lie_in_memory(sql: Asker):
    assert not sql.result("SELECT 1").in_file


def test_a_file_has_no_name_once_it_can_be_read(ask: Asker, tmp_path: Path):
    assert ask.result(_MANY).in_file
    assert list((tmp_path / "data" / "results").iterdir()) == []


def test_what_a_killed_engine_left_behind_is_removed(tmp_path: Path):
    open_engine(tmp_path / "data").close()
    left = tmp_path / "data" / "results" / "abc.rows"
    left.touch()
    open_engine(tmp_path / "data").close()
    assert not left.exists()


def test_a_large_result_is_asked_again_by_result_scan(sql: Asker):
    sql(_MANY)
    assert sql("SELECT COUNT(*), MAX(N) FROM TABLE(RESULT_SCAN(LAST_QUERY_ID()))") == [
        (_ROWS, _ROWS - 1)
    ]


def test_equal_names_and_every_type_survive_the_file(sql: Asker):
    result = sql.result(
        "SELECT SEQ8() AS A, SEQ8() * 10000000000000000000 AS A, 1.5::NUMBER(10, 2) AS B,"
        " TRUE AS C, DATE '2020-01-01' AS D, PARSE_JSON('[1]') AS E, NULL AS F, TO_BINARY('AB') G,"
        " '2020-01-01 01:02:03 +01:00'::TIMESTAMP_TZ AS H"
        " FROM TABLE(GENERATOR(ROWCOUNT => 200000))"
    )
    few = sql.result(
        "SELECT SEQ8() AS A, SEQ8() * 10000000000000000000 AS A, 1.5::NUMBER(10, 2) AS B,"
        " TRUE AS C, DATE '2020-01-01' AS D, PARSE_JSON('[1]') AS E, NULL AS F, TO_BINARY('AB') G,"
        " '2020-01-01 01:02:03 +01:00'::TIMESTAMP_TZ AS H"
        " FROM TABLE(GENERATOR(ROWCOUNT => 2))"
    )
    assert result.in_file
    assert result.columns == few.columns
    first = [column.slice(0, 2).to_pylist() for column in result.rows.columns]
    assert first == [column.to_pylist() for column in few.rows.columns]


@pytest.mark.parametrize(
    "endless",
    [
        "SELECT * FROM TABLE(GENERATOR(ROWCOUNT => 100000000000))",
        "SELECT SEQ8(), UUID_STRING() FROM TABLE(GENERATOR(ROWCOUNT => 200000000))",
        "SELECT A.SEQ4, B.SEQ4 FROM TABLE(GENERATOR(ROWCOUNT => 1000000)) A(SEQ4)"
        " CROSS JOIN TABLE(GENERATOR(ROWCOUNT => 1000000)) B(SEQ4)",
    ],
)
def test_a_result_without_an_end_stops_at_the_bound_and_says_so(ask: Asker, endless: str):
    problem = ask.error(endless)
    assert (problem.code, problem.sqlstate) == (300005, "53400")
    assert "more than 64 MB" in problem.message
    assert "SFDAG_MEMORY=60%" in problem.message
    assert ask("SELECT 1") == [(1,)]


@pytest.mark.parametrize("past", ["200000000", "200000000 + SEQ8()"])
def test_an_array_that_no_account_would_make_is_not_begun(sql: Asker, past: str):
    text = f"SELECT ARRAY_GENERATE_RANGE(0, {past}) FROM TABLE(GENERATOR(ROWCOUNT => 2))"
    assert sql.error(text).message.startswith("Array is too long: ARRAY_GENERATE_RANGE makes up to")
    assert sql("SELECT ARRAY_SIZE(ARRAY_GENERATE_RANGE(2, 1000))") == [(998,)]


def test_a_text_that_no_account_would_make_is_not_begun(sql: Asker):
    error = sql.error("SELECT LENGTH(REPEAT('xy', 2000000000))")
    assert error.message == "String is too long: REPEAT makes up to 134,217,728 bytes"
    assert sql(
        "SELECT REPEAT('ab', 3), REPEAT('', 200000), REPEAT('a', -1), REPEAT(NULL, 2),"
        " REPEAT(12, 2), LENGTH(REPEAT('x', 1000000))"
    ) == [("ababab", "", "", None, "1212", 1000000)]


def test_the_bound_leaves_a_transaction_as_it_was(ask: Asker):
    ask("CREATE TABLE T (A INT)")
    ask("BEGIN")
    ask("INSERT INTO T VALUES (1)")
    ask.error("SELECT SEQ8(), UUID_STRING() FROM TABLE(GENERATOR(ROWCOUNT => 200000000))")
    ask("COMMIT")
    assert ask("SELECT * FROM T") == [(1,)]


def test_an_error_among_many_rows_keeps_its_code(sql: Asker):
    error = sql.error(
        "SELECT SEQ8(), 1 / IFF(SEQ8() = 900000, 0, 1) FROM TABLE(GENERATOR(ROWCOUNT => 1000000))"
    )
    assert isinstance(error, SqlError)
    assert error.code == 100051


def _answer(size: int, *, in_file: bool = False) -> Result:
    made = rowset({"A": "TEXT"}, [("x" * size,)])  # type: ignore[dict-item]
    return Result(columns=made.columns, rows=made.rows, in_file=in_file)


def _kept(cache: ResultCache, names: str) -> str:
    return "".join(name for name in names if cache.get(name) is not None)


@pytest.mark.parametrize(
    ("bounds", "size", "in_file", "kept"),
    [
        pytest.param(Bounds(number=2, packed=0, files=_MB), 1, False, "cd", id="number"),
        pytest.param(Bounds(number=1, files=_MB), 1, False, "abcd", id="older ones as bytes"),
        pytest.param(Bounds(number=1, packed=3000, files=_MB), 1, False, "bcd", id="their bytes"),
        pytest.param(Bounds(memory=250, files=_MB), 100, False, "cd", id="memory"),
        pytest.param(Bounds(files=250), 100, True, "cd", id="files"),
        pytest.param(Bounds(memory=1, files=1), 100, False, "d", id="the last one stays"),
    ],
)
def test_kept_answers_are_bounded(bounds: Bounds, size: int, in_file: bool, kept: str):  # noqa: FBT001
    cache = ResultCache(bounds)
    for name in "abcd":
        cache.put(name, _answer(size, in_file=in_file))
    assert _kept(cache, "abcd") == kept


def test_long_names_of_columns_count_as_well():
    cache = ResultCache(Bounds(memory=2 * _MB, files=_MB))
    for name in "abcd":
        cache.put(name, rowset({"N" * (_MB // 4): SfType.FIXED}, [(1,)]))
    assert _kept(cache, "abcd") == "cd"


def test_who_is_asked_for_stays():
    cache = ResultCache(Bounds(number=2, packed=0, files=_MB))
    cache.put("a", _answer(1))
    cache.put("b", _answer(1))
    assert cache.get("a") is not None
    cache.put("c", _answer(1))
    assert _kept(cache, "abc") == "ac"


def test_large_files_do_not_push_small_answers_out():
    cache = ResultCache(Bounds(memory=1000, files=250))
    cache.put("small", _answer(10))
    for name in "abcd":
        cache.put(name, _answer(100, in_file=True))
    assert cache.get("small") is not None
    assert _kept(cache, "abcd") == "cd"


def test_of_older_small_answers_those_stay_that_are_asked_for():
    cache = ResultCache(Bounds(number=1, packed=3000, files=_MB))
    for name in "abc":
        cache.put(name, _answer(1))
    assert cache.get("a") is not None
    cache.put("d", _answer(1))
    assert _kept(cache, "abcd") == "acd"
    cache.put("a", _answer(2))  # another by the same id takes the place of the first
    newest = cache.get("a")
    assert newest is not None
    assert newest.rows.to_pylist() == [{"A": "xx"}]


def test_an_older_small_answer_is_the_same_as_it_was(sql: Asker):
    asked = "SELECT 1::NUMBER(9,2) N, 'ä' S, NULL::DATE D, PARSE_JSON('[{\"b\": 1, \"a\": 2}]') V"
    before = sql.result(asked)
    cache = ResultCache(Bounds(number=1, files=_MB))
    cache.put("a", before)
    cache.put("b", before)
    after = cache.get("a")
    assert after is not None
    assert after is not before
    assert before.shown
    assert replace(after, shown={}) == replace(before, shown={})
    assert after.sent.equals(before.sent)
    assert after.rows.schema.equals(before.rows.schema, check_metadata=True)


@pytest.mark.parametrize("in_file", [False, True])
def test_small_answers_do_not_push_large_ones_out(in_file: bool):  # noqa: FBT001
    cache = ResultCache(Bounds(number=2, packed=0, files=_MB))
    cache.put("large", _answer(20_000, in_file=in_file))
    for name in "abcd":
        cache.put(name, _answer(1))
    assert cache.get("large") is not None
    assert _kept(cache, "abcd") == "cd"


def test_rows_made_in_memory_go_into_a_file_too(tmp_path: Path):
    drain = Drain(files=ResultFiles(tmp_path / "results"), most_bytes=10 * MEMORY_BYTES)
    made = _answer(MEMORY_BYTES + 1)
    settled = drain.settled(made)
    assert settled.in_file
    assert settled.rows == made.rows
    assert not drain.settled(_answer(1)).in_file


def test_what_was_read_of_a_file_is_read_again_when_its_pages_are_dropped(tmp_path: Path):
    files = ResultFiles(tmp_path / "results")
    rows = Drain(files=files, most_bytes=10 * MEMORY_BYTES).settled(_answer(MEMORY_BYTES + 1)).rows
    before = rows.column(0)[0].as_py()
    files.drop_pages()
    assert rows.column(0)[0].as_py() == before
