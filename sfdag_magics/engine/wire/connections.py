"""Connections: how long a request's head may take, and how many strangers there may be.

Any local user can connect. Until a request has shown a token, its connection is a stranger's: few
are held at a time, the oldest makes room, and they keep no engine awake. Knows sockets, no requests
but whether their head has come.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, MutableMapping
from typing import Any

import h11
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

#: In a scope's state: what to call when its request has shown a token.
LET_IN = "sfdag_let_in"
# Clients of this machine send a head in one piece, at once.
HEAD_S = 10.0
MOST_STRANGERS = 256


def let_in(scope: MutableMapping[str, Any]) -> None:
    """Tell the connection of a request that it is no stranger's."""
    tell: Callable[[], None] | None = scope.get("state", {}).get(LET_IN)
    if tell is not None:
        tell()


class Guests:
    """All connections of a server. Event loop only, but for `known`.

    Args:
        head_s: seconds that a request's head may take.
        most_strangers: more of them are not held.
    """

    def __init__(self, head_s: float = HEAD_S, most_strangers: int = MOST_STRANGERS) -> None:
        self.head_s = head_s
        self._most_strangers = most_strangers
        self._strangers: dict[Connection, None] = {}
        self._known: set[Connection] = set()

    @property
    def known(self) -> int:
        """How many connections have shown a token. Any thread."""
        return len(self._known)

    def connected(self, connection: Connection) -> None:
        """A new one; too many strangers cost the oldest its place."""
        self._strangers[connection] = None
        if len(self._strangers) > self._most_strangers:
            oldest = next(iter(self._strangers))
            del self._strangers[oldest]  # it leaves later; many may come before
            oldest.transport.abort()

    def let_in(self, connection: Connection) -> None:
        """It has shown a token."""
        if self._strangers.pop(connection, connection) is None:
            self._known.add(connection)

    def left(self, connection: Connection) -> None:
        """It is closed."""
        self._strangers.pop(connection, None)
        self._known.discard(connection)


class Connection(H11Protocol):
    """One connection, as uvicorn makes it."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
        *,
        guests: Guests,
    ) -> None:
        told = {**app_state, LET_IN: lambda: guests.let_in(self)}
        super().__init__(config, server_state, told, _loop)
        self._guests = guests
        self._late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Expect a head."""
        super().connection_made(transport)
        self._guests.connected(self)
        self._expect_head()

    def data_received(self, data: bytes) -> None:
        """See whether the head is complete, or a new one has begun."""
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._head_has_come()
        elif self.conn.trailing_data[0]:
            self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Expect nothing more."""
        self._head_has_come()
        self._guests.left(self)
        super().connection_lost(exc)

    def _expect_head(self) -> None:
        if self._late is None:
            self._late = self.loop.call_later(self._guests.head_s, self.transport.abort)

    def _head_has_come(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None
