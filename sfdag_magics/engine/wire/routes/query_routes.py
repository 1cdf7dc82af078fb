"""A query, its result, its status, its end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from starlette.requests import Request
from starlette.responses import Response

from sfdag_magics.engine.borders.answers import Result, SqlError
from sfdag_magics.engine.wire.door import CREDENTIAL
from sfdag_magics.engine.wire.encoding.chunks import chunk_named
from sfdag_magics.engine.wire.queries import Query, QueryState
from sfdag_magics.engine.wire.query_request import (
    json_object,
    query_request,
)
from sfdag_magics.engine.wire.replies import (
    IN_PROGRESS,
    IN_PROGRESS_ASYNCHRONOUSLY,
    Asked,
    Reply,
    WayIn,
    in_progress,
    query_result,
    sql_failure,
    statements_result,
    success,
)
from sfdag_magics.engine.wire.routes.border import Service, answered, session_of
from sfdag_magics.engine.wire.routes.missing import not_found
from sfdag_magics.engine.wire.routes.staged_files import sends_files
from sfdag_magics.engine.wire.sessions import WireSession
from sfdag_magics.engine.wire.statements import carry_out
from sfdag_magics.engine.wire.tokens import Credential
from sfdag_magics.engine.wire.waiting import end_or_hang_up

# Results of more rows than this are encoded on a thread, so that others are not kept waiting.
_FEW_ROWS = 1000
_ENCODERS = 4

_T = TypeVar("_T")


class QueryRoutes:
    """Routes of queries. Event loop only."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._keys = service.keys
        self._sessions = service.sessions
        self._queries = service.queries
        self._encoders = asyncio.Semaphore(_ENCODERS)

    @answered
    async def query(self, request: Request) -> Reply:
        """Begin a query, and answer it if it ends soon."""
        held = session_of(request, self._sessions)
        asked = query_request(await request.body(), request.query_params)
        work = partial(carry_out, queries=self._queries)
        query = self._queries.submit(held, asked, work)
        if asked.is_asynchronous:
            await asyncio.to_thread(held.announce, query.id, asked.text)
            return in_progress(query.id, IN_PROGRESS_ASYNCHRONOUSLY)
        return await self._outcome(query, request)

    @answered
    async def result(self, request: Request) -> Reply:
        """The answer of a query that was begun before; it waits for its end as well."""
        held = session_of(request, self._sessions)
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
            token=self._keys.issue(credential.kind, credential.session_id),
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
        if not credential.is_of_session or chunk is None:
            return await not_found(request)
        query = self._queries.find(query_id)
        result = self._service.result_of(query_id) or (query.result if query else None)
        if result is None:
            return await not_found(request)
        content = await self._encoded(partial(chunk.content, result))
        return Response(content, media_type="application/octet-stream")

    @answered
    async def abort_request(self, request: Request) -> Reply:
        """End the query that a request began."""
        held = session_of(request, self._sessions)
        request_id = json_object(await request.body()).get("requestId")
        query = self._queries.requested(held, str(request_id))
        await self._cancel(query)
        return success()

    @answered
    async def abort_query(self, request: Request) -> Reply:
        """End a query by its id."""
        session_of(request, self._sessions)
        await self._cancel(self._queries.find(request.path_params["query_id"]))
        return success()

    async def _cancel(self, query: Query | None) -> None:
        if query is not None:
            await asyncio.to_thread(self._queries.cancel, query)

    @answered
    async def monitor(self, request: Request) -> Reply:
        """How far a query is."""
        held = session_of(request, self._sessions)
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


def _is_soon_encoded(result: Result) -> bool:
    """Whether the event loop may do it itself: few rows at hand, and no place to be made ready."""
    is_at_hand = not result.in_file and result.transfer is None
    return is_at_hand and result.rows.num_rows <= _FEW_ROWS


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
        "sessionId": int(query.held.session.id),
        "isStillRunning": query.state is QueryState.RUNNING,
    }
