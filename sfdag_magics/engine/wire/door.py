"""The door: decides who gets in, before anything of a request is interpreted. Knows no SQL.

Pure ASGI around the whole application, in force on every route and method:

1. the request was addressed to this engine (Host), and not sent by a web page (Origin,
   Sec-Fetch-Site): else 403;
2. it carries a token of this data directory: else 401. A login carries it in its body, of which at
   most 64 KiB are read and nothing but the password is looked at;
3. its body is within bounds, also when decompressed: else 413.

Only then the application sees it, with the body read and decompressed; that a route does not exist
is said behind the door. The bytes of a staged file have no bounds and are not read here. All lists
here say what is allowed, never what is forbidden.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from sfdag_magics.engine.borders.tickets import Tickets
from sfdag_magics.engine.wire.bodies import BodyError, Bounds, discard, read_body
from sfdag_magics.engine.wire.connections import let_in
from sfdag_magics.engine.wire.tokens import Credential, Keys, Kind

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

LOGIN_PATH = "/session/v1/login-request"
#: Below it each stage has its folder, and in it its files.
STAGES_PATH = "/stages"
#: Below it are REST resources.
RESOURCES_PATH = "/api/"
#: Where the application finds the `Credential` of a request in its scope.
CREDENTIAL = "sfdag_credential"

# A login of connector 4.8 is about 2 KiB and compresses to half; Snowpark adds little.
LOGIN_BOUNDS = Bounds(sent=64 * 1024, expanded=256 * 1024)
# The largest bodies are inline array bindings and INSERTs of literals. Larger data goes by PUT.
BODY_BOUNDS = Bounds(sent=16 * 1024 * 1024, expanded=64 * 1024 * 1024)
# A body that never comes must not hold a connection for ever; loopback needs milliseconds.
BODY_TIMEOUT_S = 60
# How much of a refused body is still read, so that the client sees the answer and not a reset.
DISCARDED = 64 * 1024 * 1024

# Programs do not send the header at all; "none" is an address typed by a person.
_FETCH_SITES = {"same-origin", "none"}
_AUTHORIZATION = re.compile(r'(?:Snowflake Token="([^"]*)"|Bearer (\S+))')


class Door:
    """Wraps `app`. Created once the port is known; event loop only.

    Args:
        app: sees only what got in; finds the proof in `scope[CREDENTIAL]`.
        keys: of the data directory.
        tickets: the live tickets of workers; one of them is a password too.
        port: the port the engine listens on.
    """

    def __init__(self, app: App, *, keys: Keys, tickets: Tickets, port: int) -> None:
        self._app = app
        self._keys = keys
        self._tickets = tickets
        self._hosts = {f"{host}:{port}" for host in ("127.0.0.1", "[::1]", "localhost")}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request in, or answer it here."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            raise RuntimeError(f"the engine speaks HTTP only, not {scope['type']}")
        headers = _Headers(scope)
        if (strangeness := self._strangeness(headers)) is not None:
            await _refuse(scope, send, 403, strangeness)
            return
        try:
            await self._admit(scope, headers, receive, send)
        except BodyError as exc:
            await _refuse(scope, send, exc.status, exc.message)
            if CREDENTIAL in scope:
                await discard(receive, DISCARDED)

    def _strangeness(self, headers: _Headers) -> str | None:
        """Why a request comes from where no client of ours sits, or None."""
        host = headers.only("host")
        if host is None or host.lower() not in self._hosts:
            return "the request is not addressed to this engine"
        if headers.has("origin"):
            return "web pages have no access"
        if headers.has("sec-fetch-site") and headers.only("sec-fetch-site") not in _FETCH_SITES:
            return "web pages have no access"
        return None

    async def _admit(self, scope: Scope, headers: _Headers, receive: Receive, send: Send) -> None:
        is_login = scope["path"] == LOGIN_PATH and scope["method"] == "POST"
        bounds = LOGIN_BOUNDS if is_login else BODY_BOUNDS
        credential = None if is_login else self._shown(headers)
        if credential is None and not is_login:
            await _refuse(scope, send, 401, "a token of this engine's data directory is needed")
            return
        if credential is not None:
            scope[CREDENTIAL] = credential
            let_in(scope)
        if scope["path"].startswith(f"{STAGES_PATH}/"):
            await self._app(scope, receive, send)
            return
        body = await self._body(headers, receive, bounds)
        if credential is None:
            credential = self._told(body)
            if credential is None:
                wrong = "the password is not the token of this data directory"
                await _refuse(scope, send, 401, wrong)
                return
            scope[CREDENTIAL] = credential
            let_in(scope)
        await self._app(scope, _replay(body, receive), send)

    @staticmethod
    async def _body(headers: _Headers, receive: Receive, bounds: Bounds) -> bytes:
        encoding = (headers.only("content-encoding") or "").strip().lower()
        try:
            async with asyncio.timeout(BODY_TIMEOUT_S):
                return await read_body(receive, encoding, headers.only("content-length"), bounds)
        except TimeoutError as exc:
            raise BodyError(413, "the request's body did not come in time") from exc

    def _shown(self, headers: _Headers) -> Credential | None:
        """The credential in the Authorization header."""
        found = _AUTHORIZATION.fullmatch(headers.only("authorization") or "")
        return self._keys.read(found[1] or found[2] or "") if found else None

    def _told(self, body: bytes) -> Credential | None:
        """The credential in a login's body: the data directory's token or a worker's ticket."""
        try:
            password = json.loads(body)["data"]["PASSWORD"]
        except (ValueError, TypeError, LookupError, RecursionError):
            return None
        if not isinstance(password, str):
            return None
        if self._keys.is_owner(password):
            return Credential(kind=Kind.OWNER)
        if self._tickets.session(password) is not None:
            return Credential(kind=Kind.OWNER, ticket=password)
        return None


class _Headers:
    """A request's headers by lower-case name."""

    def __init__(self, scope: Scope) -> None:
        self._pairs: list[tuple[bytes, bytes]] = list(scope["headers"])

    def has(self, name: str) -> bool:
        return any(key == name.encode() for key, _ in self._pairs)

    def only(self, name: str) -> str | None:
        """The value of a header that is there exactly once; a repeated one counts as absent."""
        values = [value for key, value in self._pairs if key == name.encode()]
        return values[0].decode("latin-1") if len(values) == 1 else None


def _replay(body: bytes, receive: Receive) -> Receive:
    """`receive` for the application: the read body once, then what really comes."""
    pending = [body]

    async def replay() -> Message:
        if pending:
            return {"type": "http.request", "body": pending.pop(), "more_body": False}
        return await receive()

    return replay


async def _refuse(scope: Scope, send: Send, status: int, message: str) -> None:
    told: dict[str, Any] = {"success": False, "code": None, "message": message, "data": None}
    if scope["path"].startswith(RESOURCES_PATH):  # in the words that clients of resources read
        code = str(status)
        told = {"message": message, "code": code, "error_code": code, "request_id": ""}
    body = json.dumps(told).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
