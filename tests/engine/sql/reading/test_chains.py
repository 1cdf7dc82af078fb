"""Long chains of AND and OR are trees of few levels, in their order; others are counted first."""

from __future__ import annotations

import pytest
from sqlglot import exp

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.sql.reading.parse import parse
from tests.engine.sql.conftest import Asker


def _condition(text: str) -> exp.Expr:
    return parse(f"select 1 from t where {text}").args["where"].this


def _depth(tree: exp.Expr) -> int:
    levels = {id(tree): 0}
    for node in tree.bfs():
        levels.setdefault(id(node), levels.get(id(node.parent), 0) + 1)
    return max(levels.values())


@pytest.mark.slow
@pytest.mark.parametrize("word", ["or", "and"])
def test_a_long_chain_is_some_levels_deep_and_keeps_its_order(word: str):
    text = f" {word} ".join(f"a = {number}" for number in range(2000))
    condition = _condition(text)
    assert _depth(condition) < 20
    assert condition.sql() == text.replace(word, word.upper())


@pytest.mark.slow
def test_chains_in_one_another_are_each_put_together():
    inner = " and ".join(f"b = {number}" for number in range(500))
    condition = _condition(" or ".join([inner] * 50))
    assert _depth(condition) < 30
    assert condition.sql().count(" OR ") == 49
    assert condition.sql().count(" AND ") == 50 * 499


def test_the_answer_is_the_same(sql: Asker):
    terms = " or ".join(f"a = {number}" for number in range(0, 3000, 3))
    assert sql(
        f"select count(*) from (select seq4() as a from table(generator(rowcount => 9)))"
        f" where {terms}"
    ) == [(3,)]
    assert sql(f"select 1 where null or {' or '.join(['false'] * 100)} or true") == [(1,)]
    assert sql(f"select null and {' and '.join(['true'] * 100)}") == [(None,)]


def test_what_no_translation_could_save_is_refused_while_it_is_read():
    for text in (" + ".join(["1"] * 1100), " || ".join(["'a'"] * 1100)):
        with pytest.raises(SqlError, match="nested too deeply"):
            parse(f"select {text}")
    assert parse(f"select {', '.join(['1 + 1'] * 1100)}") is not None
