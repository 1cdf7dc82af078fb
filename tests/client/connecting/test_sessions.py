import threading
from types import SimpleNamespace

import pytest
from snowflake.connector.errors import OperationalError
from snowflake.snowpark import Session

from sfdag_magics.client.connecting.keeper import EngineKeeper
from sfdag_magics.client.connecting.sessions import _enter, _look_after, backend_of, open_target
from sfdag_magics.client.connecting.snowpark_backend import SnowparkBackend
from sfdag_magics.client.connecting.targets import Target
from sfdag_magics.errors import BackendError, ConnectError, InputError


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
    "250001 (08001): Role 'DS' specified in the connect string does not exist or not "
    "authorized.": "correct role = of [target.prod] in sfdag.toml, or have it granted: GRANT ROLE",
}


@pytest.mark.parametrize("said", FAILURES)
def test_an_address_that_nobody_answers_is_told_from_a_refused_login(monkeypatch, said):
    def create(builder):
        raise OperationalError(said)

    monkeypatch.setattr(Session.SessionBuilder, "create", create)
    with pytest.raises(ConnectError, match="prod cannot be opened: ") as raised:
        open_target(Target(name="prod", connection="company", role="DS"))
    assert FAILURES[said] in raised.value.hint
    assert ("network" in raised.value.hint) == (FAILURES[said] == "account")


class Entered:
    """A session after its login, as far as it got."""

    def __init__(self, **entered):
        self.connection = SimpleNamespace(role="DS", auth_class=None, **entered)
        self.is_closed = False

    def close(self):
        self.is_closed = True


@pytest.mark.parametrize(
    ("entered", "said"),
    [
        ({"warehouse": "ML", "database": "DB", "schema": "my s"}, None),
        ({"warehouse": None, "database": "DB", "schema": "my s"}, "warehouse ml is not there"),
        ({"warehouse": None, "database": None, "schema": None}, "warehouse ml and database db are"),
        ({"warehouse": "ML", "database": "DB", "schema": None}, 'schema "my s" is not there'),
    ],
)
def test_what_a_login_left_out_is_named_with_what_to_type(monkeypatch, entered, said):
    session = Entered(**entered)
    monkeypatch.setattr(Session.SessionBuilder, "create", lambda _: session)
    where = {"warehouse": "ml", "database": "db", "schema": '"my s"'}
    target = Target(name="prod", connection="company", **where)
    if said is None:
        open_target(target)
        return
    with pytest.raises(ConnectError, match=f"prod cannot be opened: {said}") as raised:
        open_target(target)
    assert session.is_closed
    assert "of [target.prod] in sfdag.toml, or have granted: GRANT USAGE ON" in raised.value.hint
    assert raised.value.hint.endswith(" TO ROLE DS")


def test_a_role_that_the_engine_does_not_have_is_named_with_what_makes_it():
    def rows(sql):
        raise BackendError(f"Role does not exist: {sql}", code=2043)

    target = Target(name="dev", role='"Data S"')
    with pytest.raises(InputError, match='has no role "Data S", which sfdag') as raised:
        _enter(SimpleNamespace(rows=rows), target)
    assert 'CREATE ROLE "Data S"' in raised.value.hint


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
