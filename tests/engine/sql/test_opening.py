import pytest

from sfdag_magics.engine.budget import budget_from
from sfdag_magics.engine.ports import SessionOptions
from sfdag_magics.engine.sql import engine_over
from sfdag_magics.engine.sql.opening import Opening
from sfdag_magics.errors import MachineError


def test_an_engine_works_in_what_was_opened_beside_it(tmp_path):
    budget = budget_from({})
    with Opening(tmp_path, budget) as opening:
        engine = engine_over(opening.take(), (), budget)
        session = engine.open_session(SessionOptions())
        answer = session.execute('SELECT TO_JSON(PARSE_JSON(\'{"b": 1, "a": 2}\')) AS J')
        assert answer.rows["J"].to_pylist() == ['{"a":2,"b":1}']
        session.close()
        engine.close()


def test_a_directory_that_nobody_took_is_let_go(tmp_path):
    with Opening(tmp_path, budget_from({})):
        pass
    with Opening(tmp_path, budget_from({})) as again:
        again.take().close()


def test_why_it_cannot_be_opened_is_told_to_who_takes_it(tmp_path):
    (tmp_path / "data.duckdb").write_text("no database")
    with Opening(tmp_path, budget_from({})) as opening, pytest.raises(MachineError) as told:
        opening.take()
    assert str(tmp_path) in told.value.message
