"""The session a handler gets: a Snowpark session that logs in when it is first used.

A login costs more than all else a small task does, and many tasks need none.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from snowflake.snowpark import Session
from snowflake.snowpark._internal.server_connection import ServerConnection
from snowflake.snowpark.session import _active_sessions, _add_session

#: What the clients would otherwise find out or tell about themselves at each login, for nobody.
_QUIET = {"application": "sfdag_magics", "log_imported_packages_in_telemetry": False}
_CONNECTING = threading.RLock()


class LateSession(Session):
    """Becomes a plain `Session`, the same object, as soon as anything of it is asked for."""

    def __init__(self, connection: Mapping[str, Any]) -> None:
        # Snowpark's own __init__ logs in; it runs later
        object.__setattr__(self, "_late_connection", dict(connection))
        _add_session(self)

    def __getattribute__(self, name: str) -> Any:  # noqa: ANN401 - any attribute
        read = object.__getattribute__
        if not (name.startswith("__") and name.endswith("__")):
            with _CONNECTING:
                if read(self, "__class__") is LateSession:
                    _connect(self, read(self, "_late_connection"))
        return read(self, name)


def forget_all() -> None:
    """Have no session be an active one."""
    _active_sessions.clear()


def _connect(session: LateSession, connection: Mapping[str, Any]) -> None:
    """What `Session.builder.create` does, to an object that is there already."""
    options = {"paramstyle": "qmark", **_QUIET, **connection}
    made = ServerConnection(options)
    del session.__dict__["_late_connection"]
    object.__setattr__(session, "__class__", Session)
    Session.__init__(session, made, options | {"password": None})
    # Inside a procedure closing does nothing in Snowflake either; it is the caller's session, and
    # Snowpark would cancel all that runs in it, this procedure included.
    session.__dict__["close"] = lambda: None
