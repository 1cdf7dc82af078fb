"""Sessions, errors, retries, cancels and files, as the unmodified connector sees them."""

from __future__ import annotations

import concurrent.futures
import errno
import socket
import uuid

import pytest
import snowflake.connector
from snowflake.connector.constants import QueryStatus
from snowflake.connector.errors import DatabaseError, HttpError, IntegrityError, ProgrammingError

from sfdag_magics.engine.borders.answers import (
    FileTransfer,
    Result,
    SfType,
    SqlError,
    StatementType,
)
from sfdag_magics.engine.borders.rowset import rowset, status
from sfdag_magics.engine.wire.server import listen
from sfdag_magics.engine.wire.sessions import IDLE_S, Sessions

from .fakes import Gate, one, request, until_cancelled

# -- sessions ---------------------------------------------------------------------------------


def test_a_session_opens_with_the_names_it_was_asked_for(engine, connect):
    connection = connect(database="db", schema='"s"', warehouse="wh", role="r")
    assert (connection.database, connection.schema) == ("DB", "s")
    assert (connection.warehouse, connection.role) == ("WH", "R")
    assert connection.session_id == int(engine.opened[0].id)


def test_a_missing_database_is_left_out_as_snowflake_does(connect):
    assert connect(database="nowhere").database is None


def test_a_missing_database_is_an_error_when_asked_for(connect):
    with pytest.raises(DatabaseError, match="'NOWHERE' does not exist") as caught:
        connect(database="nowhere", validate_default_parameters=True)
    assert caught.value.errno == 390201


def test_a_wrong_password_is_refused_at_once(engine, connect):
    with pytest.raises(HttpError, match="401"):
        connect(password="x" * 43)
    assert engine.opened == []


def test_session_parameters_reach_the_session(engine, connect):
    connect(session_parameters={"QUERY_TAG": "t"}, autocommit=False)
    assert engine.opened[0].parameters["QUERY_TAG"] == "t"
    assert engine.opened[0].parameters["AUTOCOMMIT"] is False


def test_names_follow_the_session(engine, cursor):
    def use(session, _bindings):
        session.database, session.schema = "OTHER", "PUBLIC"
        return status("Statement executed successfully.")

    engine.answers["use database other"] = use
    cursor.execute("use database other")
    assert (cursor.connection.database, cursor.connection.schema) == ("OTHER", "PUBLIC")


def test_a_closed_connection_closes_its_session(engine, connect):
    connection = connect()
    connection.close()
    assert engine.opened[0].closed
    assert len(engine.sessions) == 0


def test_a_heartbeat_keeps_a_session(connect):
    assert connect().rest._heartbeat()["success"] is True


def test_a_session_outlives_the_engine(engine, connect):
    engine.answers["select 1"] = one(1)
    connection = connect(database="db", schema="s")
    engine.opened[0].parameters["QUERY_TAG"] = "kept"
    connection.cursor().execute("select 1")
    engine.restart()
    assert connection.cursor().execute("select 1").fetchone() == (1,)
    reopened = engine.opened[1]
    assert (reopened.database, reopened.schema) == ("DB", "S")
    assert reopened.parameters["QUERY_TAG"] == "kept"


def test_a_session_outlives_the_drop_of_its_database(engine, connect):
    engine.answers["select 1"] = one(1)
    connection = connect(database="db")
    engine.restart()
    engine.databases.clear()
    assert connection.cursor().execute("select 1").fetchone() == (1,)
    assert engine.opened[-1].database is None


def test_a_transaction_lost_with_the_engine_is_said_once(engine, connect):
    def begin(session, _bindings):
        session.transaction_id = "7"
        return status("Statement executed successfully.")

    engine.answers["begin"] = begin
    engine.answers["commit"] = status("Statement executed successfully.")
    connection = connect()
    connection.cursor().execute("begin")
    engine.restart()
    with pytest.raises(ProgrammingError, match="engine was restarted") as caught:
        connection.cursor().execute("commit")
    assert caught.value.sqlstate == "40000"
    connection.cursor().execute("commit")


def test_a_closed_session_stays_closed_after_a_restart(engine, connect):
    connection = connect()
    token, master = connection.rest.token, connection.rest.master_token
    connection.close()
    engine.restart()
    query = {"sqlText": "select 1"}
    answer = request(engine, "/queries/v1/query-request", body=query, token=token)
    assert answer["code"] == "390112"
    answer = request(engine, "/session/token-request", body={}, token=master)
    assert answer["code"] == "390114"


