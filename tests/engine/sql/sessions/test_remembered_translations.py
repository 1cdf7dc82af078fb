"""A query is translated once for all sessions that it means the same to."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sfdag_magics.engine.sql.sessions.remembered_translations import Translations
from sfdag_magics.engine.sql.sessions.session import own_session
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
        ("select current_role()", "use role other"),
        ("select current_warehouse()", "use warehouse other"),
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
    assert other(text)[0][0].lower() == "other"
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
