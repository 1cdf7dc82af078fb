"""Tickets by which a worker enters its caller's session. Knows secrets and sessions, no protocol.

A procedure runs in the session that called it (its transaction, temporary objects and task), so its
process logs in with a ticket instead of the door's token, and is handed that very session.
"""

from __future__ import annotations

import secrets
import threading

from sfdag_magics.engine.borders.ports import SqlSession
from sfdag_magics.engine.borders.redaction import secret


class Tickets:
    """The live tickets of one engine. Any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sessions: dict[str, SqlSession] = {}

    def issue(self, session: SqlSession) -> str:
        """A new secret for `session`, good until it is revoked."""
        ticket = secret("t", secrets.token_hex(16), secrets.token_hex(32))
        with self._lock:
            self._sessions[ticket] = session
        return ticket

    def session(self, ticket: str) -> SqlSession | None:
        """The session a ticket opens, or None for anything that is not a live ticket."""
        with self._lock:
            return self._sessions.get(ticket)

    def revoke(self, ticket: str) -> None:
        """End a ticket; unknown ones are ignored."""
        with self._lock:
            self._sessions.pop(ticket, None)
