"""What reads and translates a long text hears on its way that the statement must end."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlglot import exp

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.limits.hearing import EACH, heard
from sfdag_magics.engine.sql import sql_engine
from sfdag_magics.engine.sql.reading.gate import classify
from sfdag_magics.engine.sql.reading.parse import parse
from sfdag_magics.engine.sql.reading.walking import bottom_up
from sfdag_magics.engine.sql.results.duck_errors import CANCELED
from sfdag_magics.engine.sql.translating.translate import Translator
from tests.engine.limits.test_hearing import Must
from tests.engine.sql.conftest import Asker

_MANY = 20 * EACH
_LONG = f"select 1 where 0 in ({', '.join(map(str, range(_MANY)))})"


@pytest.mark.parametrize(
    "read",
    [
        lambda: classify(_LONG, "q"),
        lambda: parse(_LONG),
        lambda: bottom_up(
            exp.and_(*map(exp.Literal.number, range(_MANY))), [((exp.Expr,), lambda node: node)]
        ),
    ],
)
def test_each_step_is_ended(read):
    with heard(Must(patience=2)), pytest.raises(SqlError, match="canceled"):
        read()


@pytest.mark.slow
def test_all_the_way_it_is_asked_again_and_again(sql: Asker):
    reading, translating = Must(), Must()
    with heard(reading):
        tree = parse(_LONG)
    with heard(translating):
        Translator(sql.session).query(tree)
    assert reading.asked >= 2 * _MANY // EACH  # a number and a comma
    assert translating.asked >= 3 * (_MANY // EACH)


@pytest.mark.slow
def test_a_long_disjunction_is_heard_in_every_walk(sql: Asker):
    tree = parse(f"select 1 as a where {' or '.join(f'a = {n}' for n in range(_MANY))}")
    translating = Must()
    with heard(translating):
        Translator(sql.session).query(tree)
    assert translating.asked >= 20 * (_MANY // EACH)


#: Rooms below this one; they go through a tree once.
_BELOW = ("values", "functions")


def test_trees_are_gone_through_by_ways_that_hear():
    deaf = [
        f"{path.name}:{number}"
        for path in Path(sql_engine.__file__).parent.rglob("*.py")
        if path.name != "walking.py" and path.parent.name not in _BELOW
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if re.search(r"\.(walk|find_all|bfs|dfs)\(", line)
    ]
    assert deaf == []


def test_a_session_whose_statement_was_ended_hears_it_while_it_reads(sql: Asker):
    with pytest.raises(SqlError, match="canceled"):
        _read_when_ended(sql)
    assert sql("select 1") == [(1,)]


def _read_when_ended(sql: Asker) -> None:
    with sql.session.executions.begun("q") as execution:
        execution.end(CANCELED)
        classify("select 1", "q")