def test_a_session_token_renews_nothing_and_a_master_token_runs_nothing(engine, connect):
    rest = connect().rest
    assert request(engine, "/session/token-request", body={}, token=rest.token)["success"] is False
    query = {"sqlText": "select 1"}
    answer = request(engine, "/queries/v1/query-request", body=query, token=rest.master_token)
    assert answer["code"] == "390112"
    assert engine.opened[0].executed == []


def test_idle_sessions_rest_and_come_back(engine, connect):
    now = [0.0]
    engine.sessions._clock = lambda: now[0]
    engine.answers["select 1"] = one(1)
    connection = connect()
    now[0] = IDLE_S + 1.0
    engine.sessions.rest_idle(lambda _session_id: True)
    assert not engine.opened[0].closed
    engine.sessions.rest_idle(lambda _session_id: False)
    assert engine.opened[0].closed
    assert connection.cursor().execute("select 1").fetchone() == (1,)


def test_a_worker_enters_the_session_of_its_ticket(engine, connect):
    engine.answers["select 1"] = one(1)
    owner = engine.opened
    connect()
    ticket = engine.tickets.issue(owner[0])
    guest = connect(password=ticket)
    guest.cursor().execute("select 1")
    guest.close()
    assert len(owner) == 1
    assert owner[0].executed == [("select 1", ())]
    assert not owner[0].closed


def test_a_revoked_ticket_ends_its_logins(engine, connect):
    engine.answers["select 1"] = one(1)
    connect()
    ticket = engine.tickets.issue(engine.opened[0])
    guest = connect(password=ticket)
    engine.tickets.revoke(ticket)
    with pytest.raises(ProgrammingError, match="What this process was started for has ended"):
        guest.cursor().execute("select 1")
    assert engine.opened[0].executed == []


def test_a_guest_whose_engine_is_gone_is_shut_out_by_the_next(engine, connect):
    engine.answers["select 1"] = one(1)
    connect()
    guest = connect(password=engine.tickets.issue(engine.opened[0]))
    engine.restart()
    with pytest.raises(ProgrammingError, match="the engine that started it is gone"):
        guest.cursor().execute("select 1")
    assert [session.executed for session in engine.opened] == [[]]


# -- statements -------------------------------------------------------------------------------


def test_an_error_has_code_sqlstate_and_query_id(engine, cursor):
    engine.answers["q"] = SqlError("SQL compilation error:\nno", code=2003, sqlstate="02000")
    with pytest.raises(ProgrammingError, match="no") as caught:
        cursor.execute("q")
    assert (caught.value.errno, caught.value.sqlstate) == (2003, "02000")
    assert uuid.UUID(caught.value.sfqid)


def test_a_null_in_a_required_column_is_an_integrity_error(engine, cursor):
    engine.answers["q"] = SqlError("NULL result in a non-nullable column", code=100072)
    with pytest.raises(IntegrityError):
        cursor.execute("q")


def test_our_own_mistake_is_a_reference_and_no_stack(engine, cursor, caplog):
    def broken(_session, _bindings):
        raise ZeroDivisionError("secret detail")

    engine.answers["q"] = broken
    with pytest.raises(ProgrammingError, match="370001:") as caught:
        cursor.execute("q")
    reference = caught.value.msg.split("370001:")[1].split(".")[0]
    assert "secret detail" not in str(caught.value)
    assert any(reference in record.getMessage() for record in caplog.records)
    engine.answers["q"] = one(1)
    assert cursor.execute("q").fetchone() == (1,)


def test_a_full_disk_is_said_and_the_session_goes_on(engine, cursor):
    def full(_session, _bindings):
        raise OSError(errno.ENOSPC, "No space left on device")

    engine.answers |= {"q": full, "select 1": one(1)}
    with pytest.raises(ProgrammingError, match=r"disk .* is full") as caught:
        cursor.execute("q")
    assert caught.value.sqlstate == "53100"
    assert cursor.execute("select 1").fetchone() == (1,)


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        {"sqlText": 1},
        {"sqlText": "q", "bindings": []},
        {"sqlText": "q", "bindings": {"1": {"type": "FIXED", "value": "one"}}},
        {"sqlText": "q", "bindings": {"x": {}}},
        {"sqlText": "q", "bindings": {"1": {"type": "X", "value": "1"}}},
        {"sqlText": "q", "bindings": {"1": {"type": "DATE", "value": "zz"}}},
        {"sqlText": "q", "bindings": {"1": {"type": "TIMESTAMP_NTZ", "value": "zz"}}},
        {"sqlText": "q", "bindings": {"1": {"type": "TIMESTAMP_TZ", "value": "soon"}}},
        {"sqlText": "q", "bindings": {"1": {"type": "TIME", "value": "noon"}}},
        {"sqlText": "q", "describeOnly": 5},
        {"sqlText": "q", "asyncExec": "maybe"},
        {"sqlText": "q", "parameters": {"MULTI_STATEMENT_COUNT": "many"}},
        {"sqlText": "q", "bindStage": "@s"},
    ],
)
def test_a_malformed_request_is_an_answer_not_a_crash(engine, connect, body):
    token = connect().rest.token
    answer = request(engine, "/queries/v1/query-request", body=body, token=token)
    assert answer["success"] is False
    assert engine.opened[0].executed == []


