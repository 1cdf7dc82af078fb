from functools import partial

import pytest

from sfdag_magics.engine.borders.ports import SessionOptions
from sfdag_magics.engine.limits.budget import budget_from
from sfdag_magics.engine.sql.sql_engine import engine_over
from sfdag_magics.engine.starting.opening import Opening
from sfdag_magics.engine.store.contents import open_contents
from sfdag_magics.errors import MachineError


@pytest.fixture
def opens(tmp_path):
    return partial(open_contents, tmp_path, budget_from({}))


def test_an_engine_works_in_what_was_opened_beside_it(opens):
    with Opening(opens) as opening:
        engine = engine_over(opening.take(), (), budget_from({}))
        session = engine.open_session(SessionOptions())
        answer = session.execute('SELECT TO_JSON(PARSE_JSON(\'{"b": 1, "a": 2}\')) AS J')
        assert answer.rows["J"].to_pylist() == ['{"a":2,"b":1}']
        session.close()
        engine.close()


def test_a_directory_that_nobody_took_is_let_go(opens):
    with Opening(opens):
        pass
    with Opening(opens) as again:
        again.take().close()


def test_why_it_cannot_be_opened_is_told_to_who_takes_it(opens, tmp_path):
    (tmp_path / "data.duckdb").write_text("no database")
    with Opening(opens) as opening, pytest.raises(MachineError) as told:
        opening.take()
    assert str(tmp_path) in told.value.message
