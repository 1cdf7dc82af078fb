import pytest

from sfdag_magics.client.sessions import backend_of, open_target
from sfdag_magics.client.targets import Target
from sfdag_magics.errors import ConnectError, InputError


def test_what_is_no_session_is_named():
    with pytest.raises(InputError, match="five is a int, and no Session, connection or Root"):
        backend_of(5, "five")


def test_a_connection_that_is_not_described_says_where_to_look(monkeypatch, tmp_path):
    monkeypatch.setenv("SNOWFLAKE_HOME", str(tmp_path))
    with pytest.raises(ConnectError, match="prod cannot be opened: ") as raised:
        open_target(Target(name="prod", connection="no_such_connection"))
    assert "connections.toml" in raised.value.hint
