"""A query that must end and does not hear of it: its client is answered, and it goes on alone."""

from __future__ import annotations

import concurrent.futures

import pytest
from snowflake.connector.errors import ProgrammingError

from sfdag_magics.engine.borders.answers import SqlError

from .fakes import Gate, one
from .test_retries import send

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


def test_the_texts_behind_it_are_not_begun(engine, connect):
    gate = Gate(one(7))
    engine.answers |= {"insert one": one(1), "insert long": gate, "insert last": one(1)}
    cursor = connect().cursor()
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        text = "insert one; insert long; insert last"
        asked = pool.submit(cursor.execute, text, num_statements=3)
        assert gate.reached.wait(20)
        engine.opened[-1].unheard(_WHY)
        with pytest.raises(ProgrammingError, match="its time is over") as caught:
            asked.result(20)
    gate.opened.set()
    while engine.queries.running():
        assert engine.queries.find(caught.value.sfqid).error == _WHY
    assert [text for text, _ in engine.opened[-1].executed] == ["insert one", "insert long"]


def test_a_request_that_is_sent_again_hears_that_it_failed(engine, connect):
    gate = Gate(one(7))
    engine.answers["insert"] = gate
    token = connect().rest.token
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        asked = pool.submit(send, engine, token, "r1")
        assert gate.reached.wait(20)
        engine.opened[-1].unheard(_WHY)
        answers = [asked.result(20), send(engine, token, "r1", retry=1)]
    gate.opened.set()
    while engine.queries.running():
        answers.append(send(engine, token, "r1", retry=2))
    answers.append(send(engine, token, "r1", retry=3))
    assert gate.runs == 1
    heard = {(answer["success"], answer["code"], answer["message"]) for answer in answers}
    assert heard == {(False, "000630", "its time is over")}


def test_what_only_describes_is_given_up(engine, connect):
    engine.answers["select long"] = one(7)
    connect().cursor().describe("select long")
    assert engine.opened[-1].unheard is not None
