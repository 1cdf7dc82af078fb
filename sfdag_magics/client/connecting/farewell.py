"""How a session to the embedded engine ends when the engine has ended before it.

Snowpark's `close`, at the latest when the process ends, asks the engine to cancel what the session
runs, and the connector asks for asynchronous queries; each asks an engine that is gone again and
again for as long as its network timeout (*measured*: ten minutes). What is gone runs nothing.
"""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

from sfdag_magics.client.connecting.keeper import starting_none

if TYPE_CHECKING:
    from snowflake.snowpark import Session

_ANSWER_S = 0.5


def end_without_waiting(session: Session) -> None:
    """Let the end of a session neither wait for an engine that is gone nor start one."""
    from snowflake.connector.constants import QueryStatus

    connection: Any = session.connection
    address = (connection.host, connection.port)
    cancel_all, close = session.cancel_all, connection.close

    def cancel_all_there() -> None:
        if _listens(address):
            with starting_none():
                cancel_all()

    def close_what_is_there(retry: bool = True) -> None:  # noqa: FBT001, FBT002 - the connector's
        if not connection.is_closed() and not _listens(address):
            connection.get_query_status = lambda _query_id: QueryStatus.DISCONNECTED
        close(retry)

    session.cancel_all = cancel_all_there  # type: ignore[method-assign]  # of this session alone
    connection.close = close_what_is_there


def _listens(address: tuple[str, int]) -> bool:
    try:
        socket.create_connection(address, timeout=_ANSWER_S).close()
    except OSError:
        return False
    return True
