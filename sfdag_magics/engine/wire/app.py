"""The routes of Snowflake's HTTP protocol. Knows requests and replies; the door stands before it.

What clients call (`snowflake-connector-python` 4.8 and 5.2): login, token renewal, heartbeat and
close of a session; query, its result, its status, its end; files of stages. REST resources
(`snowflake.core`) are not offered yet, and say so; everything else is a plain 404.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sfdag_magics.engine.answers import Result, SqlError
from sfdag_magics.engine.ports import SentFiles, SessionOptions
from sfdag_magics.engine.wire.door import CREDENTIAL, STAGES_PATH
from sfdag_magics.engine.wire.encoding.chunks import chunk_named
from sfdag_magics.engine.wire.login_request import login_options, names_must_exist
from sfdag_magics.engine.wire.missing import REST_METHODS, not_found, not_offered
from sfdag_magics.engine.wire.queries import Queries, Query, QueryState, unexpected_error
from sfdag_magics.engine.wire.query_request import (
    BadRequestError,
    json_object,
    query_request,
)
from sfdag_magics.engine.wire.replies import (
    BAD_REQUEST,
    IN_PROGRESS,
    IN_PROGRESS_ASYNCHRONOUSLY,
    LOGIN_EXPIRED,
    OBJECT_MISSING_AT_LOGIN,
    SESSION_EXPIRED,
    Asked,
    Reply,
    WayIn,
    failure,
    in_progress,
    login_result,
    query_result,
    renewed,
    sql_failure,
    statements_result,
    success,
)
from sfdag_magics.engine.wire.sessions import Sessions, WireSession
from sfdag_magics.engine.wire.staged_files import StagedFileRoutes, sends_files
from sfdag_magics.engine.wire.statements import carry_out
from sfdag_magics.engine.wire.tokens import Credential, Keys, Kind
from sfdag_magics.engine.wire.waiting import end_or_hang_up
from sfdag_magics.light_classes import dataclass

_log = logging.getLogger(__name__)

# The connector gives up on a socket after 60 s without an answer (`network.py`); it is told "still
# running" well before and asks again.
PATIENCE_S = 30.0
# Results of more rows than this are encoded on a thread, so that others are not kept waiting.
_FEW_ROWS = 1000
_ENCODERS = 4

_T = TypeVar("_T")


class NoSessionError(Exception):
    """The request's token is good, but its session is not there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """What the routes work on.

    Attributes:
        files: those of stages, for clients that send and fetch them.
        result_of: the result of a query that the wire itself has dropped, if anybody kept it.
        status: what the status route tells, as JSON.
        end_runs: cancels all graph runs, and returns when they are over.
    """

    keys: Keys
    sessions: Sessions
    queries: Queries
    files: SentFiles
    result_of: Callable[[str], Result | None]
    status: Callable[[], Mapping[str, Any]]
    end_runs: Callable[[], None]
    patience_s: float = PATIENCE_S


def build_app(service: Service) -> Starlette:
    """The application; put it behind a `Door`."""
    routes = _Routes(service)
    files = StagedFileRoutes(service.files, service.sessions)
    return Starlette(
        routes=[
            # first, as most requests are: they are tried in this order
            Route("/queries/v1/query-request", routes.query, methods=["POST"]),
            Route("/session/v1/login-request", routes.login, methods=["POST"]),
            Route("/session/token-request", routes.renew, methods=["POST"]),
            Route("/session/heartbeat", routes.heartbeat, methods=["POST"]),
            Route("/session", routes.close, methods=["POST"]),
            Route("/queries/v1/abort-request", routes.abort_request, methods=["POST"]),
            Route("/queries/{query_id}/result", routes.result, methods=["GET"]),
            Route("/queries/{query_id}/chunks/{chunk}", routes.chunk, methods=["GET"]),
            Route("/queries/{query_id}/abort-request", routes.abort_query, methods=["POST"]),
            Route("/monitoring/queries/{query_id}", routes.monitor, methods=["GET"]),
            Route(f"{STAGES_PATH}/{{stage_id}}/{{name:path}}", files.file, methods=["GET", "PUT"]),
            Route("/telemetry/send", routes.telemetry, methods=["POST"]),
            Route("/api/{resource:path}", not_offered, methods=REST_METHODS),
            Route("/sfdag/status", routes.status, methods=["GET"]),
            Route("/sfdag/end-runs", routes.end_runs, methods=["POST"]),
        ],
        exception_handlers={404: not_found},
    )


Endpoint = Callable[["_Routes", Request], Awaitable[Reply]]


def _answered(endpoint: Endpoint) -> Callable[[_Routes, Request], Awaitable[Response]]:
    """The border of every request: whatever happens becomes a reply with HTTP 200."""

    async def answer(routes: _Routes, request: Request) -> Response:
        try:
            reply = await endpoint(routes, request)
        except NoSessionError:
            reply = failure(SESSION_EXPIRED, "Session token expired. Renew it.")
        except BadRequestError as exc:
            reply = failure(BAD_REQUEST, f"Bad request: {exc}.")
        except SqlError as exc:
            reply = sql_failure(exc)
        except Exception as exc:  # noqa: BLE001 - the border: clients get a reference, no stack
            reply = sql_failure(unexpected_error(exc))
        return JSONResponse(reply)

    return answer


class _Routes:
    def __init__(self, service: Service) -> None:
        self._service = service
        self._keys = service.keys
        self._sessions = service.sessions
        self._queries = service.queries
        self._encoders = asyncio.Semaphore(_ENCODERS)

    @_answered
    async def login(self, request: Request) -> Reply:
        credential: Credential = request.scope[CREDENTIAL]
        options = login_options(await request.body(), dict(request.query_params))
        held = await asyncio.to_thread(self._open, credential, options)
        if held is None:
            return failure(LOGIN_EXPIRED, "The procedure that this login was for has ended.")
        token, master = self._tokens(held.id)
        return login_result(held.session, token=token, master_token=master)

    def _open(self, credential: Credential, options: SessionOptions) -> WireSession | None:
        if credential.ticket:
            return self._sessions.enter(credential.ticket)
        must_exist = names_must_exist(options)
        return _open_as_far_as_possible(self._sessions, options, must_exist=must_exist)

    def _tokens(self, session_id: str) -> tuple[str, str]:
        return (
            self._keys.issue(Kind.SESSION, session_id),
            self._keys.issue(Kind.MASTER, session_id),
        )

    @_answered
    async def renew(self, request: Request) -> Reply:
        credential: Credential = request.scope[CREDENTIAL]
        if credential.kind is not Kind.MASTER:
            return failure(LOGIN_EXPIRED, "A master token is needed to renew a session.")
        session_id = credential.session_id
        held = self._sessions.find(session_id)
        if held is None:
            held = await asyncio.to_thread(self._sessions.restore, session_id)
        if held is None:
            return failure(LOGIN_EXPIRED, "The session has ended. Log in again.")
        token, master = self._tokens(session_id)
        return renewed(held.session, token=token, master_token=master)

    @_answered
    async def heartbeat(self, request: Request) -> Reply:
        self._held(request)
        return success()

    @_answered
    async def close(self, request: Request) -> Reply:
        credential: Credential = request.scope[CREDENTIAL]
        if credential.kind is Kind.SESSION and request.query_params.get("delete") == "true":
            await asyncio.to_thread(self._sessions.end, credential.session_id)
        return success()

    @_answered
    async def query(self, request: Request) -> Reply:
        held = self._held(request)
        asked = query_request(await request.body(), request.query_params)
        work = partial(carry_out, queries=self._queries)
        query = self._queries.submit(held, asked, work)
        if asked.is_asynchronous:
            await asyncio.to_thread(held.announce, query.id, asked.text)
            return in_progress(query.id, IN_PROGRESS_ASYNCHRONOUSLY)
        return await self._outcome(query, request)

    @_answered
    async def result(self, request: Request) -> Reply:
        held = self._held(request)
        query_id = request.path_params["query_id"]
        query = self._queries.find(query_id)
        if query is not None:
            return await self._outcome(query, request)
        kept = self._service.result_of(query_id)
        if kept is None:
            held.require_known(query_id)
            raise SqlError(f"Statement {query_id} not found", code=709, sqlstate="02000")
        asked = self._asked(request, as_json=False)
        return await self._encoded(
            partial(query_result, kept, query_id=query_id, session=held.session, asked=asked)
        )

    async def _outcome(self, query: Query, request: Request) -> Reply:
        """The reply to a query, or that it is still running."""
        with query.attendance.waiting():
            await end_or_hang_up(query, request, self._service.patience_s)
        if not query.done.done():
            return in_progress(query.id, IN_PROGRESS)
        if query.error is not None:
            return sql_failure(query.error, query.id)
        result = query.result or self._service.result_of(query.id)
        if result is None:
            raise SqlError(f"The result of statement {query.id} is gone.", code=709)
        as_json = query.request.wants_json(query.held.session.parameters)
        asked = self._asked(request, as_json=as_json, described=query.request.is_describe_only)
        self._queries.told(query)
        if _is_soon_encoded(result):
            return _reply(query, result, asked)
        return await self._encoded(partial(_reply, query, result, asked))

    def _asked(self, request: Request, *, as_json: bool, described: bool = False) -> Asked:
        return Asked(as_json=as_json, described=described, way_in=partial(self._way_in, request))

    def _way_in(self, request: Request) -> WayIn:
        credential: Credential = request.scope[CREDENTIAL]
        return WayIn(
            address=str(request.base_url).rstrip("/"),
            token=self._keys.issue(Kind.SESSION, credential.session_id),
            sends_files=sends_files(request.headers.get("user-agent", "")),
        )

    async def _encoded(self, encode: Callable[[], _T]) -> _T:
        """Encode many rows on a thread; few at a time, because each takes memory."""
        async with self._encoders:
            return await asyncio.to_thread(encode)

    async def chunk(self, request: Request) -> Response:
        """A part of a large result; good as long as the result is kept, session or not."""
        credential: Credential = request.scope[CREDENTIAL]
        query_id = request.path_params["query_id"]
        chunk = chunk_named(request.path_params["chunk"])
        if credential.kind is not Kind.SESSION or chunk is None:
            return await not_found(request)
        query = self._queries.find(query_id)
        result = self._service.result_of(query_id) or (query.result if query else None)
        if result is None:
            return await not_found(request)
        content = await self._encoded(partial(chunk.content, result))
        return Response(content, media_type="application/octet-stream")

    @_answered
    async def abort_request(self, request: Request) -> Reply:
        held = self._held(request)
        request_id = json_object(await request.body()).get("requestId")
        query = self._queries.requested(held, str(request_id))
        await self._cancel(query)
        return success()

    @_answered
    async def abort_query(self, request: Request) -> Reply:
        self._held(request)
        await self._cancel(self._queries.find(request.path_params["query_id"]))
        return success()

    async def _cancel(self, query: Query | None) -> None:
        if query is not None:
            await asyncio.to_thread(self._queries.cancel, query)

    @_answered
    async def monitor(self, request: Request) -> Reply:
        held = self._held(request)
        query_id = request.path_params["query_id"]
        query = self._queries.find(query_id)
        if query is not None:
            query.attendance.asked()
        status = self._earlier(held, query_id) if query is None else _status_of(query)
        return success({"queries": [status] if status else []})

    def _earlier(self, held: WireSession, query_id: str) -> Reply:
        """The status of what an earlier engine began; empty where nothing is known of it."""
        if self._service.result_of(query_id) is not None:
            return {"id": query_id, "status": QueryState.SUCCESS.value}
        try:
            held.require_known(query_id)
        except SqlError as lost:
            failed = {"errorCode": f"{lost.code:06d}", "errorMessage": lost.message}
            return {"id": query_id, "status": QueryState.FAILED.value, **failed}
        return {}

    @_answered
    async def telemetry(self, request: Request) -> Reply:
        self._held(request)
        return success("Log Received")

    async def status(self, request: Request) -> Response:
        if not _is_owner(request):
            return _for_the_owner()
        return JSONResponse(dict(await asyncio.to_thread(self._service.status)))

    async def end_runs(self, request: Request) -> Response:
        if not _is_owner(request):
            return _for_the_owner()
        await asyncio.to_thread(self._service.end_runs)
        return await self.status(request)

    def _held(self, request: Request) -> WireSession:
        credential: Credential = request.scope[CREDENTIAL]
        if credential.kind is not Kind.SESSION:
            raise NoSessionError
        held = self._sessions.find(credential.session_id)
        if held is None:
            raise NoSessionError
        return held


def _is_soon_encoded(result: Result) -> bool:
    """Whether the event loop may do it itself: few rows at hand, and no place to be made ready."""
    is_at_hand = not result.in_file and result.transfer is None
    return is_at_hand and result.rows.num_rows <= _FEW_ROWS


def _is_owner(request: Request) -> bool:
    credential: Credential = request.scope[CREDENTIAL]
    return credential.kind is Kind.OWNER


def _for_the_owner() -> Response:
    return JSONResponse({"message": "for the owner of the data directory"}, 403)


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


def _reply(query: Query, result: Result, asked: Asked) -> Reply:
    reply = query_result(result, query_id=query.id, session=query.held.session, asked=asked)
    if query.statements:
        ids = [statement.id for statement in query.statements]
        types = [
            0 if statement.result is None else int(statement.result.statement_type)
            for statement in query.statements
        ]
        return statements_result(ids, types, reply)
    return reply


def _status_of(query: Query) -> Reply:
    error = query.error
    ended = query.ended_ms or 0
    return {
        "id": query.id,
        "status": query.state.value,
        "state": "FAILED" if error is not None else query.state.value,
        "sqlText": query.request.text,
        "startTime": query.started_ms,
        "endTime": ended,
        "totalDuration": max(0, ended - query.started_ms),
        "errorCode": None if error is None else f"{error.code:06d}",
        "errorMessage": "" if error is None else error.message,
        "sessionId": query.held.session.id,
        "isStillRunning": query.state is QueryState.RUNNING,
    }
