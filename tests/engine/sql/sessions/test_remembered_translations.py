"""A query is translated once for all sessions that it means the same to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest

from sfdag_magics.engine.borders.answers import Result, SfType, SqlError
from sfdag_magics.engine.borders.ports import (
    Arguments,
    SessionOptions,
    SqlFeature,
    SqlSession,
    Value,
)
from sfdag_magics.engine.borders.rowset import rowset
from sfdag_magics.engine.sql.results.result_rows import rows_for_duck
from sfdag_magics.engine.sql.sessions.remembered_translations import Translations
from sfdag_magics.engine.sql.sessions.session import own_session
from sfdag_magics.engine.sql.sql_engine import open_engine
from sfdag_magics.engine.sql.translating import translated
from sfdag_magics.engine.sql.values.constants import SemiStructured
from tests.engine.furnished import furnished
from tests.engine.sql.conftest import Asker

TEXT = "select a from t"


@pytest.fixture
def table(sql: Asker) -> Asker:
    sql("create table t (a int)")
    sql("insert into t values (1)")
    return sql


def test_another_session_finds_what_one_has_translated(
    table: Asker, connect: Callable[..., Asker]
) -> None:
    table(TEXT)
    other = own_session(connect().session)
    assert other.shared.translations.get((TEXT, other.relied_on)) is not None


@pytest.mark.parametrize(
    "made",
    [
        "create or replace table t as select 'other' as a",
        "create or replace view t as select 'other' as a",
        "alter table t rename column a to b",
        "drop table t",
    ],
)
def test_what_one_session_changes_counts_for_all(
    table: Asker, connect: Callable[..., Asker], made: str
) -> None:
    other = connect()
    assert other(TEXT) == [(1,)]
    if "view" in made:
        table("drop table t")
    table(made)
    if "other" in made:
        assert other(TEXT) == [("other",)]
    else:
        assert other.error(TEXT).code in (904, 2003)


def test_a_temporary_table_hides_for_its_session_alone(
    table: Asker, connect: Callable[..., Asker]
) -> None:
    other = connect()
    assert table(TEXT) == other(TEXT) == [(1,)]
    table("create temporary table t as select 'mine' as a")
    assert (table(TEXT), other(TEXT)) == ([("mine",)], [(1,)])
    table("create or replace temporary table t as select 'again' as a")
    assert (table(TEXT), other(TEXT)) == ([("again",)], [(1,)])
    table("drop table t")
    assert table(TEXT) == [(1,)]


def test_each_session_reads_in_its_own_schema(table: Asker, connect: Callable[..., Asker]) -> None:
    table("create schema s")
    table("create table s.t as select 'of s' as a")
    table("use schema public")
    assert (table(TEXT), connect(schema="S")(TEXT)) == ([(1,)], [("of s",)])


@pytest.mark.parametrize(
    ("text", "setting"),
    [
        ("select current_role()", "use role sysadmin"),
        ("select current_warehouse()", "use warehouse compute_wh"),
        ("select $mine", "set mine = 'other'"),
        ("select getvariable('MINE')", "set mine = 'other'"),
    ],
)
def test_what_a_session_says_of_itself_is_its_own(
    sql: Asker, connect: Callable[..., Asker], text: str, setting: str
) -> None:
    sql("set mine = 'first'")
    first = sql(text)
    other = connect()
    other(setting)
    assert other(text)[0][0].lower() in setting
    assert sql(text) == first


def test_a_parameter_counts_for_its_session_alone(
    sql: Asker, connect: Callable[..., Asker]
) -> None:
    text = (
        "with recursive r as (select 1 as n union all select n + 1 from r where n < 50)"
        " select max(n) from r"
    )
    other = connect()
    assert sql(text) == [(50,)]
    other("alter session set max_recursions = 10")
    assert "recursion" in other.error(text).message.lower()
    assert sql(text) == [(50,)]


def test_what_was_not_used_for_longest_makes_room() -> None:
    memory: Translations[str] = Translations()
    memory.put("first", "1", characters=1_500_000)
    memory.put("second", "2", characters=1_500_000)
    assert memory.get("first") == "1"

    memory.put("third", "3", characters=1_500_000)

    assert [memory.get(key) for key in ("first", "second", "third")] == ["1", None, "3"]


class Numbers:
    """A table function with as many columns as it is told, and a row for each time it was asked."""

    def __init__(self) -> None:
        self.columns, self.asked, self.fails = 1, 0, False
        self.refused = 0
        self.named: Mapping[str, Value] = {}
        self.rows = 0  # of each answer; else one more each time

    def __call__(self, arguments: Arguments, session: SqlSession) -> Result:
        del session
        if self.fails:
            self.refused += 1
            raise SqlError("no numbers today")
        self.asked += 1
        self.named = arguments.named
        names = {f"N{place}": SfType.FIXED for place in range(self.columns)}
        first = int(arguments.named.get("FIRST", 0))
        count = self.rows or self.asked
        return rowset(names, [[first + row] * self.columns for row in range(count)])


@pytest.fixture
def numbers(tmp_path: Path) -> Iterator[tuple[Asker, Numbers]]:
    numbers = Numbers()
    engine = open_engine(furnished(tmp_path), [SqlFeature(table_functions={"NUMBERS": numbers})])
    asker = Asker(engine.open_session(SessionOptions()))
    asker("create database d")
    yield asker, numbers
    asker.session.close()
    engine.close()


ASKED = "select n0 + 1, max(n0) over () from table(numbers(first => 10)) order by 1"


def test_the_rows_of_a_table_function_are_asked_for_each_time(
    numbers: tuple[Asker, Numbers],
) -> None:
    ask, function = numbers
    assert ask(ASKED) == [(11, 10)]
    assert ask(ASKED) == [(11, 11), (12, 11)]
    assert ask(f"with a as ({ASKED}) select count(*) from a") == [(3,)]
    assert function.asked == 3


def test_its_translation_is_made_anew_where_it_has_other_columns(
    numbers: tuple[Asker, Numbers],
) -> None:
    ask, function = numbers
    both = "select a.*, b.* from table(numbers()) a, table(numbers()) b"
    assert ask(both) == [(0, 0), (0, 1)]
    function.columns, function.asked = 2, 0
    assert ask("select * from table(numbers())") == [(0, 0)]
    function.asked = 0
    assert sorted(ask(both))[0] == (0, 0, 0, 0)


def test_what_it_refuses_it_refuses_again_and_nothing_is_left(
    numbers: tuple[Asker, Numbers],
) -> None:
    ask, function = numbers
    ask(ASKED)
    function.fails = True
    for _again in range(2):
        assert "no numbers today" in str(ask.error(ASKED))
    function.fails = False
    assert len(ask(ASKED)) == 2
    assert left_in(ask) == [(0,)]


def left_in(ask: Asker) -> list[tuple[int]]:
    """How much is registered with DuckDB for statements."""
    left = own_session(ask.session).connection.execute(
        "select count(*) from duckdb_views() where view_name like 'v\\_%' escape '\\'"
    )
    return left.fetchall()


@pytest.mark.parametrize(
    "text",
    [
        "select a.n0 from table(numbers(first => '1')) a, nowhere",
        "select n0::date::binary from table(numbers())",
        "insert into t select * from table(numbers()), nowhere",
        "create table s as select * from table(numbers()), nowhere",
        "create view s as select * from table(numbers()), nowhere",
        "update t set a = n0 from table(numbers()), nowhere",
        "begin let x := (select n0 from table(numbers()), nowhere); return x; end",
    ],
)
def test_of_what_cannot_be_translated_nothing_is_left(
    numbers: tuple[Asker, Numbers], text: str
) -> None:
    ask, _function = numbers
    ask("create table t (a int)")
    ask.error(text)
    assert left_in(ask) == [(0,)]


@pytest.mark.parametrize(
    "text",
    [
        "select n0 from table(numbers(first => :1, x => '7'))",
        "select n0 from table(numbers(first => '7', x => :1))",
        "select n0, :1 from table(numbers(first => '7'))",
    ],
)
def test_a_binding_that_is_not_given_is_missing(numbers: tuple[Asker, Numbers], text: str) -> None:
    ask, function = numbers
    assert ask.error(text).code == 2049
    assert function.asked == 0


@pytest.mark.parametrize(
    "text",
    [
        "select min(n0) from table(numbers(first => '{0}', x => 'y'))",
        "select min(n0) from table(numbers(x => 'it''s', first => '{0}'))",
        # another literal says more than what a function is asked
        "select min(n0) + 0 * '{0}' from table(numbers(first => '{0}'))",
        "select min(n0) from table(numbers(first => '{0}')),"
        " table(flatten(input => array_construct(1), mode => 'array'))",
        "select min(a.n0) from table(numbers(first => '{0}')) a, table(numbers(first => '1')) b",
        "select min(b.n0) from table(numbers(first => '1')) a, table(numbers(first => '{0}')) b",
        "select min(n0) from table(numbers(first => '{0}')) where n0 in"
        " (select n0 from table(numbers(first => '{0}')))",
    ],
)
def test_texts_that_arguments_differ_by_answer_each_by_its_own(
    numbers: tuple[Asker, Numbers], text: str
) -> None:
    ask, _function = numbers
    for value in (4, 70, 1, 4, 70):
        assert ask(text.format(value)) == [(value,)]


def test_who_refuses_is_asked_once(numbers: tuple[Asker, Numbers]) -> None:
    ask, function = numbers
    function.fails = True
    assert "no numbers today" in str(ask.error("select * from table(numbers(first => '1'))"))
    assert function.refused == 1


def test_such_texts_have_one_translation(numbers: tuple[Asker, Numbers]) -> None:
    ask, function = numbers
    session = own_session(ask.session)
    text = "select n0 from table(numbers(first => '{}', x => 'it''s')) where n0 > '1'"
    ask(text.format(3))
    key = (
        text.format("' :1").replace("'' :1'", ":1").replace("'it''s'", ":2"),
        2,
        session.relied_on,
    )
    first = session.shared.translations.get(key)
    assert first is not None
    ask(text.format(4))
    assert session.shared.translations.get(key) is first
    assert function.named == {"FIRST": "4", "X": "it's"}


def test_an_argument_that_is_computed_is_computed_each_time(numbers: tuple[Asker, Numbers]) -> None:
    ask, _function = numbers
    ask("set start = 3")
    text = "select min(n0) from table(numbers(first => $start))"
    assert ask(text) == [(3,)]
    ask("set start = 7")
    assert ask(text) == [(7,)]
    counted = (
        "select min(n0) > 1000000 from table(numbers(first => date_part(epoch, sysdate())::int))"
    )
    assert ask(counted) == ask(counted) == [(True,)]


#: Over rows of 0, 0, 0, then 1, 1, 1, each named n0 to n2; and how many columns DuckDB is given.
NAMING: Mapping[str, tuple[list[tuple[int, ...]], list[int]]] = {
    "select n1 from table(numbers())": ([(0,), (1,)], [1]),
    "select n1 + n2 from table(numbers()) order by n0 desc": ([(2,), (0,)], [3]),
    "select a.n2, b.n2 from table(numbers()) a join table(numbers()) b on a.n0 = b.n0": (
        [(0, 0), (1, 1)],
        [2, 2],
    ),
    "select n1 from table(numbers()) group by all having max(n2) > 0": ([(1,)], [2]),
    "select * from table(numbers())": ([(0, 0, 0), (1, 1, 1)], [3]),
    "select n0 from (select * from table(numbers()))": ([(0,), (1,)], [3]),
    "select count(*) from table(numbers())": ([(2,)], [3]),
    "select 7 from table(numbers())": ([(7,), (7,)], [3]),
    "select x from table(numbers()) as t(x, y, z)": ([(0,), (1,)], [3]),
    "select n0 from table(numbers()) natural join table(numbers()) b": ([(0,), (1,)], [3, 3]),
    "select n2 from table(numbers()) where n0 = (select max(n1) from table(numbers()))": (
        [(1,)],
        [3, 3],
    ),
    "select n1 from table(numbers()) union all select n2 from table(numbers()) where n2 > 0": (
        [(0,), (1,), (1,)],
        [2, 2],
    ),
}


@pytest.mark.parametrize("text", NAMING)
def test_duckdb_is_given_the_columns_that_are_named(
    numbers: tuple[Asker, Numbers], monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    ask, function = numbers
    given: list[int] = []

    def noted(result: Result, kept: tuple[int, ...] | None = None) -> object:
        rows = rows_for_duck(result, kept)
        given.append(rows.num_columns)
        return rows

    function.columns, function.rows = 3, 2
    monkeypatch.setattr(translated, "rows_for_duck", noted)
    rows, columns = NAMING[text]
    assert sorted(ask(text)) == sorted(rows)
    del given[:]
    assert sorted(ask(text)) == sorted(rows)
    assert given == columns


def test_a_column_is_called_as_it_is_written(numbers: tuple[Asker, Numbers]) -> None:
    ask, _ = numbers
    text = "select (select min(n0) from table(numbers(first => '7'))), 1 as x"
    names = [column.name for column in ask.session.execute(text).columns]
    assert names == ["(SELECT MIN(N0) FROM TABLE(NUMBERS(FIRST => '7')))", "X"]


MOMENT = datetime(2026, 1, 2, 3, tzinfo=UTC)
VALUES = (
    *(1, 2, 2**70, Decimal("1.25"), Decimal("-17.5"), 1.5, "x", "7", True, None, b"a"),
    *(date(2026, 1, 2), MOMENT.replace(tzinfo=None), MOMENT),
    MOMENT.astimezone(timezone(timedelta(hours=2))),
    SemiStructured("[1]", SfType.ARRAY),
    SemiStructured("[1]", SfType.VARIANT),
)


@pytest.mark.parametrize(
    "text",
    [
        "select :1 as v",
        "select :1 || '!' as v",
        "select :1 + 1 as v",
        "select count(*) as v from t where a = :1",
        "select column1 as v from values (1), (2), (3) limit :1",
        "select count(*) as v from table(generator(rowcount => :1))",
    ],
)
def test_a_text_with_bound_values_answers_as_one_that_was_never_asked(
    table: Asker, text: str
) -> None:
    def answer(asked: str, value: Value) -> object:
        try:
            found = table.session.execute(asked, bindings=[value])
        except SqlError as problem:
            return problem.code
        return found.rows.to_pylist(), found.columns

    for turn, value in enumerate((*VALUES, *VALUES)):
        assert answer(text, value) == answer(text + " " * (turn + 1), value), value


def test_names_of_bound_values_know_no_case_and_others_beside_them_count_for_nothing(
    table: Asker,
) -> None:
    text = 'select :a as one, :"A" as two'
    for given in ({"A": 1, "B": 2}, {"a": 3, "c": "x"}):
        found = table.session.execute(text, bindings=given).rows.to_pylist()
        assert found == [dict.fromkeys(("ONE", "TWO"), next(iter(given.values())))]
    shared = own_session(table.session).shared
    (kept,) = [each for each in shared.translations._remembered if each[0] == text]
    assert len(kept[1]) == 1
