"""Names of what is selected, used in the ON of a join."""

from __future__ import annotations

import pytest

from tests.engine.sql.conftest import Asker

_X, _Y = "(select 1 as a) x", "(select 2 as b) y"
#: What is selected, the join's condition, and the rows.
JOINS = [
    ("x.a + 1 as k", "k = y.b", [(2,)]),
    ("x.a + 1 as k", "y.b = k", [(2,)]),
    ("x.a + 1 as k", "y.b = k and not k > 2", [(2,)]),
    ("x.a + 1 as k", "upper(k) = '2'", [(2,)]),
    ("x.a + 1 as k", "k * 2 = y.b + 2", [(2,)]),
    ("x.a + 1 as k", "k in (y.b, 3)", [(2,)]),
    ("x.a + 1 as k, k * 2 as m", "m = 4", [(2, 4)]),
    ("x.a + 1 as k", "k = 3", []),
    # a column goes before a name
    ("x.a + 1 as a", "a = y.b", []),
    ("x.a + 1 as b", "b = 2", [(2,)]),
    ("x.a + 2 as b", "b = 2", [(3,)]),
    # a query within has its own names
    ("x.a + 1 as k", "x.a in (select k from (select 1 as k))", [(2,)]),
    # a VARIANT is converted where its name stands
    ("parse_json('{\"n\": 2}'):n as k", "k = y.b", [("2",)]),
]


@pytest.mark.parametrize(("selected", "condition", "rows"), JOINS)
def test_a_join_knows_what_is_selected(calculator: Asker, selected, condition, rows):
    assert calculator(f"select {selected} from {_X} join {_Y} on {condition}") == rows


def test_every_join_of_a_query_knows_it(calculator: Asker):
    asked = f"select x.a + 1 as k from {_X} join {_Y} on k = y.b left join {_Y.replace('y', 'z')}"
    assert calculator(f"{asked} on k = z.b") == [(2,)]
