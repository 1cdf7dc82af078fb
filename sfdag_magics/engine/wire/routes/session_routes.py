"""Login, token renewal, heartbeat and close of a session; what clients tell of themselves."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from starlette.requests import Request

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.borders.ports import SessionOptions
from sfdag_magics.engine.wire.door import CREDENTIAL
from sfdag_magics.engine.wire.login_request import login_options, names_must_exist
from sfdag_magics.engine.wire.replies import (
    FENCED,
    LOGIN_EXPIRED,
    OBJECT_MISSING_AT_LOGIN,
    Reply,
    failure,
    login_result,
    renewed,
    success,
)
from sfdag_magics.engine.wire.routes.border import Service, answered, session_of
from sfdag_magics.engine.wire.sessions import Sessions, WireSession
from sfdag_magics.engine.wire.tokens import Credential, Kind


class SessionRoutes:
    """Routes of sessions. Event loop only."""

    def __init__(self, service: Service) -> None:
        self._keys = service.keys
        self._sessions = service.sessions

    @answered
    async def login(self, request: Request) -> Reply:
        """Open a session, or enter that of a task."""
        credential: Credential = request.scope[CREDENTIAL]
        options = login_options(await request.body(), dict(request.query_params))
        held = await asyncio.to_thread(self._open, credential, options)
        if held is None:
            return failure(LOGIN_EXPIRED, FENCED)
        token, master = self._tokens(held.id, is_guest=bool(credential.ticket))
        return login_result(held.session, token=token, master_token=master)

    def _open(self, credential: Credential, options: SessionOptions) -> WireSession | None:
        if credential.ticket:
            return self._sessions.enter(credential.ticket)
        must_exist = names_must_exist(options)
        return _open_as_far_as_possible(self._sessions, options, must_exist=must_exist)

    def _tokens(self, session_id: str, *, is_guest: bool) -> tuple[str, str]:
        kinds = (Kind.GUEST, Kind.GUEST_MASTER) if is_guest else (Kind.SESSION, Kind.MASTER)
        token, master = (self._keys.issue(kind, session_id) for kind in kinds)
        return token, master

    @answered
    async def renew(self, request: Request) -> Reply:
        """New tokens for a session, which another engine may have begun."""
        credential: Credential = request.scope[CREDENTIAL]
        if credential.kind not in (Kind.MASTER, Kind.GUEST_MASTER):
            return failure(LOGIN_EXPIRED, "A master token is needed to renew a session.")
        session_id = credential.session_id
        held = self._sessions.find(session_id)
        if held is None and credential.is_guest:
            return failure(LOGIN_EXPIRED, FENCED)
        if held is None:
            held = await asyncio.to_thread(self._sessions.restore, session_id)
        if held is None:
            return failure(LOGIN_EXPIRED, "The session has ended. Log in again.")
        token, master = self._tokens(session_id, is_guest=credential.is_guest)
        return renewed(held.session, token=token, master_token=master)

    @answered
    async def heartbeat(self, request: Request) -> Reply:
        """Keep a session."""
        session_of(request, self._sessions)
        return success()

    @answered
    async def close(self, request: Request) -> Reply:
        """End a session where the client says so."""
        credential: Credential = request.scope[CREDENTIAL]
        if credential.is_of_session and request.query_params.get("delete") == "true":
            await asyncio.to_thread(self._sessions.end, credential.session_id)
        return success()

    @answered
    async def telemetry(self, request: Request) -> Reply:
        """Taken, and not kept."""
        session_of(request, self._sessions)
        return success("Log Received")


def _open_as_far_as_possible(
    sessions: Sessions, options: SessionOptions, *, must_exist: bool
) -> WireSession:
    """A session with its names, or without those that do not exist, as Snowflake does it."""
    try:
        return sessions.open(options)
    except SqlError as exc:
        if must_exist:
            code = int(OBJECT_MISSING_AT_LOGIN)
            raise SqlError(exc.message, code=code, sqlstate="08004") from exc
    try:
        held = sessions.open(replace(options, schema=None))
    except SqlError:
        return sessions.open(replace(options, database=None, schema=None))
    held.session.schema = None  # not PUBLIC, where nobody wanted to be
    held.settle()
    return held
