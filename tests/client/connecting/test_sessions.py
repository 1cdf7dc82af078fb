import threading
from types import SimpleNamespace

import pytest
from snowflake.connector.errors import OperationalError
from snowflake.snowpark import Session

from sfdag_magics.client.connecting.keeper import EngineKeeper
from sfdag_magics.client.connecting.sessions import _look_after, backend_of, open_target
from sfdag_magics.client.connecting.snowpark_backend import SnowparkBackend
from sfdag_magics.client.connecting.targets import Target
from sfdag_magics.errors import ConnectError, InputError


def test_what_is_no_session_is_named():
    with pytest.raises(InputError, match="five is a int, and no Session, connection or Root"):
        backend_of(5, "five")


def test_a_connection_that_is_not_described_says_where_to_look(monkeypatch, tmp_path):
    monkeypatch.setenv("SNOWFLAKE_HOME", str(tmp_path))
    with pytest.raises(ConnectError, match="prod cannot be opened: ") as raised:
        open_target(Target(name="prod", connection="no_such_connection"))
    assert "connections.toml" in raised.value.hint


#: What the connector said of an unknown account, of another's server, and of a wrong password.
FAILURES = {
    "250001: Could not connect to Snowflake backend after 2 attempt(s).Aborting": "account",
    "290404 (08001): 404 Not Found: post https://x.snowflakecomputing.com/session/v1": "account",
    "254007: Hit non-retryable SSL error, HTTPSConnectionPool(host='10.0.0.1')": "account",
    "250001 (08001): Incorrect username or password was specified.": "[company] of",
}


@pytest.mark.parametrize("said", FAILURES)
def test_an_address_that_nobody_answers_is_told_from_a_refused_login(monkeypatch, said):
    def create(builder):
        raise OperationalError(said)

    monkeypatch.setattr(Session.SessionBuilder, "create", create)
    with pytest.raises(ConnectError, match="prod cannot be opened: ") as raised:
        open_target(Target(name="prod", connection="company"))
    assert FAILURES[said] in raised.value.hint
    assert ("network" in raised.value.hint) == (FAILURES[said] == "account")


def test_nothing_is_asked_where_no_engine_will_ever_answer():
    asked = []
    keeper = EngineKeeper(
        lambda: True,
        lambda: asked.append("started"),
        was_stopped=lambda: False,
        is_gone=lambda: True,
    )
    with pytest.raises(ConnectError, match="is gone for good: its data were deleted"):
        looked_after(lambda _self, sql: asked.append(sql), keeper)("select 1")
    backend = SnowparkBackend(SimpleNamespace(), is_embedded=True, name="there", keeper=keeper)
    assert (backend.has_ended, backend.is_gone) == (True, True)
    backend.close("embedded")  # without asking it
    assert asked == []


def test_the_notebooks_own_statement_starts_an_engine_that_was_stopped():
    started = threading.Event()
    keeper = EngineKeeper(lambda: not started.is_set(), started.set, was_stopped=lambda: False)
    ask = looked_after(lambda _self, sql, *, timeout: (started.wait(10), timeout), keeper)
    assert ask("select 1", timeout=3) == (True, 3)
    keeper.close()


def looked_after(execute, keeper):
    """How a cursor of a connection executes that is looked after."""
    answers = SimpleNamespace(cursor=lambda cursor_class: cursor_class())
    _look_after(answers, keeper)
    return answers.cursor(type("Cursor", (), {"execute": execute})).execute
