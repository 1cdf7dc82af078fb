"""A request that is sent again because its answer was lost: to the same engine, or to the next."""

from __future__ import annotations

import concurrent.futures

import pytest
from snowflake.connector.constants import QueryStatus
from snowflake.connector.errors import ProgrammingError

from sfdag_magics.engine.wire.begun import KEPT_S, Begun, BegunFile

from .fakes import Gate, one, request


def send(engine, token, request_id, *, retry=0, text="insert", **more):
    path = f"/queries/v1/query-request?requestId={request_id}"
    path += f"&clientStartTime=1&retryCount={retry}" if retry else ""
    return request(engine, path, body={"sqlText": text, **more}, token=token)


def restarted(engine, connection):
    """The token for the next engine, after the death of this one."""
    engine.restart()
    connection.rest._renew_session()
    return connection.rest.token


def test_a_request_sent_twice_runs_once(engine, connect):
    gate = Gate(one(7))
    engine.answers["insert"] = gate
    token = connect().rest.token
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        first = pool.submit(send, engine, token, "r1")
        assert gate.reached.wait(20)
        again = pool.submit(send, engine, token, "r1", retry=1)
        gate.opened.set()
        answers = [first.result(20), again.result(20), send(engine, token, "r1", retry=2)]
    assert gate.runs == 1
    assert {answer["data"]["queryId"] for answer in answers} == {answers[0]["data"]["queryId"]}


# The connector leaves the retry count out when it had to renew its session meanwhile.
@pytest.mark.parametrize("retry", [0, 1])
@pytest.mark.parametrize("meanwhile", [[], ["r2"], ["r2", "r3", "r4"]])
def test_a_retry_across_a_restart_does_not_run_again(engine, connect, retry, meanwhile):
    engine.answers["insert"] = one(1)
    connection = connect()
    for request_id in ("r1", *meanwhile):
        send(engine, connection.rest.token, request_id)
    token = restarted(engine, connection)
    answer = send(engine, token, "r1", retry=retry)
    assert answer["success"] is False
    assert "may or may not have taken effect" in answer["message"]
    assert "Look at what insert writes." in answer["message"]
    assert engine.opened[-1].executed == []


def test_not_even_after_two_restarts(engine, connect):
    engine.answers["insert"] = one(1)
    connection = connect()
    send(engine, connection.rest.token, "r1")
    restarted(engine, connection)
    token = restarted(engine, connection)
    assert send(engine, token, "r1", retry=1)["data"]["sqlState"] == "40003"


def test_a_retry_of_what_took_effect_gets_its_answer(engine, connect):
    engine.answers["insert"] = one(1)
    connection = connect()
    query_id = send(engine, connection.rest.token, "r1")["data"]["queryId"]
    engine.outcomes.known[query_id] = one(5)
    token = restarted(engine, connection)
    answer = send(engine, token, "r1", retry=1)
    assert (answer["data"]["queryId"], answer["data"]["total"]) == (query_id, 1)
    assert engine.opened[-1].executed == []


def test_a_retry_of_what_certainly_had_no_effect_runs(engine, connect):
    engine.answers["insert"] = one(1)
    engine.outcomes.repeatable.add("insert")
    connection = connect()
    send(engine, connection.rest.token, "r1")
    token = restarted(engine, connection)
    assert send(engine, token, "r1", retry=1)["success"] is True
    assert engine.opened[-1].executed == [("insert", ())]


def test_a_retry_of_what_never_arrived_runs(engine, connect):
    engine.answers["insert"] = one(1)
    connection = connect()
    token = restarted(engine, connection)
    assert send(engine, token, "r1", retry=1)["success"] is True


def test_each_statement_of_a_text_of_several_runs_once(engine, connect):
    engine.answers |= {"insert": one(1), "call": one(2), "select 1": one(3)}
    engine.outcomes.repeatable.add("select 1")
    connection = connect()
    several = {"text": "select 1; insert; call", "parameters": {"MULTI_STATEMENT_COUNT": 3}}
    answer = send(engine, connection.rest.token, "r1", **several)
    _select, insert, _call = answer["data"]["resultIds"].split(",")
    engine.outcomes.known[insert] = one(1)
    token = restarted(engine, connection)
    answer = send(engine, token, "r1", retry=1, **several)
    assert answer["data"]["sqlState"] == "40003"
    assert [text for text, _ in engine.opened[-1].executed] == ["select 1"]


def in_transaction(session, _bindings):
    session.transaction_id = "7"
    return one(1)


