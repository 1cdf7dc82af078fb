"""REST resources over HTTP: a request to a `RestCall` in its credential's session, and back.

A session's token (as `snowflake.core` takes it from its connection) means that session; the data
directory's own token, sent as a bearer's, means a new one for this request. Knows HTTP, no
resource.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.borders.ports import SessionOptions
from sfdag_magics.engine.borders.rest_calls import Resources, RestAnswer, RestCall
from sfdag_magics.engine.wire.door import CREDENTIAL
from sfdag_magics.engine.wire.queries import unexpected_error
from sfdag_magics.engine.wire.replies import FENCED, LOGIN_EXPIRED, SESSION_EXPIRED
from sfdag_magics.engine.wire.sessions import Sessions, WireSession
from sfdag_magics.engine.wire.tokens import Credential, Kind

_REQUEST_ID = "X-Snowflake-Request-ID"
#: A session does one thing at a time, and each call that waits for its turn has a thread.
_THREADS = 100


class ResourceRoutes:
    """All paths below `/api`, of any method. Event loop only.

    Args:
        resources: makes the room of resources, with the first request for one.
        sessions: where a token's session is.
    """

    def __init__(self, resources: Callable[[], Resources], sessions: Sessions) -> None:
        self._resources = resources
        self._sessions = sessions
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="sfdag-rest")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        request = Request(scope, receive)
        call = RestCall(
            method=request.method,
            path=scope["raw_path"].decode("latin-1").lstrip("/").split("/"),
            query=dict(request.query_params),
            body=await request.body(),
            id=str(uuid.uuid4()),
        )
        work = partial(self._answer, call, scope[CREDENTIAL])
        answer = await asyncio.get_running_loop().run_in_executor(self._threads, work)
        headers = {_REQUEST_ID: call.id, **answer.headers}
        response = JSONResponse(answer.body, status_code=answer.status, headers=headers)
        await response(scope, receive, send)

    def _answer(self, call: RestCall, credential: Credential) -> RestAnswer:
        """The border of every call: whatever happens becomes an answer."""
        try:
            return self._in_a_session(call, credential)
        except SqlError as problem:
            return _failed(call, 400, f"{problem.code:06d}", problem.message)
        except Exception as exc:  # noqa: BLE001 - the border: clients get a reference, no stack
            said = unexpected_error(exc)
            return _failed(call, 500, str(said.code), said.message)

    def _in_a_session(self, call: RestCall, credential: Credential) -> RestAnswer:
        if credential.kind is Kind.OWNER:
            held = self._sessions.open(SessionOptions())
            try:
                return self._resources()(call, held.session)
            finally:
                self._sessions.end(held.id)
        held_by_token = self._session_of(credential)
        if held_by_token is None and credential.is_guest:
            return _failed(call, 401, LOGIN_EXPIRED, FENCED)
        if held_by_token is None:
            return _failed(call, 401, SESSION_EXPIRED, "Session token expired. Renew it.")
        try:
            return self._resources()(call, held_by_token.session)
        finally:
            held_by_token.settle()

    def _session_of(self, credential: Credential) -> WireSession | None:
        if not credential.is_of_session:
            return None
        return self._sessions.find(credential.session_id)


def _failed(call: RestCall, status: int, code: str, message: str) -> RestAnswer:
    body = {"message": message, "code": code, "error_code": code, "request_id": call.id}
    return RestAnswer(status=status, body=body)