def test_what_was_carried_out_keeps_no_megabytes(engine, connect):
    text = "q " + "x" * 1_000_000
    engine.answers[text] = one(1)
    cursor = connect(paramstyle="qmark").cursor()
    cursor.execute(text, ["x" * 1_000_000])
    kept = engine.queries.find(cursor.sfqid).request
    assert (len(kept.text), kept.bindings) == (1_000, None)
    assert kept.text.startswith("q ")


def test_dml_counts_its_rows(engine, cursor):
    engine.answers["q"] = rowset(
        {
            "number of rows updated": SfType.FIXED,
            "number of multi-joined rows updated": SfType.FIXED,
        },
        [(4, 0)],
        statement_type=StatementType.UPDATE,
    )
    cursor.execute("q")
    assert cursor.rowcount == 4


def test_several_statements_are_several_results(engine, connect):
    engine.answers |= {"select 1": one(1), "select 2": one(2)}
    cursor = connect().cursor()
    cursor.execute("select 1; select 2;", num_statements=0)
    assert cursor.fetchall() == [(1,)]
    assert cursor.nextset() is cursor
    assert cursor.fetchall() == [(2,)]


def test_several_statements_stop_at_the_first_error(engine, cursor):
    engine.answers |= {"select 1": one(1), "select 3": one(3)}
    with pytest.raises(ProgrammingError, match="select 2"):
        cursor.execute("select 1; select 2; select 3", num_statements=3)
    assert [text for text, _ in engine.opened[0].executed] == ["select 1", "select 2"]


def test_an_unexpected_number_of_statements_runs_nothing(engine, cursor):
    with pytest.raises(ProgrammingError, match="did not match") as caught:
        cursor.execute("select 1; select 2", num_statements=3)
    assert caught.value.errno == 8
    assert engine.opened[0].executed == []


# -- time -------------------------------------------------------------------------------------


def test_a_long_query_is_waited_for_in_turns(engine, connect):
    engine.close()
    engine.patience_s = 0.05
    engine._begin()
    gate = Gate(one(7))
    engine.answers["q"] = gate
    connection = connect()
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(lambda: connection.cursor().execute("q").fetchone())
        assert gate.reached.wait(20)
        assert not concurrent.futures.wait([waiting], timeout=0.3).done
        gate.opened.set()
        assert waiting.result(20) == (7,)
    assert gate.runs == 1


def test_an_asynchronous_query_is_asked_for_later(engine, connect):
    gate = Gate(one(7))
    engine.answers["q"] = gate
    connection = connect()
    cursor = connection.cursor()
    query_id = cursor.execute_async("q")["queryId"]
    assert gate.reached.wait(20)
    assert connection.is_still_running(connection.get_query_status(query_id))
    gate.opened.set()
    scan = f"select * from table(result_scan('{query_id}'))"
    engine.answers[scan] = one(7)
    cursor.get_results_from_sfqid(query_id)
    assert cursor.fetchall() == [(7,)]
    assert connection.get_query_status(query_id) is QueryStatus.SUCCESS
    assert connection.cursor().query_result(query_id).fetchall() == [(7,)]


def test_a_failed_asynchronous_query_says_why(engine, connect):
    engine.answers["q"] = SqlError("SQL compilation error:\nno", code=2003)
    connection = connect()
    cursor = connection.cursor()
    query_id = cursor.execute_async("q")["queryId"]
    with pytest.raises(ProgrammingError, match="no"):
        connection.cursor().query_result(query_id)
    with pytest.raises(ProgrammingError, match="no") as caught:
        connection.get_query_status_throw_if_error(query_id)
    assert caught.value.errno == 2003


def test_an_unknown_query_has_no_result(connect):
    with pytest.raises(ProgrammingError, match="not found") as caught:
        connect().cursor().query_result(str(uuid.uuid4()))
    assert caught.value.errno == 709


