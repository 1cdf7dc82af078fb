"""A query that must end and does not hear of it: its client is answered, and it goes on alone."""

from __future__ import annotations

import concurrent.futures

import pytest
from snowflake.connector.errors import ProgrammingError

from sfdag_magics.engine.answers import SqlError

from .fakes import Gate, one

_WHY = SqlError("its time is over", code=630, sqlstate="57014")


def test_its_client_is_answered_while_it_goes_on(engine, connect):
    gate = Gate(one(7))
    engine.answers["select long"] = gate
    cursor = connect().cursor()
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        asked = pool.submit(cursor.execute, "select long")
        assert gate.reached.wait(20)
        engine.opened[-1].unheard(_WHY)
        with pytest.raises(ProgrammingError, match="its time is over") as caught:
            asked.result(20)
    assert caught.value.errno == 630
    assert engine.queries.running() == 1
    query = engine.queries.find(caught.value.sfqid)
    gate.opened.set()
    while engine.queries.running():
        assert query.error == _WHY
    assert (query.result, query.error, query.state) == (None, _WHY, "FAILED_WITH_ERROR")


@pytest.mark.parametrize("text", ["insert into t select 1", "call p()", "begin select 1; end"])
def test_what_may_write_is_waited_for(engine, connect, text):
    engine.answers[text] = one(7)
    connect().cursor().execute(text)
    assert engine.opened[-1].unheard is None
