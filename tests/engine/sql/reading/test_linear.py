"""What it costs to read and translate a statement grows with its length, and not faster.

Python calls are counted, not seconds: they are the same on every machine.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType

import pytest

from sfdag_magics.engine.sql.names.ctes import bind_ctes
from sfdag_magics.engine.sql.reading.parse import parse
from tests.engine.sql.conftest import Asker

pytestmark = pytest.mark.slow

_LENGTH = 40


def _columns_and_filters(length: int) -> str:
    query = 'SELECT 1 AS "A"'
    for number in range(length):
        query = (
            f'SELECT * FROM (SELECT *, "A" + {number} AS "C{number}" FROM ({query}))'
            f' WHERE "A" > -{number}'
        )
    return f"SELECT COUNT(*) FROM ({query})"


def _chained(length: int) -> str:
    links = "".join(f", q{n} as (select a + 1 as a from q{n - 1})" for n in range(1, length))
    return f"with q0 as (select 1 as a){links} select * from q{length - 1}"


def _joined(length: int) -> str:
    query = "select 1 as a"
    for number in range(length):
        query = f"select * from ({query}) join (select 1 as a, 2 as b{number}) using (a)"
    return query


#: By what grows: the statement of a length.
GROWING: dict[str, Callable[[int], str]] = {
    "subqueries": lambda length: (
        "select a + 1 as a from (" * length + "select 1 as a" + ")" * length
    ),
    "common table expressions": _chained,
    "rows of VALUES": lambda length: (
        "select * from (values " + ", ".join([f"({n}, 'a')" for n in range(length)]) + ")"
    ),
    "values of IN": lambda length: f"select 1 where 1 in ({', '.join(map(str, range(length)))})",
    "columns of places": lambda length: f"select {', '.join(['$1'] * length)} from (select 1 as a)",
    "statements of a block": lambda length: f"begin {'let x := 1; ' * length} end",
    "columns and filters, as Snowpark writes them": _columns_and_filters,
    "joins by name": _joined,
}


def _calls(work: Callable[[], object]) -> int:
    count = 0

    def seen(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event == "call"

    sys.setprofile(seen)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("what", GROWING)
def test_twice_as_long_costs_twice_as_much(sql: Asker, what: str):
    text = GROWING[what]
    once, twice = (_calls(lambda n=n: sql.result(text(n))) for n in (_LENGTH, 2 * _LENGTH))
    assert twice < 2.5 * once


def test_what_names_stand_for_is_looked_up_in_long_chains():
    trees = [parse(_chained(length)) for length in (200, 400)]
    once, twice = (_calls(lambda tree=tree: bind_ctes(tree)) for tree in trees)
    assert twice < 2.5 * once
