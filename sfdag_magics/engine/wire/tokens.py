"""The secrets that open the door, and what each stands for. Knows no HTTP and no sessions.

Everything derives from the one token of the data directory: the tokens of a session are signatures
made with it, so that they are still good after the engine was restarted.
"""

from __future__ import annotations

import hmac
import secrets
from enum import StrEnum

from sfdag_magics.engine.borders.redaction import secret
from sfdag_magics.light_classes import dataclass


class Kind(StrEnum):
    """What a credential is good for."""

    OWNER = "o"  # the token of the data directory itself: logs in, asks for the engine's status
    SESSION = "s"  # statements and everything else of one session
    MASTER = "m"  # nothing but a new session token for the same session
    GUEST = "g"  # of a worker: the same as SESSION, as long as its procedure runs in this engine
    GUEST_MASTER = "h"  # the same as MASTER


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """What a request proved to be allowed to do.

    Attributes:
        session_id: of all kinds but OWNER, the wire's id of the session; it may have ended.
        ticket: of a worker's login, the ticket it came with.
    """

    kind: Kind
    session_id: str = ""
    ticket: str = ""

    @property
    def is_of_session(self) -> bool:
        """Whether it is good for statements."""
        return self.kind in (Kind.SESSION, Kind.GUEST)

    @property
    def is_guest(self) -> bool:
        """Whether a worker shows it."""
        return self.kind in (Kind.GUEST, Kind.GUEST_MASTER)


def new_token() -> str:
    """A new secret for a data directory: 256 bits."""
    return secrets.token_urlsafe(32)


class Keys:
    """Issues and reads the tokens of one data directory. Any thread."""

    def __init__(self, token: str) -> None:
        self._token = token.encode()

    def is_owner(self, text: str) -> bool:
        """Whether `text` is the token of the data directory; constant time."""
        return hmac.compare_digest(_bytes(text), self._token)

    def issue(self, kind: Kind, session_id: str) -> str:
        """A token of `kind` for a session."""
        return secret(kind, session_id, self._signature(kind, session_id))

    def read(self, text: str) -> Credential | None:
        """What `text` is good for; None when this data directory never issued it."""
        if self.is_owner(text):
            return Credential(kind=Kind.OWNER)
        kind, _, rest = text.partition(".")
        session_id, _, signature = rest.partition(".")
        expected = self._signature(kind, session_id)
        if not hmac.compare_digest(_bytes(signature), expected.encode()):
            return None
        return Credential(kind=Kind(kind), session_id=session_id)

    def _signature(self, kind: str, session_id: str) -> str:
        message = _bytes(f"{kind}.{session_id}")
        return hmac.digest(self._token, message, "sha256").hex()


def _bytes(text: str) -> bytes:
    # JSON can carry half of a surrogate pair; that is a wrong token and not an error.
    return text.encode("utf-8", "surrogatepass")