def test_a_refusal_that_nobody_heard_is_told_again_after_another_kill(engine, connect):
    engine.answers |= {"begin": in_transaction, "insert": one(1)}
    engine.outcomes.repeatable.add("insert")
    connection = connect()
    send(engine, connection.rest.token, "r1", text="begin")
    token = restarted(engine, connection)
    assert send(engine, token, "r2")["data"]["sqlState"] == "40000"
    token = restarted(engine, connection)
    assert send(engine, token, "r2", retry=1)["data"]["sqlState"] == "40000"
    assert send(engine, token, "r3")["success"] is True


@pytest.mark.parametrize("meanwhile", [[], ["select 1"]])
def test_a_statement_of_a_lost_transaction_is_not_repeated_alone(engine, connect, meanwhile):
    engine.answers |= {"begin": in_transaction, "insert": one(1), "select 1": one(1)}
    engine.outcomes.repeatable |= {"insert", "select 1"}
    connection = connect()
    send(engine, connection.rest.token, "r1", text="begin")
    send(engine, connection.rest.token, "r2")
    token = restarted(engine, connection)
    for number, text in enumerate(meanwhile):
        assert send(engine, token, f"n{number}", text=text)["data"]["sqlState"] == "40000"
    assert send(engine, token, "r2", retry=1)["data"]["sqlState"] == "40000"
    assert engine.opened[-1].executed == []


def test_a_transaction_that_was_committed_is_not_called_lost(engine, connect):
    engine.answers |= {"begin": in_transaction, "select 1": one(1)}
    connection = connect()
    send(engine, connection.rest.token, "r1", text="begin")
    engine.outcomes.known["7"] = one(1)
    token = restarted(engine, connection)
    assert send(engine, token, "r2", text="select 1")["success"] is True


@pytest.mark.parametrize(
    ("took_effect", "can_repeat", "told"),
    [
        (True, True, None),
        (False, True, "before this statement took effect"),
        (False, False, "may or may not have taken effect"),
    ],
)
def test_an_asynchronous_statement_is_told_of_across_a_restart(
    engine, connect, took_effect, can_repeat, told
):
    engine.answers["insert"] = one(1)
    engine.outcomes.repeatable |= {"insert"} if can_repeat else set()
    connection = connect()
    query_id = connection.cursor().execute_async("insert")["queryId"]
    assert connection.cursor().query_result(query_id).fetchone() == (1,)
    if took_effect:
        engine.outcomes.known[query_id] = one(1)
    restarted(engine, connection)
    if told is None:
        assert connection.get_query_status(query_id) is QueryStatus.SUCCESS
        return
    assert connection.get_query_status(query_id) is QueryStatus.FAILED_WITH_ERROR
    with pytest.raises(ProgrammingError, match=told):
        connection.cursor().query_result(query_id)


def test_an_asynchronous_statement_is_known_before_it_begins(engine, connect):
    engine.answers["insert"] = one(1)
    connection = connect()
    query_id = connection.cursor().execute_async("insert")["queryId"]
    (path,) = (engine.directory / "sessions").glob("*.begun")
    assert query_id in BegunFile(path).begun()


def test_what_was_begun_is_forgotten_after_a_day(tmp_path):
    now = [1_000_000.0]
    file = BegunFile(tmp_path / "s.begun", clock=lambda: now[0])
    young = Begun(query_id="young", transaction_id="t1", can_repeat=True)
    file.add(Begun(query_id="old"))
    now[0] += KEPT_S - 10
    file.add(young)
    assert file.begun() == {"old": Begun(query_id="old"), "young": young}
    now[0] += 20
    assert file.begun() == {"young": young}
    file.close()


def test_a_long_session_forgets_while_it_runs(tmp_path):
    now = [1_000_000.0]
    path = tmp_path / "s.begun"
    file = BegunFile(path, clock=lambda: now[0], rewrite_after=3)
    for number in range(10):
        file.add(Begun(query_id=f"q{number}"))
        now[0] += KEPT_S
    assert len(path.read_text().splitlines()) < 5
    file.add(Begun(query_id="last"))
    assert "last" in file.begun()
    file.close()


def test_a_torn_line_is_not_believed_and_spoils_no_other(tmp_path):
    path = tmp_path / "s.begun"
    file = BegunFile(path)
    file.add(Begun(query_id="whole"))
    file.close()
    with path.open("a") as torn:
        torn.write("1790000000 half")
    file = BegunFile(path)
    file.add(Begun(query_id="next"))
    assert list(file.begun()) == ["whole", "next"]
    file.close()