def test_a_statement_time_out_of_the_client_cancels(engine, connect):
    engine.answers["q"] = until_cancelled
    # The connector words it in its own way unless the engine's answer is there before its timer.
    with pytest.raises(ProgrammingError, match=r"due to a timeout|execution canceled") as caught:
        connect().cursor().execute("q", timeout=1)
    assert caught.value.errno == 604


def test_a_statements_own_limit_reaches_the_session(engine, cursor):
    engine.answers["select 1"] = one(1)
    cursor.execute("select 1")
    cursor.execute("select 1", _statement_params={"STATEMENT_TIMEOUT_IN_SECONDS": 7})
    assert engine.opened[-1].limits_s == [None, 7]


def test_a_query_is_cancelled_by_its_id(engine, connect):
    engine.answers["q"] = until_cancelled
    connection = connect()
    cursor = connection.cursor()
    query_id = cursor.execute_async("q")["queryId"]
    assert cursor.abort_query(query_id) is True
    with pytest.raises(ProgrammingError, match="canceled"):
        connection.cursor().query_result(query_id)
    assert connection.get_query_status(query_id) is QueryStatus.ABORTED


@pytest.mark.parametrize(
    "text", ["SYSTEM$CANCEL_QUERY('{query}')", "system$cancel_all_queries({session})"]
)
def test_snowpark_cancels_by_statement_even_while_the_session_is_busy(engine, connect, text):
    engine.answers["q"] = until_cancelled
    connection = connect()
    query_id = connection.cursor().execute_async("q")["queryId"]
    statement = text.format(query=query_id, session=connection.session_id)
    connection.cursor().execute(f"select {statement}")
    with pytest.raises(ProgrammingError, match="canceled"):
        connection.cursor().query_result(query_id)
    assert [text for text, _ in engine.opened[0].executed] in (["q"], [])


def test_only_the_named_sessions_queries_are_cancelled(engine, connect):
    gate = Gate(one(7))
    engine.answers["q"] = gate
    one_, other = connect(), connect()
    query_id = other.cursor().execute_async("q")["queryId"]
    assert gate.reached.wait(20)
    cancelled = one_.cursor().execute(f"select system$cancel_all_queries({one_.session_id})")
    assert cancelled.fetchone() == ("0 queries canceled.",)
    gate.opened.set()
    assert other.cursor().query_result(query_id).fetchone() == (7,)


# -- files ------------------------------------------------------------------------------------


def test_put_and_get_copy_files_on_this_machine(engine, cursor, tmp_path):
    stage, here, there = (tmp_path / name for name in ("stage", "here", "there"))
    for directory in (stage, here, there):
        directory.mkdir()
    (here / "a.csv").write_text("1,2\n")
    put, get = f"put file://{here}/a.csv @s", f"get @s file://{there}"
    engine.answers[put] = Result(
        columns=(),
        rows=status("").rows.slice(0, 0).select([]),
        transfer=FileTransfer(
            upload=True,
            sources=(f"{here}/a.csv",),
            stage_id="s",
            directory=lambda: stage,
            auto_compress=False,
        ),
    )
    engine.answers[get] = Result(
        columns=(),
        rows=status("").rows.slice(0, 0).select([]),
        transfer=FileTransfer(
            upload=False,
            sources=("a.csv",),
            stage_id="s",
            directory=lambda: stage,
            local_path=str(there),
        ),
    )
    [uploaded] = cursor.execute(put).fetchall()
    assert uploaded[6] == "UPLOADED"
    assert (stage / "a.csv").read_text() == "1,2\n"
    [downloaded] = cursor.execute(get).fetchall()
    assert downloaded[2] == "DOWNLOADED"
    assert (there / "a.csv").read_text() == "1,2\n"


# -- what is not there ------------------------------------------------------------------------


def test_an_unknown_route_is_a_plain_404(engine):
    answer = request(engine, "/no/such/route", method="GET", expect=404)
    assert "does not offer GET /no/such/route" in answer["message"]


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "BREW"])
def test_a_rest_call_comes_to_the_room_of_resources_as_it_was_sent(engine, method):
    path = "/api/v2/databases/%22a%2Fb%22/tasks?like=%25&like=b%3D"
    answer = request(engine, path, method=method, body={"a": 1}, expect=299)
    assert answer == {
        "method": method,
        "path": ["api", "v2", "databases", "%22a%2Fb%22", "tasks"],
        "query": {"like": "b="},
        "body": '{"a": 1}',
    }


@pytest.mark.parametrize("name", ["%0A", "%0D%0A", "%00", "..", "%2E%2E", "%2F"])
def test_whatever_a_name_has_the_call_comes_to_the_room_of_resources(engine, name):
    answer = request(engine, f"/api/v2/databases/{name}", method="GET", expect=299)
    assert answer["path"] == ["api", "v2", "databases", name]


def test_a_rest_call_is_carried_out_in_the_session_of_its_token(engine, connect):
    connection = connect()
    request(engine, "/api/v2/x", method="GET", token=connection.rest.token, expect=299)
    assert engine.resources.sessions == [engine.opened[-1]]
    assert not engine.opened[-1].closed


def test_the_owners_token_has_a_session_for_each_rest_call(engine):
    request(engine, "/api/v2/x", method="GET", expect=299)
    assert engine.resources.sessions == [engine.opened[-1]]
    assert engine.opened[-1].closed


def test_a_rest_call_of_an_ended_session_says_so_as_its_client_reads_it(engine, connect):
    connection = connect()
    token = connection.rest.token
    connection.close()
    answer = request(engine, "/api/v2/x", method="GET", token=token, expect=401)
    assert (answer["error_code"], answer["code"]) == ("390112", "390112")


def test_a_rest_call_that_fails_inside_gives_a_reference(engine):
    engine.resources.raises = ValueError("inside")
    answer = request(engine, "/api/v2/x", method="GET", expect=500)
    assert "internal error" in answer["message"]
    assert "inside" not in answer["message"]


def test_the_status_is_for_the_owner(engine, connect):
    token = connect().rest.token
    assert request(engine, "/sfdag/status", method="GET") == {"queries": 0}
    request(engine, "/sfdag/status", method="GET", token=token, expect=403)


def test_only_the_owner_ends_all_runs(engine, connect):
    request(engine, "/sfdag/end-runs", token=connect().rest.token, expect=403)
    assert engine.ended_runs == []
    assert request(engine, "/sfdag/end-runs") == {"queries": 0}
    assert engine.ended_runs == ["all"]


def test_a_query_is_told_that_the_engine_was_stopped(engine, connect):
    engine.answers["q"] = until_cancelled
    connection = connect()
    query_id = connection.cursor().execute_async("q")["queryId"]
    engine.queries.close()
    with pytest.raises(ProgrammingError, match="The engine was stopped") as caught:
        connection.cursor().query_result(query_id)
    assert caught.value.sqlstate == "57P01"
    with pytest.raises(ProgrammingError, match="The engine was stopped"):
        connection.cursor().execute("select 1")


def test_nothing_is_reported_by_the_client(engine, connect):
    assert connect().telemetry_enabled is False


def test_sessions_are_apart(engine, connect):
    one_, other = connect(database="db"), connect()
    assert one_.session_id != other.session_id
    assert (one_.database, other.database) == ("DB", None)
    assert isinstance(engine.sessions, Sessions)
    assert len(engine.sessions) == 2
    assert snowflake.connector.paramstyle == "pyformat"


RAW = {
    "no host": (b"GET /sfdag/status HTTP/1.0\r\n\r\n", 403),
    "an absolute target": (
        b"GET http://evil.example/x HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        403,
    ),
    "no token": (b"GET /sfdag/status HTTP/1.1\r\nHost: {here}\r\n\r\n", 401),
    "an encoded path": (
        b"POST /session/v1/%6cogin-request HTTP/1.1\r\nHost: {here}\r\nContent-Length: 2\r\n\r\n{}",
        401,
    ),
    "two lengths": (
        b"POST /x HTTP/1.1\r\nHost: {here}\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
        400,
    ),
    "no protocol": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
    "another login": (b"POST /session/authenticator-request HTTP/1.1\r\nHost: {here}\r\n\r\n", 401),
    "a websocket": (
        b"GET /x HTTP/1.1\r\nHost: {here}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        401,
    ),
}


@pytest.mark.parametrize("case", RAW)
def test_what_comes_over_the_socket_is_refused_too(engine, case):
    sent, expected = RAW[case]
    with socket.create_connection(("127.0.0.1", engine.port), timeout=20) as client:
        client.sendall(sent.replace(b"{here}", f"127.0.0.1:{engine.port}".encode()))
        status = client.makefile("rb").readline()
    assert int(status.split()[1]) == expected
    assert engine.opened == []


def test_the_engine_listens_on_this_machine_only(engine):
    with listen(engine.port) as listener:
        assert listener.getsockname()[0] == "127.0.0.1"
        assert listener.getsockname()[1] != engine.port


@pytest.mark.slow
def test_a_body_too_large_is_413_and_is_not_tried_again(connect):
    cursor = connect(paramstyle="qmark").cursor()
    with pytest.raises(HttpError, match="413"):
        cursor.execute("insert into t values (?)", ("x" * 70_000_000,))
